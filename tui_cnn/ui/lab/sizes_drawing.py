"""A chain of windows as a table that can be typed into: what goes in, the formula, what comes out, what it sees."""

from typing import NamedTuple

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.sizes import Link, Slide, chain
from tui_cnn.lab.windows import WindowError

COLUMNS = ("f", "p", "s")


class ChainCursor(NamedTuple):
    """The cell that is typed into: a row, 0 is the picture's size; a column of f, p, s; and what has been typed."""

    row: int = 1
    column: int = 0
    typed: str = ""


_WIDTH, _NARROWEST_BAR = 74, 8
"""Cells of the table without its bars, and of the shortest bar."""


def chain_table(
    n: int, slides: tuple[Slide, ...], cursor: ChainCursor, *, focus: bool, bar: Style | None = None, room: int = 0
) -> Group:
    """Draw the chain; where a window has no place, its line says why, and the chain ends there.

    Bars of the sizes stand at the right where there are enough cells of `room` for them.
    """
    longest = room - _WIDTH

    def bar_of(size: int) -> Text:
        cells = max(1, round(longest * size / n)) if longest >= _NARROWEST_BAR else 0
        return Text("█" * min(cells, longest), bar or Style())

    table = Table.grid(padding=(0, 1, 0, 0))
    for justify in ("left", "right", "right", "right", "right", "left", "right", "right", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    titles = ("", _("in"), "f", "p", "s", "floor((n + 2p − f) / s) + 1", _("out"), _("sees"), _("step"))
    table.add_row(*(Text(title, "dim") for title in titles))
    picture = _cell(cursor, 0, 0, n, focus)
    table.add_row(Text(_("image")), "", "", "", "", "", picture, "1", "1", bar_of(n))
    links, wrong = [Link(n, 1, 1)], ""
    for number, slide in enumerate(slides, start=1):
        cells = [_cell(cursor, number, column, value, focus) for column, value in enumerate(slide)]
        name = Text(("▌ " if cursor.row == number else "  ") + str(number), Style(bold=cursor.row == number))
        if wrong:
            table.add_row(name, "", *cells)
            continue
        try:
            link = chain(n, slides[:number])[-1]
        except WindowError as error:
            wrong = str(error)
            table.add_row(name, str(links[-1].size), *cells, Text("✗"))
            continue
        formula = slide.formula(links[-1].size).rpartition(" = ")[0].replace(" - ", " − ")
        size = Text(str(link.size), "bold")
        table.add_row(
            name,
            str(links[-1].size),
            *cells,
            Text(formula, "dim"),
            size,
            str(link.field),
            str(link.step),
            bar_of(link.size),
        )
        links.append(link)
    sizes = Text(" → ".join(str(link.size) for link in links), "bold")
    if wrong:
        return Group(table, Text(), sizes.append(" → ✗"), Text("✗ " + wrong))
    return Group(table, Text(), sizes, Text(_explained(links, slides), "dim"))


def _explained(links: list[Link], slides: tuple[Slide, ...]) -> str:
    """Say what a cell of the last picture sees, and which pixels no window reaches."""
    reach = _("Receptive field of a cell at the end: {field}×{field} pixels. Distance to the next cell: {step} pixels.")
    lines = [reach.format(field=links[-1].field, step=links[-1].step)]
    for number, (link, slide) in enumerate(zip(links, slides, strict=False), start=1):
        if rest := (link.size + 2 * slide.p - slide.f) % slide.s:
            left = _("Window {number} does not cover all rows and columns; left over at the end: {rest}.")
            lines.append(left.format(number=number, rest=rest))
    return "\n".join(lines)


def _cell(cursor: ChainCursor, row: int, column: int, value: int, focus: bool) -> Text:
    """Write a value that can be changed; the one under the cursor in brackets."""
    here = (cursor.row, cursor.column if cursor.row else 0) == (row, column)
    click = {"@click": f"select_cell({row}, {column})"}
    if not here:
        return Text(f" {value} ", Style(meta=click))
    return Text(f"[{cursor.typed or value}]", Style(reverse=focus, bold=True, meta=click))
