"""The classics have the numbers that were published of them; what Keras has too is the same network."""

from math import prod

import numpy as np
import pytest

from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense
from tui_cnn.core.network import walk
from tui_cnn.formats.presets import preset

CLASSICS = {
    # trainable, non-trainable, output. Sources: the comment at the head of each file.
    "fashion-cnn": (93_322, 0, (10,)),
    "fashion-dnn": (101_770, 0, (10,)),
    "lenet-5": (61_706, 0, (10,)),
    "alexnet": (62_378_344, 0, (1000,)),
    "alexnet-grouped": (60_965_224, 0, (1000,)),
    "vgg-16": (138_357_544, 0, (1000,)),
    "resnet-18": (11_689_512, 9_600, (1000,)),
    "resnet-50": (25_583_592, 53_120, (1000,)),
    "googlenet": (6_998_552, 0, (1000,)),
    "mobilenet": (4_231_976, 21_888, (1000,)),
    "mobilenet-v2": (3_504_872, 34_112, (1000,)),
    "inception-v3": (23_817_352, 34_432, (1000,)),
    "yolo-v1": (271_703_550, 0, (7, 7, 30)),
}


@pytest.mark.parametrize(("name", "figures"), CLASSICS.items(), ids=CLASSICS)
def test_published_parameters(name, figures):
    analysis = analyze(preset(name))
    assert (analysis.totals.trainable, analysis.totals.non_trainable, analysis.output_shape) == figures


@pytest.mark.parametrize(
    ("name", "macs"),
    {
        "fashion-cnn": 2_794_240,
        "lenet-5": 416_520,
        "alexnet": 1_135_256_096,
        "alexnet-grouped": 724_406_816,
        "vgg-16": 15_470_264_320,
    }.items(),
)
def test_published_macs(name, macs):
    assert analyze(preset(name)).totals.macs == macs


@pytest.mark.parametrize(
    ("name", "figure", "unit", "digits"),
    [
        ("resnet-18", 1.814, 1e9, 3),  # torchvision
        ("resnet-50", 3.86, 1e9, 2),
        ("inception-v3", 5.713, 1e9, 3),  # torchvision
        ("mobilenet", 569, 1e6, 0),  # slim
        ("mobilenet-v2", 0.301, 1e9, 3),  # torchvision; slim's 300 M is cut off, not rounded
    ],
)
def test_published_macs_rounded(name, figure, unit, digits):
    assert round(analyze(preset(name)).totals.macs / unit, digits) == figure


def test_vgg_16_in_the_convention_of_tensorflow():
    """FIGURES: what TensorFlow 2.21's profiler printed for keras.applications.VGG16."""
    assert analyze(preset("vgg-16")).totals.tf_flops == 30_960_211_824


def test_googlenet_block_by_block():
    """Millions of operations in table 1 of the paper; it has 73 for 4a (73.6) and 54 for 5a (51.1)."""
    published = {"3a": 128, "3b": 304, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}
    assert {name: round(macs_of("googlenet", f"inception_{name}") / 1e6) for name in published} == published


def test_yolo_part_by_part():
    """FIGURES; and 24 convolutions and 2 fully connected layers, section 2.1 of the paper."""
    rows = analyze(preset("yolo-v1")).rows
    convolutions, dense = (
        [row.figures.parameters.total for row in rows if isinstance(row.layer, kind)] for kind in (Conv2D, Dense)
    )
    assert (len(convolutions), sum(convolutions)) == (24, 60_155_968)
    assert dense == [205_524_992, 4097 * 1470]


class TestReceptiveFields:
    """The table of google-research/receptive_field: size, stride and padding, layer by layer."""

    def test_alexnet(self):
        assert fields_of(preset("alexnet")) == fields_of(preset("alexnet-grouped"))
        assert fields_of(preset("alexnet")) == {
            "conv1": (11, 4, 0),
            "pool1": (19, 8, 0),
            "conv2": (51, 8, 16),
            "pool2": (67, 16, 16),  # not in the table
            "conv3": (99, 16, 32),
            "conv4": (131, 16, 48),
            "conv5": (163, 16, 64),
            "pool5": (195, 32, 64),
        }

    def test_vgg_16(self):
        published = {
            "conv1_1": (3, 1, 1),
            "pool1": (6, 2, 2),
            "conv2_1": (10, 2, 4),
            "pool2": (16, 4, 6),
            "conv3_1": (24, 4, 10),
            "conv3_2": (32, 4, 14),
            "pool3": (44, 8, 18),
            "conv4_1": (60, 8, 26),
            "conv4_2": (76, 8, 34),
            "pool4": (100, 16, 42),
            "conv5_1": (132, 16, 58),
            "conv5_2": (164, 16, 74),
            "pool5": (212, 32, 90),
        }
        assert published.items() <= fields_of(preset("vgg-16"), deep=True).items()

    @pytest.mark.parametrize(
        ("side", "paddings"),
        [
            (224, [0, 2, 2, 6, 6, 14, 14, 30, 46, 62, 78, 94, 94, 126]),
            (321, [1, 3, 5, 9, 13, 21, 29, 45, 61, 77, 93, 109, 125, 157]),
        ],
    )
    def test_mobilenet(self, side, paddings):
        """With TensorFlow's `same` the padding depends on the image."""
        network = edits.set_input_shape(preset("mobilenet"), (side, side, 3))
        sizes = [3, 7, 11, 19, 27, 43, 59, 91, 123, 155, 187, 219, 251, 315]
        strides = [2, 2, 4, 4, 8, 8, 16, 16, 16, 16, 16, 16, 32, 32]
        assert list(fields_of(network).values()) == list(zip(sizes, strides, paddings, strict=True))

    def test_inception_v3(self):
        sizes = [31, 63, 95, 127, 159, 351, 543, 735, 927, 1055, 1183, 1311]
        strides = [8, 8, 8, 8, 16, 16, 16, 16, 16, 32, 32, 32]
        paddings = [2, 18, 34, 50, 58, 154, 250, 346, 442, 490, 554, 618]
        assert list(fields_of(preset("inception-v3")).values()) == list(zip(sizes, strides, paddings, strict=True))

    def test_resnet_50(self):
        """Slim has the stride of a stage in its last block, so only sizes can be compared before the end."""
        found = fields_of(preset("resnet-50"))
        assert [found[f"conv{stage}_x"][0] for stage in (2, 3, 4, 5)] == [35, 99, 291, 483]
        assert found["conv5_x"] == (483, 32, 241)

    @pytest.mark.parametrize(("side", "padding"), [(224, 239), (321, 241)])
    def test_resnet_50_with_the_padding_of_slim(self, side, padding):
        """Keras pads symmetrically before the first pool; slim's pool is `same`."""
        pool = edits.delete(preset("resnet-50"), (1, 0))
        slim = edits.set_input_shape(edits.change(pool, (1, 0), padding="same"), (side, side, 3))
        assert fields_of(slim)["conv5_x"] == (483, 32, padding)

    def test_resnet_18(self):
        """He et al., table 1, by hand: a 7x7, a pool, and four 3x3 a stage, the first of them at the stride before."""
        sizes = [7, 7 + 2 * 2, 11 + 4 * 8, 43 + 8 + 3 * 16, 99 + 16 + 3 * 32, 211 + 32 + 3 * 64]
        assert [size for size, _stride, _padding in fields_of(preset("resnet-18")).values()] == sizes


def test_resnet_50_in_the_form_of_torchvision():
    """25,557,032 parameters, 4.089 G, 427 pixels: no biases of convolutions, the stride of a stage on its 3x3."""
    network = preset("resnet-50")
    for path, layer in walk(network.layers):
        if isinstance(layer, Conv2D):
            network = edits.change(network, path, use_bias=False)
    for stage in (3, 4, 5):
        main = (stage, 0, 0, 0)
        assert edits.layer_at(network, (*main, 0)).strides == (2, 2)
        network = edits.change(network, (*main, 0), strides=(1, 1))
        network = edits.change(network, (*main, 3), strides=(2, 2))
    totals = analyze(network).totals
    assert (totals.trainable, round(totals.macs / 1e9, 3)) == (25_557_032, 4.089)
    assert fields_of(network)["conv5_x"][:2] == (427, 32)


REFERENCES = {
    "vgg-16": ("VGG16", 32),
    "resnet-50": ("ResNet50", 64),
    "mobilenet": ("MobileNet", 64),
    "mobilenet-v2": ("MobileNetV2", 64),
    "inception-v3": ("InceptionV3", 107),
}
"""What keras.applications calls them, and the side of a small image on which they are compared."""


@pytest.mark.parametrize(("name", "reference"), [(name, reference) for name, (reference, _side) in REFERENCES.items()])
def test_numbers_of_keras_applications(keras, name, reference):
    """Totals, and which kernels work on how many places. The weights are declared and never filled."""
    with keras.StatelessScope(initialize_variables=False):
        model = getattr(keras.applications, reference)(weights=None)
    analysis = analyze(preset(name))
    weights = (model.trainable_weights, model.non_trainable_weights)
    trainable, non_trainable = (sum(prod(weight.shape) for weight in part) for part in weights)
    assert (analysis.totals.trainable, analysis.totals.non_trainable) == (trainable, non_trainable)
    kernels = [
        prod(layer.kernel.shape) * prod(layer.output.shape[1:-1]) for layer in model.layers if hasattr(layer, "kernel")
    ]
    assert sorted(row.figures.macs.value for row in analysis.rows if row.figures.macs.value) == sorted(kernels)
    ours, theirs = (
        [(layer.epsilon, layer.momentum) for layer in layers if isinstance(layer, kind)]
        for layers, kind in (
            ([row.layer for row in analysis.rows], BatchNormalization),
            (model.layers, keras.layers.BatchNormalization),
        )
    )
    assert ours == theirs


@pytest.mark.parametrize(("name", "reference", "side"), [(name, *figures) for name, figures in REFERENCES.items()])
def test_function_of_keras_applications(keras, name, reference, side):
    """With the same weights they give the same numbers before the softmax, so they are the same network."""
    from tui_cnn.worker.build import build

    network = edits.set_input_shape(preset(name), (side, side, 3))
    network = edits.change(network, (len(network.layers) - 1,), activation="linear")
    image = 10 * np.random.default_rng(0).random((1, side, side, 3), dtype=np.float32)
    given = {"weights": None, "input_shape": (side, side, 3), "classifier_activation": None}
    ours, theirs = (
        np.ravel(_with_known_weights(model)(image, training=False))
        for model in (build(network), getattr(keras.applications, reference)(**given))
    )
    assert np.std(theirs) > 0.01 * np.abs(np.mean(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3 * np.std(theirs))


def _with_known_weights(model):
    """Fill weights of the same name and shape with the same numbers, for the order of branches differs."""
    for weight in model.weights:
        shape = tuple(length for length in weight.shape if length > 1)
        random = np.random.default_rng([*shape, *weight.name.encode()])
        if weight.name == "kernel":
            values = random.normal(0, (2 / prod(shape[:-1])) ** 0.5, shape)
        elif weight.name == "moving_variance":
            values = random.uniform(0.5, 1.5, shape)
        else:
            values = random.normal(0, 1, shape)
        weight.assign(values.reshape(weight.shape).astype(np.float32))
    return model


def fields_of(network, deep=False):
    """Return (size, stride, padding) behind each layer that does not see everything, by name."""
    rows = [row for row in analyze(network).rows if (deep or len(row.path) == 1) and row.field.status != "full"]
    assert all(row.field.status == "exact" and row.field.down == row.field.across for row in rows)
    return {row.name: (row.field.down.size, row.field.down.stride, row.field.down.padding) for row in rows}


def macs_of(name, block):
    """Add up what the layers of a block do."""
    rows = analyze(preset(name)).rows
    (path,) = (row.path for row in rows if row.name == block)
    return sum(row.figures.macs.value for row in rows if row.path[: len(path)] == path)
