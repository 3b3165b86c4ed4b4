"""The arithmetic of single layers: by hand, and every formula worth its value."""

from typing import get_args

import pytest
from hypothesis import given, settings
from rich.cells import cell_len

from tests.core.formulas import equations, evaluate
from tests.core.strategies import mostly_sound
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    LAYER_TYPES,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Family,
    FixedConv2D,
    Flatten,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    Opaque,
)
from tui_cnn.core.layers.base import KernelKind, is_composite
from tui_cnn.core.shape import ShapeError


@given(mostly_sound())
@settings(max_examples=200)
def test_every_formula_gives_its_value(network):
    for row in analyze(network).rows:
        if row.figures is None:
            continue
        parameters = row.figures.parameters
        for amount in (parameters.trainable, parameters.non_trainable, row.figures.macs):
            assert amount.formula or amount.value == 0
            if amount.formula:
                assert evaluate(amount.formula) == amount.value
        if row.figures.size_formula:
            assert equations(row.figures.size_formula) == expected_sizes(row)


def expected_sizes(row):
    """All sides but the channels, once where they agree in how they come about; a flattened length."""
    shape = row.figures.output_shape
    layer, last = row.layer.with_channels_last(shape)
    if isinstance(layer, Flatten):
        return [shape[0]]
    return list(last[:-1]) if ": " in row.figures.size_formula else [last[0]]


@pytest.mark.parametrize(
    ("layer", "shape", "output", "formula"),
    [
        (Conv2D(filters=2, kernel_size=(3, 3)), (28, 28, 1), (26, 26, 2), "floor((28 + 2·0 - 3) / 1) + 1 = 26"),
        (
            Conv2D(filters=2, kernel_size=(5, 5), strides=(2, 2)),
            (37, 37, 1),
            (17, 17, 2),
            "floor((37 + 2·0 - 5) / 2) + 1 = 17",
        ),
        (
            Conv2D(filters=2, kernel_size=(3, 3), strides=(2, 2), padding="same"),
            (7, 8, 1),
            (4, 4, 2),
            "h: ceil(7 / 2) = 4;  w: ceil(8 / 2) = 4",
        ),
        (
            Conv2D(filters=2, kernel_size=(3, 2), dilation_rate=(2, 1)),
            (9, 9, 1),
            (5, 8, 2),
            "h: floor((9 + 2·0 - (2·(3 - 1) + 1)) / 1) + 1 = 5;  w: floor((9 + 2·0 - 2) / 1) + 1 = 8",
        ),
        (MaxPooling2D(), (26, 26, 32), (13, 13, 32), "floor((26 + 2·0 - 2) / 2) + 1 = 13"),
        (MaxPooling2D(strides=(1, 1)), (4, 4, 3), (3, 3, 3), "floor((4 + 2·0 - 2) / 1) + 1 = 3"),
        (Flatten(), (3, 3, 64), (576,), "3·3·64 = 576"),
        (Flatten(), (5,), (5,), ""),
        (GlobalMaxPooling2D(keepdims=True), (3, 4, 5), (1, 1, 5), ""),
        (Dense(units=7), (3, 4, 5), (3, 4, 7), ""),
    ],
)
def test_sizes_by_hand(layer, shape, output, formula):
    assert layer.output_shape(shape) == output
    assert layer.size_formula(shape) == formula


@pytest.mark.parametrize(
    ("layer", "shape", "trainable", "macs"),
    [
        (Conv2D(filters=1, kernel_size=(3, 3)), (7, 7, 3), "(3·3·3 + 1)·1 = 28", "3·3·3·5·5·1 = 675"),
        (Conv2D(filters=10, kernel_size=(3, 3)), (7, 7, 3), "(3·3·3 + 1)·10 = 280", "3·3·3·5·5·10 = 6,750"),
        (Conv2D(filters=8, kernel_size=(5, 5)), (9, 9, 3), "(5·5·3 + 1)·8 = 608", "5·5·3·5·5·8 = 15,000"),
        (Conv2D(filters=8, kernel_size=(3, 3)), (32, 32, 3), "(3·3·3 + 1)·8 = 224", "3·3·3·30·30·8 = 194,400"),
        (
            Conv2D(filters=64, kernel_size=(3, 3), use_bias=False, groups=2),
            (13, 13, 32),
            "3·3·16·64 = 9,216",
            "3·3·16·11·11·64 = 1,115,136",
        ),
        (Dense(units=128), (784,), "(784 + 1)·128 = 100,480", "784·128 = 100,352"),
        (Dense(units=2, use_bias=False), (4, 3), "3·2 = 6", "4·3·2 = 24"),
        (BatchNormalization(), (5, 5, 8), "2·8 = 16", "0"),
        (BatchNormalization(center=False), (5, 5, 8), "1·8 = 8", "0"),
        (BatchNormalization(center=False, scale=False), (5, 5, 8), "0", "0"),
        (Dropout(rate=0.5), (9,), "0", "0"),
    ],
)
def test_counts_by_hand(layer, shape, trainable, macs):
    assert str(layer.parameters(shape).trainable) == trainable
    assert str(layer.macs(shape)) == macs


def test_the_running_statistics_are_not_trained():
    parameters = BatchNormalization().parameters((5, 5, 8))
    assert str(parameters.non_trainable) == "2·8 = 16"
    assert parameters.total == 32


def test_parameters_of_a_convolution_do_not_depend_on_the_size_of_the_image():
    layer = Conv2D(filters=8, kernel_size=(5, 5))
    assert layer.parameters((9, 9, 3)) == layer.parameters((900, 90, 3))


@pytest.mark.parametrize(
    ("layer", "shape", "message", "change"),
    [
        (Conv2D(filters=1, kernel_size=(3, 3)), (2, 5, 1), "a 3×3 window does not fit into 2×5", {"padding": "same"}),
        (
            Conv2D(filters=1, kernel_size=(3, 3), dilation_rate=(4, 1)),
            (8, 8, 1),
            "a 3×3 window (9×3 with dilation) does not fit into 8×8",
            {"padding": "same"},
        ),
        (MaxPooling2D(pool_size=(2, 4)), (3, 3, 1), "a 2×4 window does not fit into 3×3", {"padding": "same"}),
        (
            Conv2D(filters=6, kernel_size=(1, 1), groups=4),
            (4, 4, 4),
            "6 filters cannot be split into 4 groups",
            {"groups": 2},
        ),
        (
            Conv2D(filters=8, kernel_size=(1, 1), groups=4),
            (4, 4, 6),
            "6 channels cannot be split into 4 groups",
            {"groups": 2},
        ),
        (
            Conv2D(filters=8, kernel_size=(1, 1), strides=(2, 1), dilation_rate=(1, 3)),
            (4, 4, 6),
            "strides 2×1 and dilation 1×3 cannot be combined",
            {"dilation_rate": (1, 1)},
        ),
        (Conv2D(filters=1, kernel_size=(1, 1)), (784,), "needs height × width × channels, but gets 784", {}),
        (AveragePooling2D(), (28, 28), "needs height × width × channels, but gets 28×28", {}),
        (GlobalMaxPooling2D(), (28,), "needs height × width × channels, but gets 28", {}),
    ],
)
def test_refusals_name_the_numbers_and_the_change(layer, shape, message, change):
    with pytest.raises(ShapeError) as refused:
        layer.output_shape(shape)
    assert str(refused.value) == message
    assert refused.value.change == change


@pytest.mark.parametrize(
    ("merge", "shapes", "outcome"),
    [
        ("add", ((4, 4, 8), (4, 4, 8)), (4, 4, 8)),
        ("multiply", ((4, 4, 8), (8,)), (4, 4, 8)),
        ("maximum", ((4, 1, 8), (1, 4, 1)), (4, 4, 8)),
        ("concatenate", ((4, 4, 8), (4, 4, 3), (4, 4, 1)), (4, 4, 12)),
        (
            "add",
            ((4, 4, 8), (4, 4, 3)),
            "add needs branches of the same shape, but gets 4×4×8, 4×4×3 (channels differ)",
        ),
        (
            "concatenate",
            ((4, 4, 8), (1, 1, 8)),
            ("concatenate needs branches of the same height and width, but gets 4×4×8, 1×1×8 (height, width differ)"),
        ),
    ],
)
def test_merging(merge, shapes, outcome):
    branches = Branches(merge=merge, branches=((),) * len(shapes))
    if isinstance(outcome, tuple):
        assert branches.merged_shape(shapes) == outcome
    else:
        with pytest.raises(ShapeError) as refused:
            branches.merged_shape(shapes)
        assert str(refused.value) == outcome


@pytest.mark.parametrize(
    ("layer", "settings"),
    [
        (Conv2D(filters=64, kernel_size=(3, 3)), ("64", "3×3")),
        (
            Conv2D(
                filters=64,
                kernel_size=(3, 1),
                strides=(2, 2),
                padding="same",
                groups=4,
                activation="relu",
                use_bias=False,
            ),
            ("64", "3×1", "s2", "same", "g4", "relu", "no bias"),
        ),
        (Conv2D(filters=1, kernel_size=(3, 3), dilation_rate=(2, 3)), ("1", "3×3", "d2×3")),
        (MaxPooling2D(), ("2×2",)),
        (MaxPooling2D(strides=(2, 2)), ("2×2",)),
        (MaxPooling2D(pool_size=(3, 3), strides=(2, 1), padding="same"), ("3×3", "s2×1", "same")),
        (GlobalMaxPooling2D(), ()),
        (GlobalMaxPooling2D(keepdims=True), ("keepdims",)),
        (Dense(units=10, activation="softmax"), ("10", "softmax")),
        (Dense(units=10, use_bias=False), ("10", "no bias")),
        (Dropout(rate=0.25), ("0.25",)),
        (BatchNormalization(center=False, scale=False), ("no center", "no scale")),
        (Activation(activation="gelu"), ("gelu",)),
        (Flatten(), ()),
        (Block(), ()),
        (Branches(merge="concatenate", branches=((), ())), ("concatenate",)),
    ],
)
def test_settings_in_shorthand(layer, settings):
    assert layer.settings() == settings


@pytest.mark.parametrize("kind", [*LAYER_TYPES.values(), Opaque], ids=lambda kind: kind.__name__)
def test_each_layer_states_what_others_go_by(kind):
    assert kind.family in get_args(Family)
    assert cell_len(kind.sign) == 1
    assert kind.kernel_kind in get_args(KernelKind)
    assert kind.kernel_kind == "none" or kind.macs is not Layer.macs
    assert {*kind.required_by_keras} <= {*kind.__struct_fields__}


def test_a_fixed_convolution_is_one_of_its_family():
    fixed, learned = FixedConv2D(), Conv2D(filters=1, kernel_size=(3, 3))
    assert (fixed.family, fixed.sign) == (learned.family, learned.sign) == ("convolution", "▦")


@pytest.mark.parametrize("kind", [kind for kind in LAYER_TYPES.values() if is_composite(kind)])
def test_composite_layers_are_layers_of_keras(keras, kind):
    calls = kind().keras_calls((6, 6, 4))
    assert all(hasattr(keras.layers, call.class_name) for call in calls)
    assert not hasattr(keras.layers, kind.__name__)
    assert [call.suffix == "" for call in calls] == [False] * (len(calls) - 1) + [True]
