"""A widget that shows a plot: one drawing, made when it is first painted."""

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.ui.toolkit.plot import Cell, Plot, draw

MARGIN = 8
"""Cells for the numbers at the y axis."""


class PlotView(Widget):
    """Styles are the component classes below, without `plot--`; `bold` may stand before one."""

    DEFAULT_CSS = """
    PlotView {
        height: 1fr;
        width: 1fr;
        & > .plot--axis { color: $panel-border; }
        & > .plot--tick { color: $text-muted; }
        & > .plot--grid { color: $panel-border 60%; }
        & > .plot--primary { color: $text-primary; }
        & > .plot--secondary { color: $text-secondary; }
        & > .plot--accent { color: $family-dense; }
        & > .plot--success { color: $text-success; }
        & > .plot--warning { color: $text-warning; }
        & > .plot--error { color: $text-error; }
        & > .plot--foreground { color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"plot--{name}"
        for name in (
            "axis", "tick", "grid", "primary", "secondary", "accent", "success", "warning", "error", "foreground",
        )
    }  # fmt: skip

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.plot: Plot | None = None
        self._strips: list[Strip] = []
        self._drawn: tuple[object, ...] = ()

    @property
    def columns(self) -> int:
        """How many columns the lines have."""
        return max(1, self.size.width - MARGIN - 1)

    def show_plot(self, plot: Plot | None) -> None:
        """Show another plot, or none."""
        if plot != self.plot:
            self.plot = plot
            self.refresh()

    def value_at(self, x: int) -> float | None:
        """Find which value of the x axis a cell of the widget's content stands for."""
        if self.plot is None or self.columns < 2:
            return None
        share = (x - MARGIN - 1 + 0.5) / self.columns
        scale = self.plot.x
        return scale.low + min(max(share, 0.0), 1.0) * (scale.high - scale.low)

    def notify_style_update(self) -> None:
        """Draw in the colours of another theme."""
        super().notify_style_update()
        self._drawn = ()

    def render_line(self, y: int) -> Strip:
        """Take a line of the drawing."""
        state = (self.plot, self.size)
        if state != self._drawn:
            self._drawn = state
            self._strips = self._draw(self.size)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self, size: Size) -> list[Strip]:
        if self.plot is None or not size:
            return []
        base = self.visual_style.rich_style
        rows = draw(self.plot, size.width, size.height, MARGIN)
        names = {style for row in rows for _character, style in row}
        styles = {name: base + self.rich_style_of(name) for name in names}
        return [_strip(row, styles, size.width) for row in rows]

    def rich_style_of(self, name: str) -> Style:
        """Return the style of a name."""
        if not name:
            return Style()
        *bold, color = name.split()
        return self.get_component_rich_style(f"plot--{color}") + Style(bold=bool(bold) or None)


def _strip(row: list[Cell], styles: dict[str, Style], width: int) -> Strip:
    segments = [
        Segment("".join(character for character, _style in cells), styles[style])
        for style, cells in groupby(row, key=lambda cell: cell[1])
    ]
    return Strip(segments, width)
