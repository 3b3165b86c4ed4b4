"""Floating-point operations in the `tf` convention equal what TensorFlow's profiler counts of the built model."""

import warnings

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.profiler import profiled_flops
from tests.core.strategies import images, layers_of, mostly_sound
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import LAYER_TYPES, Activation, Conv2D
from tui_cnn.core.layers.fields import ActivationName
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.presets import preset

pytestmark = pytest.mark.usefixtures("keras")
LEAVES = {name: kind for name, kind in LAYER_TYPES.items() if not kind.joins_others}
ACTIVATIONS = ActivationName.__origin__.__args__


def can_be_profiled(network):
    """Leave out what has no such count.

    The profiler cannot look into a convolution in groups, which Keras compiles as a whole; and a stride together with a
    dilation is something that Keras advises against and takes apart in ways of its own.
    """
    layers = [layer for _path, layer in walk(network.layers)]
    groups = any(isinstance(layer, Conv2D) and layer.groups > 1 for layer in layers)
    both = any(
        hasattr(layer, "dilation_rate") and max(layer.dilation_rate) > 1 < max(layer.strides) for layer in layers
    )
    return analyze(network).totals.complete and not groups and not both


def agree(network):
    analysis = analyze(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert analysis.totals.tf_flops == profiled_flops(network)


@pytest.mark.parametrize("kind", LEAVES.values(), ids=LEAVES)
@settings(max_examples=6, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_each_layer(kind, data):
    network = Network("one", data.draw(images), (data.draw(layers_of(kind)),))
    assume(can_be_profiled(network))
    agree(network)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation(name):
    agree(Network("one", (3, 2, 5), (Activation(activation=name),)))


@settings(max_examples=8, suppress_health_check=[HealthCheck.filter_too_much])
@given(mostly_sound())
def test_stacks(network):
    assume(can_be_profiled(network))
    agree(network)


@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-dnn", "lenet-5"])
def test_presets(name):
    agree(preset(name))


def test_published():
    """FIGURES: read off TensorFlow 2.21; LeNet-5 without the softmax at its end."""
    assert analyze(preset("fashion-cnn")).totals.tf_flops == 5_646_588
    lenet = edits.change(preset("lenet-5"), (7,), activation="linear")
    assert analyze(lenet).totals.tf_flops == 845_862
