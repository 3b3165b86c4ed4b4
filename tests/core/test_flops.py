"""Floating-point operations in the `tf` convention equal what TensorFlow's profiler counts of the built model."""

import warnings

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.profiler import profiled_flops
from tests.core.strategies import inputs_of, layers_of, mostly_sound
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import LAYER_TYPES, Activation, LayerNormalization
from tui_cnn.core.layers.fields import ActivationName
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.presets import preset

pytestmark = pytest.mark.usefixtures("keras")
LEAVES = {name: kind for name, kind in LAYER_TYPES.items() if not kind.joins_others}
UNCOUNTED = {"SimpleRNN", "LSTM", "GRU", "Bidirectional", "TimeDistributed", "MultiHeadAttention", "EinsumDense"}
PLAIN = ("RandomFlip", "RandomTranslation", "RandomRotation", "RandomZoom")
"""Augmentation that the profiler can look at whatever the channels are."""
ACTIVATIONS = ActivationName.__origin__.__args__


COUNTED = {
    name: kind
    for name, kind in LEAVES.items()
    if name not in UNCOUNTED and (kind.family != "augmentation" or name in PLAIN)
}


def can_be_profiled(network):
    """Leave out what has no such count.

    The profiler cannot look into a convolution in groups, which Keras compiles as a whole; and a stride together with a
    dilation is something that Keras advises against and takes apart in ways of its own. It sees one step of a loop,
    nothing of Einstein's notation, and some layers wrongly where the channels come first or another axis is meant than
    the last; augmentation is done on three channels, if at all.
    """
    layers = [layer for _path, layer in walk(network.layers)]
    layers += [layer.layer for layer in layers if hasattr(layer, "layer")]
    if any(
        type(layer).__name__ in UNCOUNTED or (layer.family == "augmentation" and type(layer).__name__ not in PLAIN)
        for layer in layers
    ):
        return False
    if any(getattr(layer, "data_format", "channels_last") == "channels_first" for layer in layers):
        return False
    if any(getattr(layer, name, False) for layer in layers for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio")):
        return False
    if any(getattr(layer, "axis", -1) not in (-1, (-1,)) for layer in layers):
        return False
    sizes = [(layer.output_size, network.input_shape) for layer in layers if hasattr(layer, "output_size")]
    if any(n // size + 2 > n for output, shape in sizes for size, n in zip(output, shape, strict=False)):
        return False  # Keras builds such adaptive pooling, and fails when it runs
    groups = any(layer.family == "convolution" and getattr(layer, "groups", 1) > 1 for layer in layers)
    both = any(
        hasattr(layer, "dilation_rate") and max(layer.dilation_rate) > 1 < max(layer.strides) for layer in layers
    )
    return analyze(network).totals.complete and not groups and not both


def agree(network):
    analysis = analyze(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert analysis.totals.tf_flops == profiled_flops(network)


@pytest.mark.parametrize("kind", COUNTED.values(), ids=COUNTED)
@settings(max_examples=6, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_each_layer(kind, data):
    network = Network("one", data.draw(inputs_of(kind)), (data.draw(layers_of(kind)),))
    assume(can_be_profiled(network))
    agree(network)


@pytest.mark.parametrize("center", [False, True])
def test_layer_normalization_by_the_deviation_alone(center):
    agree(Network("one", (5, 4, 3), (LayerNormalization(rms_scaling=True, center=center),)))


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
