"""What builds but is most likely a mistake: each hint where it belongs, none where it does not, and fixes that mend."""

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.checks.explanations import explanations
from tui_cnn.core.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Opaque,
    RandomFlip,
    ReLU,
    Softmax,
)
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network

SETTING = TrainingContext(classes=10, steps=300)


def conv(filters=16, size=3, activation="relu", **fields):
    return Conv2D(filters=filters, kernel_size=(size, size), activation=activation, **fields)


END = (GlobalAveragePooling2D(), Dense(units=10, activation="softmax"))


def on(*layers, side=24):
    return Network("net", (side, side, 1), layers)


SOUND = (
    on(conv(), MaxPooling2D(), conv(), *END),
    on(
        conv(32, use_bias=False, activation="linear"), BatchNormalization(), Activation(activation="relu"), conv(), *END
    ),
    on(conv(), Branches(merge="add", branches=((conv(padding="same"),), ())), conv(), *END),
    on(conv(activation="linear"), conv(groups=16, activation="linear"), conv(24, 1), MaxPooling2D(), conv(), *END),
    on(*[MaxPooling2D(strides=(1, 1), padding="same")] * 285, conv(64), *END),
    on(conv(6, 1, "linear"), DepthwiseConv2D(kernel_size=(3, 3)), conv(24, 1), MaxPooling2D(), conv(), *END),
    on(conv(), BatchNormalization(), Dropout(rate=0.5), MaxPooling2D(), conv(), *END),
    on(conv(), MaxPooling2D(), conv(), MaxPooling2D(), Flatten(), Dense(units=10)),
    Network("dense", (28, 28), (Flatten(), Dense(units=128, activation="relu"), Dense(units=10, activation="softmax"))),
)


@pytest.mark.parametrize("network", SOUND)
def test_a_sound_network_gets_none(network):
    worth_saying = [check for check in analyze(network, SETTING).checks if check.code not in ("dropped", "small-field")]
    assert worth_saying == []


def test_a_broken_stack_has_no_last_map():
    broken = on(conv(), MaxPooling2D(pool_size=(50, 50)))
    assert {check.code for check in analyze(broken, SETTING).checks} == {"shape"}


def test_what_follows_an_opaque_layer_is_not_taken_for_the_end():
    hidden = Opaque(kind="Lambda", config="{}", stated_shape=(10,))
    codes = {check.code for check in analyze(on(conv(), hidden), SETTING).checks}
    assert "small-field" not in codes


HINTS = (
    ("stride-gap", "warning", on(conv(strides=(4, 4)), conv(), *END)),
    ("dropped", "info", on(conv(), MaxPooling2D(pool_size=(3, 3)), conv(), *END)),
    ("dilation-beyond", "warning", on(conv(padding="same", dilation_rate=(12, 12)), conv(), *END)),
    ("even-same", "info", on(conv(size=2, padding="same"), conv(), *END)),
    ("small-field", "info", on(conv(), *END)),
    ("large-field", "info", on(*[MaxPooling2D(strides=(1, 1), padding="same")] * 287, conv(), *END)),
    ("slow-averages", "warning", on(conv(use_bias=False), *[BatchNormalization(momentum=0.995)] * 2, conv(), *END)),
    ("dense-heavy", "info", on(conv(), Flatten(), Dense(units=100, activation="relu"), Dense(units=10))),
    ("bias-before-normalization", "info", on(conv(activation="linear"), BatchNormalization(), conv(), *END)),
    ("few-parameters", "info", on(conv(2), *END)),
    ("no-activation", "warning", on(conv(activation="linear"), AveragePooling2D(), conv(), *END)),
    ("dropout-before-normalization", "warning", on(Dropout(rate=0.3), conv(), BatchNormalization(), conv(), *END)),
    ("single-pixel", "warning", on(conv(16, 24), conv(padding="same"), *END)),
    ("single-pixel", "warning", on(conv(16, 24), MaxPooling2D(padding="same"), *END)),
    ("classes", "warning", on(conv(), GlobalAveragePooling2D(), Dense(units=12, activation="softmax"))),
    ("softmax-twice", "warning", on(conv(), *END, Softmax())),
    ("last-activation", "warning", on(conv(), GlobalAveragePooling2D(), Dense(units=10, activation="relu"))),
    ("no-flatten", "warning", on(conv(), Dense(units=10, activation="softmax"))),
    ("hidden-softmax", "warning", on(conv(), Flatten(), Dense(units=64, activation="softmax"), Dense(units=10))),
    ("hidden-softmax", "warning", on(conv(), Softmax(), *END)),
    ("repeated-activation", "warning", on(conv(), ReLU(), *END)),
    ("dropout-at-end", "warning", on(conv(), *END, Dropout(rate=0.5))),
    ("dropout-rate", "warning", on(conv(), Dropout(rate=0.99), *END)),
    ("late-augmentation", "warning", on(conv(), RandomFlip(), conv(), *END)),
)


@pytest.mark.parametrize(("code", "severity", "network"), HINTS, ids=[code for code, *_ in HINTS])
def test_the_hint_and_its_fix(code, severity, network):
    found = [check for check in analyze(network, SETTING).checks if check.code == code]
    assert [check.severity for check in found] == [severity]
    if found[0].fix is not None:
        fixed = analyze(found[0].fix.apply(network), SETTING)
        assert code not in {check.code for check in fixed.checks}
        assert fixed.output_shape is not None


def test_the_fix_of_dropout_moves_it_behind():
    network = on(conv(), Dropout(rate=0.3), BatchNormalization(), conv(), *END)
    (found,) = [check for check in analyze(network).checks if check.fix and check.severity == "warning"]
    assert found.fix.apply(network).layers[1:3] == (BatchNormalization(), Dropout(rate=0.3))


@pytest.mark.parametrize(
    ("steps", "momentum"), [(299, None), (298, 0.9), (29, 0.9), (28, 0.8), (14, 0.8), (13, 0.5), (5, 0.5), (4, "none")]
)
def test_averages_that_a_training_is_too_short_for(steps, momentum):
    """0.99 to the power of 299 is 0.0495, to that of 298 it is 0.0500."""
    network = on(conv(use_bias=False), BatchNormalization(), Dropout(rate=0.1), BatchNormalization(momentum=0.2), *END)
    found = [check for check in analyze(network, TrainingContext(steps=steps)).checks if check.code == "slow-averages"]
    assert bool(found) == (momentum is not None)
    assert [check.path for check in found if check.fix] == ([] if momentum in (None, "none") else [(1,)])
    for check in found:
        if check.fix:
            fixed = check.fix.apply(network)
            assert [layer.momentum for layer in (fixed.layers[1], fixed.layers[3])] == [momentum, 0.2]
    assert "slow-averages" not in {check.code for check in analyze(network).checks}


def test_memory_of_this_machine():
    network = SOUND[0]
    needed = memory(analyze(network), 64, "adam").training
    codes = [
        {check.code for check in analyze(network, TrainingContext(None, 64, "adam", limit)).checks}
        for limit in (needed, needed - 1)
    ]
    assert "memory" not in codes[0]
    assert "memory" in codes[1]


def test_the_end_may_stand_in_a_block():
    network = on(conv(), Block(name="head", layers=(GlobalAveragePooling2D(), Dense(units=12, activation="relu"))))
    found = {check.code: check for check in analyze(network, SETTING).checks}
    assert found["classes"].path == found["last-activation"].path == (1, 1)
    assert analyze(found["classes"].fix.apply(network)).output_shape == (10,)


def test_the_most_severe_come_first():
    network = on(conv(), MaxPooling2D(pool_size=(3, 3)), conv(strides=(4, 4)), conv(size=9), *END)
    severities = [check.severity for check in analyze(network).checks]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert len(set(severities)) == 3


def test_every_code_is_explained():
    found = {check.code for _code, _severity, network in HINTS for check in analyze(network, SETTING).checks}
    assert found <= set(explanations())
    assert all(len(text) > 80 for text in explanations().values())
