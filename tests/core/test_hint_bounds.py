"""Where each hint begins and ends: one step to either side of its bound, and the exceptions that are meant so."""

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.layers import (
    Activation,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling2D,
    LeakyReLU,
    MaxPooling2D,
    RandomFlip,
    RandomZoom,
    ReLU,
    Rescaling,
    Route,
    SeparableConv2D,
    Shared,
    Softmax,
    SpatialDropout2D,
    ZeroPadding2D,
)
from tui_cnn.core.network import Network

RELU = {"activation": "relu"}
LINEAR = Conv2D(name="linear", filters=5, kernel_size=(3, 3), padding="same")
SEPARABLE = SeparableConv2D(filters=4, kernel_size=(3, 3))
DENSE = Dense(units=10, activation="softmax")
END = (GlobalAveragePooling2D(), Dense(units=10, activation="softmax"))


def conv(filters=16, kernel=(3, 3), **fields):
    return Conv2D(filters=filters, kernel_size=kernel, **{**RELU, **fields})


def found(*layers, shape=(24, 24, 1), **setting):
    return {check.code: check for check in analyze(Network("net", shape, layers), TrainingContext(**setting)).checks}


@pytest.mark.parametrize(
    ("code", "without", "having"),
    [
        ("stride-gap", (conv(strides=(3, 3)),), (conv(strides=(3, 4)),)),
        # A shortcut is made as small as what it goes around by a 1×1 window, which elsewhere skips pixels.
        ("stride-gap", (Branches(branches=((MaxPooling2D(),), (conv(kernel=(1, 1), strides=(2, 2)),))),), ()),
        ("stride-gap", (), (conv(kernel=(1, 1), strides=(3, 3)),)),
        ("stride-gap", (), (Block(layers=(conv(kernel=(1, 1), strides=(2, 2)),)),)),
        ("stride-gap", (), (conv(kernel=(1, 2), strides=(1, 3)),)),
        ("stride-gap", (conv(dilation_rate=(2, 2)),), (MaxPooling2D(pool_size=(2, 2), strides=(3, 2)),)),
        ("dropped", (conv(strides=(7, 7)),), (conv(strides=(2, 2)),)),
        ("dropped", (conv(kernel=(1, 1), strides=(2, 2)),), (MaxPooling2D(pool_size=(5, 2)),)),
        ("dropped", (conv(strides=(2, 2), padding="same"),), (MaxPooling2D(pool_size=(2, 5)),)),
        # What is left out are the zeros that were just added.
        ("dropped", (ZeroPadding2D(padding=((1, 1), (1, 1))), conv(strides=(2, 2))), (conv(strides=(1, 2)),)),
        (
            "dilation-beyond",
            (conv(padding="same", kernel=(3, 3), dilation_rate=(11, 11)),),
            (conv(padding="same", kernel=(3, 3), dilation_rate=(11, 12)),),
        ),
        ("dilation-beyond", (conv(padding="same", kernel=(25, 25)),), (conv(padding="same", dilation_rate=(12, 1)),)),
        ("even-same", (conv(kernel=(2, 2)),), (conv(kernel=(3, 2), padding="same"),)),
        ("even-same", (conv(kernel=(2, 2), strides=(2, 2), padding="same"),), (conv(kernel=(2, 3), padding="same"),)),
        ("even-same", (MaxPooling2D(strides=(1, 1), padding="same"),), (conv(kernel=(4, 4), padding="same"),)),
        ("small-field", (conv(kernel=(12, 12)),), (conv(kernel=(12, 11)),)),
        ("large-field", (conv(), *[MaxPooling2D(strides=(1, 1), padding="same")] * 285), ()),
        ("large-field", (), (conv(), *[MaxPooling2D(strides=(1, 1), padding="same")] * 287)),
        ("dense-heavy", (conv(1), Flatten(), Dense(units=40, **RELU)), (conv(1), Flatten(), Dense(units=42, **RELU))),
        (
            "dense-heavy",
            (conv(16, (24, 24)), Flatten(), Dense(units=2000, **RELU)),
            (conv(16, (23, 23)), Flatten(), Dense(units=2000, **RELU)),
        ),
        (
            "dense-heavy",
            (Flatten(), Dense(units=100, **RELU), Dense(units=1000)),
            (conv(1, (1, 1)), Flatten(), Dense(units=100, **RELU), Dense(units=560)),
        ),
        (
            "bias-before-normalization",
            (conv(activation="linear"), BatchNormalization(center=False), Activation(**RELU)),
            (conv(activation="linear"), BatchNormalization(), Activation(**RELU)),
        ),
        (
            "bias-before-normalization",
            (conv(), BatchNormalization()),
            (SEPARABLE, BatchNormalization()),
        ),
        (  # the bias has an effect where the output also goes elsewhere, or the layer is applied again
            "bias-before-normalization",
            (LINEAR, BatchNormalization(name="bn"), Route(layers=("linear", "bn"))),
            (LINEAR, BatchNormalization(name="bn"), Route(layers=("bn",))),
        ),
        (
            "bias-before-normalization",
            (conv(5), LINEAR, BatchNormalization(), Shared(layer="linear")),
            (conv(5), LINEAR, BatchNormalization(), Shared(layer="linear"), BatchNormalization()),
        ),
        ("few-parameters", (conv(50), GlobalAveragePooling2D()), (conv(49), GlobalAveragePooling2D())),
        (
            "no-activation",
            (conv(activation="linear"), Activation(**RELU), conv()),
            (conv(activation="linear"), Dropout(rate=0.1), BatchNormalization(), conv()),
        ),
        ("no-activation", (conv(kernel=(1, 1), activation="linear"), conv()), (Dense(units=9), Dense(units=9))),
        (
            "no-activation",
            (SEPARABLE, conv()),
            (conv(activation="linear"), conv()),
        ),
        ("no-activation", (conv(activation="linear"), conv(kernel=(1, 1))), (conv(activation="linear"), conv())),
        (
            "dropout-before-normalization",
            (Dropout(rate=0.0), conv(), BatchNormalization()),
            (SpatialDropout2D(rate=0.1), conv(), Activation(**RELU), BatchNormalization()),
        ),
        (
            "dropout-before-normalization",
            (Dropout(rate=0.1), MaxPooling2D(), BatchNormalization()),
            (Dropout(rate=0.1), BatchNormalization()),
        ),
        ("single-pixel", (conv(16, (24, 24)), conv(kernel=(1, 1))), (conv(16, (24, 24)), conv(padding="same"))),
        (
            "single-pixel",
            (conv(16, (24, 23)), conv(padding="same")),
            (conv(16, (24, 24)), MaxPooling2D(padding="same")),
        ),
        ("last-activation", (Flatten(), Dense(units=1, activation="sigmoid")), (Flatten(), Dense(units=2, **RELU))),
        ("last-activation", (Flatten(), Dense(units=2), ReLU(max_value=3)), (Flatten(), Dense(units=2), ReLU())),
        ("last-activation", (conv(), DENSE), (Flatten(), Dense(units=2, **RELU), Dropout(rate=0.1), Softmax())),
        ("softmax-twice", (DENSE, conv()), (*END, Dropout(rate=0.1), Softmax())),
        # A dense layer is a 1×1 convolution in some networks, but not at the end.
        ("no-flatten", (conv(), Dense(units=64, **RELU), *END), (conv(), Dense(units=64, **RELU), DENSE)),
        ("no-flatten", (conv(4, (24, 24)), DENSE), (conv(4, (23, 24)), DENSE)),
        ("no-flatten", (GlobalAveragePooling2D(keepdims=True), DENSE), (conv(), Dense(units=9), Softmax())),
        ("hidden-softmax", (Branches(branches=((DENSE,), ()), merge="multiply"), conv()), (DENSE, conv())),
        ("hidden-softmax", (conv(), *END), (conv(), Softmax(), MaxPooling2D(), Dropout(rate=0.1), *END)),
        ("hidden-softmax", (DENSE, ReLU(), conv()), (Flatten(), DENSE, DENSE)),
        ("repeated-activation", (conv(), ReLU(max_value=6)), (conv(), ReLU())),
        ("repeated-activation", (conv(), BatchNormalization(), ReLU()), (conv(), MaxPooling2D(), Activation(**RELU))),
        ("repeated-activation", (conv(activation="elu"), ReLU()), (ReLU(max_value=6), LeakyReLU())),
        ("repeated-activation", (LeakyReLU(), ReLU()), (ReLU(), ReLU(negative_slope=0.1))),
        ("dropout-at-end", (conv(), Dropout(rate=0.5), *END), (*END, Dropout(rate=0.5))),
        ("dropout-at-end", (*END, Dropout(rate=0.0)), (Flatten(), Dense(units=9), Dropout(rate=0.5), Softmax())),
        ("dropout-at-end", (conv(), Dropout(rate=0.5), GlobalAveragePooling2D()), (*END, GaussianNoise(stddev=0.1))),
        ("dropout-at-end", (Dropout(rate=0.5),), (conv(), GlobalAveragePooling2D(), Softmax(), Dropout(rate=0.5))),
        ("dropout-rate", (Dropout(rate=0.8), *END), (Dropout(rate=0.81), *END)),
        ("dropout-rate", (GaussianNoise(stddev=0.9), *END), (SpatialDropout2D(rate=1.0), *END)),
        ("late-augmentation", (Rescaling(scale=0.1), RandomFlip(), conv()), (conv(), RandomFlip())),
        ("late-augmentation", (RandomFlip(), RandomZoom(height_factor=0.1)), (MaxPooling2D(), RandomFlip())),
    ],
)
def test_where_it_begins(code, without, having):
    assert code not in found(*without)
    assert not having or code in found(*having)


def test_what_the_fixes_set():
    fixes = {
        "strides = [1, 3]": conv(kernel=(1, 3), strides=(2, 4)),
        "kernel_size = [3, 5]": conv(kernel=(3, 4), padding="same"),
        "dilation_rate = [1, 1]": conv(padding="same", dilation_rate=(12, 12)),
    }
    assert [check.fix.label for layer in fixes.values() for check in found(layer).values() if check.fix] == list(fixes)


def test_what_global_pooling_would_save():
    """784 inputs for each of 100 units become one for the one channel."""
    check = found(conv(1, (1, 1)), Flatten(), Dense(units=100, **RELU), shape=(28, 28, 1))["dense-heavy"]
    assert check.message == (
        "Dense: 78,500 of 78,502 parameters, because 28×28×1 is flattened; global pooling saves 78,300"
    )
    network = Network("net", (28, 28, 1), (conv(1, (1, 1)), Flatten(), Dense(units=100, **RELU)))
    saved = analyze(network).totals.params - analyze(check.fix.apply(network)).totals.params
    assert saved == 78_300


def test_classes_of_pixels_are_not_those_of_images():
    """A network for segmentation ends in a map of the image's size."""
    assert "classes" not in found(conv(padding="same"), conv(21, (1, 1), activation="softmax"), classes=10)
    assert "classes" in found(conv(padding="same"), conv(21, (1, 1)), classes=10)
    assert "classes" in found(conv(), conv(21, (1, 1), activation="softmax"), classes=10)


def test_no_flatten_is_named_once():
    """That the output has 24×24×10 values follows from it."""
    checks = found(conv(padding="same"), Dense(units=10), classes=10)
    assert "classes" not in checks
    assert checks["no-flatten"].message == (
        "Dense: gets 24×24×16 without a Flatten before it, so it works at each position on its own"
    )


def test_where_augmentation_moves():
    network = Network("net", (24, 24, 1), (Rescaling(scale=0.1), conv(), RandomFlip(), MaxPooling2D(), RandomFlip()))
    fixes = [check.fix for check in analyze(network).checks if check.code == "late-augmentation"]
    once, both = fixes[0].apply(network), fixes[1].apply(fixes[0].apply(network))
    assert once == both
    assert once.layers == (Rescaling(scale=0.1), RandomFlip(), RandomFlip(), conv(), MaxPooling2D())


def test_classes():
    assert "classes" not in found(*END, classes=10)
    assert "classes" in found(*END, classes=9)
    assert found(conv(10, (24, 24)), classes=10)["classes"].fix is None
