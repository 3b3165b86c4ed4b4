"""A line of numbers in one row of cells."""

from collections.abc import Sequence

_HEIGHTS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float], width: int) -> str:
    """Draw numbers, the newest last, in at most `width` cells: from the smallest as `▁` to the largest as `█`."""
    if not values or width < 1:
        return ""
    every = -(-len(values) // width)
    groups = [values[max(0, end - every) : end] for end in range(len(values), 0, -every)][::-1]
    means = [sum(group) / len(group) for group in groups]
    low, high = min(means), max(means)
    if high == low:
        return _HEIGHTS[3] * len(means)
    return "".join(_HEIGHTS[round((mean - low) / (high - low) * 7)] for mean in means)
