"""Whether one network is better than another on the same images, or luck: a paired test and a paired interval.

Only the images count that exactly one of the two predicts correctly.
"""

from math import comb, erfc, sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

_MOST_EXACT = 1000
"""Images on which the two differ up to which the test is exact; beyond, its approximation is as good."""
_RESAMPLES = 10_000
_LEVEL = 0.95
_CHANCE = 0.05

Right = npt.NDArray[np.bool_]


class PairedComparison(NamedTuple):
    """Two networks, A and B, on the same images.

    Attributes:
        images: how many; only_a, only_b: how many only the one predicts correctly.
        low, high: the 95 % interval of the difference of accuracies.
        p_value: how likely so unequal counts are if both were equally good.
    """

    images: int
    only_a: int
    only_b: int
    low: float
    high: float
    p_value: float

    @property
    def difference(self) -> float:
        """The accuracy of A less that of B, −1 to 1."""
        return (self.only_a - self.only_b) / self.images

    @property
    def is_shown(self) -> bool:
        """Whether one is better by both the test and the interval: the interval alone is too narrow for few images."""
        return self.p_value < _CHANCE and not self.low <= 0 <= self.high


def compare_paired(first: Right, second: Right) -> PairedComparison:
    """Compare which of the same images, (n,), two networks predict correctly."""
    only_a, only_b = int((first & ~second).sum()), int((second & ~first).sum())
    low, high = bootstrap_interval(only_a, only_b, len(first))
    return PairedComparison(len(first), only_a, only_b, low, high, mcnemar(only_a, only_b))


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value of McNemar's test for the counts of images that only one predicts correctly.

    Exact by the binomial distribution for up to 1,000 such images, else by chi-squared with Edwards' correction.
    McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.
    """
    differing, fewer = only_a + only_b, min(only_a, only_b)
    if differing == 0:
        return 1.0
    if differing <= _MOST_EXACT:
        tail = sum(comb(differing, count) for count in range(fewer + 1))
        return float(min(1.0, 2 * tail / 2**differing))
    squared = max(0, abs(only_a - only_b) - 1) ** 2 / differing
    return float(erfc(sqrt(squared / 2)))


def bootstrap_interval(only_a: int, only_b: int, images: int, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile interval of the accuracy of A less that of B, from 10,000 resamples of the images.

    Images drawn with replacement are counts drawn from a multinomial distribution, so only counts are drawn.
    """
    shares = np.array([only_a, only_b, images - only_a - only_b]) / images
    drawn: npt.NDArray[Any] = np.random.default_rng(seed).multinomial(images, shares, size=_RESAMPLES)
    differences = (drawn[:, 0] - drawn[:, 1]) / images
    low, high = np.quantile(differences, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
