"""A convolution, one place of its window at a time."""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.core.layers.convolution import kernel_and_bias
from tui_cnn.i18n import _
from tui_cnn.insight.maps import cosine
from tui_cnn.lab.windows import Image, Padding, WindowError, Windows, windows

Kernels = NDArray[np.float64]
"""(height, width, channels in, filters)."""


class Step(NamedTuple):
    """The result of one position of the window, for one filter.

    Attributes:
        row, column: the place in the output.
        patch: what is under the window, zeros of the padding too: (height, width, channels).
        products: patch times kernel, value by value, of the same shape.
        channel_sums: the sum of the products of each channel: (channels,).
        bias: the filter's own.
        total: all products and the bias.
        value: the total after the activation.
        cosine: of the angle between patch and kernel: 1 where they point the same way; None where one is all zeros.
    """

    row: int
    column: int
    patch: Image
    products: Image
    channel_sums: NDArray[np.float64]
    bias: float
    total: float
    value: float
    cosine: float | None


class Convolution(NamedTuple):
    """Filters that slide over an image, as a convolution layer does; `true` turns the kernels by 180 degrees first."""

    image: Image
    kernels: Kernels
    bias: tuple[float, ...] = ()
    strides: tuple[int, int] = (1, 1)
    padding: Padding = "valid"
    dilation: tuple[int, int] = (1, 1)
    relu: bool = False
    true: bool = False

    @property
    def windows(self) -> Windows:
        """The places of the window.

        Raises:
            WindowError: it has none, or the kernels are not as deep as the image.
        """
        height, width, depth, _filters = self.kernels.shape
        if depth != self.image.shape[2]:
            message = _("a kernel with {depth} channels does not fit an image with {channels} channels")
            raise WindowError(message.format(depth=depth, channels=self.image.shape[2]))
        return windows(self.image, (height, width), self.strides, self.padding, self.dilation)

    @property
    def turned(self) -> Kernels:
        """The kernels as they are laid over the image."""
        return self.kernels[::-1, ::-1] if self.true else self.kernels

    @property
    def steps(self) -> int:
        """How many places the window has."""
        return prod(self.windows.shape)

    def place(self, index: int) -> tuple[int, int]:
        """Return row and column of a step: line by line."""
        row, column = divmod(index, self.windows.shape[1])
        return row, column

    def step(self, index: int, number: int = 0) -> Step:
        """Work out one place for one filter."""
        laid = self.windows
        row, column = self.place(index)
        kernel = self.turned[..., number]
        patch = laid.patch(laid.padded(self.image), row, column)
        products = patch * kernel
        bias = self._bias(number)
        total = float(products.sum()) + bias
        angle = cosine(patch, kernel) if patch.any() and kernel.any() else None
        value = max(0.0, total) if self.relu else total
        return Step(row, column, patch, products, products.sum(axis=(0, 1)), bias, total, value, angle)

    def output(self) -> Image:
        """Work out all places of all filters: (height, width, filters)."""
        laid = self.windows
        padded, turned = laid.padded(self.image), self.turned
        sums = np.einsum("rcijk,ijkf->rcf", laid.patches(padded), turned)
        sums += np.array([self._bias(number) for number in range(turned.shape[3])])
        result: Image = np.maximum(sums, 0.0) if self.relu else sums
        return result

    def parameters(self) -> str:
        """Count the weights, with the formula: (3·3·3 + 1)·10 = 280."""
        *kernel, filters = self.kernels.shape
        return str(kernel_and_bias(tuple(kernel), filters, bool(self.bias)))

    def _bias(self, number: int) -> float:
        return self.bias[number] if self.bias else 0.0
