"""Numbers as people read them."""

import pytest

from tui_cnn.ui.toolkit.numbers import bar, change, duration, short_count, shortened


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (7, "7"), (999, "999"), (1_000, "1.00 k"), (1_234, "1.23 k"), (93_322, "93.3 k"),
        (416_520, "417 k"), (2_794_304, "2.79 M"), (10_000_000, "10.0 M"), (15_470_264_320, "15.5 G"),
        (1_000_000_000_000, "1.00 T"), (5 * 10**15, "5000 T"),
        (9_999, "10.0 k"), (99_999, "100 k"), (999_999, "1.00 M"), (999_999_999, "1.00 G"),
    ],
)  # fmt: skip
def test_counts_in_three_figures(value, text):
    assert short_count(value) == text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (93_322, 79_482, "−15 %"), (100, 100, ""), (0, 5, ""), (1_000, 1_004, "+0.4 %"), (100, 200, "+100 %"),
        (1_000, 999, "−0.1 %"), (100, 0, "−100 %"), (10, 500, "×50"), (1, 11, "×11"), (100_000, 100_001, "+0.0 %"),
    ],
)  # fmt: skip
def test_changes_in_per_cent(before, after, text):
    assert change(before, after) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"), (0, "0 s"), (0.4, "0 s"), (14.2, "14 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"),
        (3_599, "59 min 59 s"), (3_600, "1 h 00 min"), (7_800, "2 h 10 min"), (90_000, "25 h 00 min"),
    ],
)  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "    "), (1, "████"), (0.5, "██  "), (0.25 + 1 / 32, "█▏  "), (1e-9, "▏   "), (2, "████"), (-1, "    ")],
)
def test_bars(share, text):
    assert bar(share, 4) == text


def test_a_bar_is_always_as_wide_as_it_should_be():
    for width in range(30):
        for share in range(101):
            assert len(bar(share / 100, width)) == width


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("3×3 · 128×128", 20, "3×3 · 128×128"), ("3×3 · 128×128", 10, "3×3 ·…"), ("3×3 · relu", 5, "…"),
        ("rate 0.25 · same", 10, "rate…"), ("image 11×11, window", 15, "image 11×11, w…"),
        ("1,234", 4, "…"), ("한국어", 4, "한…"), ("abc", 0, ""),
    ],
)  # fmt: skip
def test_a_text_is_shortened_without_cutting_a_number(text, width, short):
    assert shortened(text, width) == short
