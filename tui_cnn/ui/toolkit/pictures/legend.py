"""What the colours of a picture stand for: a bar of them, the numbers at its ends, and where zero is."""

from typing import ClassVar

from rich.cells import cell_len

from tui_cnn.insight.colours import Scale, scale_number
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing, Styles

_WIDEST = 14


def two_decimals(value: float) -> str:
    """Write a number with two decimals and a true minus."""
    return f"{value:.2f}".replace("-", "−")


def draw_legend(canvas: Canvas, scale: Scale, styles: Styles) -> tuple[int, int]:
    """Draw the bar between its numbers, a notch where zero is inside; return where the bar begins and ends."""
    low, high = scale.words
    width = min(_WIDEST, canvas.width - cell_len(low) - cell_len(high) - 2)
    if width < 3:
        return 0, 0
    begin = canvas.put(0, 0, low, styles.dim) + 1
    colours = scale.bar(width)
    canvas.picture(begin, 0, colours)
    if scale.low < 0 < scale.high:
        zero = round((width - 1) * -scale.low / (scale.high - scale.low))
        canvas.put(begin + zero, 0, "0", on(colours[:, zero].mean(axis=0)))
    canvas.put(begin + width + 1, 0, high, styles.dim)
    return begin, begin + width


class Legend(Drawing):
    """A line: the least value, all colours in order, zero where it is among them, the largest value.

    Colours that lie over an image are shown as they are over black (upper half) and over white (lower half).

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
        return _WIDEST + 2 + sum(map(cell_len, self.scale.words))

    def draw(self, canvas: Canvas) -> None:
        """Draw the bar."""
        if self.scale is not None:
            self._bar = draw_legend(canvas, self.scale, self.tones)

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
        return scale_number(self.scale.low + share * (self.scale.high - self.scale.low))
