"""Points with signs, and a line through those that are best."""

from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container

from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.toolkit.plot import Plot, Scale, Sign, Stroke
from tui_cnn.ui.toolkit.plot_view import PlotView
from tui_cnn.ui.toolkit.ticks import labels, log_ticks, ticks

_ROOM = 0.08


class Dot(NamedTuple):
    """A point: the decimal logarithm of a cost, an accuracy, a sign, and whether it is one of the best."""

    x: float
    y: float
    sign: str
    best: bool


class Scatter(Container):
    """Draws dots over two axes."""

    DEFAULT_CSS = """
    Scatter {
        width: 1fr;
        height: 100%;
        border-top: solid $foreground 20%;
        border-title-color: $text;
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the drawing."""
        yield PlotView()

    def show(self, dots: tuple[Dot, ...]) -> None:
        """Draw the dots: the best in the accent, joined by steps."""
        if not dots:
            self.query_one(PlotView).display = False
            return
        left, right = _reach([dot.x for dot in dots])
        low, high = _reach([dot.y for dot in dots])
        costs = log_ticks(left, right, max(2, self.size.width // 12))
        accuracies = ticks(low, high, max(2, self.size.height // 3))
        x = Scale(left, right, tuple(zip(costs, map(_cost, costs), strict=True)))
        y = Scale(low, high, tuple(zip(accuracies, labels(accuracies), strict=True)))
        signs = [Sign(dot.x, dot.y, dot.sign, "bold accent" if dot.best else "foreground") for dot in reversed(dots)]
        view = self.query_one(PlotView)
        view.display = True
        view.show(Plot(x, y, strokes=(Stroke(_steps(dots), "primary"),), signs=tuple(signs)))


def _steps(dots: tuple[Dot, ...]) -> tuple[tuple[float, float], ...]:
    """Join the best: what can be had for a cost, until more is to be had for more."""
    corners: list[tuple[float, float]] = []
    for dot in (dot for dot in dots if dot.best):
        if corners:
            corners.append((dot.x, corners[-1][1]))
        corners.append((dot.x, dot.y))
    return tuple(corners)


def _cost(tick: float) -> str:
    value = 10**tick
    return short_count(round(value)) if value >= 10 else f"{value:.2g}"


def _reach(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) * _ROOM or 0.1
    return low - room, high + room
