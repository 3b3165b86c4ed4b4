"""What is taken from a trained network to the Lab: the bench computes what the network computes."""

import msgspec
import numpy as np
import pytest
from rich.console import Console

from tests.ui import answering
from tests.ui.answering import Answering, make_run
from tests.ui.driving import opened
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Activation,
    Block,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    FixedConv2D,
    MaxPooling2D,
    Route,
    Shared,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network
from tui_cnn.lab.numbers import number as written_number
from tui_cnn.lab.pooling import moved
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings
from tui_cnn.runs.inspection.replies import Activations, LayerInfo, LayerWeights, WeightsReply, pack
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.inspect.lab_transfer import take_filter, take_map
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.lab.convolution import convolution_arrays
from tui_cnn.ui.lab.pooling import pooling_arrays
from tui_cnn.ui.lab.sums import sums


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(inspect, "Inspector", Answering)
    return make_run()


def on_bench(brought):
    """Compute what the Lab shows of what it is brought."""
    settings = msgspec.structs.replace(ConvolutionSettings(), **brought.settings)
    return convolution(settings, LabArrays(map=brought.map, trained=brought.trained))


async def test_a_map_and_a_filter_go_to_the_lab(run):
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("above zero")
        await user.press("right", "right", "t")
        await user.until(lambda: user.app.current_mode == "lab")
        await user.sees("Image map 26×26", "conv2d map 2", "vertical-edge")
        bench = user.app.screen.bench
        maps = bench.convolution.image[..., 0]
        assert maps[0, 0] == pytest.approx(np.add.outer(range(3), range(3)).sum() * 4 / 255)
        assert user.app.screen.bench.form.value.image == "map"
        await user.press("3", "k")
        await user.sees("box blur")
        await user.press("t")
        await user.until(lambda: user.app.current_mode == "lab")
        await user.sees("Kernel 3×3", "Test image 0", "conv2d filter 2, most similar: ", "blur, cosine 1.00", "max(0, ")
        assert bench.convolution.output()[..., 0] == pytest.approx(maps)
        user.app.follow_link("lab:convolution?image=map&kernel=trained&place=3")
        await user.until(lambda: bench.place == 2)
        assert bench.convolution.image.shape == (28, 28, 1)  # a lesson may speak of what was taken
        await user.press("p", "enter", *["right"] * 10)
        await user.sees("Image map 28×28")


async def test_what_has_not_been_taken_is_asked_for():
    async with opened(size=(120, 40)) as user:
        user.app.follow_link("lab:convolution?image=map&kernel=trained")
        await user.sees("no map yet", "no trained filter yet")


async def test_other_layers_stay(run, monkeypatch):
    monkeypatch.setattr(answering, "LAYERS", (*answering.LAYERS[:3], LayerInfo((3,), "dense", "Dense", (10,), True)))
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("above zero")
        await user.press("k", "down")
        await user.sees("4 Dense")
        await user.press("t")
        await user.told("The Lab supports filters of Conv2D")
        assert user.app.current_mode == "inspect"


def of(layers, shape, keras):
    """Build a network with random weights; return a scene of it, and what the inspector would answer."""
    from tui_cnn.worker.build import build_network
    from tui_cnn.worker.inspection.loaded_model import inspected_layers

    network = Network("n", shape, layers)
    keras.utils.set_random_seed(1)
    built = build_network(network)
    model = built.model
    image = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    parts = inspected_layers(analyze(network), built)
    given = keras.Model(model.input, [part.output for part in parts])(image[np.newaxis] / np.float32(255))
    outputs = [np.asarray(each)[0] for each in (given if len(parts) > 1 else [given])]
    infos = tuple(LayerInfo(part.path, part.name, part.kind, part.shape, False, part.source) for part in parts)
    weights = WeightsReply(
        layers=tuple(
            LayerWeights(layer.name, {weight.name: pack(weight.numpy()) for weight in layer.weights})
            for layer in model.layers
            if layer.weights
        )
    )
    opened = Answering()._open(None)
    opened = msgspec.structs.replace(opened, network=dumps_network(network), layers=infos)
    subject = type("Subject", (), {"title": "an image"})()
    scene = Scene(None, None, subject, opened)
    values = {info.name: pack(output) for info, output in zip(infos, outputs, strict=True)}
    return scene, Activations(image=pack(image), layers=values, probabilities=pack(image)), weights


CONV = Conv2D(filters=4, kernel_size=(3, 2), strides=(2, 1), padding="same", activation="relu", bias_initializer="ones")


@pytest.mark.parametrize(
    ("layers", "place"),
    [
        ((CONV,), 0),
        ((Conv2D(filters=3, kernel_size=(3, 3), dilation_rate=(2, 2), use_bias=False),), 0),
        ((FixedConv2D(bank="sobel", activation="relu"),), 0),
        ((Activation(activation="relu"), DepthwiseConv2D(kernel_size=(3, 3), depth_multiplier=2)), 1),
        ((Conv2D(filters=4, kernel_size=(1, 1)), Conv2D(filters=4, kernel_size=(3, 3), groups=2)), 1),
        ((Branches(branches=((CONV, Conv2D(filters=1, kernel_size=(1, 1))), (CONV,)), merge="concatenate"),), 2),
    ],
)
def test_the_bench_computes_the_map(keras, layers, place):
    scene, found, weights = of(layers, (9, 8, 3), keras)
    maps = found.layers[scene.opened.layers[place].name].numpy()
    for number in range(maps.shape[-1]):
        brought = take_filter(scene.at(layer=place, channel=number), place, None, found, weights)
        np.testing.assert_allclose(on_bench(brought).output()[..., 0], maps[..., number], atol=1e-5)
        taken = take_map(scene.at(layer=place, channel=number), found)
        assert (taken.map.values[..., 0] == maps[..., number]).all()


def test_of_many_channels_all_are_summed(keras):
    """One is drawn; the sum, the bias and the count of parameters are those of the layer."""
    layers = (Conv2D(filters=32, kernel_size=(1, 1)), Conv2D(filters=2, kernel_size=(3, 3), bias_initializer="ones"))
    scene, found, weights = of(layers, (6, 6, 1), keras)
    transfer = take_filter(scene, 1, 3, found, weights)
    made = on_bench(transfer)
    np.testing.assert_allclose(made.output()[..., 0], found.layers["conv2d_1"].numpy()[..., 0], atol=1e-5)
    assert transfer.map.name == "conv2d"
    assert made.parameters() == "(3·3·32 + 1)·1 = 289"
    arrays = convolution_arrays(made, 0, 0, chosen=transfer.channel).all
    assert [array.part for array in arrays] == [("image", 3), ("kernel", 3), ("output", 0)]
    assert arrays[0].title == "input 3 of 32"
    written = Console(width=120)
    with written.capture() as capture:
        written.print(sums(made, 0, 0, 120, chosen=3))
    value = found.layers["conv2d_1"].numpy()[0, 0, 0]
    assert f" + bias 1 = {written_number(float(value))}" in capture.get()
    assert " + 31 other channels " in capture.get()
    strongest = np.abs(weights.layers[1].weights["kernel"].numpy()[..., 0]).sum(axis=(0, 1)).argmax()
    assert convolution_arrays(made, 0, 0).all[0].part == ("image", strongest)
    assert take_filter(scene, 0, None, found, weights).map.values.shape == (6, 6, 1)


def test_pooling_draws_one_of_many_channels(keras):
    scene, found, weights = of((Conv2D(filters=8, kernel_size=(1, 1)), CONV), (6, 6, 1), keras)
    arrays = LabArrays(map=take_filter(scene, 1, None, found, weights).map)
    strongest = np.abs(arrays.map.values).sum(axis=(0, 1)).argmax()
    for kind, drawn in (("max", [strongest]), ("depth-max", [strongest // 2 * 2, strongest // 2 * 2 + 1])):
        result = moved(PoolingSettings(image="map", kind=kind, depth=2), arrays)
        images = [array.part.channel for array in pooling_arrays(result, 0).all if array.part.role == "image"]
        assert images == drawn


def test_an_activation_that_the_lab_lacks_is_named(keras):
    scene, found, weights = of((Conv2D(filters=2, kernel_size=(3, 3), activation="tanh"),), (6, 6, 1), keras)
    transfer = take_filter(scene, 0, None, found, weights)
    assert transfer.trained.name == "conv2d filter 0, before tanh"
    maps = found.layers["conv2d"].numpy()
    np.testing.assert_allclose(np.tanh(on_bench(transfer).output()[..., 0]), maps[..., 0], atol=1e-5)


def test_a_dense_layer_has_no_filter(keras):
    scene, found, weights = of((MaxPooling2D(), Dense(units=2)), (4, 4, 1), keras)
    assert take_filter(scene, 1, None, found, weights) is None


def test_what_goes_into_a_layer(keras):
    """Of what is merged, the first; of a route, what it names."""
    same = {"kernel_size": (1, 1), "filters": 2}
    block = Block(layers=(Conv2D(name="a", **same), Activation(activation="relu")))
    branches = Branches(branches=((Conv2D(**same),), (Block(layers=(Conv2D(**same),)),)))
    stack = (Conv2D(**same), block, branches, Conv2D(name="b", **same))
    scene, _found, _weights = of(stack, (4, 4, 1), keras)
    assert [info.source for info in scene.opened.layers] == [None, 0, 1, 2, 2, 2, 5]
    linked = (*stack, Route(layers=("a", "b")), Shared(layer="b"))
    scene, _found, _weights = of(linked, (4, 4, 1), keras)
    assert [info.source for info in scene.opened.layers][7:] == [1, 7]
