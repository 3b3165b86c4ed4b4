"""The lines of a run's curves, as numbers: on which axis, how smooth, which part."""

from bisect import bisect_left
from collections.abc import Sequence
from math import isfinite
from typing import Literal, NamedTuple, get_args

from tui_cnn.runs.snapshot import Point, Snapshot

Axis = Literal["epochs", "steps", "seconds"]
Quantity = Literal["loss", "accuracy", "learning_rate", "images_per_second", "gradient_norm"]

AXES: tuple[Axis, ...] = get_args(Axis)
SMOOTHINGS = (0.0, 0.6, 0.9)
"""Weights of what came before; 0 draws what was told, as it was told."""

_BEGINNING = 0.05
"""Epochs at the very start that are left out: means over a handful of images would set the scale for all others."""

Line = list[tuple[float, float]]


class CurveWindow(NamedTuple):
    """The part of the x axis that is looked at."""

    left: float
    right: float

    def zoomed(self, factor: float, around: float, whole: "CurveWindow") -> "CurveWindow":
        """Look at `factor` times as much, with `around` where it was, and nothing that is not there."""
        width = min((self.right - self.left) * factor, whole.right - whole.left)
        left = around - (around - self.left) / (self.right - self.left) * width
        left = min(max(left, whole.left), whole.right - width)
        return CurveWindow(left, left + width)

    def moved(self, share: float, whole: "CurveWindow") -> "CurveWindow":
        """Look further to the right by a share of the width, or to the left, as far as there is something."""
        by = (self.right - self.left) * share
        by = min(max(by, whole.left - self.left), whole.right - self.right)
        return CurveWindow(self.left + by, self.right + by)


def whole(snapshot: Snapshot, axis: Axis) -> CurveWindow:
    """Tell how far the x axis reaches: as far as the run is to go, or as it went when it has ended early."""
    started = snapshot.started
    if started is None:  # of a history, only epochs are known
        return CurveWindow(0.0, float(max((epoch.epoch for epoch in snapshot.epochs), default=1)))
    epochs = snapshot.early_stop.epoch if snapshot.early_stop else started.epochs
    match axis:
        case "epochs":
            return CurveWindow(0.0, float(epochs))
        case "steps":
            return CurveWindow(0.0, float(epochs * started.steps_per_epoch))
        case _:
            going = snapshot.progress is not None and snapshot.finished is None and not snapshot.early_stop
            left = (snapshot.progress.seconds_left if going and snapshot.progress else None) or 0.0
            return CurveWindow(0.0, max(snapshot.elapsed + (left if isfinite(left) else 0.0), 1e-3))


def training(snapshot: Snapshot, quantity: Quantity, axis: Axis) -> Line:
    """What was told while it trained: of loss and accuracy the running means over the epoch so far."""
    drawn = quantity in ("loss", "accuracy")
    return [
        (_place(point, axis), float(value))
        for point in snapshot.curve
        if (value := getattr(point, quantity)) is not None and isfinite(value)
        if not drawn or point.epoch > _BEGINNING or len(snapshot.curve) < 2
    ]


def validation(snapshot: Snapshot, quantity: Quantity, axis: Axis) -> Line:
    """What was measured on the validation images after each epoch."""
    if quantity not in ("loss", "accuracy"):
        return []
    told = [(epoch.epoch, getattr(epoch, f"val_{quantity}")) for epoch in snapshot.epochs]
    known = [(epoch, value) for epoch, value in told if value is not None and isfinite(value)]
    return [(at_epoch(snapshot, epoch, axis), value) for epoch, value in known]


def at_epoch(snapshot: Snapshot, epoch: float, axis: Axis) -> float:
    """Find where on the axis an epoch ended."""
    if axis == "epochs":
        return float(epoch)
    if axis == "steps":
        return epoch * (snapshot.started.steps_per_epoch if snapshot.started else 1)
    curve = snapshot.curve
    place = bisect_left(curve, epoch - 1e-9, key=lambda point: point.epoch)
    return curve[min(place, len(curve) - 1)].elapsed if curve else 0.0


def epoch_at(snapshot: Snapshot, place: float, axis: Axis) -> float:
    """Find how many epochs were done at a place of the axis."""
    if axis == "epochs":
        return place
    if axis == "steps":
        return place / (snapshot.started.steps_per_epoch if snapshot.started else 1)
    curve = snapshot.curve
    found = bisect_left(curve, place, key=lambda point: point.elapsed)
    return curve[min(found, len(curve) - 1)].epoch if curve else 0.0


def smooth(line: Line, weight: float) -> Line:
    """Draw a line by its exponential moving average, corrected for its beginning; a weight of 0 changes nothing."""
    if not weight:
        return line
    mean, known, smoothed = 0.0, 0.0, []
    for x, y in line:
        mean, known = weight * mean + (1 - weight) * y, weight * known + (1 - weight)
        smoothed.append((x, mean / known))
    return smoothed


def within(line: Line, window: CurveWindow, most: int) -> Line:
    """Take the part of a line that is looked at, with a point beyond each edge, and of many points about `most`."""
    places = [x for x, _y in line]
    first, last = bisect_left(places, window.left), bisect_left(places, window.right)
    part = line[max(0, first - 1) : last + 1]
    every = max(1, -(-len(part) // max(most, 2)))
    return part[::-every][::-1]


def value_at(line: Line, place: float) -> float | None:
    """Read a line at a place: the value last told there; None before the first, and well after the last."""
    places = [x for x, _y in line]
    found = bisect_left(places, place)
    if found < len(line) and (found == 0 or places[found] - place < place - places[found - 1]):
        return line[found][1]
    return line[found - 1][1] if found else None


def recent(curve: Sequence[Point], quantity: Quantity, count: int) -> list[float]:
    """Take the latest values of a quantity, for a small drawing."""
    told = [getattr(point, quantity) for point in curve[-4 * count :]]
    known = [value for value in told if value is not None and isfinite(value)]
    return known[-count:]


def _place(point: Point, axis: Axis) -> float:
    return {"epochs": point.epoch, "steps": float(point.step), "seconds": point.elapsed}[axis]
