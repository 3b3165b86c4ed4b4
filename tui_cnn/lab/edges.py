"""Edges of an image: the gradient by Sobel or Scharr, and Canny's detector stage by stage.

J. Canny, "A computational approach to edge detection", IEEE Transactions on Pattern Analysis and Machine Intelligence
8 (6), 1986; with the gradient by Sobel's filters, and the directions in steps of 45°.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.core.classical_filters import SCHARR_X, SOBEL_X, transposed

Plane = NDArray[np.float64]
"""(rows, columns)."""
Mask = NDArray[np.bool_]
"""(rows, columns)."""

SOBEL = np.array((SOBEL_X, transposed(SOBEL_X)), float)
SCHARR = np.array((SCHARR_X, transposed(SCHARR_X)), float)
"""The filters across and down: (2, 3, 3)."""

DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1))
"""The pixel that lies in a direction of the gradient, by the number of the direction: →, ↘, ↓, ↙, and opposite."""

_DECIMALS = 6
"""Gradients are rounded: neighbours that are equal stay so, in whatever order a library adds up."""
_AROUND = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if (row, column) != (0, 0))


class Canny(NamedTuple):
    """What each stage of Canny's detector gives, all of them (rows, columns).

    Attributes:
        smoothed: the image after a Gaussian blur.
        magnitude: the length of its gradient.
        direction: which of `DIRECTIONS` the gradient has.
        thinned: the magnitude where it is largest along the gradient, else 0.
        low, high: the thresholds, as magnitudes.
        strong, weak: what is left from the high threshold on; from the low one on.
        edges: what is strong, and what is weak but joined to it.
    """

    smoothed: Plane
    magnitude: Plane
    direction: NDArray[np.int_]
    thinned: Plane
    low: float
    high: float
    strong: Mask
    weak: Mask
    edges: Mask


def correlated(plane: Plane, kernel: Plane) -> Plane:
    """Lay a kernel over each pixel, and add up the products; pixels beyond the border are as those at it."""
    height, width = kernel.shape
    top, left = (height - 1) // 2, (width - 1) // 2
    padded = np.pad(plane, ((top, height - 1 - top), (left, width - 1 - left)), "edge")
    rows, columns = plane.shape
    made: Plane = np.zeros(plane.shape)
    for row, column in np.argwhere(kernel):  # most classical filters are zero at many places
        made += kernel[row, column] * padded[row : row + rows, column : column + columns]
    return made


def gaussian(sigma: float) -> Plane:
    """Return the weights of a Gaussian blur along one axis: (1, taps), up to three standard deviations on each side."""
    if sigma == 0:
        return np.ones((1, 1))
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    made: Plane = weights[np.newaxis] / weights.sum()
    return made


def gradient(plane: Plane, kernels: NDArray[np.float64] = SOBEL) -> tuple[Plane, Plane]:
    """Return what the filters across and down give."""
    across, down = (np.round(correlated(plane, kernel), _DECIMALS) for kernel in kernels)
    return across, down


def magnitude(plane: Plane, kernels: NDArray[np.float64] = SOBEL) -> Plane:
    """Return the length of the gradient."""
    made: Plane = np.hypot(*gradient(plane, kernels))
    return made


def canny(plane: Plane, sigma: float, low: float, high: float) -> Canny:
    """Find edges; the thresholds are shares of the largest magnitude, 0 to 1."""
    weights = gaussian(sigma)
    smoothed = correlated(correlated(plane, weights), weights.T)
    across, down = gradient(smoothed)
    lengths: Plane = np.hypot(across, down)
    direction = np.round(np.degrees(np.arctan2(down, across)) % 180 / 45).astype(int) % len(DIRECTIONS)
    thinned = thin(lengths, direction)
    largest = float(lengths.max(initial=0.0))
    strong = (thinned >= high * largest) & (thinned > 0)
    weak = (thinned >= low * largest) & (thinned > 0) & ~strong
    edges = joined(strong, weak)
    return Canny(smoothed, lengths, direction, thinned, low * largest, high * largest, strong, weak, edges)


def thin(lengths: Plane, direction: NDArray[np.int_]) -> Plane:
    """Keep what is larger than the pixel before it along the gradient, and no smaller than the one behind it."""
    padded = np.pad(lengths, 1)
    rows, columns = lengths.shape
    kept = np.zeros(lengths.shape, bool)
    for number, (row, column) in enumerate(DIRECTIONS):
        behind = padded[1 + row : 1 + row + rows, 1 + column : 1 + column + columns]
        before = padded[1 - row : 1 - row + rows, 1 - column : 1 - column + columns]
        kept |= (direction == number) & (lengths > before) & (lengths >= behind)
    made: Plane = np.where(kept, lengths, 0.0)
    return made


def joined(strong: Mask, weak: Mask) -> Mask:
    """Keep what is strong, and what is weak and reached from there over weak neighbours, diagonal ones too."""
    width = strong.shape[1] + 2
    kept = np.pad(strong, 1).ravel()
    left = np.pad(weak, 1).ravel()
    steps = np.array([row * width + column for row, column in _AROUND])
    reached = np.flatnonzero(kept)
    while reached.size:
        near = (reached[:, np.newaxis] + steps).ravel()
        reached = np.unique(near[left[near]])
        left[reached], kept[reached] = False, True
    made: Mask = kept.reshape(-1, width)[1:-1, 1:-1]
    return made
