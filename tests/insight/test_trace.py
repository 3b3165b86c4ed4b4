"""Each number of a network, taken apart, is what Keras has for it, and its terms add up."""

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.strategies import layers_of
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    ELU,
    Activation,
    AdaptiveAveragePooling2D,
    AveragePooling2D,
    BatchNormalization,
    Block,
    Branches,
    ChannelScale,
    Conv1D,
    Conv2D,
    Cropping2D,
    Dense,
    DepthMaxPooling2D,
    DepthwiseConv2D,
    Dropout,
    FixedConv2D,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LayerNormalization,
    LeakyReLU,
    MaxPooling2D,
    Permute,
    PReLU,
    ReLU,
    Rescaling,
    Reshape,
    Route,
    SeparableConv2D,
    Shared,
    Softmax,
    UpSampling2D,
    ZeroPadding2D,
)
from tui_cnn.core.layers.base import Spatial
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network
from tui_cnn.core.shape import ShapeError
from tui_cnn.insight.functions import FUNCTIONS
from tui_cnn.insight.trace import TracedCell, Tracer

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def built(network, seed=0):
    """A tracer of a network with weights drawn at random, and what Keras says of each layer for an image."""
    import keras

    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.inspection.loaded_model import inspected_layers

    analysis, built = analyze(network), build_network(network)
    random = np.random.default_rng(seed)
    for weight in built.model.weights:
        if weight.dtype == "float32":
            drawn = random.normal(0.1, 0.4, weight.shape)
            weight.assign(abs(drawn) if "variance" in weight.name else drawn)
    layers = inspected_layers(analysis, built)
    image = random.uniform(-1, 1, network.input_shape).astype(np.float32)
    outputs = keras.Model(built.model.input, [layer.output for layer in layers])(image[None], training=False)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    values = {layer.name: np.asarray(each)[0] for layer, each in zip(layers, outputs, strict=True)}
    weights = {layer.name: {name: w.numpy() for name, w in layer.weights.items()} for layer in layers}
    return Tracer(analysis, weights), values | {NETWORK_INPUT: image}


def proven(tracer, values, layer, cell):
    """Trace a cell; check its number against Keras, its sums, and that each term is what its origin has."""
    trace = tracer.trace(TracedCell(layer, cell), values)
    if trace.terms is None:
        return trace
    terms, keras = trace.terms, float(values[layer][cell])
    scale = max(1.0, abs(keras), float(np.nanmax(np.abs(terms.products))))
    assert trace.keras == keras
    assert abs(trace.value - keras) <= 1e-4 * scale, (layer, cell, trace)
    assert trace.difference == 0
    if terms.rule in ("sum", "mean"):
        whole = np.nansum(terms.products) + terms.constants.get("bias", 0)
        assert whole == pytest.approx(trace.total, abs=1e-9 * scale)
        assert terms.sums.sum() + terms.constants.get("bias", 0) == pytest.approx(trace.total, abs=1e-9 * scale)
    for group in range(len(terms.values)):
        for tap, value in enumerate(terms.values[group].ravel()):
            place = trace.origin(group, tap)
            if place is None:
                assert value == 0 or np.isnan(value)
            elif place.before:
                before = tracer.trace(place, values)
                assert before.value == pytest.approx(value)
            else:
                assert values[place.layer][place.cell] == value
    return trace


def every_layer(network, seed=0, cells=4):
    """Trace cells of all layers; return what is written out."""
    tracer, values = built(network, seed)
    random = np.random.default_rng(seed)
    done = {}
    for name in values:
        if name != NETWORK_INPUT:
            for _ in range(cells):
                cell = tuple(int(random.integers(side)) for side in values[name].shape)
                trace = proven(tracer, values, name, cell)
                done[name] = trace.terms is not None
                assert set(tracer.needs(name)) <= set(values)
    return done


SAME = {"kernel_size": (3, 3), "padding": "same"}
EVERYTHING = (
    Rescaling(scale=0.5, offset=0.1),
    ZeroPadding2D(padding=((1, 2), (0, 1))),
    Conv2D(filters=6, kernel_size=(3, 2), strides=(2, 1), padding="same", activation="relu"),
    Conv2D(filters=4, groups=2, dilation_rate=(2, 2), activation="gelu", **SAME),
    BatchNormalization(),
    PReLU(shared_axes=(1, 2)),
    DepthwiseConv2D(depth_multiplier=2, activation="selu", **SAME),
    Branches(branches=((Conv2D(filters=8, **SAME), Dropout(rate=0.5)), ()), merge="add"),
    Branches(branches=((Conv2D(filters=1, kernel_size=(1, 1)),), (MaxPooling2D(pool_size=(1, 1)),)), merge="multiply"),
    SeparableConv2D(filters=6, activation="silu", **SAME),
    Cropping2D(cropping=((1, 0), (0, 1))),
    AveragePooling2D(pool_size=(2, 2), padding="same"),
    MaxPooling2D(pool_size=(3, 3), strides=(1, 1), padding="same"),
    UpSampling2D(size=(2, 3)),
    Branches(branches=((GlobalMaxPooling2D(keepdims=True),), ()), merge="subtract"),
    LeakyReLU(negative_slope=0.1),
    DepthMaxPooling2D(pool_size=3),
    ChannelScale(),
    Permute(dims=(2, 1, 3)),
    FixedConv2D(bank="sobel", padding="same"),
    AdaptiveAveragePooling2D(output_size=(5, 4)),
    ELU(alpha=0.5),
    ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2),
    Branches(branches=((Flatten(), Dense(units=3)), (GlobalAveragePooling2D(),)), merge="concatenate"),
    Reshape(target_shape=(-1,)),
    Dense(units=7, activation="tanh"),
    Dense(units=5, activation="softmax"),
)


def test_every_layer_that_is_written_out_equals_keras(keras):
    done = every_layer(Network("all", (11, 12, 2), EVERYTHING), cells=6)
    assert all(done.values()), done


def test_softmax_is_a_step_of_its_own_and_its_logits_are_sums(keras):
    network = Network("end", (4,), (Dense(units=3), Activation(activation="softmax"), Dense(units=3), Softmax()))
    assert all(every_layer(network).values())
    tracer, values = built(Network("end", (6,), (Dense(units=3, activation="softmax"),)))
    trace = proven(tracer, values, "dense", (1,))
    assert (trace.terms.rule, len(trace.terms.values)) == ("softmax", 3)
    logit = tracer.trace(trace.origin(1, 0), values)
    kernel = tracer._weights["dense"]
    expected = values[NETWORK_INPUT] @ kernel["kernel"][:, 1] + kernel["bias"][1]
    assert (logit.terms.rule, logit.keras) == ("sum", None)
    assert logit.value == pytest.approx(expected, abs=1e-5)
    tracer._weights["dense"]["kernel"] = kernel["kernel"] * 1e4  # e to such a power would be beyond all floats
    large = tracer.trace(TracedCell("dense", (1,)), values)
    assert 0 <= large.value <= 1
    assert large.difference, "the kernel is no more that of Keras"


def test_weights_that_are_shared_and_layers_that_are_named(keras):
    layers = (
        Block(name="stem", layers=(Conv2D(name="a", filters=3, **SAME),)),
        Shared(layer="a"),
        Route(layers=("a", "input_layer"), merge="add"),
        LayerNormalization(),
        Flatten(),
        Dense(units=2, activation="sigmoid"),
    )
    done = every_layer(Network("links", (5, 5, 3), layers))
    assert done == {name: name != "layer_normalization" for name in done}


def test_sequences_and_causal_padding(keras):
    layers = (
        Conv1D(filters=4, kernel_size=(3,), padding="causal", dilation_rate=(2,), activation="elu"),
        Conv1D(filters=4, kernel_size=(2,), strides=(2,), padding="same"),
        Flatten(),
        Dense(units=2),
    )
    assert all(every_layer(Network("row", (9, 2), layers)).values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_equal_keras(keras, name):
    function = keras.activations.get(name)
    for x in (-7.3, -2.0, -0.7, -0.2, 0.0, 0.3, 0.9, 1.7, 5.0, 9.0):
        assert FUNCTIONS[name](x) == pytest.approx(float(function(np.float32(x))), abs=2e-5, rel=1e-5)


KINDS = (
    Conv2D,
    DepthwiseConv2D,
    SeparableConv2D,
    MaxPooling2D,
    AveragePooling2D,
    BatchNormalization,
    ZeroPadding2D,
    Cropping2D,
    UpSampling2D,
    Dense,
    AdaptiveAveragePooling2D,
    PReLU,
)


@st.composite
def drawn(draw):
    """Three layers that fit, with settings of every kind; strides that TensorFlow has kernels for."""
    shape, layers = draw(st.tuples(*[st.integers(4, 9)] * 2, st.integers(1, 4))), []
    inputs = shape
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)):
        layer = draw(layers_of(kind))
        if isinstance(layer, Spatial):
            layer = msgspec.structs.replace(layer, data_format="channels_last")
        if isinstance(layer, DepthwiseConv2D | SeparableConv2D):
            layer = msgspec.structs.replace(layer, strides=layer.strides[:1] * 2, dilation_rate=(1, 1))
        if isinstance(layer, UpSampling2D):
            layer = msgspec.structs.replace(layer, interpolation="nearest")
        if isinstance(layer, BatchNormalization):
            layer = msgspec.structs.replace(layer, axis=-1)
        if getattr(layer, "activation", "") in ("sparsemax", "log_softmax"):
            layer = msgspec.structs.replace(layer, activation="relu")
        try:
            shape = layer.output_shape(shape)
        except ShapeError:
            continue
        layers.append(layer)
    assume(layers)
    return Network("drawn", inputs, tuple(layers))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(network=drawn(), seed=st.integers(0, 99))
def test_drawn_networks_equal_keras(keras, network, seed):
    assert all(every_layer(network, seed, cells=3).values())


def test_a_cell_of_every_layer_of_a_trained_network(trained, keras):
    """Followed by the largest term from the prediction down to a pixel."""
    from tui_cnn.data.dataset import load_test

    model = keras.saving.load_model(trained.best_file)
    image = load_test().images[3].astype(np.float32) / 255
    inner = keras.Model(model.input, [layer.output for layer in model.layers])
    values = {
        layer.name: np.asarray(each)[0]
        for layer, each in zip(model.layers, inner(image[None], training=False), strict=True)
    }
    analysis = analyze(trained.network())
    values["branches"] = values.pop("add", values.get("branches"))
    weights = {layer.name: {w.name: w.numpy() for w in layer.weights} for layer in model.layers}
    tracer = Tracer(analysis, weights)
    values[NETWORK_INPUT] = image
    place, seen = TracedCell("dense_1", (int(values["dense_1"].argmax()),)), []
    while place.layer != NETWORK_INPUT:
        trace = tracer.trace(place, values) if place.before else proven(tracer, values, place.layer, place.cell)
        seen.append(place.layer)
        group = int(trace.order()[0])
        place = trace.origin(group, trace.main_tap(group))
    assert seen[:4] == ["dense_1", "dense_1", "dropout_1", "dense"]
    assert seen[-1] == "conv2d"
    assert values[NETWORK_INPUT][place.cell] == image[place.cell]
    random = np.random.default_rng(1)
    for name, output in values.items():
        for _ in range(5):
            cell = tuple(int(random.integers(side)) for side in output.shape)
            assert name == NETWORK_INPUT or proven(tracer, values, name, cell).terms is not None
