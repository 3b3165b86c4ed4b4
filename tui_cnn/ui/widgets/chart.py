"""One chart: lines over an axis, with marks, and a cursor that the curves beside it share."""

from dataclasses import dataclass
from math import log10
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual_plot import HiResMode, PlotWidget
from textual_plot.axis_formatter import AxisFormatter

from tui_cnn.ui.draw.curves import Line, Window, visible
from tui_cnn.ui.draw.ticks import labels, log_ticks, short_labels, ticks

_MARGIN = 8
"""Cells for the numbers at the y axis."""
_A_ROW = 2
"""Rows of the y axis that a number takes, with the space around it."""
_AROUND = 0.06
"""Share of the y axis that is left free above and below."""


class Drawn(NamedTuple):
    """A line of a chart: its points, the theme's colour, a sign at each point, and one at its end."""

    line: Line
    color: str
    dots: str = ""
    end: str = ""


class Mark(NamedTuple):
    """A sign at a place of the chart; without a sign, a line from top to bottom."""

    x: float
    y: float = 0.0
    sign: str = ""


class Drawing(NamedTuple):
    """All that a chart shows."""

    lines: tuple[Drawn, ...]
    window: Window
    log: bool = False
    cursor: float | None = None
    marks: tuple[Mark, ...] = ()


class _Labels(AxisFormatter):
    """Writes what is asked for at the ticks that are set."""

    def __init__(self, *, log: bool = False) -> None:
        self._log = log

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Mark nothing: the ticks are always set."""
        return []

    def get_labels_for_ticks(self, ticks: "list[float]") -> list[str]:  # type: ignore[override]
        """Write the numbers."""
        return short_labels([10**tick for tick in ticks]) if self._log else labels(list(ticks))


class Chart(Container):
    """Draws anew only what is another drawing than the last."""

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 100%;
        border-top: solid $foreground 20%;
        border-title-color: $text;
        & PlotWidget { height: 100%; }
        & PlotWidget > .plot--axis { color: $foreground 30%; }
        & PlotWidget > .plot--tick { color: $foreground 70%; text-style: none; }
        & PlotWidget > .plot--label { color: $foreground 70%; text-style: none; }
    }
    """

    @dataclass
    class Looked(Message):
        """The mouse has zoomed or moved to another part of the x axis."""

        window: Window

    @dataclass
    class Pointed(Message):
        """The mouse points at a place of the x axis."""

        place: float

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: Drawing | None = None

    def compose(self) -> ComposeResult:
        """Lay out the chart."""
        yield PlotWidget()

    def on_mount(self) -> None:
        """Leave the keys to the screen, and the room to the lines."""
        plot = self._plot
        plot.can_focus = False
        plot.margin_top = 0
        plot.margin_left = _MARGIN
        plot.margin_bottom = 1
        plot.set_x_formatter(_Labels())

    @property
    def columns(self) -> int:
        """How many columns the lines have."""
        return max(1, self.size.width - _MARGIN - 2)

    def on_resize(self) -> None:
        """Draw for the new size."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show(shown)

    def entitle(self, title: Content) -> None:
        """Say what is drawn."""
        self.border_title = title.markup

    def show(self, drawing: Drawing) -> None:
        """Draw the lines."""
        if drawing == self._shown or not self.is_mounted or not self.size.width:
            self._shown = self._shown or drawing
            return
        self._shown = drawing
        plot, window, log = self._plot, drawing.window, drawing.log
        lines = [self._fit(drawn, drawing) for drawn in drawing.lines]
        low, high = _limits([drawn.line for drawn in lines], window)
        plot.clear()
        plot.set_xlimits(window.left, window.right + self._column(window))  # the frame would hide what is at its end
        plot.set_ylimits(low, high)
        plot.set_xticks(ticks(*window, max(2, self.columns // (len(f"{window.right:,.0f}") + 5))))
        rows = max(2, self.size.height // _A_ROW)
        plot.set_y_formatter(_Labels(log=log))
        plot.set_yticks(log_ticks(low, high, rows) if log else ticks(low, high, rows))
        self._draw(lines, drawing)

    @on(PlotWidget.ScaleChanged)
    def _scaled(self, event: PlotWidget.ScaleChanged) -> None:
        event.stop()
        self._shown = None  # what stands there now is the mouse's doing
        self.post_message(self.Looked(Window(event.x_min, event.x_max)))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        if self._shown is not None and self.columns > 1:
            share = (event.x - _MARGIN) / self.columns
            left, right = self._shown.window
            self.post_message(self.Pointed(left + min(max(share, 0.0), 1.0) * (right - left)))

    def _column(self, window: Window) -> float:
        return 2 * (window.right - window.left) / self.columns

    @property
    def _plot(self) -> PlotWidget:
        return self.query_one(PlotWidget)

    def _fit(self, drawn: Drawn, drawing: Drawing) -> Drawn:
        """Take about two points a column of what is looked at."""
        line = drawn.line
        if drawing.log:
            line = [(x, log10(y)) for x, y in line if y > 0]
        return drawn._replace(line=visible(line, drawing.window, 2 * self.columns))

    def _draw(self, lines: list[Drawn], drawing: Drawing) -> None:
        plot, colors, window = self._plot, self.app.theme_variables, drawing.window
        for line, color, dots, end in lines:
            style = colors[color]
            if len(line) > 1:
                x, y = zip(*line, strict=True)
                plot.plot(list(x), list(y), line_style=style, hires_mode=HiResMode.BRAILLE)
            inside = [(x, y) for x, y in line if window.left <= x <= window.right]
            if inside and (dots or len(line) == 1) and len(inside) * 4 <= self.columns:
                x, y = zip(*inside, strict=True)
                plot.scatter(list(x), list(y), marker=dots or "●", marker_style=style)
            if inside and end:
                plot.scatter([inside[-1][0]], [inside[-1][1]], marker=end, marker_style=f"bold {style}")
        for mark in drawing.marks:
            if window.left <= mark.x <= window.right:
                self._mark(mark, drawing)
        if drawing.cursor is not None and window.left <= drawing.cursor <= window.right:
            plot.add_v_line(drawing.cursor, line_style=colors["foreground"])

    def _mark(self, mark: Mark, drawing: Drawing) -> None:
        color = self.app.theme_variables["warning"]
        if not mark.sign:
            self._plot.add_v_line(mark.x, line_style=color)
        elif not drawing.log or mark.y > 0:
            y = log10(mark.y) if drawing.log else mark.y
            self._plot.scatter([mark.x], [y], marker=mark.sign, marker_style=f"bold {color}")


def _limits(lines: list[Line], window: Window) -> tuple[float, float]:
    """Fit the y axis to what is looked at."""
    values = [y for line in lines for x, y in line if window.left <= x <= window.right]
    values = values or [y for line in lines for _x, y in line]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = (high - low) * _AROUND or abs(high) * 0.1 or 1.0
    return low - room, high + room
