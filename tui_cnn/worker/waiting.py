"""Waiting, before TensorFlow is loaded, until it is this run's turn to train."""

import time

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import Queued
from tui_cnn.runs.turn import Turn
from tui_cnn.worker.control import Control
from tui_cnn.worker.journal import Journal

_EVERY = 0.1


class Waiting:
    """A run's turn: taken before it trains, given away while it is paused and when it ends.

    Raises:
        OSError: the home cannot be written.
    """

    def __init__(self, run: RunDirectory, journal: Journal, control: Control) -> None:
        self._run = run
        self._journal = journal
        self._control = control
        self._turn: Turn | None = None

    def take(self) -> bool:
        """Wait until it is the run's turn, or it is wished to go ahead; return False if it is wished to stop."""
        told: str | None = None
        self._turn = Turn(self._run)
        while (behind := self._turn.take()) is not None:
            if behind != told:
                told = behind
                self._journal.write(Queued(behind=behind))
            match self._control.wish():
                case "stop":
                    self.leave()
                    return False
                case "now":
                    self.leave()
                    break
            time.sleep(_EVERY)
        if told is not None:
            self._journal.write(Queued(behind=None))
        return True

    def leave(self) -> None:
        """Let the next run have its turn."""
        if self._turn is not None:
            self._turn.leave()
            self._turn = None
