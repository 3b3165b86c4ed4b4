"""Time and speed of a training, as far as it trains: a pause does not count."""

import time
from collections.abc import Callable

_KEPT = 0.9
"""What a measurement counts, when another comes after it, of what it counted before."""


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
    """Seconds for a batch: of the latest batches most of all, so that it follows a machine that gets busier.

    The first measurement is left out: TensorFlow compiles in it.
    """

    def __init__(self) -> None:
        self._compiled = False
        self._batches = self._spent = 0.0
        self.seconds: float | None = None
        """None until there is a second measurement."""

    def add(self, batches: int, seconds: float) -> None:
        """Take in that so many batches took so many seconds."""
        if self._compiled:
            self._batches = _KEPT * self._batches + batches
            self._spent = _KEPT * self._spent + seconds
            self.seconds = self._spent / self._batches
        self._compiled = True

    def batches_in(self, seconds: float) -> int:
        """Tell how many batches take so many seconds, as far as is known; at least one."""
        return max(1, int(seconds / self.seconds)) if self.seconds else 1
