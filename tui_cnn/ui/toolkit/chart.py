"""One chart: lines over an axis, with marks, and a cursor that the curves beside it share."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message

from tui_cnn.ui.toolkit.curve_data import Line, Window, visible
from tui_cnn.ui.toolkit.plot import Plot, Rule, Scale, Sign, Stroke
from tui_cnn.ui.toolkit.plot_view import MARGIN, PlotView
from tui_cnn.ui.toolkit.ticks import labels, log_ticks, short_labels, ticks

_WHEEL = 1.25
_WHOLE = 3
"""Epochs, steps or seconds from which the x axis is marked at whole ones."""
_A_ROW = 2
"""Rows of the y axis that a number takes, with the space around it."""
_MOST_ROWS = 8
"""Numbers that stand at the y axis at most."""
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


class Chart(Container):
    """Draws anew only what is another drawing than the last."""

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 100%;
        border-top: solid $foreground 20%;
        border-title-color: $text;
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
        self._title = Content()
        self._dragged = False

    def compose(self) -> ComposeResult:
        """Lay out the chart."""
        yield PlotView()

    @property
    def columns(self) -> int:
        """How many columns the lines have."""
        return max(1, self.size.width - MARGIN - 1)  # not the plot's own size, which comes a moment later

    def on_resize(self) -> None:
        """Draw for the new size."""
        if self._shown is not None:
            self._draw(self._shown)

    def entitle(self, title: Content) -> None:
        """Say what is drawn."""
        if title != self._title:
            self._title = title
            self.border_title = title

    def show(self, drawing: Drawing) -> None:
        """Draw the lines."""
        if drawing != self._shown:
            self._shown = drawing
            self._draw(drawing)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look closer at where the mouse points."""
        self._zoom(event, 1 / _WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look from further away."""
        self._zoom(event, _WHEEL)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag what is looked at along."""
        if event.button and event.delta_x and self._shown is not None:
            left, right = self._shown.window
            by = event.delta_x * (right - left) / self.columns
            self._dragged = True
            self.post_message(self.Looked(Window(left - by, right - by)))

    def on_mouse_down(self) -> None:
        """Begin to drag, or to click."""
        self._dragged = False

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        place = self._view.value_at(event.x)
        if place is not None and not self._dragged:
            self.post_message(self.Pointed(place))

    @property
    def _view(self) -> PlotView:
        return self.query_one(PlotView)

    def _zoom(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        around = self._view.value_at(event.x)
        if around is not None and self._shown is not None:
            left, right = (around + (edge - around) * factor for edge in self._shown.window)
            self.post_message(self.Looked(Window(left, right)))

    def _draw(self, drawing: Drawing) -> None:
        if not self.is_mounted or not self.size.width:
            return
        window, columns = drawing.window, self.columns
        lines = [drawn._replace(line=_taken(drawn.line, drawing, columns)) for drawn in drawing.lines]
        low, high = _limits([drawn.line for drawn in lines], window)
        rows = min(max(2, self.size.height // _A_ROW), _MOST_ROWS)
        places = log_ticks(low, high, rows) if drawing.log else ticks(low, high, rows)
        written = short_labels([10**place for place in places]) if drawing.log else labels(places)
        across = ticks(
            *window, max(2, columns // _label(window)), least=1 if window.right - window.left >= _WHOLE else 0
        )
        y = Scale(low, high, tuple(zip(places, written, strict=True)))
        x = Scale(*window, tuple(zip(across, labels(across), strict=True)))
        rules = [Rule(mark.x, "warning") for mark in drawing.marks if not mark.sign]
        if drawing.cursor is not None:
            rules.append(Rule(drawing.cursor, "foreground"))
        strokes = [Stroke(tuple(drawn.line), drawn.color) for drawn in lines]
        self._view.show(Plot(x, y, tuple(rules), tuple(strokes), tuple(_signs(lines, drawing, columns))))


def _label(window: Window) -> int:
    """Columns that a number at the x axis takes, with the space around it."""
    return len(f"{window.right:,.0f}") + 4


def _taken(line: Line, drawing: Drawing, columns: int) -> Line:
    """Take about two points a column of what is looked at."""
    taken = visible(line, drawing.window, 2 * columns)
    return [(x, log10(y)) for x, y in taken if y > 0] if drawing.log else taken


def _signs(lines: list[Drawn], drawing: Drawing, columns: int) -> Iterator[Sign]:
    """Put a sign at each point of a line that wants it and has few, at its end, and where there is a mark."""
    window = drawing.window
    for line, color, dots, end in lines:
        inside = [(x, y) for x, y in line if window.left <= x <= window.right]
        if (dots or len(line) == 1) and len(inside) * 4 <= columns:
            yield from (Sign(x, y, dots or "●", color) for x, y in inside)
        if inside and end:
            yield Sign(*inside[-1], end, f"bold {color}")
    for mark in drawing.marks:
        if mark.sign and (mark.y > 0 or not drawing.log):
            yield Sign(mark.x, log10(mark.y) if drawing.log else mark.y, mark.sign, "bold warning")


def _limits(lines: list[Line], window: Window) -> tuple[float, float]:
    """Fit the y axis to what is looked at."""
    values = [y for line in lines for x, y in line if window.left <= x <= window.right]
    values = values or [y for line in lines for _x, y in line]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = (high - low) * _AROUND or abs(high) * 0.1 or 1.0
    return low - room, high + room
