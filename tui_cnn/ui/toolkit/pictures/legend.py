"""What the colours of a picture stand for: a bar of them, the numbers at its ends, and where zero is."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from rich.cells import cell_len

from tui_cnn.insight.colours import Scale
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing, Styles

_WIDEST = 14


def two_decimals(value: float) -> str:
    """Write a number with two decimals and a true minus."""
    return f"{value:.2f}".replace("-", "−")


def draw_legend(canvas: Canvas, scale: Scale, text: Callable[[float], str], styles: Styles) -> tuple[int, int]:
    """Draw the bar between its numbers, a notch where zero is inside; return where the bar begins and ends."""
    low, high = text(scale.low), text(scale.high)
    width = min(_WIDEST, canvas.width - cell_len(low) - cell_len(high) - 2)
    if width < 3:
        return 0, 0
    begin = canvas.put(0, 0, low, styles.dim) + 1
    values = np.linspace(scale.low, scale.high, width)[np.newaxis]
    canvas.picture(begin, 0, scale.paint(np.tile(values, (2, 1))))
    if scale.low < 0 < scale.high:
        zero = begin + round((width - 1) * -scale.low / (scale.high - scale.low))
        canvas.put(zero, 0, "0", on(scale.paint(np.zeros((1, 1)))[0, 0]))
    canvas.put(begin + width + 1, 0, high, styles.dim)
    return begin, begin + width


class Legend(Drawing):
    """A line: the least value, all colours in order, zero where it is among them, the largest value.

    ::

        legend = Legend(id="scale")                          # TCSS: width: 34
        legend.show(scale)                                   # a Scale of tui_cnn.insight.colours
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--dim"}
    DEFAULT_CSS = "Legend { height: 1; width: auto; }"
    scale: Scale | None = None
    _bar = 0, 0

    def show(self, scale: Scale | None) -> None:
        """Show another scale, or none."""
        if scale != self.scale:
            self.scale = scale
            self.redraw(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        """Return the cells of the bar with its numbers."""
        if self.scale is None:
            return 0
        return _WIDEST + 2 + sum(cell_len(two_decimals(end)) for end in (self.scale.low, self.scale.high))

    def draw(self, canvas: Canvas) -> None:
        """Draw the bar."""
        if self.scale is not None:
            self._bar = draw_legend(canvas, self.scale, two_decimals, self.tones)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the place in the bar."""
        begin, end = self._bar
        return (0, x - begin) if begin <= x < end else None

    def describe(self, cell: Cell) -> str:
        """Say which value a colour stands for."""
        begin, end = self._bar
        if self.scale is None or end - begin < 2:
            return ""
        share = cell[1] / (end - begin - 1)
        return two_decimals(self.scale.low + share * (self.scale.high - self.scale.low))
