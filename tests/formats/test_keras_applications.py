"""Keras' own networks come out with their published parameters, their shapes and their multiply-accumulates."""

from functools import cache
from math import prod

import pytest

from tests.core.profiler import profiled_flops_of_model
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, DepthwiseConv2D, Opaque, SeparableConv2D
from tui_cnn.core.network import walk
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config

pytestmark = pytest.mark.usefixtures("keras")

PUBLISHED = {
    "VGG16": 138_357_544,
    "ResNet50": 25_636_712,
    "MobileNetV2": 3_538_984,
    "InceptionV3": 23_851_784,
    "MobileNet": 4_253_864,
    "NASNetMobile": 5_326_716,
    "InceptionResNetV2": 55_873_736,
}
"""https://keras.io/api/applications; MobileNet's as Keras counts them when it builds it."""
MACS = {"NASNetMobile": 563_638_816}


@cache
def application(name):
    import keras

    keras.backend.clear_session()
    with keras.StatelessScope(initialize_variables=False):  # declared and never filled
        return getattr(keras.applications, name)(weights=None)


def read(model):
    return convert_model(loads_config(model.to_json(), "model.json"), "model.json")


def counted_macs(model):
    """Count over the layers that Keras has built."""
    total = 0
    for layer in model.layers:
        if hasattr(layer, "pointwise_kernel"):
            kernels = prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape)
        elif type(layer).__name__ in ("Conv2D", "Dense", "DepthwiseConv2D"):
            kernels = prod(layer.kernel.shape)
        else:
            continue
        total += kernels * prod(layer.output.shape[1:-1])
    return total


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items(), ids=PUBLISHED.keys())
def test_the_published_numbers(name, parameters):
    model = application(name)
    network, notes = read(model)
    analysis = analyze(network)
    assert notes == ()
    assert not [check for check in analysis.checks if check.severity == "error"]
    assert analysis.totals.complete
    assert analysis.totals.params == parameters == model.count_params()
    assert analysis.totals.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
    assert analysis.totals.macs == counted_macs(model) == MACS.get(name, analysis.totals.macs)
    assert analysis.output_shape == model.output_shape[1:]
    ours = {row.name: row.figures.output_shape for row in analysis.rows if row.layer.name}
    theirs = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert ours == {name: theirs[name] for name in ours}
    kernels = (Conv2D, Dense, DepthwiseConv2D, SeparableConv2D)
    assert sum(isinstance(row.layer, kernels) for row in analysis.rows) == sum(
        type(layer).__name__ in [kind.__name__ for kind in kernels] for layer in model.layers
    )


@pytest.mark.parametrize(
    "name",
    ["EfficientNetB0", "EfficientNetV2B0", "DenseNet121", "Xception", "ResNet50V2"],
)
def test_what_keras_counts(name):
    """All is known, the squeezes of EfficientNet and the numbers that normalize its input included."""
    model = application(name)
    network, _notes = read(model)
    analysis = analyze(network)
    assert analysis.totals.complete
    assert analysis.totals.params == model.count_params()
    assert analysis.totals.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)
    assert analysis.totals.macs == counted_macs(model)
    assert analysis.output_shape == (1000,)


def test_a_model_for_images_of_any_size():
    """MobileNet v3, 56 M in table 3 of Howard et al., 2019; its hard sigmoids are arithmetic on tensors."""
    model = application("MobileNetV3Small")
    network, _notes = convert_model(loads_config(model.to_json(), "model.json"), "model.json", (224, 224, 3))
    totals = analyze(network).totals
    assert (totals.complete, totals.params) == (True, model.count_params())
    assert totals.macs // 1e6 == 56


def test_the_operations_that_tensorflow_counts():
    """Sums and products with a number, of which MobileNet v3 is full, are one operation a value."""
    import keras

    model = keras.applications.MobileNetV3Small(weights=None, input_shape=(224, 224, 3))
    totals = analyze(read(model)[0]).totals
    assert totals.tf_flops == profiled_flops_of_model(model, (224, 224, 3)) == 119_247_928


def test_a_layer_that_we_do_not_have_leaves_the_rest():
    """ConvNeXt's LayerScale is a class of its own: 18 of them, a factor for each channel, and its stem is a model."""
    import keras

    keras.backend.clear_session()
    with keras.StatelessScope(initialize_variables=False):
        model = keras.applications.ConvNeXtTiny(weights=None)
    network, _notes = read(model)
    analysis = analyze(network)
    assert [layer.kind for _path, layer in walk(network.layers) if isinstance(layer, Opaque)] == ["LayerScale"] * 18
    scales = sum(layer.count_params() for layer in model.layers if type(layer).__name__ == "LayerScale")
    assert analysis.totals.params == model.count_params() - scales
    assert not analysis.totals.complete
    assert analysis.output_shape == (1000,)


def test_the_blocks_of_resnet_and_inception():
    resnet, _notes = read(application("ResNet50"))
    merges = [layer for layer in resnet.layers if isinstance(layer, Branches)]
    assert len(merges) == 16
    assert [len(merge.branches[0]) for merge in merges].count(0) == 12
    inception, _notes = read(application("InceptionV3"))
    merges = [layer for layer in inception.layers if isinstance(layer, Branches)]
    assert [(merge.name, len(merge.branches)) for merge in merges][:3] == [("mixed0", 4), ("mixed1", 4), ("mixed2", 4)]
    inner = [layer for path, layer in walk(inception.layers) if isinstance(layer, Branches) and len(path) > 1]
    assert len(inner) == 4
    assert not any(isinstance(layer, Block) for _path, layer in walk(inception.layers))
