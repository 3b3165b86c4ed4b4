"""A transposed convolution, one value of the input at a time: each is multiplied by the kernel and added to the output.

It is a convolution backwards: the places of a window on the output are the values of the input. The arithmetic is that
of Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, section 4; `valid` and `same` are
TensorFlow's, a number of zeros cuts off as many rows and columns on each side, as PyTorch's `padding` does.
"""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.i18n import _
from tui_cnn.lab.scene import LabArrays, fitted, image_of
from tui_cnn.lab.settings import TransposedSettings
from tui_cnn.lab.windows import Padding, WindowError, Windows, windows

Plane = NDArray[np.float64]
"""(rows, columns)."""


class PartialOutput(NamedTuple):
    """What comes out after some steps, with the rows and columns that are cut off around it.

    Attributes:
        sums: (rows, columns).
        counts: how many products each of them is the sum of, of the same shape.
    """

    sums: Plane
    counts: NDArray[np.int64]


class TransposedConvolution(NamedTuple):
    """A kernel that is added to the output, `strides` apart, once for each value of the image, and times this value."""

    image: Plane
    kernel: Plane
    strides: tuple[int, int] = (2, 2)
    padding: Padding = "valid"

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of what comes out.

        Raises:
            WindowError: nothing is left.
        """
        height, width = (
            n * s if self.padding == "same" else (n - 1) * s + max(f, s) - 2 * self._cut
            for n, f, s in zip(self.image.shape, self.kernel.shape, self.strides, strict=True)
        )
        if min(height, width) < 1:
            message = _("nothing is left of an output of {size} when {p} are cut off on each side")
            size = min(height, width) + 2 * self._cut
            raise WindowError(message.format(size=size, p=self._cut))
        return height, width

    @property
    def _cut(self) -> int:
        return self.padding if isinstance(self.padding, int) else 0

    @property
    def windows(self) -> Windows:
        """The kernel's places on the output: as many as the image has values, line by line.

        Raises:
            WindowError: nothing is left of the output.
        """
        size = self.kernel.shape[0], self.kernel.shape[1]
        return windows(np.zeros((*self.shape, 1)), size, self.strides, self.padding)

    @property
    def steps(self) -> int:
        """How many values the image has."""
        return prod(self.image.shape)

    def value(self, index: int) -> float:
        """Return the value of a step."""
        return float(self.image.flat[index])

    def spread(self, steps: int) -> PartialOutput:
        """Work out what comes out after a number of steps."""
        laid = self.windows
        sums = laid.padded(np.zeros((*self.shape, 1)))[..., 0]
        counts = np.zeros(sums.shape, np.int64)
        for index in range(steps):
            under = self._under(laid, index)
            sums[under] += self.value(index) * self.kernel
            counts[under] += 1
        return PartialOutput(sums, counts)

    def output(self) -> Plane:
        """Work out all steps: (rows, columns), without what is cut off."""
        laid = self.windows
        rows, columns = self.shape
        top, left = laid.down.before, laid.across.before
        return self.spread(self.steps).sums[top : top + rows, left : left + columns]

    def terms(self, row: int, column: int, steps: int) -> list[tuple[float, float]]:
        """List the products of an output number after some steps: values with their weights.

        `row` and `column` count what is cut off, too.
        """
        laid, found = self.windows, []
        for index in range(steps):
            down, across = self._under(laid, index)
            tap = row - down.start, column - across.start
            if 0 <= tap[0] < self.kernel.shape[0] and 0 <= tap[1] < self.kernel.shape[1]:
                found.append((self.value(index), float(self.kernel[tap])))
        return found

    def size_formulas(self) -> tuple[str, str]:
        """Fill in the size formula, down and across: (n - 1)·s + f - 2p, or of `same` n·s."""
        formulas = []
        for n, f, s, size in zip(self.image.shape, self.kernel.shape, self.strides, self.shape, strict=True):
            if self.padding == "same":
                formulas.append(f"n·s = {n}·{s} = {size}")
            else:
                formulas.append(f"(n − 1)·s + {'f' if f >= s else 's'} − 2p = "
                                f"({n} − 1)·{s} + {max(f, s)} − 2·{self._cut} = {size}")  # fmt: skip
        return formulas[0], formulas[1]

    def _under(self, laid: Windows, index: int) -> tuple[slice, slice]:
        row, column = divmod(index, self.image.shape[1])
        down, across = laid.down.taps(row), laid.across.taps(column)
        return slice(down.start, down.stop), slice(across.start, across.stop)


def transposed(settings: TransposedSettings, arrays: LabArrays) -> TransposedConvolution:
    """Set up a transposed convolution; of an image with several channels, their mean."""
    padding = settings.padding
    return TransposedConvolution(
        image_of(settings, arrays).mean(axis=2),
        _kernel(settings, arrays),
        settings.strides,
        padding if padding == "valid" or padding == "same" else int(padding),
    )


def _kernel(settings: TransposedSettings, arrays: LabArrays) -> Plane:
    size = settings.kernel_size
    match settings.kernel:
        case "ones":
            return np.ones(size)
        case "bilinear":
            return np.outer(*map(_triangle, size))
        case "random":
            return np.random.default_rng(0).integers(-2, 3, size).astype(float)
        case "own":
            made: Plane = fitted(arrays.kernels, (*size, 1, 1))[..., 0, 0]
            return made


def _triangle(taps: int) -> NDArray[np.float64]:
    """Return weights that fall off evenly from the middle: with a stride of half as many, interpolation.

    Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", 2015, section 3.3.
    """
    factor = (taps + 1) // 2
    weights: NDArray[np.float64] = 1 - np.abs(np.arange(taps) - (taps - 1) / 2) / factor
    return weights
