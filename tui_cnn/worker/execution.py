"""Going through batches a stretch at a time, and doing what the user wishes in between."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tui_cnn.i18n import _
from tui_cnn.runs.events import Paused, Resumed
from tui_cnn.worker.control import Control
from tui_cnn.worker.failures import TrainingError
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.pace import Speed, Stopwatch

_STRETCH = 0.1
"""Seconds that one call of TensorFlow is to last."""


class StopRequestedError(Exception):
    """It is wished that the run stops."""


class Turn(Protocol):
    """The right to train, which may have to be waited for."""

    def take(self) -> bool:
        """Wait for it; False: it is wished to stop instead."""

    def leave(self) -> None:
        """Give it away."""


class Execution:
    """Calls the compiled steps. Holds its stopwatch, and everything else, while a pause is wished."""

    def __init__(self, control: Control, journal: Journal, watch: Stopwatch, turn: Turn | None = None) -> None:
        self._control = control
        self._turn = turn
        self._journal = journal
        self._watch = watch

    def go(self, steps: Callable[[int, int], Any], first: int, last: int, speed: Speed) -> Iterator[int]:
        """Call `steps(batch, count)` for the batches from `first` until before `last`; yield the next one to do.

        Raises:
            StopRequestedError: it is wished that the run stops.
            TrainingError: the sum of losses, which `steps` returns, is no number any more.
        """
        at = first
        while at < last:
            self._obey()
            count = min(speed.batches_in(_STRETCH), last - at)
            began = self._watch.elapsed
            loss = float(steps(at, count))
            speed.add(count, self._watch.elapsed - began)
            if not math.isfinite(loss):
                raise TrainingError(
                    _("The training diverged: the loss is no number any more."),
                    _("Start a new run with a learning rate ten times lower."),
                )
            at += count
            yield at

    def _obey(self) -> None:
        wish = self._control.wish()
        if wish == "pause":
            self._watch.hold()
            self._journal.write(Paused())
            if self._turn:
                self._turn.leave()  # let others train meanwhile
            wish = self._control.wait()
            if wish != "stop" and self._turn and not self._turn.take():
                wish = "stop"
            self._watch.go_on()
            if wish != "stop":
                self._journal.write(Resumed())
        if wish == "stop":
            raise StopRequestedError
