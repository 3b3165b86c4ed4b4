"""Writing to the terminal only the cells that differ from what stands there: a slow line carries a fraction.

Textual paints whole widgets anew. What it is about to write is compared with what was written last, cell by cell.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.control import Control
from rich.segment import Segment
from textual.strip import Strip

from tui_cnn.ui.toolkit.sgr import PLAIN, VisibleStyle, codes_between, visible_styles
from tui_cnn.visible import acts, without_acting

_BRIDGE = 3
"""Cells that are the same between two that differ: so many cost no more to write again than to step over."""


class CellRow(NamedTuple):
    """Cells: the sign of each, marked in the second cell of a wide one, and the style of each; None: not known."""

    signs: list[str]
    styles: list[VisibleStyle | None]


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
        now, at = PLAIN, (-1, -1)

        def restyle(wanted: VisibleStyle) -> None:
            nonlocal now
            codes, now = codes_between(now, wanted)
            parts.append(codes)

        for y, x, strip in strips:
            strip = _printable(strip)
            differ = self._differences(y, x, strip, colours)
            if differ is None:
                restyle(PLAIN)
                parts += [Control.move_to(x, y).segment.text, strip.render(console)]
                at = (-1, -1)
                continue
            for first, last in differ:
                parts.append(_moved(at, (y, first)))
                at = (y, last + 1)
                row, before = self._rows[y], None
                for sign, wanted in zip(row.signs[first : last + 1], row.styles[first : last + 1], strict=True):
                    if wanted is not before and wanted is not None:
                        restyle(wanted)
                        before = wanted
                    if not _is_second(sign):
                        parts.append(sign)
        restyle(PLAIN)
        return "".join(parts)

    def _differences(self, y: int, x: int, strip: Strip, colours: ColorSystem) -> list[tuple[int, int]] | None:
        """Take a strip as written at its place; return the first and last columns of what differs from what was there.

        None: it must be written whole, and nothing is known of its row then.
        """
        strips = self._strips.setdefault(y, {})
        if strips.get(x) == strip:
            return []
        end = x + strip.cell_length
        for column in [left for left, other in strips.items() if left < end and left + other.cell_length > x]:
            del strips[column]
        cells = _cells(strip, colours)
        if cells is None or len(cells.signs) != strip.cell_length:
            self._rows.pop(y, None)
            return None
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
        return [(first - _is_second(row.signs[first]), last) for first, last in _ranges(differ)]


def _moved(at: tuple[int, int], to: tuple[int, int]) -> str:
    """Return what brings the cursor to a row and a column; within a row by the column, not by steps.

    A terminal that takes some sign to be wider than it is here is wrong up to the next such move only.
    """
    if at == to:
        return ""
    return f"\x1b[{to[1] + 1}G" if at[0] == to[0] else Control.move_to(to[1], to[0]).segment.text


def _is_second(sign: str) -> bool:
    """Tell whether a cell is the second one of a wide sign."""
    return len(sign) > 1


def _printable(strip: Strip) -> Strip:
    """Leave out what acts on the terminal, and has no cell."""
    if not acts("".join([text for text, _style, _control in strip])):
        return strip
    return Strip([Segment(without_acting(text), style) for text, style, _control in strip])


def _cells(strip: Strip, colours: ColorSystem) -> CellRow | None:
    """Take a strip apart; None where a sign has no cell of its own, but joins with others."""
    signs: list[str] = []
    styles: list[VisibleStyle | None] = []
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
        seen, blank = visible_styles(style, colours)
        if " " in text:
            styles += [blank if sign == " " else seen for sign in signs[before:]]
        else:
            styles += [seen] * (len(signs) - before)
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
        elif column - last > _BRIDGE + 1:
            yield first, last
            first = last = column
        else:
            last = column
    if first is not None and last is not None:
        yield first, last
