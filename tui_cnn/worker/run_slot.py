"""Waiting, before TensorFlow is loaded, until this run may train."""

import time

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import Queued
from tui_cnn.runs.queue_slot import QueueSlot
from tui_cnn.worker.control import Control
from tui_cnn.worker.journal import Journal

_INTERVAL = 0.1


class RunSlot:
    """The right of a run to train: acquired before it trains, released while it is paused and when it ends.

    Raises:
        OSError: the home cannot be written.
    """

    def __init__(self, run: RunDirectory, journal: Journal, control: Control) -> None:
        self._run = run
        self._journal = journal
        self._control = control
        self._slot: QueueSlot | None = None

    def acquire(self) -> bool:
        """Wait until it is the run's turn, or the command is to train now; return False if it is to stop."""
        reported: str | None = None
        self._slot = QueueSlot(self._run)
        while (behind := self._slot.try_acquire()) is not None:
            if behind != reported:
                reported = behind
                self._journal.write(Queued(behind=behind))
            match self._control.command():
                case "stop":
                    self.release()
                    return False
                case "now":
                    self.release()
                    break
            time.sleep(_INTERVAL)
        if reported is not None:
            self._journal.write(Queued(behind=None))
        return True

    def release(self) -> None:
        """Let the next run train."""
        if self._slot is not None:
            self._slot.release()
            self._slot = None
