"""Sweeps: numbers worked out by hand, for the stack of TensorFlow's tutorial."""

import pytest

from tui_cnn.core.layers import LAYER_TYPES, Conv2D, Dense, MaxPooling2D
from tui_cnn.core.sweep import is_allowed, parse_numbers, sweep, sweepable, values_around
from tui_cnn.formats.fields import fields, start
from tui_cnn.formats.presets import preset

TUTORIAL = preset("fashion-cnn")


def test_filters():
    """Layer 3 has 32 maps of 13×13 before it, and layer 5 (64 filters of 3×3) after it; n filters of 3×3 on 11×11."""
    trials = sweep(TUTORIAL, (2,), "filters", [8, 64])
    rest = 320 + 64 + 36_928 + 650
    for trial, count in zip(trials, (8, 64), strict=True):
        assert trial.row.figures.output_shape == (11, 11, count)
        assert trial.analysis.totals.params == rest + (9 * 32 + 1) * count + 9 * count * 64
        assert trial.analysis.totals.macs == 26 * 26 * 9 + 0 * count + (
            26 * 26 * 9 * 31 + 121 * 9 * 32 * count + 9 * 9 * count * 64 + 576 * 64 + 640
        )
        assert trial.reason == ""
        assert trial.field == 18
        assert trial.training > 0


def test_kernels_and_the_one_that_does_not_fit():
    """The field before layer 5 is 10 with a stride of 4: a kernel of k sees 10 + 4(k - 1) pixels."""
    trials = sweep(TUTORIAL, (4,), "kernel_size", [(1, 1), (3, 3), (5, 5), (7, 7)])
    assert [trial.field for trial in trials[:3]] == [10, 18, 26]
    assert [trial.row.figures and trial.row.figures.output_shape for trial in trials] == [
        (5, 5, 64), (3, 3, 64), (1, 1, 64), None,
    ]  # fmt: skip
    assert "a 7×7 window does not fit into 5×5" in trials[3].reason
    assert trials[3].training is None


def test_values_are_those_of_the_field_around_the_present_one():
    conv = Conv2D(filters=32, kernel_size=(3, 3))
    assert values_around(conv, "filters") == (8, 16, 32, 64, 128)
    assert values_around(conv, "kernel_size") == ((1, 1), (3, 3), (5, 5), (7, 7))
    assert values_around(conv, "padding") == ("valid", "same")
    assert values_around(Conv2D(filters=48, kernel_size=(5, 3)), "filters") == (8, 16, 32, 48, 64, 128)
    assert (5, 3) in values_around(Conv2D(filters=48, kernel_size=(5, 3)), "kernel_size")
    assert values_around(Conv2D(filters=65_536, kernel_size=(1, 1)), "filters")[-1] == 65_536
    assert values_around(MaxPooling2D(), "strides")[0] is None


@pytest.mark.parametrize("kind", LAYER_TYPES.values(), ids=lambda kind: kind.__name__)
def test_every_proposed_value_of_every_layer_is_allowed(kind):
    if any(field.kind == "nested" for field in fields(kind)) or kind.__name__ == "Opaque":
        return
    layer = start(kind)
    for field in sweepable(layer):
        values = values_around(layer, field)
        assert len(values) > 1
        assert getattr(layer, field) in values
        assert all(is_allowed(layer, field, value) for value in values)


def test_what_the_declaration_forbids():
    assert not is_allowed(Dense(units=3), "units", 0)
    assert not is_allowed(Conv2D(filters=1, kernel_size=(1, 1)), "kernel_size", (2000, 1))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("8, 16,24", (8, 16, 24)),
        ("8..128", (8, 16, 32, 64, 128)),
        ("1..7", (1, 2, 3, 4, 5, 6, 7)),
        ("1..7..2", (1, 3, 5, 7)),
        ("16..64..16, 8", (8, 16, 32, 48, 64)),
        ("", ()),
    ],
)
def test_ranges(text, numbers):
    assert parse_numbers(text) == numbers


@pytest.mark.parametrize("text", ["x", "8..", "8..4", "1..2..3..4", "1..9..-1", "0..8", "3.5"])
def test_what_is_no_range(text):
    with pytest.raises(ValueError, match=r"."):
        parse_numbers(text)


def test_a_range_without_an_end_is_cut():
    assert len(parse_numbers(f"1..{10**12}..1")) == 64
