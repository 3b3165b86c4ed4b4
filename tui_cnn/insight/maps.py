"""Feature maps and kernels as numbers, and which classical filter of 3×3 a learned kernel is most like."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core import classical_filters as declared
from tui_cnn.core.classical_filters import mirrored, transposed
from tui_cnn.i18n import _

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


class Classic(NamedTuple):
    """A filter: its name, the same in at most eight cells, and its values (3, 3)."""

    name: str
    short: str
    kernel: Floats


def classical_filters() -> tuple[Classic, ...]:
    """List the filters; a vertical edge is one that runs from top to bottom."""
    edge, line, diagonal = declared.VERTICAL_EDGE, declared.VERTICAL_LINE, declared.DIAGONAL_EDGE
    named = (
        (_("vertical edge"), _("edge │"), edge),
        (_("horizontal edge"), _("edge ─"), transposed(edge)),
        (_("Sobel x"), _("Sobel x"), declared.SOBEL_X),
        (_("Sobel y"), _("Sobel y"), transposed(declared.SOBEL_X)),
        (_("Scharr x"), _("Scharr x"), declared.SCHARR_X),
        (_("Scharr y"), _("Scharr y"), transposed(declared.SCHARR_X)),
        (_("diagonal edge ↘"), _("edge ↘"), diagonal),
        (_("diagonal edge ↙"), _("edge ↙"), mirrored(diagonal)),
        (_("vertical line"), _("line │"), line),
        (_("horizontal line"), _("line ─"), transposed(line)),
        (_("Laplacian"), _("Laplace"), declared.LAPLACIAN),
        (_("Laplacian, diagonals too"), _("Laplace+"), declared.LAPLACIAN_WITH_DIAGONALS),
        (_("sharpen"), _("sharpen"), declared.SHARPEN),
        (_("box blur"), _("blur"), declared.BOX_BLUR),
        (_("Gaussian blur"), _("Gauss"), declared.GAUSSIAN_BLUR),
        (_("identity"), _("identity"), declared.IDENTITY),
    )
    return tuple(Classic(name, short, np.array(kernel, np.float64)) for name, short, kernel in named)


class Likeness(NamedTuple):
    """The most similar filter; a `cosine` below 0 says that the kernel is the filter with its signs turned."""

    name: str
    cosine: float
    short: str


def likeness(kernel: npt.NDArray[Any]) -> Likeness | None:
    """Find the classical filter that a kernel (3, 3) is most like, either sign.

    None: it is of another size, all zeros, or holds what is no number.
    """
    if kernel.shape != (3, 3) or not np.any(kernel) or not np.isfinite(kernel).all():
        return None
    likenesses = [Likeness(name, cosine(kernel, values), short) for name, short, values in classical_filters()]
    return max(likenesses, key=lambda each: abs(each.cosine))
