"""Going through batches a few at a time, with time and speed measured, and the user's commands handled in between."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from tui_cnn.i18n import _
from tui_cnn.runs.events import Paused, Resumed
from tui_cnn.worker.control import Control, QueueSlot
from tui_cnn.worker.journal import DivergedError, Journal

_LATEST_SECONDS, _STEADY_SECONDS = 1.0, 30.0
"""How far back the means reach."""
_CALL_SECONDS = 0.1
"""Seconds that one call of TensorFlow is to last."""


class StopRequestedError(Exception):
    """The run is to stop."""


class Stopwatch:
    """Seconds that have passed, without those while it was paused."""

    def __init__(self, elapsed: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before = elapsed
        self._since: float | None = clock()

    @property
    def elapsed(self) -> float:
        """Seconds so far."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def pause(self) -> None:
        """Stop counting."""
        self._before, self._since = self.elapsed, None

    def resume(self) -> None:
        """Count again."""
        self._since = self._clock()


class Speed:
    """Mean seconds for a batch, over the last second, the last half minute, or since an epoch began.

    Measurements in which TensorFlow compiles are left out, as the first is. All are None until there is a second one.
    """

    def __init__(self) -> None:
        self._compiled = False
        self._latest, self._steady, self._whole = _Mean(_LATEST_SECONDS), _Mean(_STEADY_SECONDS), _Mean(math.inf)

    def compiling(self) -> None:
        """Leave the next measurement out."""
        self._compiled = False

    def begin(self) -> None:
        """Begin an epoch."""
        self._whole = _Mean(math.inf)

    def add(self, batches: int, seconds: float) -> None:
        """Add batches that took so many seconds."""
        if self._compiled:
            for mean in (self._latest, self._steady, self._whole):
                mean.add(batches, seconds)
        self._compiled = True

    @property
    def latest(self) -> float | None:
        """Over the last second, so that it follows a machine that gets busier."""
        return self._latest.value

    @property
    def steady(self) -> float | None:
        """Over the last half minute, so that the time left does not jump."""
        return self._steady.value

    @property
    def whole(self) -> float | None:
        """Since the epoch began; before its first batch, as `steady`."""
        return self._whole.value or self._steady.value

    def batches_in(self, seconds: float) -> int:
        """Return how many batches take so many seconds, as far as is known; at least one."""
        return max(1, int(seconds / self.latest)) if self.latest else 1


class Execution:
    """Calls the compiled steps; pauses them and the stopwatch on command."""

    def __init__(self, control: Control, journal: Journal, watch: Stopwatch, slot: QueueSlot | None = None) -> None:
        self._control = control
        self._slot = slot
        self._journal = journal
        self._watch = watch

    def run(self, steps: Callable[[int, int], Any], first: int, last: int, speed: Speed) -> Iterator[int]:
        """Call `steps(batch, count)` for the batches from `first` until before `last`; yield the next one to do.

        Raises:
            StopRequestedError: the run is to stop.
            DivergedError: the sum of losses, which `steps` returns, is no number any more.
        """
        at = first
        while at < last:
            self._handle_commands()
            count = min(speed.batches_in(_CALL_SECONDS), last - at)
            began = self._watch.elapsed
            loss = float(steps(at, count))
            speed.add(count, self._watch.elapsed - began)
            if not math.isfinite(loss):
                raise DivergedError(
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


class _Mean:
    """Seconds for a batch; what lies `horizon` seconds back counts 1/e of what is new."""

    def __init__(self, horizon: float) -> None:
        self._horizon = horizon
        self._batches = self._seconds = 0.0

    def add(self, batches: int, seconds: float) -> None:
        decay = math.exp(-seconds / self._horizon)
        self._batches = decay * self._batches + batches
        self._seconds = decay * self._seconds + seconds

    @property
    def value(self) -> float | None:
        return self._seconds / self._batches if self._batches else None
