"""The classical filters of 3×3, and which of them a learned kernel is most like.

Kernels are as networks use them, not flipped: a positive answer is where the image looks like the kernel. The signs are
those of the Lab, so that both say the same of a kernel: an edge is bright at its left, or above.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.i18n import _
from tui_cnn.insight.similarity import cosine

Kernel = npt.NDArray[np.float64]


class Classic(NamedTuple):
    """A filter: its name, the same in at most eight cells, and its values (3, 3)."""

    name: str
    short: str
    kernel: Kernel


def classical_filters() -> tuple[Classic, ...]:
    """List the filters.

    Sobel and Feldman 1968; Scharr 2000, "Optimal operators in digital image processing"; Prewitt 1970 for the edges
    that weigh all rows alike. A vertical edge is one that runs from top to bottom.
    """
    sobel = _kernel((1, 0, -1), (2, 0, -2), (1, 0, -1))
    scharr = _kernel((3, 0, -3), (10, 0, -10), (3, 0, -3))
    edge = _kernel((1, 0, -1), (1, 0, -1), (1, 0, -1))
    diagonal = _kernel((2, 1, 0), (1, 0, -1), (0, -1, -2))
    line = _kernel((-1, 2, -1), (-1, 2, -1), (-1, 2, -1))
    return (
        Classic(_("vertical edge"), _("edge │"), edge),
        Classic(_("horizontal edge"), _("edge ─"), edge.T),
        Classic(_("Sobel x"), _("Sobel x"), sobel),
        Classic(_("Sobel y"), _("Sobel y"), sobel.T),
        Classic(_("Scharr x"), _("Scharr x"), scharr),
        Classic(_("Scharr y"), _("Scharr y"), scharr.T),
        Classic(_("diagonal edge ↘"), _("edge ↘"), diagonal),
        Classic(_("diagonal edge ↙"), _("edge ↙"), diagonal[:, ::-1]),
        Classic(_("vertical line"), _("line │"), line),
        Classic(_("horizontal line"), _("line ─"), line.T),
        Classic(_("Laplacian"), _("Laplace"), _kernel((0, 1, 0), (1, -4, 1), (0, 1, 0))),
        Classic(_("Laplacian, diagonals too"), _("Laplace+"), _kernel((1, 1, 1), (1, -8, 1), (1, 1, 1))),
        Classic(_("sharpen"), _("sharpen"), _kernel((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
        Classic(_("box blur"), _("blur"), np.ones((3, 3))),
        Classic(_("Gaussian blur"), _("Gauss"), _kernel((1, 2, 1), (2, 4, 2), (1, 2, 1))),
        Classic(_("identity"), _("identity"), _kernel((0, 0, 0), (0, 1, 0), (0, 0, 0))),
    )


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


def _kernel(*rows: tuple[float, float, float]) -> Kernel:
    return np.array(rows, np.float64)
