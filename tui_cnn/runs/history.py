"""The state of a run after its events; what a resumed run has repeated counts once."""

from tui_cnn.runs.curve import Curve, Point
from tui_cnn.runs.events import (
    AnyEvent,
    Checkpoint,
    Chosen,
    EarlyStop,
    Epoch,
    Evaluating,
    Failed,
    Finished,
    Paused,
    Progress,
    Queued,
    Resumed,
    Started,
    Stopped,
)


class History:
    """What is known after the events so far.

    Attributes:
        started: the latest start; progress, evaluating, paused, stopped, finished and failed are those since then.
        queued: set while the worker waits in the queue.
        evaluating: set while images are evaluated, and no weights change.
        chosen: what was chosen for `auto`; it holds for all of the run.
        elapsed: seconds of training in all, without those paused or stopped.
    """

    def __init__(self) -> None:
        self.started: Started | None = None
        self.queued: Queued | None = None
        self.chosen: Chosen | None = None
        self.progress: Progress | None = None
        self.evaluating: Evaluating | None = None
        self.early_stop: EarlyStop | None = None
        self.checkpoint: Checkpoint | None = None
        self.finished: Finished | None = None
        self.failed: Failed | None = None
        self.epochs: list[Epoch] = []
        self.curve = Curve()
        self.paused = False
        self.stopped = False
        self.elapsed = 0.0

    def add(self, event: AnyEvent) -> None:
        """Add the next event."""
        match event:
            case Started():
                self._start(event)
            case Queued():
                self.queued = event if event.behind is not None else None
                self.failed, self.stopped = None, False
            case Chosen():
                self.chosen = event
            case Progress():
                self._progress(event)
            case Evaluating():
                self.evaluating, self.elapsed = event, event.elapsed
            case Epoch():
                self.epochs.append(event)
                self.evaluating = None
            case EarlyStop():
                self.early_stop = event
            case Checkpoint():
                self.checkpoint, self.elapsed = event, event.elapsed
            case Paused():
                self.paused = True
            case Resumed():
                self.paused, self.queued = False, None
            case Stopped():
                self.stopped = True
            case Finished():
                self.finished, self.elapsed = event, event.seconds
                self.evaluating = None
            case Failed():
                self.failed = event

    def _start(self, event: Started) -> None:
        """A run begins, or resumes from its checkpoint: what came after that is repeated."""
        done = event.resumed_from / event.steps_per_epoch
        self.started = event
        self.queued = self.progress = self.evaluating = self.early_stop = self.finished = self.failed = None
        self.paused = self.stopped = False
        self.epochs = [epoch for epoch in self.epochs if epoch.epoch <= done]
        self.curve.cut(done)

    def _progress(self, event: Progress) -> None:
        self.progress, self.elapsed = event, event.elapsed
        self.evaluating = None
        done = event.epoch - 1 + event.step / event.steps
        step = (event.epoch - 1) * event.steps + event.step
        now = (event.elapsed, event.learning_rate, event.images_per_second, event.gradient_norm)
        self.curve.add(Point(done, event.loss, event.accuracy, step, *now))
