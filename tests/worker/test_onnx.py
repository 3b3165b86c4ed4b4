"""ONNX models that are written give the numbers of Keras in onnxruntime."""

import re
from math import prod

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.strategies import graphs, inputs_of, layers_of
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    LAYER_TYPES,
    Activation,
    BatchNormalization,
    Branches,
    ChannelScale,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    LayerNormalization,
    MaxPooling2D,
    Opaque,
    RandomFlip,
    Route,
    Shared,
    UpSampling2D,
)
from tui_cnn.core.layers.fields import ActivationName
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network, walk
from tui_cnn.formats.onnx.file import parse, without_arrays
from tui_cnn.formats.onnx.reading import convert_model
from tui_cnn.formats.presets import preset, preset_names

pytestmark = [pytest.mark.usefixtures("keras"), pytest.mark.filterwarnings("ignore")]

LEAVES = {name: kind for name, kind in LAYER_TYPES.items() if not kind.joins_others}
ACTIVATIONS = [name for name in ActivationName.__origin__.__args__ if name != "sparsemax"]


def built(network, *, large=False):
    """Build a network with weights that are all different; of a large one only those are drawn that begin as zeros."""
    from tui_cnn.worker.build import build

    random = np.random.default_rng(0)
    model = build(network)
    for weight in model.weights:
        shape, spread = tuple(weight.shape), weight.name in ("variance", "moving_variance", "gamma")
        if weight.dtype == "float32" and not (large and weight.name.endswith("kernel")):
            weight.assign(random.uniform(0.5, 1.5, shape) if spread else random.normal(0, 0.2, shape))
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # Normalization goes by what it has made of its weights
    return model


def by_onnxruntime(written, given):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(written.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    return session.run(None, dict(zip(names, given, strict=True)))


def agree(network, *, large=False, batch=2, within=1e-4):
    """Compare what Keras and onnxruntime give, and return the ONNX model."""
    from tui_cnn.worker.onnx.model import onnx_model

    model = built(network, large=large)
    written = onnx_model(network, model)
    onnx.checker.check_model(written)
    random = np.random.default_rng(1)
    given = [random.random((batch, *one.shape[1:]), dtype=np.float32) for one in model.inputs]
    found = by_onnxruntime(written, given)
    expected = model(given if len(given) > 1 else given[0], training=False)
    expected = expected if isinstance(expected, list | tuple) else [expected]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, np.asarray(other), atol=within, rtol=within)
    return written


def narrowed(network):
    """Make dense layers of thousands of units smaller: a gigabyte of weights proves no more."""
    for path, layer in walk(network.layers):
        if isinstance(layer, Dense) and layer.units > 2000:
            network = edits.change(network, path, units=64)
    return network


@pytest.mark.parametrize("name", preset_names())
def test_every_preset(name):
    network = narrowed(preset(name))
    params = analyze(network).totals.params
    written = agree(network, large=params > 1_000_000, batch=1)
    assert written.graph.name == network.name
    read = convert_model(parse(without_arrays(written.SerializeToString()), "m.onnx"), "m.onnx").network
    totals, back = analyze(network).totals, analyze(read).totals
    arrays = [one for one in written.graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    assert (back.macs, read.input_shape) == (totals.macs, network.input_shape)
    assert back.params == sum(prod(one.dims) for one in arrays if prod(one.dims) > 1)
    assert back.params == totals.params or name == "inception-v3"  # ONNX has no normalization without a factor
    kinds = {layer.kind for _path, layer in walk(read.layers) if isinstance(layer, Opaque)}
    assert kinds <= {"Reshape", "MaxPool"}, kinds


@pytest.mark.parametrize("kind", LEAVES.values(), ids=LEAVES)
@settings(max_examples=10, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_each_layer(kind, data):
    network = Network("one", data.draw(inputs_of(kind)), (data.draw(layers_of(kind)),))
    analysis = analyze(network)
    assume(not [check for check in analysis.checks if check.severity == "error"])
    assume(max(analysis.output_shape) < 2000)
    layer = network.layers[0]
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        # Keras 3.15 adds the biases along the width where there are as many columns as filters.
        assume(analysis.output_shape[0] != analysis.output_shape[-1] or len(analysis.output_shape) == 1)
    coarse = getattr(layer, "interpolation", "") == "bicubic"  # TensorFlow knows 1024 places between two pixels
    try:
        agree(network, within=2e-3 if coarse else 1e-4)
    except ValueError as error:
        if "ONNX has no operation" not in str(error):
            raise
        known = getattr(layer, "interpolation", "").startswith("lanczos") or layer.function == "sparsemax"
        known |= (
            getattr(layer, "axis", -1) not in (-1, 1, (-1,), (1,)) or getattr(layer, "output_padding", None) is not None
        )
        assert known or kind.family not in EXPORTED or kind.__name__ not in KINDS


EXPORTED = ("convolution", "pooling", "dense", "normalization", "activation", "reshaping", "regularization")
KINDS = {
    *("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "FixedConv2D", "MaxPooling2D"),
    *("AveragePooling2D", "DepthMaxPooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dense", "Flatten"),
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization", "UnitNormalization"),
    *("ChannelScale", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax", "ZeroPadding2D", "Cropping2D"),
    *(
        "UpSampling2D",
        "Reshape",
        "Rescaling",
        "Dropout",
        "SpatialDropout2D",
        "GaussianNoise",
        "LocalResponseNormalization",
    ),
}
"""What must be written, whatever its settings."""


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation(name):
    agree(Network("one", (3, 2, 5), (Conv2D(filters=4, kernel_size=(1, 1), activation=name),)))
    agree(Network("one", (7,), (Dense(units=4), Activation(activation=name))))


@pytest.mark.parametrize("shape", [(6, 5, 4), (7,)])
def test_normalization_in_its_variants(shape):
    agree(Network("one", shape, (BatchNormalization(renorm=True), LayerNormalization(rms_scaling=True))))


@settings(max_examples=40)
@given(graphs())
def test_any_graph(network):
    """Routes, shared weights, several inputs and outputs."""
    agree(network)


def test_shared_weights_are_stored_once():
    conv = Conv2D(name="c", filters=3, kernel_size=(3, 3), padding="same")
    network = Network(
        "twins",
        (6, 6, 3),
        (
            conv,
            Input(name="other", shape=(6, 6, 3)),
            Shared(name="again", layer="c"),
            Route(name="both", layers=("c", "again"), merge="subtract"),
            GlobalAveragePooling2D(name="mean"),
        ),
        outputs=("mean", "again"),
    )
    written = agree(network)
    assert [one.name for one in written.graph.initializer] == ["c/kernel", "c/bias"]
    assert [one.name for one in written.graph.input] == [NETWORK_INPUT, "other"]


def test_the_form_of_the_graph():
    """Layers keep their names; images are turned once at the beginning, and once where they are flattened."""
    network = Network(
        "small",
        (8, 8, 2),
        (
            RandomFlip(),
            Conv2D(name="c", filters=4, kernel_size=(3, 3), activation="relu"),
            Branches(name="merged", branches=((Conv2D(name="d", filters=4, kernel_size=(1, 1)),), ())),
            Flatten(name="flat"),
            Dense(name="probabilities", units=3, activation="softmax"),
        ),
    )
    written = agree(network)
    assert [node.op_type for node in written.graph.node] == [
        *("Transpose", "Conv", "Relu", "Conv", "Add", "Transpose", "Flatten", "Gemm", "Softmax")
    ]
    assert {"c", "d", "merged", "flat", "probabilities"} <= {node.name for node in written.graph.node}
    (result,) = written.graph.output
    assert result.name == "probabilities"
    (images,) = written.graph.input
    assert [axis.dim_value or axis.dim_param for axis in images.type.tensor_type.shape.dim] == ["batch", 8, 8, 2]


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (UpSampling2D(name="it", interpolation="lanczos3"), "UpSampling2D"),
        (Activation(name="it", activation="sparsemax"), "Activation"),
    ],
)
def test_what_onnx_cannot_say(layer, kind):
    from tui_cnn.worker.onnx.model import onnx_model

    network = Network("n", (4, 4, 1), (layer,))
    line = f"ONNX has no operation for {kind} (layer it); replace the layer"
    with pytest.raises(ValueError, match=re.escape(line)):
        onnx_model(network, built(network))


def test_shared_factors_in_both_orders_of_axes():
    """Once on an image as it comes in, with its channels last, and once behind a convolution, where they are first."""
    network = Network(
        "n",
        (4, 5, 3),
        (
            ChannelScale(name="scale"),
            Conv2D(filters=3, kernel_size=(1, 1)),
            Shared(name="again", layer="scale"),
        ),
    )
    agree(network)


def test_a_network_whose_channels_come_first():
    """Nothing is turned but for Flatten, which puts the channels last as Keras does."""
    first = {"data_format": "channels_first"}
    network = Network(
        "n",
        (3, 10, 12),
        (
            Conv2D(filters=4, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="softmax", **first),
            BatchNormalization(axis=1),
            Branches(merge="concatenate", axis=1, branches=((DepthwiseConv2D(kernel_size=(1, 1), **first),), ())),
            MaxPooling2D(pool_size=(2, 2), **first),
            Flatten(**first),
            Dense(units=5),
        ),
    )
    kinds = [node.op_type for node in agree(network).graph.node]
    assert kinds == [
        "Conv",
        "Softmax",
        "BatchNormalization",
        "Conv",
        "Concat",
        "MaxPool",
        "Transpose",
        "Flatten",
        "Gemm",
    ]
