"""Shapes, parameters, multiply-accumulates and refusals equal what Keras says of the built model."""

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from tests.core.oracle import judge
from tests.core.strategies import KINDS, convolutions, inputs_of, layers_of, merges, mostly_sound, names_of, networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Branches,
    Conv2D,
    Dense,
    MultiHeadAttention,
    SpectralNormalization,
    TimeDistributed,
)
from tui_cnn.core.network import Network, walk
from tui_cnn.core.shape import ShapeError

pytestmark = pytest.mark.usefixtures("keras")


def agree(network):
    """Compare our numbers with Keras', and our refusal with its."""
    verdict = judge(network)
    analysis = analyze(network)
    errors = [str(check) for check in analysis.checks if check.severity == "error"]
    if verdict is None:
        event("refused")
        assert errors
        assert analysis.output_shape is None or {
            check.code for check in analysis.checks if check.severity == "error"
        } == {"duplicate-name"}
        return
    event("built")
    assert not errors
    assert analysis.output_shape == verdict.output_shape
    assert analysis.totals.trainable == verdict.trainable
    assert analysis.totals.non_trainable == verdict.non_trainable
    assert analysis.totals.params == verdict.params
    assert analysis.totals.macs == verdict.macs
    assert analysis.totals.complete


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=20)
def test_each_layer_on_any_shape(kind, data):
    agree(Network("one", data.draw(inputs_of(kind)), (data.draw(layers_of(kind)),)))


@given(networks())
@settings(max_examples=100)
def test_any_stack(network):
    agree(network)


@given(mostly_sound())
@settings(max_examples=150)
def test_stacks_that_mostly_fit(network):
    agree(network)


@given(merges())
@settings(max_examples=200)
def test_every_way_of_merging(network):
    agree(network)


def convolution(channels=4, **fields):
    return Network("convolution", (9, 9, channels), (Conv2D(kernel_size=(2, 2), **{"filters": 4, **fields}),))


@given(convolutions())
@example(convolution(strides=(2, 1), dilation_rate=(1, 3)))
@example(convolution(channels=6, groups=4))
@example(convolution(filters=6, groups=4))
@settings(max_examples=100)
def test_convolutions_with_strides_dilations_and_groups(network):
    agree(network)


@given(mostly_sound(most=4), st.data())
@settings(max_examples=50)
def test_names(network, data):
    names = st.sampled_from(["", "", "", "a", "b", "conv2d", "dense_1"])
    for path, _ in walk(network.layers):
        network = edits.change(network, path, name=data.draw(names))
    agree(network)


@given(names_of(Dense))
@settings(max_examples=25)
@example("0")
@example("9.-_")
def test_a_layer_of_any_name_can_be_trained(name):
    """TensorFlow looks at names only when it traces the model: they become the scopes of its graph."""
    import tensorflow as tf

    from tui_cnn.worker.build import build

    model = build(Network("n", (3,), (Dense(units=1, name=name), Branches(name=f"x{name}"[:64], branches=((), ())))))
    tf.function(model).get_concrete_function(tf.zeros((1, 3)))


@pytest.mark.parametrize(("wrapper", "shape"), [(TimeDistributed, (3, 5, 4)), (SpectralNormalization, (5, 4))])
def test_a_wrapper_holds_no_layer_of_several_inputs(keras, wrapper, shape):
    held = MultiHeadAttention(num_heads=1, key_dim=2)
    with pytest.raises(ShapeError, match="cannot hold a MultiHeadAttention, which takes several inputs"):
        wrapper(layer=held).output_shape(shape)
    theirs = getattr(keras.layers, wrapper.__name__)(keras.layers.MultiHeadAttention(num_heads=1, key_dim=2))
    with pytest.raises((TypeError, ValueError)):
        theirs(keras.Input(shape))
