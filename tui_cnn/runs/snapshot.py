"""A run as it stands at one moment: the sum of its events, and whether a worker holds its lock."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import LARGEST, opened
from tui_cnn.runs import events
from tui_cnn.runs.directory import Desired, RunDirectory, read_desired
from tui_cnn.runs.lock import is_held

State = Literal["queued", "running", "paused", "finished", "failed", "interrupted", "imported"]

ACTIVE: tuple[State, ...] = ("queued", "running", "paused")
"""The states in which a worker trains the run, or waits to."""

_MOST_POINTS = 1024


class Point(NamedTuple):
    """Running means over the epoch so far; `epoch` is 2.5 halfway through the third.

    `step` counts from the beginning of the run, `elapsed` are seconds of training; the rest is of that moment.
    """

    epoch: float
    loss: float | None
    accuracy: float | None
    step: int = 0
    elapsed: float = 0.0
    learning_rate: float | None = None
    images_per_second: float | None = None
    gradient_norm: float | None = None


class Tested(msgspec.Struct, frozen=True):
    """The weights that a run comes to: the best by validation or the last, and of which epoch."""

    weights: Literal["best", "last"]
    epoch: int


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A run at one moment. What a resumed run has repeated counts once.

    Attributes:
        started: the latest start of a worker, with the epochs that are planned by now; None while the first one still
            loads TensorFlow. Progress, evaluating, paused, stopped, finished and failed are those since then.
        queued: set while the worker waits in the queue.
        decoding: set while the images of the data set are read for the first time.
        chosen: what the worker measured and chose for `auto`; None where there was nothing to choose.
        progress: the latest; None until the (resumed) training has done its first steps.
        evaluating: set while validation or test images are evaluated, and no weights change.
        early_stop: set when the recipe's patience ended the training.
        curve: training loss and accuracy within the epochs, thinned.
        stopped: the worker ended because it was asked to.
        desired: what the run is to do; `run` where no worker is at it.
        elapsed: seconds of training, without those paused or stopped.
        imported: set where the weights, or the epochs, came out of a file, and nothing was trained here.
        continued: set where another run did the first epochs; those are among `epochs` and in the `curve`.
        loaded: set where it begins with weights of another model.
        damaged: lines of the events that could not be read, but for those that a killed worker left torn.
    """

    run_id: str
    name: str
    state: State = "interrupted"
    queued: events.Queued | None = None
    decoding: events.Decoding | None = None
    chosen: events.Chosen | None = None
    started: events.Started | None = None
    progress: events.Progress | None = None
    evaluating: events.Evaluating | None = None
    early_stop: events.EarlyStop | None = None
    checkpoint: events.Checkpoint | None = None
    epochs: tuple[events.Epoch, ...] = ()
    curve: tuple[Point, ...] = ()
    paused: bool = False
    stopped: bool = False
    desired: Desired = "run"
    finished: events.Finished | None = None
    failed: events.Failed | None = None
    imported: events.Imported | None = None
    continued: events.Continued | None = None
    loaded: events.Loaded | None = None
    elapsed: float = 0.0
    damaged: int = 0

    @property
    def best(self) -> events.Epoch | None:
        """The epoch whose weights are in `best.keras`."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)

    @property
    def best_accuracy(self) -> float | None:
        """The best accuracy on the validation images, of any epoch; None without validation."""
        return max((epoch.val_accuracy for epoch in self.epochs if epoch.val_accuracy is not None), default=None)

    @property
    def seconds_per_epoch(self) -> float | None:
        """The mean, of the epochs of which it is known; None: of none."""
        known = [epoch.seconds for epoch in self.epochs if epoch.seconds is not None]
        return sum(known) / len(known) if known else None

    @property
    def tested(self) -> Tested | None:
        """The weights that were tested; earlier versions, which do not say, tested the last."""
        if self.finished is None or self.finished.test_accuracy is None or not self.epochs:
            return None
        return self.weights_of(self.finished.tested_epoch or self.epochs[-1].epoch)

    def weights_of(self, epoch: int) -> Tested:
        """Name the weights after an epoch: without validation, the latest are no better than others."""
        best = self.best
        if best is None or best.epoch != epoch or (best.val_accuracy is None and best == self.epochs[-1]):
            return Tested("last", epoch)
        return Tested("best", epoch)

    @property
    def seconds_left(self) -> float | None:
        """What all that is left will take, the test too; None until something is known."""
        known = (event.seconds_left for event in (self.evaluating, self.progress) if event is not None)
        return next((seconds for seconds in known if seconds is not None), None)


class Curve:
    """The points within epochs, in order of time, so few that a long run costs no more to draw than a short one.

    Where there are too many, every other one is dropped, and from then on skipped.
    """

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


class LineReader:
    """Reads a file that another process appends to, in whole lines: a torn one is left for the next time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def read(self) -> bytes:
        """Return new lines, each with its newline; nothing if there are none, or the file cannot be read.

        They are `LARGEST` bytes at most: call again for more. What has no newline in so many is returned as it is.
        """
        try:
            with opened(self._path) as file:
                file.seek(self._read)
                data = file.read(LARGEST)
        except FormatError:
            return b""
        lines = data if len(data) == LARGEST and b"\n" not in data else data[: data.rfind(b"\n") + 1]
        self._read += len(lines)
        return lines

    def lines(self) -> Iterator[bytes]:
        """Yield new lines without their newlines, and none that is empty."""
        while data := self.read():
            yield from filter(None, data.split(b"\n"))


class Follower:
    """Reads a run's events as they are written. Any number may follow a run, at any time."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self._lines = LineReader(run.events_file)
        self._curve = Curve()
        self._snapshot = Snapshot(run_id=run.id, name=run.name)

    def poll(self) -> Snapshot:
        """Read what is new and return the run as it stands: the same object as before where nothing has changed."""
        # The lock first: a worker that ends between the two has then written why.
        held = is_held(self.run.lock_file)
        now = self._snapshot
        for line in self._lines.lines():
            try:
                event = events.decode(line)
            except ValueError:
                now = replace(now, damaged=now.damaged + (not events.is_torn(line)))
            else:
                now = replace(now, **self._changes(now, event))
        state = _state(now, held=held)
        desired = read_desired(self.run.desired_file) if held else "run"
        if now is not self._snapshot or (state, desired) != (now.state, now.desired):
            self._snapshot = replace(now, state=state, desired=desired, curve=self._curve.points())
        return self._snapshot

    def _changes(self, now: Snapshot, event: events.AnyEvent | None) -> dict[str, Any]:
        """Return what an event changes; add it to the curve."""
        match event:
            case events.Started():  # or it resumes from its checkpoint: what came after that is repeated
                done = event.resumed_from / event.steps_per_epoch
                self._curve.cut(done)
                names = ("queued", "decoding", "progress", "evaluating", "early_stop", "finished", "failed")
                past = dict.fromkeys(names)
                epochs = tuple(epoch for epoch in now.epochs if epoch.epoch <= done)
                return {**past, "started": event, "epochs": epochs, "paused": False, "stopped": False}
            case events.Replanned():
                return {"started": now.started and replace(now.started, epochs=event.epochs)}
            case events.Queued():
                return {"queued": None if event.behind is None else event, "failed": None, "stopped": False}
            case events.Decoding():
                return {"decoding": event, "failed": None, "stopped": False}
            case events.Chosen():
                return {"chosen": event}
            case events.Progress():
                self._curve.add(_point(event))
                return {"progress": event, "elapsed": event.elapsed, "evaluating": None}
            case events.Evaluating():
                return {"evaluating": event, "elapsed": event.elapsed}
            case events.Epoch():
                return {"epochs": (*now.epochs, event), "evaluating": None}
            case events.EarlyStop():
                return {"early_stop": event}
            case events.Checkpoint():
                return {"checkpoint": event, "elapsed": event.elapsed}
            case events.Paused():
                return {"paused": True}
            case events.Resumed():
                return {"paused": False, "queued": None}
            case events.Stopped():
                return {"stopped": True, "failed": None, "decoding": None}
            case events.Finished():
                return {"finished": event, "elapsed": event.seconds, "evaluating": None}
            case events.Imported():
                return {"imported": event}
            case events.Continued():
                return {"continued": event, "started": None, "progress": None}
            case events.Loaded():
                return {"loaded": event}
            case events.Failed():
                return {"failed": event, "stopped": False, "decoding": None}
        return {}


def _point(event: events.Progress) -> Point:
    done = event.epoch - 1 + event.step / event.steps
    step = (event.epoch - 1) * event.steps + event.step
    now = (event.elapsed, event.learning_rate, event.images_per_second, event.gradient_norm)
    return Point(done, event.loss, event.accuracy, step, *now)


def _state(now: Snapshot, *, held: bool) -> State:
    """Derive the state of a run from its events, and from whether a worker holds its lock; it is stored nowhere.

    The lock has precedence over a failure, so that a failed run that was resumed counts as running at once, although
    its worker takes seconds to load TensorFlow and report it. Only `interrupted` and `failed` can be resumed.
    """
    if now.imported:
        return "imported"
    if now.finished:
        return "finished"
    if held:
        if now.queued:
            return "queued"
        return "paused" if now.paused else "running"
    return "failed" if now.failed else "interrupted"
