"""How many values are how large, as columns."""

from typing import ClassVar

import numpy as np
from rich.cells import cell_len

from tui_cnn.i18n import _
from tui_cnn.insight.maps import Histogram
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing, Styles
from tui_cnn.ui.toolkit.pictures.legend import two_decimals

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def draw_histogram(canvas: Canvas, bins: Histogram, styles: Styles) -> int:
    """Draw as many columns as there are bins, with the ends below or, in one line, at the sides; return where."""
    counts, edges = bins
    least, most = two_decimals(float(edges[0])), two_decimals(float(edges[-1]))
    if canvas.height == 1:
        begin = canvas.put(0, 0, _("all values {least} ").format(least=least), styles.dim)
        _draw_columns(canvas, begin, 1, bins, styles)
        canvas.put(begin + len(counts) + 1, 0, most, styles.dim)
        return begin
    below = canvas.height - 1
    _draw_columns(canvas, 0, below, bins, styles)
    canvas.put(0, below, least, styles.dim)
    zero = int(np.clip(np.searchsorted(edges, 0.0) - 1, 0, len(counts) - 1))
    if edges[0] < 0 < edges[-1] and cell_len(least) < zero < len(counts) - cell_len(most) - 1:
        canvas.put(zero, below, "0", styles.dim)
    canvas.put(len(counts) - cell_len(most), below, most, styles.dim)
    return 0


def _draw_columns(canvas: Canvas, x: int, height: int, bins: Histogram, styles: Styles) -> None:
    most = float(np.max(bins.counts, initial=0)) or 1.0
    for column, count in enumerate(bins.counts.tolist()):
        eighths = max(round(count / most * height * 8), int(count > 0))
        for line in range(height):
            sign = _EIGHTHS[max(0, min(8, eighths - 8 * line))]
            canvas.put(x + column, height - 1 - line, sign, styles.bar)


class HistogramChart(Drawing):
    """A histogram as wide as its bins; the mouse shows how many values are in one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--dim", "drawing--bar"}

    _begin = 0

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._bins: Histogram | None = None

    def show(self, bins: Histogram) -> None:
        """Show another one."""
        self._bins = bins
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """Draw it."""
        if self._bins is not None:
            self._begin = draw_histogram(canvas, self._bins, self.tones)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the bin."""
        place = x - self._begin
        return (place, 0) if self._bins is not None and 0 <= place < len(self._bins.counts) else None

    def describe(self, cell: Cell) -> str:
        """Say which values are in a bin, and how many."""
        if self._bins is None:
            return ""
        low, high = (two_decimals(float(edge)) for edge in self._bins.edges[cell[0] : cell[0] + 2])
        return f"{low} … {high}: {int(self._bins.counts[cell[0]]):,}"
