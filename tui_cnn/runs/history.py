"""The story that a run's events tell, with what a resumed run did over again told once."""

from tui_cnn.runs.curve import Curve, Point
from tui_cnn.runs.events import (
    AnyEvent,
    Checkpoint,
    Epoch,
    Failed,
    Finished,
    Paused,
    Progress,
    Resumed,
    Started,
    Stopped,
)


class History:
    """What is known after the events told so far.

    Attributes:
        started: the latest start; progress, paused, stopped, finished and failed are those since then.
        elapsed: seconds of training in all, without those paused or stopped.
    """

    def __init__(self) -> None:
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.checkpoint: Checkpoint | None = None
        self.finished: Finished | None = None
        self.failed: Failed | None = None
        self.epochs: list[Epoch] = []
        self.curve = Curve()
        self.paused = False
        self.stopped = False
        self.elapsed = 0.0

    def tell(self, event: AnyEvent) -> None:
        """Take in the next event."""
        match event:
            case Started():
                self._start(event)
            case Progress():
                self.progress, self.elapsed = event, event.elapsed
                at = event.epoch - 1 + event.step / event.steps
                self.curve.add(Point(at, event.loss, event.accuracy))
            case Epoch():
                self.epochs.append(event)
            case Checkpoint():
                self.checkpoint, self.elapsed = event, event.elapsed
            case Paused():
                self.paused = True
            case Resumed():
                self.paused = False
            case Stopped():
                self.stopped = True
            case Finished():
                self.finished, self.elapsed = event, event.seconds
            case Failed():
                self.failed = event

    def _start(self, event: Started) -> None:
        """A run begins, or goes on from its checkpoint: what came after that is done, and told, again."""
        done = event.resumed_from / event.steps_per_epoch
        self.started = event
        self.progress = self.finished = self.failed = None
        self.paused = self.stopped = False
        self.epochs = [epoch for epoch in self.epochs if epoch.epoch <= done]
        self.curve.cut(done)
