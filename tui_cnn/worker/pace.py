"""Time and speed of a training, as far as it trains: a pause does not count."""

import math
import time
from collections.abc import Callable

_LATEST_SECONDS, _STEADY_SECONDS = 1.0, 30.0
"""How far back the means reach."""


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

    The first measurement is left out: TensorFlow compiles in it. All are None until there is a second one.
    """

    def __init__(self) -> None:
        self._compiled = False
        self._latest, self._steady, self._whole = _Mean(_LATEST_SECONDS), _Mean(_STEADY_SECONDS), _Mean(math.inf)

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
