"""The lines of the stack: whatever the names and the width, none is longer than its place."""

import msgspec
import pytest
from rich.cells import cell_len
from rich.style import Style

from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.layer_times import LayerTimes, key_of
from tui_cnn.ui.build.columns import StackStyles, cells_of, columns, draw, header
from tui_cnn.ui.build.tree import lines as tree_lines

STYLES = StackStyles(*(Style(color=name) for name in ("white", "grey50", "blue", "red", "yellow")))


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


def lines(network, width, folded=frozenset(), hidden=frozenset()):
    analysis = analyze(network)
    tree = tree_lines(analysis, folded)
    cells = [cells_of(line, analysis) for line in tree]
    shown = columns(cells, width, hidden)
    drawn = [draw(line, own, shown, STYLES) for line, own in zip(tree, cells, strict=True)]
    return [header(shown, STYLES.dim), *drawn]


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
    head, first, *rows = (text(line) for line in lines(NETWORKS["tutorial"], 100))
    assert head.split() == ["#", "layer", "settings", "output", "params", "%", "MACs", "RF", "activations"]
    assert first.split() == ["0", "·", "Input", "28×28×1", "1", "3.14", "kB"]
    assert " ".join(rows[2].split()) == "3 ▦ Conv2D 64 · 3×3 · relu 11×11×64 18,496 █ 2,230,272 8 31.0 kB"
    assert " ".join(rows[3].split()) == "4 ▼ MaxPooling2D 2×2 5×5×64 10 6.40 kB", "what has no weights shows no zeros"


def test_numbers_end_below_their_titles():
    head, _first, *rows = (text(line) for line in lines(NETWORKS["tutorial"], 90))
    for title, value in [("params", "18,496"), ("MACs", "2,230,272"), ("output", "11×11×64")]:
        assert head.index(title) + len(title) == rows[2].index(value) + len(value)


@pytest.mark.parametrize("width", range(88, 140, 4))
def test_the_bar_stands_beside_what_it_is_a_share_of(width):
    """`params %` is read as one title, and no other number is nearer to the bar."""
    head, _first, row, *_rest = (text(line) for line in lines(NETWORKS["tutorial"], width))
    assert "params %" in head
    assert "320 ▏" in row


def test_columns_give_way_one_by_one():
    analysis = analyze(NETWORKS["tutorial"])
    cells = [cells_of(line, analysis) for line in tree_lines(analysis, frozenset())]
    shown = [tuple(column.key for column in columns(cells, width)) for width in range(200, 19, -1)]
    kinds = list(dict.fromkeys(shown))
    assert kinds[0] == ("number", "layer", "settings", "output", "params", "share", "macs", "field", "memory")
    assert [len(kind) for kind in kinds] == sorted((len(kind) for kind in kinds), reverse=True)
    assert kinds[-1] == ("number", "layer")


def test_columns_that_are_not_wanted_leave_their_room_to_others():
    head = text(lines(NETWORKS["tutorial"], 80, hidden=frozenset({"macs", "share", "settings"}))[0])
    assert head.split() == ["#", "layer", "output", "params", "RF", "activations"]


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
    assert text(after).count("—") == 5
    assert {segment.style for segment in after if segment.text.strip()} == {STYLES.dim}


def test_bars_are_shares_of_all_parameters():
    rows = lines(NETWORKS["tutorial"], 90)[2:]
    bars = [next(s.text for s in row if s.style == STYLES.bar).rstrip() for row in rows]
    assert bars == ["▏", "", "█", "", "██", "", "██", "▏"]  # 36,928 of 93,322 are 16 eighths of 5 cells


def test_inner_layers_are_set_in():
    drawn = [text(line) for line in lines(NETWORKS["nested"], 100)]
    assert "1  ▾ a  " in drawn[2]
    assert "1  │ ▾ Block" in drawn[3]
    assert "1  │ │ ▦ Conv2D" in drawn[4]


BRANCHED = Network(
    "net",
    (8, 8, 4),
    (
        Block(name="a", layers=(Branches(branches=((conv(padding="same"), conv(9, padding="same")), ())), conv())),
        Flatten(),
        Dense(units=10),
    ),
)


def test_branches_have_heads_and_an_empty_one_is_a_skip():
    drawn = [text(line) for line in lines(edits.change(BRANCHED, (0, 0, 0, 1), filters=4), 90)]
    names = ["│ ▾ Branches", "│ │ ▾ branch 1", "│ │ │ ▦ Conv2D", "│ │ │ ▦ Conv2D", "│ │ ╌ skip", "│ ▦ Conv2D"]
    for line, name in zip(drawn[3:9], names, strict=True):
        assert f" {name} " in line
    assert "8×8×4" in drawn[7], "what goes in comes out of a skip"


def test_a_folded_line_sums_up_and_speaks_for_what_it_hides():
    sound = edits.change(BRANCHED, (0, 0, 0, 1), filters=4)
    folded = text(lines(sound, 100, frozenset({(0,)}))[2])
    analysis = analyze(sound)
    assert "▸ a" in folded
    assert f"{analysis.totals.params - analysis.rows[-1].figures.parameters.total:,}" in folded
    assert f"{analysis.totals.macs - analysis.rows[-1].figures.macs.value:,}" in folded
    opened = text(lines(sound, 100)[2])
    assert "," not in opened, "an open one leaves its numbers to its layers"
    broken = lines(BRANCHED, 100, frozenset({(0,)}))[2]
    assert "✗ add needs branches of the same shape" in text(broken)
    assert tree_lines(analyze(BRANCHED), frozenset({(0,)}))[1].finding == "error"


def test_a_muted_layer_is_dim_and_has_no_numbers():
    muted = lines(edits.change(NETWORKS["tutorial"], (2,), muted=True), 100)[4]
    assert {segment.style for segment in muted if segment.text.strip()} == {STYLES.dim}
    assert " ".join(text(muted).split()) == "3 ▦ Conv2D 64 · 3×3 · relu muted"


def test_large_counts_are_written_in_three_figures():
    drawn = [text(line) for line in lines(preset("resnet-50"), 100, frozenset((i,) for i in range(6)))]
    assert "668 M" in drawn[4]
    assert "14,998,528" in drawn[7]


class ReadRows(tuple):
    """Rows that count how many of them were read."""

    __slots__ = ()
    count = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        ReadRows.count += len(found) if isinstance(key, slice) else 1
        return found

    def __iter__(self):
        for row in super().__iter__():
            ReadRows.count += 1
            yield row


def rows_read(blocks):
    """How many rows are read to write the lines of so many blocks with their times, every second one folded."""
    network = Network("net", (9, 9, 4), tuple(Block(layers=(conv(padding="same"),) * 2) for _ in range(blocks)))
    analysis = analyze(network)
    times = LayerTimes(1, {key: 0.001 for row in analysis.rows if (key := key_of(row))})
    analysis = msgspec.structs.replace(analysis, rows=ReadRows(analysis.rows))
    shown = tree_lines(analysis, frozenset((number,) for number in range(0, blocks, 2)))
    ReadRows.count = 0
    written = [cells_of(line, analysis, times=times).get("time", "") for line in shown]
    assert written == ["", *["2.00", "", "1.00", "1.00"] * (blocks // 2)]
    return ReadRows.count


def test_measured_times_are_written_without_going_through_all_rows_for_each_line():
    few, many = rows_read(32), rows_read(256)
    assert many < 2 * (256 / 32) * few, "a block is found by halving; eight times the blocks, not 64 times the work"


def test_what_is_frozen_is_marked_also_where_the_settings_give_way():
    frozen = (conv(name="a_convolution", trainable=False), Flatten(trainable=False), Dense(units=10))
    network = Network("net", (28, 28, 1), (Block(name="held", layers=(conv(),), trainable=False), *frozen))
    for width in (24, 40, 60, 100):
        head, *rows = (text(line) for line in lines(network, width))
        assert ("settings" in head) == (width == 100)
        marked = [row.split()[1].lstrip("│") or row.split()[2] for row in rows]
        assert [mark[1:2] == "*" for mark in marked] == [False, True, True, True, False, False]
