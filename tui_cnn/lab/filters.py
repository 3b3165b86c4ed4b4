"""The classical filters, set by hand: what a learned kernel can be compared with.

As cross-correlation lays them over an image: a positive answer of `vertical edge` is bright at the left of an edge.
"""

import numpy as np
from numpy.typing import NDArray

from tui_cnn.insight.similarity import cosine

Filter = NDArray[np.float64]
"""(height, width)."""

VERTICAL_EDGE: Filter = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]], float)
SOBEL_X: Filter = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], float)
SCHARR_X: Filter = np.array([[3, 0, -3], [10, 0, -10], [3, 0, -3]], float)


def filters() -> dict[str, Filter]:
    """Return every filter by its name.

    Sobel and Feldman, 1968; Scharr, "Optimale Operatoren in der Digitalen Bildverarbeitung", 2000.
    """
    line = np.zeros((7, 7))
    line[:, 3] = 1
    return {
        "vertical edge": VERTICAL_EDGE,
        "horizontal edge": VERTICAL_EDGE.T.copy(),
        "Sobel x": SOBEL_X,
        "Sobel y": SOBEL_X.T.copy(),
        "Scharr x": SCHARR_X,
        "Scharr y": SCHARR_X.T.copy(),
        "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float),
        "blur": np.full((3, 3), 1 / 9),
        "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
        "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], float),
        "vertical line": line,
        "horizontal line": line.T.copy(),
    }


def most_alike(kernel: NDArray[np.floating]) -> tuple[str, float] | None:
    """Name the filter of its size that a kernel is most like, with the cosine, negative for its opposite."""
    same_size = {name: cosine(kernel, filter_) for name, filter_ in filters().items() if filter_.shape == kernel.shape}
    if not same_size:
        return None
    name = max(same_size, key=lambda name: abs(same_size[name]))
    return name, same_size[name]
