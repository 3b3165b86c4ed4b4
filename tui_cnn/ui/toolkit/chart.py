"""Widgets that show a plot; `Chart` draws lines over an axis, with marks, a legend, and a cursor for the mouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import log10
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.ui.toolkit.curve_data import CurveWindow, Line, within
from tui_cnn.ui.toolkit.plot import (
    AxisScale,
    Cell,
    LegendEntry,
    Plot,
    Rule,
    Sign,
    Stroke,
    draw,
    labels,
    log_ticks,
    short_labels,
    ticks,
)

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
        return self.strips(draw(self.plot, size.width, size.height, MARGIN), size.width)

    def strips(self, rows: list[list[Cell]], width: int) -> list[Strip]:
        """Give rows of cells their colours."""
        base = self.visual_style.rich_style
        names = {style for row in rows for _character, style in row}
        styles = {name: base + self.rich_style_of(name) for name in names}
        return [_strip(row, styles, width) for row in rows]

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


_WHEEL = 1.25
_WHOLE = 3
"""Epochs, steps or seconds from which the x axis is marked at whole ones."""
_A_ROW = 3
"""Rows of the y axis that a number takes, with the space around it."""
_MOST_ROWS = 8
"""Numbers that stand at the y axis at most."""
_AROUND = 0.06
"""Share of the y axis that is left free above and below."""


class ChartLine(NamedTuple):
    """A line of a chart: its points, its style, a sign at each point, and one at its end."""

    line: Line
    style: str
    dots: str = ""
    end: str = ""


class ChartDrawing(NamedTuple):
    """All that a chart shows."""

    lines: tuple[ChartLine, ...]
    window: CurveWindow
    log: bool = False
    cursor: float | None = None
    marks: tuple[Rule, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    legend_at_bottom: bool = False


class Chart(PlotView):
    """Draws anew only what is another drawing than the last."""

    @dataclass
    class WindowChanged(Message):
        """The mouse has zoomed or moved to another part of the x axis."""

        window: CurveWindow

    @dataclass
    class CursorMoved(Message):
        """The mouse points at a place of the x axis."""

        place: float

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel")
        self._drawing: ChartDrawing | None = None
        self._title = Content()
        self._dragged = False

    def on_resize(self) -> None:
        """Draw for the new size."""
        if self._drawing is not None:
            self._draw_lines(self._drawing)

    def show(self, title: Content, drawing: ChartDrawing) -> None:
        """Draw the lines."""
        if title != self._title:
            self._title = title
            self.border_title = title
        if drawing != self._drawing:
            self._drawing = drawing
            self._draw_lines(drawing)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in where the mouse points."""
        self._zoom(event, 1 / _WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out where the mouse points."""
        self._zoom(event, _WHEEL)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the window along."""
        if event.button and event.delta_x and self._drawing is not None:
            left, right = self._drawing.window
            by = event.delta_x * (right - left) / self.columns
            self._dragged = True
            self.post_message(self.WindowChanged(CurveWindow(left - by, right - by)))

    def on_mouse_down(self) -> None:
        """Begin to drag, or to click."""
        self._dragged = False

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        place = self._value_under(event)
        if place is not None and not self._dragged:
            self.post_message(self.CursorMoved(place))

    def _value_under(self, event: events.MouseEvent) -> float | None:
        offset = event.get_content_offset(self)
        return None if offset is None else self.value_at(offset.x)

    def _zoom(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        around = self._value_under(event)
        if around is not None and self._drawing is not None:
            left, right = (around + (edge - around) * factor for edge in self._drawing.window)
            self.post_message(self.WindowChanged(CurveWindow(left, right)))

    def _draw_lines(self, drawing: ChartDrawing) -> None:
        if not self.is_mounted or not self.size.width:
            return
        window, columns = drawing.window, self.columns
        lines = [line._replace(line=_visible_points(line.line, drawing, columns)) for line in drawing.lines]
        low, high = _limits([line.line for line in lines], window)
        rows = min(max(3, self.size.height // _A_ROW), _MOST_ROWS)
        places = log_ticks(low, high, rows) if drawing.log else ticks(low, high, rows)
        written = short_labels([10**place for place in places]) if drawing.log else labels(places)
        across = ticks(
            *window, max(2, columns // _label_width(window)), least=1 if window.right - window.left >= _WHOLE else 0
        )
        y = AxisScale(low, high, tuple(zip(places, written, strict=True)))
        x = AxisScale(*window, tuple(zip(across, labels(across), strict=True)))
        cursor = () if drawing.cursor is None else (Rule(drawing.cursor, "foreground"),)
        strokes = tuple(Stroke(tuple(line.line), line.style) for line in lines)
        signs = tuple(_signs(lines, drawing, columns))
        self.show_plot(Plot(x, y, (*drawing.marks, *cursor), strokes, signs, drawing.legend, drawing.legend_at_bottom))


def _label_width(window: CurveWindow) -> int:
    """Columns that a number at the x axis takes, with the space around it."""
    return len(f"{window.right:,.0f}") + 4


def _visible_points(line: Line, drawing: ChartDrawing, columns: int) -> Line:
    """Take about two points a column of what is in the window."""
    points = within(line, drawing.window, 2 * columns)
    return [(x, log10(y)) for x, y in points if y > 0] if drawing.log else points


def _signs(lines: list[ChartLine], drawing: ChartDrawing, columns: int) -> Iterator[Sign]:
    """Put a sign at each point of a line that wants it and has few, and at its end."""
    window = drawing.window
    for line, style, dots, end in lines:
        inside = [(x, y) for x, y in line if window.left <= x <= window.right]
        if (dots or len(line) == 1) and len(inside) * 4 <= columns:
            yield from (Sign(x, y, dots or "●", style) for x, y in inside)
        if inside and end:
            yield Sign(*inside[-1], end, f"bold {style}")


def _limits(lines: list[Line], window: CurveWindow) -> tuple[float, float]:
    """Fit the y axis to what is in the window."""
    values = [y for line in lines for x, y in line if window.left <= x <= window.right]
    values = values or [y for line in lines for _x, y in line]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = (high - low) * _AROUND or abs(high) * 0.1 or 1.0
    return low - room, high + room
