"""Writing to the terminal only the cells that differ from what stands there: a slow line carries a fraction.

Textual paints whole widgets anew. What it is about to write is compared with what was written last, cell by cell.
"""

from collections.abc import Iterable, Iterator

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_BRIDGE = 8
"""Cells that are the same between two that differ: so many cost less to write again than to step over."""


Cell = tuple[str, Style | None, int]
"""A cell of the terminal: its sign, its style, and 1 in the second cell of a wide sign, or else 0."""


class Written:
    """What stands on the terminal, as far as it was written here."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}

    def forget(self) -> None:
        """Take it that anything may stand there: after another size, or another program."""
        self._rows.clear()

    def changes(self, y: int, x: int, strip: Strip) -> Iterator[tuple[int, Strip]]:
        """Yield the parts of a strip that differ from what stands at its place, and take it as written."""
        cells = _cells(strip)
        if cells is None:  # signs that join with others: write it all, and trust nothing that stands there
            self._rows.pop(y, None)
            yield x, strip
            return
        row = self._rows.setdefault(y, {})
        differ = [index for index, cell in enumerate(cells) if row.get(x + index) != cell]
        row.update(zip(range(x, x + len(cells)), cells, strict=True))
        for first, last in _runs(differ):
            whole = first == 0 and last == len(cells) - 1
            yield x + first, strip if whole else strip.crop(first, last + 1)


class Changes(CompositorUpdate):
    """An update of Textual's that writes no more than it must."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, written: Written) -> None:
        self._update = update
        self._written = written

    def render_segments(self, console: Console) -> str:
        """Return what to write to the terminal."""
        parts = []
        for y, x, strip in _strips(self._update):
            for at, changed in self._written.changes(y, x, strip):
                parts += [Control.move_to(at, y).segment.text, changed.render(console)]
        return "".join(parts)


def _strips(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update with their places, row and column."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= last and end > first:
                yield y, x, chop if end <= last else chop.crop(0, last - x)


def _cells(strip: Strip) -> list[Cell] | None:
    """Take a strip apart; None where a sign has no cell of its own."""
    cells: list[Cell] = []
    for text, style, _control in strip:
        if text.isascii():
            cells += [(sign, style, 0) for sign in text]
            continue
        for sign in text:
            width = get_character_cell_size(sign)
            if width == 0:
                return None
            cells += [(sign, style, half) for half in range(width)]
    return cells


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join places that are next to each other, or nearly so."""
    first = last = None
    for place in places:
        if first is None or last is None:
            first = last = place
        elif place - last > _BRIDGE:
            yield first, last
            first = last = place
        else:
            last = place
    if first is not None and last is not None:
        yield first, last
