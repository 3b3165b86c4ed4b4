"""Of a large network only what is asked for is kept; the numbers are those of Keras."""

import weakref
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings

from tests.core.strategies import graphs
from tests.worker.inspection.conftest import Asking
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Activation,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    RandomFlip,
)
from tui_cnn.core.memory import BYTES, memory
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.inspection.requests import Activate, Open, Predict, Range, Source

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

SAME = Conv2D(filters=8, kernel_size=(3, 3), padding="same", activation="relu")
RESIDUAL = Network(
    "residual",
    (28, 28, 1),
    (
        RandomFlip(),
        SAME,
        *[Branches(merge="add", branches=((SAME, BatchNormalization()), ()))] * 6,
        Dropout(rate=0.5),
        GlobalAveragePooling2D(),
        Dense(units=10),
        Activation(activation="softmax"),
    ),
)


@pytest.fixture
def by_layer(monkeypatch):
    """Take every network for a large one."""
    from tui_cnn.worker.inspection import loaded_model

    monkeypatch.setattr(loaded_model, "_LARGE", 0)


def test_what_is_large(keras):
    """The outputs of ResNet-50 at 224x224 take more than 100 MB, those of a small network next to nothing."""
    from tui_cnn.worker.inspection.loaded_model import Engine

    assert Engine(preset("resnet-50")).is_large
    assert not Engine(preset("fashion-cnn")).is_large


def test_answers_are_those_of_keras(by_layer, ask, keras, untrained):
    run, model = untrained(RESIDUAL)
    source = Source(str(run.path))
    opened = ask(Open(source=source))
    image = ask(Activate(source=source, image=4, layers=())).image.numpy()
    inputs = image[None].astype("float32") / 255
    expected = {each.name: keras.Model(model.input, each.output)(inputs, training=False)[0] for each in model.layers}
    answer = ask(Activate(source=source, image=4))
    assert list(answer.layers) == [info.name for info in opened.layers]
    for name, array in answer.layers.items():
        assert array.numpy() == pytest.approx(expected[name].numpy(), rel=1e-5, abs=1e-5)
    last = expected[model.layers[-1].name].numpy()
    assert answer.probabilities.numpy() == pytest.approx(last, rel=1e-5, abs=1e-7)
    for images in ((4,), (4, 9)):
        assert ask(Predict(source=source, images=images)).probabilities.numpy()[0] == pytest.approx(last, rel=1e-5)
    some = ask(Activate(source=source, image=4, layers=("conv2d_3", "conv2d"))).layers
    assert {*some} == {"conv2d", "conv2d_3"}
    assert (some["conv2d_3"].numpy() == answer.layers["conv2d_3"].numpy()).all()


@settings(max_examples=25)
@given(graphs())
def test_any_graph_layer_by_layer(keras, network):
    """Routes, shared weights, several outputs: each tensor equals that of Keras' own model up to it."""
    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.inspection.layer_by_layer import LayerByLayer

    built = build_network(network)
    assume(not isinstance(built.model.input, list))
    images = np.random.default_rng(0).normal(size=(2, *network.input_shape)).astype("float32")
    wanted = [call.output for call in built.calls]
    assume(wanted)
    *expected, last = keras.Model(built.model.input, [*wanted, wanted[-1]])(images, training=False)
    runner = LayerByLayer(built.model.input, built.calls)
    for mine, theirs in zip(runner.outputs(images, wanted), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)
    (alone,) = runner.outputs(images, wanted[-1:])
    np.testing.assert_allclose(alone, last, rtol=1e-5, atol=1e-5)


def test_ranges_are_those_of_the_compiled_network(by_layer, ask, untrained, monkeypatch):
    from tui_cnn.worker.inspection import loaded_model

    run, _model = untrained(RESIDUAL)
    found = []
    for limit in (0, 1 << 40):
        monkeypatch.setattr(loaded_model, "_LARGE", limit)
        found.append(Asking()(Range(source=Source(str(run.path)), sample=20)).layers)
    for one, other in zip(*found, strict=True):
        assert one.name == other.name
        for name in ("minimum", "maximum", "mean", "active"):
            np.testing.assert_allclose(getattr(one, name).numpy(), getattr(other, name).numpy(), rtol=1e-4, atol=1e-5)


class Watched:
    """A layer that notes how many bytes of outputs are alive whenever one comes out."""

    def __init__(self, layer, alive, peaks):
        self.call, self._layer, self._alive, self._peaks = layer.call, layer, alive, peaks

    def __call__(self, *inputs, **options):
        output = self._layer(*inputs, **options)
        self._alive.append(weakref.ref(output))
        found = {id(each): each for reference in self._alive if (each := reference()) is not None}
        self._peaks.append(sum(BYTES * prod(each.shape) for each in found.values()))
        return output


def test_no_more_is_held_than_the_arithmetic_says(keras):
    """Its peak is that of our own arithmetic, not the sum of all outputs, which is reached where all are wanted."""
    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.inspection.layer_by_layer import LayerByLayer

    network = Network("n", (28, 28, 1), (SAME, *RESIDUAL.layers[2:8], Flatten(), Dense(units=10)))
    analysis = analyze(network)
    built = build_network(network)
    images = np.zeros((1, 28, 28, 1), np.float32)

    def peak(wanted):
        alive, peaks = [], []
        calls = [call._replace(layer=Watched(call.layer, alive, peaks)) for call in built.calls]
        LayerByLayer(built.model.input, calls).outputs(images, wanted)
        return max(peaks)

    every = [call.output for call in built.calls]
    total = sum(BYTES * prod(each.shape[1:]) for each in every)
    assert peak(every[-1:]) <= memory(analysis).inference < total / 5
    assert peak(every) == total


def test_nothing_behind_what_is_wanted_is_computed(keras):
    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.inspection.layer_by_layer import LayerByLayer

    built = build_network(Network("n", (8, 8, 1), (SAME, SAME, SAME)))
    alive, peaks = [], []
    calls = [call._replace(layer=Watched(call.layer, alive, peaks)) for call in built.calls]
    LayerByLayer(built.model.input, calls).outputs(np.zeros((1, 8, 8, 1), np.float32), [calls[1].output])
    assert len(peaks) == 2
