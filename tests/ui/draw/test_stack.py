"""The lines of the stack: whatever the names and the width, none is longer than its place."""

import pytest
from rich.cells import cell_len
from rich.style import Style

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.draw.stack import Styles, columns, header, input_line, layer_line

STYLES = Styles(*(Style(color=name) for name in ("white", "grey50", "blue", "red")))


def conv(filters=4, **fields):
    return Conv2D(filters=filters, kernel_size=(3, 3), **fields)


NETWORKS = {
    "tutorial": preset("fashion-cnn"),
    "empty": Network("net", (28, 28, 1)),
    "cjk": Network("합성곱", (28, 28, 1), (conv(name="합성곱층" * 8), conv(name="卷积"), Flatten(), Dense(units=10))),
    "emoji": Network("net", (28, 28, 1), (conv(name="👩‍👩‍👧‍👦🇰🇷e\u0301" * 4), Flatten(), Dense(units=10))),
    "broken": Network("net", (5, 5, 1), (conv(name="ok"), Dense(units=3), conv(), Flatten(), conv(), Dense(units=1))),
    "huge": Network("net", (65_536, 65_536, 65_536), (conv(65_536), Flatten(), Dense(units=1_000_000))),
    "long": Network("net", (9, 9, 1), tuple(Conv2D(filters=1, kernel_size=(1, 1)) for _ in range(1_200))),
    "nested": Network("net", (28, 28, 1), (Block(name="a", layers=(Block(layers=(conv(), conv())),)), Flatten())),
}


def lines(network, width):
    analysis = analyze(network)
    shown = columns(analysis, width)
    rows = [layer_line(row, analysis, shown, STYLES) for row in analysis.rows]
    return [header(shown, STYLES.dim), input_line(analysis, shown, STYLES), *rows]


def text(segments):
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_line_is_longer_than_its_place(name):
    for width in range(20, 201, 1 if name != "long" else 20):
        drawn = [text(line) for line in lines(NETWORKS[name], width)]
        assert max(map(cell_len, drawn)) <= width, width
        assert len({cell_len(line) for line in drawn}) == 1, "all lines end in the same column"
        assert not any("\n" in line for line in drawn)


def test_what_stands_in_a_wide_place():
    head, first, *rows = (text(line) for line in lines(NETWORKS["tutorial"], 90))
    assert head.split() == ["#", "layer", "settings", "output", "params", "MACs", "field"]
    assert first.split() == ["0", "Input", "28×28×1", "1"]
    assert rows[2].split() == [
        "3",
        "Conv2D",
        "64",
        "·",
        "3×3",
        "·",
        "relu",
        "11×11×64",
        "18,496",
        "█▎",
        "2,230,272",
        "8",
    ]
    assert rows[3].split() == ["4", "MaxPooling2D", "2×2", "5×5×64", "10"], "what has no weights shows no zeros"


def test_numbers_end_below_their_titles():
    head, _first, *rows = (text(line) for line in lines(NETWORKS["tutorial"], 90))
    for title, value in [("params", "18,496"), ("MACs", "2,230,272"), ("output", "11×11×64")]:
        assert head.index(title) + len(title) == rows[2].index(value) + len(value)


def test_columns_give_way_one_by_one():
    analysis = analyze(NETWORKS["tutorial"])
    shown = [tuple(column.key for column in columns(analysis, width)) for width in range(200, 19, -1)]
    kinds = list(dict.fromkeys(shown))
    assert kinds[0] == ("number", "layer", "settings", "output", "params", "share", "macs", "field")
    assert [len(kind) for kind in kinds] == sorted((len(kind) for kind in kinds), reverse=True)
    assert kinds[-1] == ("number", "layer")


def test_names_of_ones_own_go_before_types():
    named = [text(line) for line in lines(NETWORKS["cjk"], 120)]
    assert "卷积" in named[3]
    assert "Flatten" in named[4]


def test_a_name_that_is_too_long_is_cut_with_a_sign():
    cut = text(lines(NETWORKS["cjk"], 40)[2])
    assert "…" in cut
    assert "합" in cut


def test_a_broken_layer_says_why_in_its_own_line():
    drawn = lines(NETWORKS["broken"], 120)
    broken = next(line for line in drawn if "✗" in text(line))
    assert "✗ a 3×3 window" in text(broken) or "✗ needs" in text(broken)
    assert {segment.style for segment in broken} == {STYLES.error}
    after = drawn[drawn.index(broken) + 1]
    assert text(after).count("—") == 4
    assert {segment.style for segment in after if segment.text.strip()} == {STYLES.dim}


def test_bars_are_shares_of_all_parameters():
    rows = lines(NETWORKS["tutorial"], 90)[2:]
    bars = [next(s.text for s in row if s.style == STYLES.bar).rstrip() for row in rows]
    assert bars == ["▏", "", "█▎", "", "██▍", "", "██▍", "▏"]  # 36,928 of 93,322 are 19 eighths of 6 cells


def test_inner_layers_are_set_in():
    drawn = [text(line) for line in lines(NETWORKS["nested"], 100)]
    assert "    1  a  " in drawn[2]
    assert "1.1.1      Conv2D" in drawn[4]
