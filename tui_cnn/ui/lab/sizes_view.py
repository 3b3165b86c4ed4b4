"""A chain of windows, drawn: what each is, the formula, what comes out, what a cell of it sees."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.sizes import Link, Slide, chain
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.bench import ShareBar

COLUMNS = ("f", "p", "s", "d", "filters")
CHANNELS = len(COLUMNS) - 1
"""The column of filters, and of the image's channels."""
_FORMULA, _SHAPE = 7, 8
"""The columns of the table with the formula and with what comes out."""
_SIDES = ("left", "left", "right", "right", "right", "right", "right", "left", "right", "right", "right")
_BARS = 12
"""Cells that have to be left for bars of the sizes."""
_SQUARES = 10
"""Lines for the drawing of the sizes, or else it is left out."""


class ChainCursor(NamedTuple):
    """The cell that is typed into: a row, 0 is the image; a column of `COLUMNS`; and what has been typed."""

    row: int = 1
    column: int = 0
    typed: str = ""


def chain_table(
    image: Link,
    slides: tuple[Slide, ...],
    cursor: ChainCursor,
    *,
    focus: bool,
    bar: Style,
    room: tuple[int, int] = (0, 0),
) -> Group:
    """Draw the chain in (columns, lines); where a window has no place, its line says why, and the chain ends there.

    Each line has its formula, without blanks where it is narrow; where there is no room for that either, the formula
    of the line under the cursor stands below. Bars of the sizes stand at the right and squares below, where there is
    room.
    """
    links, wrong = _followed(image, slides)
    rows = [_heading(), _image_row(image, cursor, focus=focus)]
    rows += [_row(number, slides, links, cursor, focus=focus) for number in range(1, len(slides) + 1)]
    fits = [written for written in (rows, _close(rows)) if _width(written) <= room[0]]
    shown = fits[0] if fits else [row[:_FORMULA] + row[_SHAPE:] for row in rows]
    table = Table.grid(padding=(0, 1, 0, 0))
    for side in _SIDES if fits else _SIDES[:_FORMULA] + _SIDES[_SHAPE:]:
        table.add_column(justify=side, no_wrap=True)  # type: ignore[arg-type]  # the names are sides
    has_bars = _width(shown) + _BARS <= room[0]
    bars = [[], *([ShareBar(link.size / image.size, bar)] if has_bars else [] for link in links)]
    for place, row in enumerate(shown):
        table.add_row(*row, *(bars[place] if place < len(bars) else []))
    shapes = Text(" → ".join(format_shape(link.shape) for link in links), "bold")
    if wrong:
        return Group(table, Text(), shapes.append(" → ✗"), Text("✗ " + wrong))
    explained = _explained(links, slides, cursor, has_formulas=bool(fits))
    lines = room[1] - len(slides) - len(explained) - 6
    squares = _squares(links, (room[0], lines), bar) if lines >= _SQUARES else []
    return Group(table, Text(), shapes, Text("\n".join(explained), "dim"), Text(), *squares)


def _followed(image: Link, slides: tuple[Slide, ...]) -> tuple[list[Link], str]:
    """Follow the windows as far as they have a place; say why the next one has none."""
    links = [image]
    for number in range(1, len(slides) + 1):
        try:
            links.append(chain(image.size, slides[:number], image.channels)[-1])
        except WindowError as error:
            return links, str(error)
    return links, ""


def _heading() -> list[Text]:
    formula = "floor((n + 2p − f) / s) + 1"
    titles = ("", "", "f", "p", "s", "d", _("maps"), formula, _("out"), _("RF"), _("step"))
    return [Text(title, "dim") for title in titles]


def _image_row(image: Link, cursor: ChainCursor, *, focus: bool) -> list[Text]:
    """Write the image: its size where the others have what comes out, its channels where they have their filters."""
    size = _cell(cursor, 0, 0, image.size, focus=focus)
    channels = _cell(cursor, 0, CHANNELS, image.channels, focus=focus)
    blank = Text()
    return [blank, Text(_("input")), *[blank] * 4, channels, blank, size, Text("1"), Text("1")]


def _row(number: int, slides: Sequence[Slide], links: list[Link], cursor: ChainCursor, *, focus: bool) -> list[Text]:
    """Write a window, and what comes out where it has a place."""
    slide, here = slides[number - 1], cursor.row == number
    name = Text(("▌ " if here else "  ") + str(number), Style(bold=here))
    kind = Text(_("pool") if slide.is_pooling else _("conv"), Style(meta={"@click": f"select_type({number})"}))
    cells = [_cell(cursor, number, column, getattr(slide, key), focus=focus) for column, key in enumerate(COLUMNS)]
    if slide.is_pooling:  # it has none of its own
        cells[-2:] = [Text(" · ", "dim"), Text(" · ", "dim")]
        if here and cursor.column >= CHANNELS - 1:
            cells[cursor.column] = Text("[·]", Style(reverse=focus, bold=True))
    if number > len(links):
        return [name, kind, *cells]
    if number == len(links):
        return [name, kind, *cells, Text("✗")]
    link = links[number]
    formula = slide.formula(links[number - 1].size).rpartition(" = ")[0]
    shape = Text(format_shape(link.shape), "bold")
    return [
        name,
        kind,
        *cells,
        Text(formula.replace(" - ", " − "), "dim"),
        shape,
        Text(str(link.field)),
        Text(str(link.step)),
    ]


def _close(rows: list[list[Text]]) -> list[list[Text]]:
    """Write the formulas without blanks."""

    def closed(text: Text) -> Text:
        return Text(text.plain.replace(" ", ""), text.style)

    return [[closed(cell) if place == _FORMULA else cell for place, cell in enumerate(row)] for row in rows]


def _width(rows: list[list[Text]]) -> int:
    columns = len(rows[0])
    return (
        sum(max(row[column].cell_len for row in rows if column < len(row)) for column in range(columns)) + columns - 1
    )


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


def _explained(links: list[Link], slides: Sequence[Slide], cursor: ChainCursor, *, has_formulas: bool) -> list[str]:
    """Say how the size under the cursor comes about, what a cell at the end sees, and what is left over or refused."""
    reach = _("Receptive field of a cell at the end: {field}×{field} pixels. Distance to the next cell: {step} pixels.")
    lines = [reach.format(field=links[-1].field, step=links[-1].step)]
    if cursor.row:
        slide, before = slides[cursor.row - 1], links[cursor.row - 1].size
        if not has_formulas:
            formula = slide.formula(before).replace(" - ", " − ")
            lines.insert(0, _("Window {number}: {formula}").format(number=cursor.row, formula=formula))
        if slide.dilation > 1:
            words = _("A window of {f} taps with dilation {d} reaches over {d}·({f} − 1) + 1 = {reach} pixels.")
            lines.insert(0, words.format(f=slide.f, d=slide.d, reach=slide.reach))
        if slide.p == "same":
            axis = slide.on(before)
            words = _("same: {before} zeros before the first pixel, {after} after the last.")
            lines.insert(0, words.format(before=axis.before, after=axis.after))
    for number, (link, slide) in enumerate(zip(links, slides, strict=False), start=1):
        if slide.p != "same" and (rest := (link.size + 2 * slide.p - slide.reach) % slide.s):
            left = _("Window {number} does not cover all rows and columns; left over at the end: {rest}.")
            lines.append(left.format(number=number, rest=rest))
        if slide.s > 1 and slide.dilation > 1:
            lines.append(_("Window {number}: Keras has no stride together with dilation.").format(number=number))
    return lines


def _cell(cursor: ChainCursor, row: int, column: int, value: int | str, *, focus: bool) -> Text:
    """Write a value that can be changed; the one under the cursor in brackets."""
    at = cursor.column if cursor.row or cursor.column == CHANNELS else 0
    click = {"@click": f"select_cell({row}, {column})"}
    if (cursor.row, at) != (row, column):
        return Text(f" {value} ", Style(meta=click))
    return Text(f"[{cursor.typed or value}]", Style(reverse=focus, bold=True, meta=click))
