"""The classical filters by name, and which of them a kernel is like: one list for Inspect and the Lab."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core import classical_filters as declared
from tui_cnn.core.classical_filters import mirrored, transposed
from tui_cnn.i18n import _
from tui_cnn.insight.maps import cosine

Floats = npt.NDArray[np.float64]

NEAR_TWINS = 0.95
"""Two filters whose cosine is larger than this, of either sign, count as one: the first in the list is named."""

_CHANCE = 0.99
_DRAWN = 50_000


class Classic(NamedTuple):
    """A filter: the word for it in settings and links, its name, the same in at most eight cells, and its values."""

    word: str
    name: str
    short: str
    kernel: Floats


def classical_filters() -> tuple[Classic, ...]:
    """List the filters; a vertical edge is one that runs from top to bottom.

    As cross-correlation lays them over an image: a positive answer of `vertical edge` is bright at the left of an edge.
    """
    edge, line, diagonal = declared.VERTICAL_EDGE, declared.VERTICAL_LINE, declared.DIAGONAL_EDGE
    long = declared.LARGE_VERTICAL_LINE
    named = (
        ("vertical-edge", _("vertical edge"), _("edge │"), edge),
        ("horizontal-edge", _("horizontal edge"), _("edge ─"), transposed(edge)),
        ("sobel-x", _("Sobel x"), _("Sobel x"), declared.SOBEL_X),
        ("sobel-y", _("Sobel y"), _("Sobel y"), transposed(declared.SOBEL_X)),
        ("scharr-x", _("Scharr x"), _("Scharr x"), declared.SCHARR_X),
        ("scharr-y", _("Scharr y"), _("Scharr y"), transposed(declared.SCHARR_X)),
        ("diagonal-edge-down", _("diagonal edge ↘"), _("edge ↘"), diagonal),
        ("diagonal-edge-up", _("diagonal edge ↙"), _("edge ↙"), mirrored(diagonal)),
        ("vertical-line", _("vertical line"), _("line │"), line),
        ("horizontal-line", _("horizontal line"), _("line ─"), transposed(line)),
        ("laplacian", _("Laplacian"), _("Laplace"), declared.LAPLACIAN),
        ("laplacian-diagonals", _("Laplacian, diagonals too"), _("Laplace+"), declared.LAPLACIAN_WITH_DIAGONALS),
        ("sharpen", _("sharpen"), _("sharpen"), declared.SHARPEN),
        ("box-blur", _("box blur"), _("blur"), declared.BOX_BLUR),
        ("gaussian-blur", _("Gaussian blur"), _("Gauss"), declared.GAUSSIAN_BLUR),
        ("identity", _("identity"), _("identity"), declared.IDENTITY),
        ("long-vertical-line", _("long vertical line"), _("line 7│"), long),
        ("long-horizontal-line", _("long horizontal line"), _("line 7─"), transposed(long)),
    )
    return tuple(Classic(word, name, short, np.array(kernel, np.float64)) for word, name, short, kernel in named)


@cache
def candidates(size: tuple[int, ...]) -> tuple[Classic, ...]:
    """List the filters of a size (height, width) that a kernel can be likened to: none is a near twin of another."""
    kept: list[Classic] = []
    for classic in classical_filters():
        if classic.kernel.shape != size:
            continue
        if all(abs(cosine(classic.kernel, other.kernel)) <= NEAR_TWINS for other in kept):
            kept.append(classic)
    return tuple(kept)


@cache
def chance_level(size: tuple[int, ...]) -> float:
    """Return the cosine that the best likeness of a random kernel of a size stays below, 99 times in 100.

    Random: the values are independent and normal: all directions are as likely as each other. A layer has dozens
    of kernels: with a lower level some of them would be named by chance alone.
    """
    filters = np.array([classic.kernel.ravel() for classic in candidates(size)])
    filters /= np.linalg.norm(filters, axis=1, keepdims=True)
    kernels = np.random.default_rng(0).normal(size=(_DRAWN, filters.shape[1]))
    best = np.abs(kernels @ filters.T).max(axis=1) / np.linalg.norm(kernels, axis=1)
    return float(np.quantile(best, _CHANCE))


class Likeness(NamedTuple):
    """The most similar filter.

    Attributes:
        cosine: below 0 the kernel is the filter with its signs turned.
        chance: the chance level for kernels of this size: up to it the likeness says nothing.
    """

    classic: Classic
    cosine: float
    chance: float

    @property
    def named(self) -> bool:
        """Whether the kernel is more alike than random ones are."""
        return abs(self.cosine) > self.chance

    def words(self) -> str:
        """Name the filter, or say that there is none; the chance level stands beside."""
        if not self.named:
            text = _("no classical filter: best cosine {cosine:.2f}, chance {chance:.2f}")
        elif self.cosine < 0:
            text = _("most similar: {name} inverted, cosine {cosine:.2f}, chance {chance:.2f}")
        else:
            text = _("most similar: {name}, cosine {cosine:.2f}, chance {chance:.2f}")
        return text.format(name=self.classic.name, cosine=self.cosine, chance=self.chance).replace("-", "−")

    def short_words(self) -> str:
        """Say the same where there is little room; a cosine below zero is one of the inverted filter."""
        name = self.classic.name if self.named else _("no classical filter")
        text = _("{name}: {cosine:.2f}, chance {chance:.2f}")
        return text.format(name=name, cosine=self.cosine, chance=self.chance).replace("-", "−")


def likeness(kernel: npt.NDArray[Any]) -> Likeness | None:
    """Find the classical filter of its size that a kernel (height, width) is most like, either sign.

    None: there is no filter of its size, or it is all zeros, or holds what is no number.
    """
    filters = candidates(kernel.shape)
    if not filters or not np.any(kernel) or not np.isfinite(kernel).all():
        return None
    cosines = [cosine(kernel, classic.kernel) for classic in filters]
    best = int(np.argmax(np.abs(cosines)))
    return Likeness(filters[best], cosines[best], chance_level(kernel.shape))
