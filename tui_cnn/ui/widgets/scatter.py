"""Points with signs, and a line through those that are best."""

from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container
from textual_plot import HiResMode, PlotWidget
from textual_plot.axis_formatter import AxisFormatter

from tui_cnn.ui.draw.numbers import short_count
from tui_cnn.ui.draw.ticks import labels, log_ticks, ticks

_MARGIN = 8
_ROOM = 0.08


class Dot(NamedTuple):
    """A point: the decimal logarithm of a cost, an accuracy, a sign, and whether it is one of the best."""

    x: float
    y: float
    sign: str
    best: bool


class _Costs(AxisFormatter):
    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Mark nothing: the ticks are always set."""
        return []

    def get_labels_for_ticks(self, ticks: "list[float]") -> list[str]:  # type: ignore[override]
        """Write the costs."""
        return [short_count(round(10**tick)) if tick >= 1 else f"{10**tick:.2g}" for tick in ticks]


class _Accuracies(_Costs):
    def get_labels_for_ticks(self, ticks: "list[float]") -> list[str]:  # type: ignore[override]
        """Write the accuracies."""
        return labels(list(ticks))


class Scatter(Container):
    """Draws dots over two axes."""

    DEFAULT_CSS = """
    Scatter {
        width: 1fr;
        height: 100%;
        border-top: solid $foreground 20%;
        border-title-color: $text;
        & PlotWidget { height: 100%; }
        & PlotWidget > .plot--axis { color: $foreground 30%; }
        & PlotWidget > .plot--tick { color: $foreground 70%; text-style: none; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the drawing."""
        yield PlotWidget(allow_pan_and_zoom=False)

    def on_mount(self) -> None:
        """Set the axes up."""
        plot = self.query_one(PlotWidget)
        plot.can_focus = False
        plot.margin_top, plot.margin_left, plot.margin_bottom = 0, _MARGIN, 1
        plot.set_x_formatter(_Costs())
        plot.set_y_formatter(_Accuracies())

    def show(self, dots: tuple[Dot, ...]) -> None:
        """Draw the dots: the best in the accent, joined by steps."""
        plot, colors = self.query_one(PlotWidget), self.app.theme_variables
        plot.clear()
        if not dots:
            return
        left, right = _reach([dot.x for dot in dots])
        low, high = _reach([dot.y for dot in dots])
        plot.set_xlimits(left, right)
        plot.set_ylimits(low, high)
        plot.set_xticks(log_ticks(left, right, max(2, self.size.width // 12)))
        plot.set_yticks(ticks(low, high, max(2, self.size.height // 3)))
        best = [dot for dot in dots if dot.best]
        if len(best) > 1:
            corners = [(best[0].x, best[0].y)]
            for dot in best[1:]:
                corners += [(dot.x, corners[-1][1]), (dot.x, dot.y)]
            x, y = zip(*corners, strict=True)
            plot.plot(list(x), list(y), line_style=colors["primary"], hires_mode=HiResMode.BRAILLE)
        for dot in reversed(dots):
            style = f"bold {colors['accent']}" if dot.best else colors["foreground"]
            plot.scatter([dot.x], [dot.y], marker=dot.sign, marker_style=style)


def _reach(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) * _ROOM or 0.1
    return low - room, high + room
