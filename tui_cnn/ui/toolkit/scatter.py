"""Accuracy against cost as a plot: every dot a sign, those that no other beats joined by a line."""

from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.toolkit.plot import AxisScale, Plot, Rule, Sign, Stroke, labels, log_ticks, ticks

_AROUND = 0.08
"""Share of an axis that is left free at both ends."""

Point = tuple[float, float]
"""A cost, and an accuracy."""


class Dot(NamedTuple):
    """A point: the decimal logarithm of a cost, an accuracy, a sign, whether it is one of the best, and selected."""

    x: float
    y: float
    sign: str
    best: bool
    selected: bool = False


def pareto_front(points: Sequence[Point]) -> list[int]:
    """Find the points that no other beats: none costs as little and is as accurate, and better in one of both.

    Returns their places, from the cheapest to the dearest.
    """
    order = sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1]))
    front: list[int] = []
    for place in order:
        best = points[front[-1]] if front else None
        if best is None or points[place][1] > best[1] or points[place] == best:
            front.append(place)
    return front


def scatter_plot(dots: tuple[Dot, ...], columns: int, rows: int) -> Plot:
    """Plot dots, at least one: the best in the accent, joined by steps."""
    left, right = _limits([dot.x for dot in dots])
    low, high = _limits([dot.y for dot in dots])
    costs = log_ticks(left, right, max(2, columns // 12))
    written = [short_count(round(10**tick)) if tick >= 1 else f"{10**tick:.2g}" for tick in costs]
    accuracies = ticks(low, high, max(2, rows // 3))
    x = AxisScale(left, right, tuple(zip(costs, written, strict=True)))
    y = AxisScale(low, high, tuple(zip(accuracies, labels(accuracies), strict=True)))
    drawn = [*(dot for dot in reversed(dots) if not dot.selected), *(dot for dot in dots if dot.selected)]
    signs = [Sign(dot.x, dot.y, dot.sign, _style(dot)) for dot in drawn]
    rules = tuple(Rule(dot.x, "axis") for dot in dots if dot.selected)
    corners: list[Point] = []
    for dot in (dot for dot in dots if dot.best):  # what can be had for a cost, until more is to be had for more
        if corners:
            corners.append((dot.x, corners[-1][1]))
        corners.append((dot.x, dot.y))
    return Plot(x, y, rules, strokes=(Stroke(tuple(corners), "primary"),), signs=tuple(signs))


def _style(dot: Dot) -> str:
    return "bold primary" if dot.selected else "bold accent" if dot.best else "foreground"


def _limits(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) * _AROUND or 0.1
    return low - room, high + room
