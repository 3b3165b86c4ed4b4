"""Where an axis is marked, and what stands there."""

from itertools import pairwise
from math import ceil, floor, log10

_STEPS = (1, 2, 5, 10)
_SAME = 1e-9
"""Differences below this share of a step come from rounding."""


def ticks(low: float, high: float, most: int, *, least: float = 0.0) -> list[float]:
    """Mark an axis from `low` to `high` at round numbers, at most `most` of them, and at least `least` apart."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** floor(log10(span / max(most, 2)))
    for factor in (*_STEPS, 20, 50, 100):
        step = factor * power
        first, last = ceil(low / step - _SAME), floor(high / step + _SAME)
        if last - first + 1 <= most and step >= least:
            return [round(number * step, 12) for number in range(first, last + 1)]
    return []


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Mark an axis whose `low` and `high` are decimal logarithms; what is returned are logarithms, too."""
    if high - low < 1:
        return [log10(tick) for tick in ticks(10**low, 10**high, most) if tick > 0]
    decades = range(ceil(low - _SAME), floor(high + _SAME) + 1)
    fine = sorted(decade + log10(factor) for decade in range(floor(low), ceil(high) + 1) for factor in (1, 2, 5))
    inside = [tick for tick in fine if low - _SAME <= tick <= high + _SAME]
    return inside if len(inside) <= most else [float(decade) for decade in decades]


def labels(values: list[float]) -> list[str]:
    """Write the numbers at an axis, all with the decimals that tell them apart: `0.5`, `1,000`, `2e-05`."""
    if not values:
        return []
    largest = max(map(abs, values))
    step = min((abs(b - a) for a, b in pairwise(values)), default=largest) or 1.0
    if largest and largest < 1e-3:
        return [f"{value:.0e}" if value else "0" for value in values]
    decimals = max(0, -floor(log10(step) + _SAME))
    return [f"{value:,.{decimals}f}" for value in values]


def short_labels(values: list[float]) -> list[str]:
    """Write numbers of any size each on its own, as those of a logarithmic axis are: `0.002`, `50`, `1e+06`."""
    return [f"{value:g}" for value in values]
