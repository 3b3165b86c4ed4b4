"""Going through batches a few at a time, and handling the user's commands in between."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tui_cnn.i18n import _
from tui_cnn.runs.events import Paused, Resumed
from tui_cnn.worker.control import Control
from tui_cnn.worker.failures import TrainingError
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.pace import Speed, Stopwatch

_CALL_SECONDS = 0.1
"""Seconds that one call of TensorFlow is to last."""


class StopRequestedError(Exception):
    """The run is to stop."""


class TrainingSlot(Protocol):
    """The right to train, which may have to be waited for."""

    def acquire(self) -> bool:
        """Wait for it; return False if the run is to stop instead."""

    def release(self) -> None:
        """Let another run train."""


class Execution:
    """Calls the compiled steps; pauses them and the stopwatch on command."""

    def __init__(self, control: Control, journal: Journal, watch: Stopwatch, slot: TrainingSlot | None = None) -> None:
        self._control = control
        self._slot = slot
        self._journal = journal
        self._watch = watch

    def run(self, steps: Callable[[int, int], Any], first: int, last: int, speed: Speed) -> Iterator[int]:
        """Call `steps(batch, count)` for the batches from `first` until before `last`; yield the next one to do.

        Raises:
            StopRequestedError: the run is to stop.
            TrainingError: the sum of losses, which `steps` returns, is no number any more.
        """
        at = first
        while at < last:
            self._handle_commands()
            count = min(speed.batches_in(_CALL_SECONDS), last - at)
            began = self._watch.elapsed
            loss = float(steps(at, count))
            speed.add(count, self._watch.elapsed - began)
            if not math.isfinite(loss):
                raise TrainingError(
                    _("Training diverged: the loss is no longer a number."),
                    _("Start a new run with a learning rate ten times lower."),
                )
            at += count
            yield at

    def _handle_commands(self) -> None:
        command = self._control.command()
        if command == "pause":
            self._watch.pause()
            self._journal.write(Paused())
            if self._slot:
                self._slot.release()  # let others train meanwhile
            command = self._control.wait_while_paused()
            if command != "stop" and self._slot and not self._slot.acquire():
                command = "stop"
            self._watch.resume()
            if command != "stop":
                self._journal.write(Resumed())
        if command == "stop":
            raise StopRequestedError
