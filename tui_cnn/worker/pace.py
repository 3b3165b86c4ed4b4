"""Time and speed of a training, as far as it trains: a pause does not count."""

import time
from collections.abc import Callable

_WEIGHT = 0.1
"""Weight of the newest measurement in the running mean of the speed."""


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
    """Seconds for a batch: an exponential mean, so that it follows a machine that gets busier.

    The first measurement is left out: TensorFlow compiles in it.
    """

    def __init__(self) -> None:
        self._compiled = False
        self.seconds: float | None = None
        """None until there is a second measurement."""

    def add(self, batches: int, seconds: float) -> None:
        """Take in that so many batches took so many seconds."""
        if self._compiled:
            newest = seconds / batches
            old = newest if self.seconds is None else self.seconds
            self.seconds = old + _WEIGHT * (newest - old)
        self._compiled = True

    def batches_in(self, seconds: float) -> int:
        """Tell how many batches take so many seconds, as far as is known; at least one."""
        return max(1, int(seconds / self.seconds)) if self.seconds else 1
