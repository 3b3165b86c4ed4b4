"""The classical filters: kernels that people set by hand, each declared once, as rows of numbers.

Sobel and Feldman, 1968; Prewitt, 1970, for the edges that weigh all rows alike; Scharr, "Optimale Operatoren in der
digitalen Bildverarbeitung", 2000. They are not flipped, as networks use kernels: the answer is large where the image
looks like the kernel, so an edge filter answers where it is bright at the left, or above.
"""

from typing import Literal

Kernel = tuple[tuple[int | float, ...], ...]
"""Rows of numbers: (height, width)."""


def transposed(kernel: Kernel) -> Kernel:
    """Exchange rows and columns: what looked from the left looks from above."""
    return tuple(zip(*kernel, strict=True))


def opposite(kernel: Kernel) -> Kernel:
    """Turn all signs."""
    return tuple(tuple(-weight for weight in row) for row in kernel)


def mirrored(kernel: Kernel) -> Kernel:
    """Exchange left and right."""
    return tuple(row[::-1] for row in kernel)


def _edge(weights: tuple[int, int, int]) -> Kernel:
    """Return the filter of vertical edges with these weights along the edge."""
    return tuple((weight, 0, -weight) for weight in weights)


VERTICAL_EDGE = _edge((1, 1, 1))
SOBEL_X = _edge((1, 2, 1))
SCHARR_X = _edge((3, 10, 3))
DIAGONAL_EDGE: Kernel = ((2, 1, 0), (1, 0, -1), (0, -1, -2))
VERTICAL_LINE: Kernel = ((-1, 2, -1),) * 3
LARGE_VERTICAL_LINE: Kernel = ((0, 0, 0, 1, 0, 0, 0),) * 7
LAPLACIAN: Kernel = ((0, 1, 0), (1, -4, 1), (0, 1, 0))
LAPLACIAN_WITH_DIAGONALS: Kernel = ((1, 1, 1), (1, -8, 1), (1, 1, 1))
SHARPEN: Kernel = ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
BOX_BLUR: Kernel = ((1 / 9,) * 3,) * 3
GAUSSIAN_BLUR: Kernel = ((1, 2, 1), (2, 4, 2), (1, 2, 1))
IDENTITY: Kernel = ((0, 0, 0), (0, 1, 0), (0, 0, 0))


def _from_four_sides(left: Kernel) -> tuple[Kernel, ...]:
    """Return an edge filter turned: light at the left, right, above, below."""
    above = transposed(left)
    return left, opposite(left), above, opposite(above)


BankName = Literal["edges", "sobel", "scharr", "classical"]

BANKS: dict[BankName, tuple[Kernel, ...]] = {
    "edges": _from_four_sides(VERTICAL_EDGE),
    "sobel": _from_four_sides(SOBEL_X),
    "scharr": _from_four_sides(SCHARR_X),
}
"""The filters that a FixedConv2D has."""
BANKS["classical"] = (*sum(BANKS.values(), ()), LAPLACIAN, opposite(LAPLACIAN), BOX_BLUR, SHARPEN)
