"""Writing to the terminal only the cells that differ from what stands there: a slow line carries a fraction.

Textual paints whole widgets anew. What it is about to write is compared with what was written last, cell by cell.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_cnn.visible import without_acting

_BRIDGE = 8
"""Cells that are the same between two that differ: so many cost less to write again than to step over."""


class CellRow(NamedTuple):
    """Cells: the sign of each, marked in the second cell of a wide one, and the style of each."""

    signs: list[str]
    styles: list[Style | None]


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
        """Return what to write to the terminal for strips at their places, row and column; take them as written."""
        parts = []
        for y, x, strip in strips:
            for column, changed in self._differences(y, x, strip):
                parts += [Control.move_to(column, y).segment.text, changed.render(console)]
        return "".join(parts)

    def _differences(self, y: int, x: int, strip: Strip) -> Iterator[tuple[int, Strip]]:
        """Yield the parts of a strip that differ from what stands at its place, and take it as written."""
        strip = _printable(strip)
        strips = self._strips.setdefault(y, {})
        if strips.get(x) == strip:
            return
        end = x + strip.cell_length
        for column in [left for left, other in strips.items() if left < end and left + other.cell_length > x]:
            del strips[column]
        cells = _cells(strip)
        if cells is None or len(cells.signs) != strip.cell_length:  # write it all, and trust nothing that stands there
            self._rows.pop(y, None)
            yield x, strip
            return
        strips[x] = strip
        row = self._rows.setdefault(y, CellRow([], []))
        missing = end - len(row.signs)
        row.signs.extend([""] * missing)
        row.styles.extend([None] * missing)
        pairs = zip(row.signs[x:end], cells.signs, row.styles[x:end], cells.styles, strict=True)
        differ = [
            x + n for n, (was, now, old, new) in enumerate(pairs) if was != now or (old is not new and old != new)
        ]
        row.signs[x:end], row.styles[x:end] = cells
        for first, last in _ranges(differ):
            whole = first == x and last == end - 1
            yield first, strip if whole else strip.crop(first - x, last + 1 - x)


def _printable(strip: Strip) -> Strip:
    """Leave out what acts on the terminal, and has no cell."""
    shown = [without_acting(text) for text, _style, _control in strip]
    if all(text is was for text, (was, _style, _control) in zip(shown, strip, strict=True)):
        return strip
    return Strip([Segment(text, style) for text, (_was, style, _control) in zip(shown, strip, strict=True)])


def _cells(strip: Strip) -> CellRow | None:
    """Take a strip apart; None where a sign has no cell of its own, but joins with others."""
    signs: list[str] = []
    styles: list[Style | None] = []
    for text, style, _control in strip:
        before = len(signs)
        if text.isascii():
            signs += text
        else:
            for sign in text:
                width = _width(sign)
                if width == 0:
                    return None
                signs += sign if width == 1 else (sign, sign + "+")
        styles += [style] * (len(signs) - before)
    return CellRow(signs, styles)


@cache
def _width(sign: str) -> int:
    return get_character_cell_size(sign)


def _ranges(columns: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join columns that are next to each other, or nearly so."""
    first = last = None
    for column in columns:
        if first is None or last is None:
            first = last = column
        elif column - last > _BRIDGE:
            yield first, last
            first = last = column
        else:
            last = column
    if first is not None and last is not None:
        yield first, last
