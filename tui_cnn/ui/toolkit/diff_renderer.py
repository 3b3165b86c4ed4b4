"""Writing to the terminal only the cells that differ from what stands there: a slow line carries a fraction.

Textual paints whole widgets anew. What it is about to write is compared with what was written last, cell by cell. What
differs is written style by style: to go to another place takes a third of the bytes of another colour.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from textual.strip import Strip

from tui_cnn.ui.toolkit.sgr import PLAIN, VisibleStyle, cell_styles, codes_between
from tui_cnn.visible import acts, without_acting

_BLOCK = "█"
_BRIDGE = 3
"""Cells that are the same between two that differ: so many cost no more to write again than to step over."""

_UNKNOWN = VisibleStyle(("unknown",))
"""Of cells that were not written here; it equals no other."""


class CellRow(NamedTuple):
    """Cells: the sign of each, empty in the second cell of a wide one, and the style of each."""

    signs: list[str]
    styles: list[VisibleStyle]


class CellSpan(NamedTuple):
    """Cells of a row, the last one included, that are written in one style."""

    row: int
    first: int
    last: int


class TerminalBuffer:
    """What stands on the terminal, as far as it was written here."""

    def __init__(self) -> None:
        self._rows: dict[int, CellRow] = {}
        self._strips: dict[int, dict[int, Strip]] = {}

    def forget(self) -> None:
        """Assume that anything may stand there: after another size, or another program."""
        self._rows.clear()
        self._strips.clear()

    def render(self, strips: Iterable[tuple[int, int, Strip]], console: Console) -> str:
        """Return what to write to the terminal for strips at their places, row and column; take them as written.

        Before and after, the terminal writes in the style that it has by itself.
        """
        colours = COLOR_SYSTEMS[console.color_system or "truecolor"]
        parts: list[str] = []
        differ: dict[VisibleStyle, list[CellSpan]] = {}
        for y, x, strip in strips:
            strip = _printable(strip)
            if self._take(y, x, strip, colours, differ):
                continue
            parts += [self._written(differ), _moved((-1, -1), (y, x)), strip.render(console)]
            differ.clear()
            self._rows.pop(y, None)
        return "".join([*parts, self._written(differ)])

    def _written(self, differ: dict[VisibleStyle, list[CellSpan]]) -> str:
        """Return what to write for cells, by their styles."""
        parts: list[str] = []
        now, at = PLAIN, (-1, -1)
        for wanted in sorted(differ, key=_order):
            codes, now = codes_between(now, wanted)
            parts.append(codes)
            for y, first, last in sorted(differ[wanted]):
                parts.append(_moved(at, (y, first)))
                parts.append("".join(self._rows[y].signs[first : last + 1]))
                at = (y, last + 1)
        parts.append(codes_between(now, PLAIN)[0])
        return "".join(parts)

    def _take(
        self, y: int, x: int, strip: Strip, colours: ColorSystem, differ: dict[VisibleStyle, list[CellSpan]]
    ) -> bool:
        """Take a strip as written at its place; add the cells that differ from what was there, by their styles.

        False: it must be written whole, and nothing is known of its row from then on.
        """
        strips = self._strips.setdefault(y, {})
        if strips.get(x) == strip:
            return True
        end = x + strip.cell_length
        for column in [left for left, other in strips.items() if left < end and left + other.cell_length > x]:
            del strips[column]
        cells = _cells(strip, colours)
        if cells is None or len(cells.signs) != strip.cell_length:
            return False
        strips[x] = strip
        row = self._rows.setdefault(y, CellRow([], []))
        missing = end - len(row.signs)
        row.signs.extend([""] * missing)
        row.styles.extend([_UNKNOWN] * missing)
        pairs = zip(row.signs[x:end], cells.signs, row.styles[x:end], cells.styles, strict=True)
        columns = [n for n, (was, now, old, new) in enumerate(pairs) if was != now or (old is not new and old != new)]
        row.signs[x:end], row.styles[x:end] = cells
        for style, first, last in _spans(columns, cells):
            differ.setdefault(style, []).append(CellSpan(y, x + first, x + last))
        return True


def _moved(at: tuple[int, int], to: tuple[int, int]) -> str:
    """Return what brings the cursor to a row and a column; within a row by the column, not by steps.

    A terminal that takes some sign to be wider than it is here is wrong up to the next such move only.
    """
    if at == to:
        return ""
    row, column = to
    return f"\x1b[{column + 1}G" if at[0] == row else f"\x1b[{row + 1};{column + 1}H"


def _printable(strip: Strip) -> Strip:
    """Leave out what acts on the terminal, and has no cell."""
    if not acts("".join([text for text, _style, _control in strip])):
        return strip
    return Strip([Segment(without_acting(text), style) for text, style, _control in strip])


def _cells(strip: Strip, colours: ColorSystem) -> CellRow | None:
    """Take a strip apart; None where a sign has no cell of its own, but joins with others."""
    signs: list[str] = []
    styles: list[VisibleStyle] = []
    for text, style, _control in strip:
        before = len(signs)
        seen, blank, solid = cell_styles(style, colours)
        if text.isascii():
            signs += text
        else:
            for sign in text:
                width = _width(sign)
                if width == 0:
                    return None
                signs += sign if width == 1 else (sign, "")
        if " " in text:
            styles += [blank if sign == " " else seen for sign in signs[before:]]
        else:
            styles += [seen] * (len(signs) - before)
        if solid is not None and _BLOCK in text:
            for n in range(before, len(signs)):
                if signs[n] == _BLOCK:
                    signs[n], styles[n] = " ", solid
    return CellRow(signs, styles)


@cache
def _width(sign: str) -> int:
    return get_character_cell_size(sign)


def _spans(columns: Iterable[int], cells: CellRow) -> Iterator[tuple[VisibleStyle, int, int]]:
    """Join columns that are next to each other, or nearly so, where one style serves for all of them and between."""
    styles = cells.styles
    style: VisibleStyle | None = None
    first = last = -1
    for column in columns:
        if style is not None:
            if column == last + 1 and styles[column] is styles[last]:
                last = column
                continue
            joined = style.joined(styles[last + 1 : column + 1]) if column - last <= _BRIDGE + 1 else None
            if joined is not None:
                style, last = joined, column
                continue
            yield style, first, last
        style, first, last = styles[column], column - (not cells.signs[column]), column
    if style is not None:
        yield style, first, last


def _order(style: VisibleStyle) -> tuple[str, str, tuple[str, ...], str]:
    """Put styles into an order in which one differs little from the next."""
    return style.link, style.background, style.attributes, style.foreground or ""
