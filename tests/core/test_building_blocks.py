"""Building blocks, against whole networks made of them: their published counts, and Keras' own applications."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.oracle import judge
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.building_blocks import (
    BUILDING_BLOCKS,
    Bottleneck,
    ConvolutionBlock,
    DenseBlock,
    DepthwiseSeparable,
    EmptyBlock,
    EmptyBranches,
    Inception,
    InvertedResidual,
    Residual,
    SqueezeExcitation,
)
from tui_cnn.core.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
    stack_shape,
)
from tui_cnn.core.network import Network, walk
from tui_cnn.core.shape import ShapeError
from tui_cnn.formats.presets import preset

LARGE = (224, 224, 3)


def stem(filters, size, activation="relu", *more):
    convolution = Conv2D(filters=filters, kernel_size=(size, size), strides=(2, 2), padding="same", use_bias=False)
    return (convolution, BatchNormalization(), Activation(activation=activation), *more)


def head(classes=1000):
    return (GlobalAveragePooling2D(), Dense(units=classes, activation="softmax"))


def built_of(layers, *blocks, shape=LARGE):
    """Put blocks after some layers, each made for what comes out before it, and a classifier at the end."""
    stack = layers
    for block in blocks:
        made = block if not hasattr(block, "made_for") else block.made_for(stack_shape(stack, shape))
        stack = (*stack, made)
    return Network("built", shape, (*stack, *head()))


POOL = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding="same")


def totals(network):
    return analyze(network).totals


def test_resnet_18_has_the_published_count():
    """torchvision's ResNet18_Weights: 11,689,512 parameters."""
    stages = [Residual(filters=64 * 2**n, strides=(min(2, n + 1),) * 2, repeat=2) for n in range(4)]
    assert totals(built_of(stem(64, 7, "relu", POOL), *stages)).trainable == 11_689_512


def test_resnet_50_has_the_published_count_and_work():
    """torchvision's ResNet50_Weights: 25,557,032 parameters, 4.09 G multiply-accumulates."""
    stages = [
        Bottleneck(filters=64 * 2**n, strides=(min(2, n + 1),) * 2, repeat=times)
        for n, times in enumerate((3, 4, 6, 3))
    ]
    found = totals(built_of(stem(64, 7, "relu", POOL), *stages))
    assert found.trainable == 25_557_032
    assert round(found.macs / 1e9, 2) == 4.09


MOBILE = ((16, 1, 1, 1), (24, 6, 2, 2), (32, 6, 2, 3), (64, 6, 2, 4), (96, 6, 1, 3), (160, 6, 2, 3), (320, 6, 1, 1))


def test_mobilenet_v2_has_the_count_of_keras():
    """keras.applications.MobileNetV2: 3,538,984 parameters, 3,504,872 of them trainable."""
    stages = [
        InvertedResidual(filters=filters, expansion=expansion, strides=(stride, stride), repeat=times)
        for filters, expansion, stride, times in MOBILE
    ]
    last = ConvolutionBlock(filters=1280, kernel_size=(1, 1), activation="relu6")
    found = totals(built_of(stem(32, 3, "relu6"), *stages, last))
    assert (found.params, found.trainable) == (3_538_984, 3_504_872)
    assert found.macs == totals(preset("mobilenet-v2")).macs


def test_efficientnet_b0_has_the_published_count():
    """torchvision's EfficientNet_B0_Weights: 5,288,548 parameters."""
    table = (
        (16, 1, 3, 1, 1),
        (24, 6, 3, 2, 2),
        (40, 6, 5, 2, 2),
        (80, 6, 3, 2, 3),
        (112, 6, 5, 1, 3),
        (192, 6, 5, 2, 4),
        (320, 6, 3, 1, 1),
    )
    stages = [
        InvertedResidual(
            filters=filters,
            expansion=expansion,
            kernel_size=(size, size),
            strides=(stride, stride),
            repeat=times,
            squeeze_excitation=True,
            activation="silu",
        )
        for filters, expansion, size, stride, times in table
    ]
    last = ConvolutionBlock(filters=1280, kernel_size=(1, 1), activation="silu")
    assert totals(built_of(stem(32, 3, "silu"), *stages, last)).trainable == 5_288_548


def test_mobilenet_has_the_count_of_keras():
    """keras.applications.MobileNet: 4,253,864 parameters, 4,231,976 of them trainable."""
    stages = [
        DepthwiseSeparable(filters=filters, strides=(stride, stride), activation="relu6", repeat=times)
        for filters, stride, times in ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 2, 6), (1024, 2, 2))
    ]
    found = totals(built_of(stem(32, 3, "relu6"), *stages))
    assert (found.params, found.trainable) == (4_253_864, 4_231_976)


def test_densenet_121_has_the_published_count():
    """torchvision's DenseNet121_Weights: 7,978,856 parameters."""
    stack = stem(64, 7, "relu", POOL)
    for number, times in enumerate((6, 12, 24, 16)):
        shape = stack_shape(stack, LARGE)
        stack = (*stack, DenseBlock(growth_rate=32, repeat=times).made_for(shape))
        channels = stack_shape(stack, LARGE)[2]
        stack = (*stack, BatchNormalization(), Activation(activation="relu"))
        if number < 3:
            narrow = Conv2D(filters=channels // 2, kernel_size=(1, 1), use_bias=False)
            stack = (*stack, narrow, AveragePooling2D())
    assert totals(Network("densenet", LARGE, (*stack, *head()))).trainable == 7_978_856


def test_inception_3a_is_that_of_googlenet():
    """Szegedy et al., table 1: 159 K weights (without biases) for module 3a; with its 256 biases 163,696 here."""
    network = Network("one", (28, 28, 192), (Inception().made_for((28, 28, 192)),))
    weights = 192 * 64 + 192 * 96 + 9 * 96 * 128 + 192 * 16 + 25 * 16 * 32 + 192 * 32
    assert totals(network).params == weights + 64 + 96 + 128 + 16 + 32 + 32
    assert weights // 1024 == 159
    assert analyze(network).output_shape == (28, 28, 256)
    rows = analyze(preset("googlenet")).rows
    holder = next(row for row in rows if row.name == "inception_3a")
    inside = sum(row.params for row in rows if row.path[:1] == holder.path and row.params)
    assert totals(network).params == inside


def test_squeeze_and_excitation_costs_what_the_paper_says():
    """Hu et al., equation 5: 2·C²/r weights, and here the biases of both layers."""
    network = Network("one", (7, 7, 256), (SqueezeExcitation(ratio=16).made_for((7, 7, 256)),))
    assert totals(network).params == 2 * 256**2 // 16 + 256 // 16 + 256
    assert analyze(network).output_shape == (7, 7, 256)


def test_a_stage_is_one_declaration_where_its_blocks_are_equal():
    same = Residual(filters=16, repeat=5).made_for((8, 8, 16))
    assert (same.repeat, [type(layer) for layer in same.layers]) == (5, [Branches, Activation])
    changed = Residual(filters=32, strides=(2, 2), repeat=5).made_for((8, 8, 16))
    assert [(block.repeat, type(block)) for block in changed.layers] == [(1, Block), (4, Block)]
    assert stack_shape((changed,), (8, 8, 16)) == (4, 4, 32)


def test_a_form_begins_with_the_channels_that_come_in():
    assert Residual.begun_for((8, 8, 24)).filters == 24
    assert Residual.begun_for((28, 28, 1)).filters == 64
    assert Residual.begun_for(None).filters == 64
    assert Bottleneck.begun_for((8, 8, 256)).filters == 64
    kept = Bottleneck.begun_for((8, 8, 256)).made_for((8, 8, 256))
    assert stack_shape((kept,), (8, 8, 256)) == (8, 8, 256)


@pytest.mark.parametrize("kind", BUILDING_BLOCKS, ids=lambda kind: kind.named())
def test_what_is_no_image_is_refused_in_a_line(kind):
    if kind in (EmptyBlock, EmptyBranches):
        assert kind().made_for((10,)).output_shape((10,)) == (10,)
    else:
        with pytest.raises(ShapeError, match="needs height × width × channels, but gets 10"):
            kind().made_for((10,))


def settings_of(kind):
    """Draw settings of a building block: small numbers, and every word and flag."""
    small = {"filters": 6, "expansion": 3, "repeat": 3, "growth_rate": 4, "ratio": 8, "branches": 4}
    drawn = {}
    for field in msgspec.structs.fields(kind):
        if field.name in ("strides", "kernel_size"):
            drawn[field.name] = st.sampled_from([(1, 1), (2, 2), (3, 3), (1, 2)])
        elif isinstance(field.default, bool):
            drawn[field.name] = st.booleans()
        elif isinstance(field.default, int):
            least = 2 if field.name == "branches" else 1
            drawn[field.name] = st.integers(least, small.get(field.name, 5))
    return st.builds(kind, **drawn)


@given(st.data())
@settings(max_examples=40)
def test_any_block_on_any_image_against_keras(keras, data):
    kind = data.draw(st.sampled_from(BUILDING_BLOCKS))
    shape = data.draw(st.tuples(st.integers(4, 9), st.integers(4, 9), st.integers(1, 9)))
    made = data.draw(settings_of(kind)).made_for(shape)
    network = edits.insert(Network("one", shape, head(3)), (0,), made)
    verdict, analysis = judge(network), analyze(network)
    assert [check for check in analysis.checks if check.severity == "error"] == []
    found = analysis.totals
    assert (found.params, found.trainable, found.macs) == (verdict.params, verdict.trainable, verdict.macs)


def test_the_blocks_need_no_names_that_could_clash():
    layers = [layer for kind in BUILDING_BLOCKS for _p, layer in walk((kind().made_for((8, 8, 16)),))]
    assert not any(layer.name for layer in layers if not isinstance(layer, Block))
