"""The classical filters, set by hand: what a learned kernel can be compared with.

As cross-correlation lays them over an image: a positive answer of `vertical edge` is bright at the left of an edge.
"""

import numpy as np
from numpy.typing import NDArray

from tui_cnn.core import classical_filters
from tui_cnn.core.classical_filters import transposed
from tui_cnn.insight.similarity import cosine

Filter = NDArray[np.float64]
"""(height, width)."""


def filters() -> dict[str, Filter]:
    """Return every filter by its name."""
    declared: dict[str, classical_filters.Kernel] = {
        "vertical edge": classical_filters.VERTICAL_EDGE,
        "horizontal edge": transposed(classical_filters.VERTICAL_EDGE),
        "Sobel x": classical_filters.SOBEL_X,
        "Sobel y": transposed(classical_filters.SOBEL_X),
        "Scharr x": classical_filters.SCHARR_X,
        "Scharr y": transposed(classical_filters.SCHARR_X),
        "Laplacian": classical_filters.LAPLACIAN,
        "blur": classical_filters.BOX_BLUR,
        "sharpen": classical_filters.SHARPEN,
        "identity": classical_filters.IDENTITY,
        "vertical line": classical_filters.LARGE_VERTICAL_LINE,
        "horizontal line": transposed(classical_filters.LARGE_VERTICAL_LINE),
    }
    return {name: np.array(kernel, float) for name, kernel in declared.items()}


def most_alike(kernel: NDArray[np.floating]) -> tuple[str, float] | None:
    """Name the filter of its size that a kernel is most like, with the cosine, negative for its opposite."""
    same_size = {name: cosine(kernel, filter_) for name, filter_ in filters().items() if filter_.shape == kernel.shape}
    if not same_size:
        return None
    name = max(same_size, key=lambda name: abs(same_size[name]))
    return name, same_size[name]
