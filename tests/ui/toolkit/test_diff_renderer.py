"""Writing only what differs: whatever is written, the terminal shows what it should."""

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.terminal import Grid
from tests.ui.driving import opened
from tui_cnn.ui.toolkit.diff_renderer import TerminalBuffer
from tui_cnn.ui.toolkit.textual_adapter import DifferingCells

WIDTH, HEIGHT = 12, 3
CONSOLE = Console(width=WIDTH, height=HEIGHT, color_system="truecolor", force_terminal=True)
STYLES = [
    Style(color="red"),
    Style(bold=True),
    Style(bold=True, dim=True),
    Style(dim=True, color="#102030"),
    Style(bgcolor="blue"),
    Style(bgcolor="blue", color="red", underline=True),
    Style(reverse=True, bgcolor="#102030"),
    Style(italic=True, strike=True),
    Style(),
]
SIGNS = ["a", "b", " ", "×", "합", "─"]


@st.composite
def lines(draw):
    """A line of the terminal's width."""
    segments, room = [], WIDTH
    while room:
        sign = draw(st.sampled_from([sign for sign in SIGNS if cell_len(sign) <= room]))
        segments.append(Segment(sign, draw(st.sampled_from(STYLES))))
        room -= cell_len(sign)
    return Strip(segments)


screens = st.lists(lines(), min_size=HEIGHT, max_size=HEIGHT)


def layout(screen):
    return LayoutUpdate([[line] for line in screen], Region(0, 0, WIDTH, HEIGHT))


@given(st.lists(screens, min_size=2, max_size=4))
def test_the_terminal_shows_the_last_screen(shown):
    written, thrifty, whole = TerminalBuffer(), Grid(WIDTH, HEIGHT), Grid(WIDTH, HEIGHT)
    for screen in shown:
        thrifty.write(DifferingCells(layout(screen), written).render_segments(CONSOLE))
    whole.write(layout(shown[-1]).render_segments(CONSOLE))
    assert thrifty.cells == whole.cells


@given(st.lists(screens, min_size=2, max_size=3), st.data())
def test_a_control_character_is_never_written_and_shifts_nothing(shown, data):
    control = st.sampled_from(["\x1b", "\x07", "\n", "\x7f", "\x9b", "\x00"])
    spoilt = [
        [Strip([Segment(text + data.draw(control), style) for text, style, _control in line]) for line in screen]
        for screen in shown
    ]
    written, clean = TerminalBuffer(), TerminalBuffer()
    for screen, plain in zip(spoilt, shown, strict=True):
        assert DifferingCells(layout(screen), written).render_segments(CONSOLE) == (
            DifferingCells(layout(plain), clean).render_segments(CONSOLE)
        )


@given(screens, lines(), st.integers(0, HEIGHT - 1))
def test_a_part_of_the_screen(before, line, y):
    written, thrifty, whole = TerminalBuffer(), Grid(WIDTH, HEIGHT), Grid(WIDTH, HEIGHT)
    chops = [{0: line if row == y else None} for row in range(HEIGHT)]
    update = ChopsUpdate(chops, [(y, 0, WIDTH)], [[WIDTH]] * HEIGHT)
    for grid, render in ((thrifty, lambda one: DifferingCells(one, written)), (whole, lambda one: one)):
        grid.write(render(layout(before)).render_segments(CONSOLE))
        grid.write(render(update).render_segments(CONSOLE))
    assert thrifty.cells == whole.cells


def test_what_stands_there_is_not_written_again():
    written = TerminalBuffer()
    screen = [Strip([Segment("abcdefghijkl", STYLES[0])]) for _ in range(HEIGHT)]
    assert DifferingCells(layout(screen), written).render_segments(CONSOLE)
    assert DifferingCells(layout(screen), written).render_segments(CONSOLE) == ""
    changed = [screen[0], Strip([Segment("abcdefXhijkl", STYLES[0])]), screen[2]]
    assert DifferingCells(layout(changed), written).render_segments(CONSOLE) == "\x1b[31m\x1b[2;7HX\x1b[0m"
    written.forget()
    assert len(DifferingCells(layout(changed), written).render_segments(CONSOLE)) > 36


def test_each_style_is_named_once_and_solid_blocks_are_coloured_blanks():
    red, blue = Style(color="red"), Style(color="blue")
    screen = [Strip([Segment("ab█ ", red), Segment("cd█ █", blue), Segment("efg", red)]) for _ in range(HEIGHT)]
    output = DifferingCells(layout(screen), TerminalBuffer()).render_segments(CONSOLE)
    assert re.findall(r"\x1b\[([\d;]*)m", output) == ["31", "34", "41", "44", "0"]
    grid = Grid(WIDTH, HEIGHT)
    grid.write(output)
    assert grid.text.splitlines() == ["ab  cd   efg"] * HEIGHT
    coloured = {(y, x): cell[1:] for y, row in enumerate(grid.cells) for x, cell in enumerate(row) if x in (2, 6, 8)}
    assert len(set(coloured.values())) == 2
    for style in (Style(), Style(color="default"), Style(color="red", reverse=True), Style(color="red", dim=True)):
        kept = layout([Strip([Segment("█" * WIDTH, style)])] * HEIGHT)
        assert "█" * WIDTH in DifferingCells(kept, TerminalBuffer()).render_segments(CONSOLE)
    few = Console(width=WIDTH, height=HEIGHT, color_system="standard", force_terminal=True)
    assert "█ " in DifferingCells(layout(screen), TerminalBuffer()).render_segments(few)


def test_signs_that_join_are_written_whole_and_nothing_is_trusted_there():
    written = TerminalBuffer()
    joined = [Strip([Segment("e\u0301" + "b" * 11, STYLES[0])])] * HEIGHT
    for _time in range(2):
        assert DifferingCells(layout(joined), written).render_segments(CONSOLE).count("e\u0301") == HEIGHT


def test_beside_signs_that_join_the_others_of_the_row_are_written():
    grid = Grid(WIDTH, 1)
    chops = [{0: Strip([Segment("abcdef", STYLES[0])]), 6: Strip([Segment("e\u0301bcdef", STYLES[0])])}]
    update = ChopsUpdate(chops, [(0, 0, WIDTH)], [[6, WIDTH]])
    output = DifferingCells(update, TerminalBuffer()).render_segments(CONSOLE)
    grid.write(output.replace("\u0301", ""))
    assert grid.text == "abcdefebcdef"


def test_a_strip_that_is_wrong_about_its_length_is_written_whole():
    written = TerminalBuffer()
    wrong = LayoutUpdate([[Strip([Segment("abcdefghijkl", STYLES[0])], 5)]], Region(0, 0, WIDTH, 1))
    for _time in range(2):
        grid = Grid(WIDTH, HEIGHT)
        grid.write(DifferingCells(wrong, written).render_segments(CONSOLE))
        assert grid.text.startswith("abcdefghijkl")
        written.forget()


async def test_another_size_is_painted_whole():
    async with opened() as user:
        user.app.terminal._rows[0] = {}
        await user.resize(100, 30)
        assert user.app.terminal._rows == {}
