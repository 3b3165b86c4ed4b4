"""A run as it stands at one moment."""

import msgspec

from tui_cnn.runs.curve import Point
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import (
    Checkpoint,
    Chosen,
    EarlyStop,
    Epoch,
    Evaluating,
    Failed,
    Finished,
    Progress,
    Queued,
    Started,
    decode,
)
from tui_cnn.runs.history import History
from tui_cnn.runs.line_reader import LineReader
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.state import State, derive_state


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A run at one moment.

    Attributes:
        started: the latest start of a worker; None while the first one still loads TensorFlow.
        queued: set while the worker waits in the queue.
        chosen: what the worker measured and chose for `auto`; None where there was nothing to choose.
        progress: the latest; None until the (resumed) training has done its first steps.
        evaluating: set while validation or test images are evaluated.
        early_stop: set when the recipe's patience ended the training.
        curve: training loss and accuracy within the epochs, thinned.
        stopped: the worker ended because it was asked to.
        elapsed: seconds of training, without those paused or stopped.
        damaged: lines of the events that could not be read.
    """

    run_id: str
    name: str
    state: State
    queued: Queued | None
    chosen: Chosen | None
    started: Started | None
    progress: Progress | None
    evaluating: Evaluating | None
    early_stop: EarlyStop | None
    checkpoint: Checkpoint | None
    epochs: tuple[Epoch, ...]
    curve: tuple[Point, ...]
    stopped: bool
    finished: Finished | None
    failed: Failed | None
    elapsed: float
    damaged: int

    @property
    def best(self) -> Epoch | None:
        """The epoch whose weights are in `best.keras`."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)


class Follower:
    """Reads a run's events as they are written. Any number may follow a run, at any time."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self._history = History()
        self._lines = LineReader(run.events_file)
        self._damaged = 0
        self._snapshot: Snapshot | None = None

    def poll(self) -> Snapshot:
        """Read what is new and return the run as it stands: the same object as before where nothing has changed."""
        # The lock first: a worker that ends between the two has then written why.
        held = is_held(self.run.lock_file)
        news = self._read_news()
        state = derive_state(self._history, held=held)
        if self._snapshot is None or news or state != self._snapshot.state:
            self._snapshot = self._take(state)
        return self._snapshot

    def _read_news(self) -> bool:
        """Add the events that are new; return whether there are any."""
        lines = self._lines.read()
        for line in filter(None, lines.split(b"\n")):
            try:
                event = decode(line)
            except ValueError:
                self._damaged += 1
            else:
                if event is not None:
                    self._history.add(event)
        return bool(lines)

    def _take(self, state: State) -> Snapshot:
        history = self._history
        return Snapshot(
            run_id=self.run.id,
            name=self.run.name,
            state=state,
            queued=history.queued,
            chosen=history.chosen,
            started=history.started,
            progress=history.progress,
            evaluating=history.evaluating,
            early_stop=history.early_stop,
            checkpoint=history.checkpoint,
            epochs=tuple(history.epochs),
            curve=history.curve.points(),
            stopped=history.stopped,
            finished=history.finished,
            failed=history.failed,
            elapsed=history.elapsed,
            damaged=self._damaged,
        )
