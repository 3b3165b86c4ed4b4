"""Feature maps and kernels as numbers."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scale = Literal["layer", "map"]
"""One scale for all maps or kernels of a layer, or one for each."""


class Statistics(NamedTuple):
    """A number for each channel, each of shape `(channels,)`.

    Attributes:
        spread: the standard deviation.
        norm: the square root of the sum of squares.
        active: share of values that are not zero.
    """

    minimum: Floats
    maximum: Floats
    mean: Floats
    spread: Floats
    norm: Floats
    active: Floats


class Histogram(NamedTuple):
    """How many values fall between an edge and the next: `counts` (bins,), `edges` (bins + 1,)."""

    counts: npt.NDArray[np.int64]
    edges: Floats


def statistics(values: npt.NDArray[Any]) -> Statistics:
    """Describe each channel of `values` (..., channels): maps, kernels of each filter, or units `(channels,)`."""
    flat = np.asarray(values, np.float64).reshape(-1, values.shape[-1])
    return Statistics(
        flat.min(axis=0),
        flat.max(axis=0),
        flat.mean(axis=0),
        flat.std(axis=0),
        np.linalg.norm(flat, axis=0),
        (flat != 0).mean(axis=0),
    )


def dead(minimum: npt.NDArray[Any], maximum: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which channels are constant, by their extremes over many images, each `(channels,)`."""
    return np.asarray(minimum == maximum)


def by_strength(values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Order the channels of `values` (..., channels) by their mean absolute value, the strongest first."""
    flat = np.abs(np.asarray(values, np.float64)).reshape(-1, values.shape[-1])
    return np.argsort(-flat.mean(axis=0), kind="stable")


def histogram(values: npt.NDArray[Any], bins: int = 20) -> Histogram:
    """Count values of any shape in bins of equal width from the smallest to the largest, but for what is no number."""
    values = np.asarray(values, np.float64)
    counts, edges = np.histogram(values[np.isfinite(values)], bins)
    return Histogram(counts.astype(np.int64), edges)


def per_filter(kernel: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sum a kernel (height, width, inputs, filters) over its input channels: (height, width, filters)."""
    return np.asarray(kernel.sum(axis=2))


def cosine(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    """Return the cosine of the angle between two arrays of the same shape, -1 to 1; 0 where one is all zeros."""
    a, b = np.ravel(first).astype(np.float64), np.ravel(second).astype(np.float64)
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norms if norms else 0.0


def square_unit(shape: tuple[int, ...]) -> int:
    """Return the pixels that sides and steps of squares are multiples of, for an image of `shape` (height, width, ...).

    An image of 28×28 is covered by 12×12 squares of 6 units in steps of 2, and a larger one by about as many.
    """
    return max(1, min(shape[:2]) // 28)


def occlusion_loss(
    covered: npt.NDArray[Any],
    probability: float,
    square: tuple[int, int],
    shape: tuple[int, int],
    corner: tuple[int, int] = (0, 0),
) -> Floats:
    """Give each pixel the mean loss of probability over the squares that cover it, of `shape` (height, width).

    `covered` (rows, columns) has the probability with each square covered; `square` is its size and step in pixels,
    `corner` where the first one begins. Below zero: the class became more likely.
    """
    size, step = square
    total, times = np.zeros(shape), np.zeros(shape)
    for (row, column), value in np.ndenumerate(np.asarray(covered, np.float64)):
        y, x = corner[0] + row * step, corner[1] + column * step
        total[y : y + size, x : x + size] += probability - value
        times[y : y + size, x : x + size] += 1
    return np.divide(total, times, out=np.zeros(shape), where=times > 0)
