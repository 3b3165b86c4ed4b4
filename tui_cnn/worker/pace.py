"""Time and speed of a training, as far as it trains: a pause does not count."""

import math
import time
from collections.abc import Callable

_GLANCE, _WHILE = 1.0, 30.0
"""Seconds to look back."""


class Stopwatch:
    """Seconds that have passed, without those while it was held."""

    def __init__(self, elapsed: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before = elapsed
        self._since: float | None = clock()

    @property
    def elapsed(self) -> float:
        """Seconds so far."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def hold(self) -> None:
        """Stand still."""
        self._before, self._since = self.elapsed, None

    def go_on(self) -> None:
        """Run again."""
        self._since = self._clock()


class Speed:
    """Seconds for a batch, by how far one looks back: a second, half a minute, or to where an epoch began.

    The first measurement is left out: TensorFlow compiles in it. All are None until there is a second one.
    """

    def __init__(self) -> None:
        self._compiled = False
        self._latest, self._steady, self._whole = _Mean(_GLANCE), _Mean(_WHILE), _Mean(math.inf)

    def begin(self) -> None:
        """Look back no further than to now, as far as all of it is meant."""
        self._whole = _Mean(math.inf)

    def add(self, batches: int, seconds: float) -> None:
        """Take in that so many batches took so many seconds."""
        if self._compiled:
            for mean in (self._latest, self._steady, self._whole):
                mean.add(batches, seconds)
        self._compiled = True

    @property
    def latest(self) -> float | None:
        """By the last second, so that it follows a machine that gets busier."""
        return self._latest.value

    @property
    def steady(self) -> float | None:
        """By the last half minute, so that what is told of the time left does not jump."""
        return self._steady.value

    @property
    def whole(self) -> float | None:
        """By all since it began, or where that is nothing yet, by what was before."""
        return self._whole.value or self._steady.value

    def batches_in(self, seconds: float) -> int:
        """Tell how many batches take so many seconds, as far as is known; at least one."""
        return max(1, int(seconds / self.latest)) if self.latest else 1


class _Mean:
    """Seconds for a batch; what lies `horizon` seconds back counts 1/e of what is new."""

    def __init__(self, horizon: float) -> None:
        self._horizon = horizon
        self._batches = self._seconds = 0.0

    def add(self, batches: int, seconds: float) -> None:
        kept = math.exp(-seconds / self._horizon)
        self._batches = kept * self._batches + batches
        self._seconds = kept * self._seconds + seconds

    @property
    def value(self) -> float | None:
        return self._seconds / self._batches if self._batches else None
