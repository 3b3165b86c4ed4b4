"""The learning curve within epochs, thinned so that a long run costs no more to keep and to draw than a short one."""

from typing import NamedTuple

_MOST_POINTS = 1024


class Point(NamedTuple):
    """Running means over the epoch so far; `epoch` is 2.5 halfway through the third.

    `step` counts from the beginning of the run, `elapsed` are seconds of training; the rest is of that moment.
    """

    epoch: float
    loss: float
    accuracy: float
    step: int = 0
    elapsed: float = 0.0
    learning_rate: float | None = None
    images_per_second: float | None = None
    gradient_norm: float | None = None


class Curve:
    """Points in order of time. Where there are too many, every other one is dropped, and from then on skipped."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._last: Point | None = None
        self._stride = 1
        self._skipped = 0

    def add(self, point: Point) -> None:
        """Add the newest point."""
        self._last = point
        self._skipped += 1
        if self._skipped < self._stride:
            return
        self._skipped = 0
        self._points.append(point)
        if len(self._points) > _MOST_POINTS:
            del self._points[1::2]
            self._stride *= 2

    def cut(self, epoch: float) -> None:
        """Forget what came after `epoch`."""
        self._points = [point for point in self._points if point.epoch <= epoch]
        self._last = self._points[-1] if self._points else None

    def points(self) -> tuple[Point, ...]:
        """The points kept, and always the newest."""
        newest = () if self._last is None or self._last in self._points[-1:] else (self._last,)
        return (*self._points, *newest)
