"""A chain of windows as a table that can be typed into: what goes in, the formula, what comes out, what it sees."""

from typing import ClassVar, NamedTuple

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.lab.sizes import Link, Slide, chain, read_windows, write_windows
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.actions import CHAIN
from tui_cnn.ui.lab.bench import Bench, ShareBar

_COLUMNS = ("f", "p", "s")
_LEAST = (1, 0, 1)
_MOST = 999
_MOST_ROWS = 16
_BARS = 82
"""Cells from which on sizes have bars."""
_SQUARES = 10
"""Lines for the drawing of the sizes, or else it is left out."""


class ChainCursor(NamedTuple):
    """The cell that is typed into: a row, 0 is the picture's size; a column of f, p, s; and what has been typed."""

    row: int = 1
    column: int = 0
    typed: str = ""


class Chain(Bench[SizesSettings]):
    """A line a window; arrows move, digits and + − change the number in brackets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHAIN.bindings(),
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
    ]
    BORDER_TITLE = _("Output size, layer by layer")
    HAS_FORM = False

    auto_links = False

    def apply(self, settings: SizesSettings) -> None:
        """Show another chain."""
        self._cursor = ChainCursor()
        self._show(settings.n, read_windows(settings.windows))

    def _show(self, n: int, slides: tuple[Slide, ...]) -> None:
        self._slides = slides
        super().apply(SizesSettings(n=n, windows=write_windows(slides)))

    def render(self) -> RenderableType:
        """Draw the table."""
        bar = self.get_component_rich_style("bench--bar", partial=True)
        return chain_table(
            self.settings.n, self._slides, self._cursor, focus=self.has_focus, bar=bar, room=self.content_size
        )

    def action_move(self, down: int, across: int) -> None:
        """Move the cursor."""
        self.action_select_cell(self._cursor.row + down, self._cursor.column + across)

    def action_select_cell(self, row: int, column: int) -> None:
        """Put the cursor on a number, the nearest that there is."""
        row = max(0, min(row, len(self._slides)))
        self._cursor = ChainCursor(row, max(0, min(column, len(_COLUMNS) - 1)))
        self.refresh()

    def action_change(self, by: int) -> None:
        """Make the number larger or smaller."""
        row, column, _typed = self._cursor
        self._put((self._slides[row - 1][column] if row else self.settings.n) + by)
        self._cursor = self._cursor._replace(typed="")

    def action_add_window(self) -> None:
        """Add a window like the one under the cursor, below it."""
        if len(self._slides) < _MOST_ROWS:
            row = self._cursor.row
            like = self._slides[row - 1] if row else Slide(3)
            self._show(self.settings.n, (*self._slides[:row], like, *self._slides[row:]))
            self.action_move(1, 0)

    def action_delete_window(self) -> None:
        """Delete the window under the cursor, unless it is the last."""
        row = self._cursor.row
        if row and len(self._slides) > 1:
            self._show(self.settings.n, (*self._slides[: row - 1], *self._slides[row:]))
            self.action_move(0, 0)

    def on_key(self, event: events.Key) -> None:
        """Take digits; the screens' own keys are not meant while a number is typed."""
        typed = self._cursor.typed
        if event.character is not None and event.character.isdecimal() and event.character.isascii():
            typed += event.character
        elif event.key == "backspace":
            typed = typed[:-1]
        else:
            return
        event.stop()
        event.prevent_default()
        self._cursor = self._cursor._replace(typed=typed[-3:])
        self._put(int(typed[-3:] or 0))

    def _put(self, value: int) -> None:
        row, column, _typed = self._cursor
        value = max(_LEAST[column] if row else 1, min(value, _MOST))
        if row:
            changed = self._slides[row - 1]._replace(**{_COLUMNS[column]: value})
            self._show(self.settings.n, (*self._slides[: row - 1], changed, *self._slides[row:]))
        else:
            self._show(value, self._slides)


def chain_table(
    n: int,
    slides: tuple[Slide, ...],
    cursor: ChainCursor,
    *,
    focus: bool,
    bar: Style,
    room: tuple[int, int] = (0, 0),
) -> Group:
    """Draw the chain in (columns, lines); where a window has no place, its line says why, and the chain ends there.

    Bars of the sizes stand at the right and squares of them below, where there is room.
    """
    bars = room[0] >= _BARS
    table = Table.grid(padding=(0, 1, 0, 0))
    for justify in ("left", "right", "right", "right", "right", "left", "right", "right", "right"):
        table.add_column(justify=justify, no_wrap=True)
    titles = ("", _("in"), "f", "p", "s", "floor((n + 2p − f) / s) + 1", _("out"), _("sees"), _("step"))
    table.add_row(*(Text(title, "dim") for title in titles))
    size = _cell(cursor, 0, 0, n, focus)
    table.add_row(Text(_("image")), *[""] * 5, size, "1", "1", *([ShareBar(1, bar)] if bars else []))
    links, wrong = [Link(n, 1, 1)], ""
    for number, slide in enumerate(slides, start=1):
        cells = [_cell(cursor, number, column, value, focus) for column, value in enumerate(slide)]
        name = Text(("▌ " if cursor.row == number else "  ") + str(number), Style(bold=cursor.row == number))
        if wrong:
            table.add_row(name, "", *cells)
            continue
        before = links[-1].size
        try:
            link = chain(n, slides[:number])[-1]
        except WindowError as error:
            wrong = str(error)
            table.add_row(name, str(before), *cells, Text("✗"))
            continue
        links.append(link)
        formula = Text(slide.formula(before).rpartition(" = ")[0].replace(" - ", " − "), "dim")
        numbers = (Text(str(link.size), "bold"), str(link.field), str(link.step))
        table.add_row(name, str(before), *cells, formula, *numbers, *([ShareBar(link.size / n, bar)] if bars else []))
    sizes = Text(" → ".join(str(link.size) for link in links), "bold")
    if wrong:
        return Group(table, Text(), sizes.append(" → ✗"), Text("✗ " + wrong))
    explained = _explained(links, slides)
    lines = room[1] - len(slides) - len(explained) - 6
    squares = _squares(links, (room[0], lines), bar) if lines >= _SQUARES else []
    return Group(table, Text(), sizes, Text("\n".join(explained), "dim"), Text(), *squares)


def _squares(links: list[Link], room: tuple[int, int], style: Style) -> list[Table]:
    """Draw the sizes as squares to one scale, with the middle cell at the end and, in the image, what it sees."""
    sizes = [link.size for link in links]
    scale = min((room[0] - 2 * len(sizes) - 6) / sum(sizes), 2 * (room[1] - 1) / max(sizes))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row(*(Text(f"{size}×{size}", "dim") for size in sizes))
    squares = []
    for place, size in enumerate(sizes):
        marked = min(links[-1].field, size) if place == 0 else 1 if place == len(sizes) - 1 else 0
        width, inner = (max(1, round(length * scale)) for length in (size, marked))
        height, inner_height = max(1, round(size * scale / 2)), max(1, round(marked * scale / 2))
        left, top = (width - inner) // 2, (height - inner_height) // 2
        seen = "█" * left + "░" * inner + "█" * (width - left - inner)
        is_seen = [bool(marked) and top <= line < top + inner_height for line in range(height)]
        squares.append(Text("\n".join(seen if here else "█" * width for here in is_seen), style))
    table.add_row(*squares)
    return [table]


def _explained(links: list[Link], slides: tuple[Slide, ...]) -> list[str]:
    """Say what a cell of the last picture sees, and which pixels no window reaches."""
    reach = _("Receptive field of a cell at the end: {field}×{field} pixels. Distance to the next cell: {step} pixels.")
    lines = [reach.format(field=links[-1].field, step=links[-1].step)]
    for number, (link, slide) in enumerate(zip(links, slides, strict=False), start=1):
        if rest := (link.size + 2 * slide.p - slide.f) % slide.s:
            left = _("Window {number} does not cover all rows and columns; left over at the end: {rest}.")
            lines.append(left.format(number=number, rest=rest))
    return lines


def _cell(cursor: ChainCursor, row: int, column: int, value: int, focus: bool) -> Text:
    """Write a value that can be changed; the one under the cursor in brackets."""
    here = (cursor.row, cursor.column if cursor.row else 0) == (row, column)
    click = {"@click": f"select_cell({row}, {column})"}
    if not here:
        return Text(f" {value} ", Style(meta=click))
    return Text(f"[{cursor.typed or value}]", Style(reverse=focus, bold=True, meta=click))
