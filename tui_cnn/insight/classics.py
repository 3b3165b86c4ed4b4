"""The classical filters of 3×3, and which of them a learned kernel is most like.

Their numbers are those of the Lab and of the FixedConv2D layer, so that all say the same of a kernel.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core import classical_filters as declared
from tui_cnn.core.classical_filters import mirrored, transposed
from tui_cnn.i18n import _
from tui_cnn.insight.similarity import cosine

Kernel = npt.NDArray[np.float64]


class Classic(NamedTuple):
    """A filter: its name, the same in at most eight cells, and its values (3, 3)."""

    name: str
    short: str
    kernel: Kernel


def classical_filters() -> tuple[Classic, ...]:
    """List the filters; a vertical edge is one that runs from top to bottom."""
    edge, line, diagonal = declared.VERTICAL_EDGE, declared.VERTICAL_LINE, declared.DIAGONAL_EDGE
    return (
        _classic(_("vertical edge"), _("edge │"), edge),
        _classic(_("horizontal edge"), _("edge ─"), transposed(edge)),
        _classic(_("Sobel x"), _("Sobel x"), declared.SOBEL_X),
        _classic(_("Sobel y"), _("Sobel y"), transposed(declared.SOBEL_X)),
        _classic(_("Scharr x"), _("Scharr x"), declared.SCHARR_X),
        _classic(_("Scharr y"), _("Scharr y"), transposed(declared.SCHARR_X)),
        _classic(_("diagonal edge ↘"), _("edge ↘"), diagonal),
        _classic(_("diagonal edge ↙"), _("edge ↙"), mirrored(diagonal)),
        _classic(_("vertical line"), _("line │"), line),
        _classic(_("horizontal line"), _("line ─"), transposed(line)),
        _classic(_("Laplacian"), _("Laplace"), declared.LAPLACIAN),
        _classic(_("Laplacian, diagonals too"), _("Laplace+"), declared.LAPLACIAN_WITH_DIAGONALS),
        _classic(_("sharpen"), _("sharpen"), declared.SHARPEN),
        _classic(_("box blur"), _("blur"), declared.BOX_BLUR),
        _classic(_("Gaussian blur"), _("Gauss"), declared.GAUSSIAN_BLUR),
        _classic(_("identity"), _("identity"), declared.IDENTITY),
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


def _classic(name: str, short: str, kernel: declared.Kernel) -> Classic:
    return Classic(name, short, np.array(kernel, np.float64))
