"""Classical filters as a layer: set by hand, never trained, to compare with what training makes."""

from typing import Annotated, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters
from tui_cnn.core.layers.convolution import Conv2D
from tui_cnn.core.layers.fields import ActivationName, Padding, Strides
from tui_cnn.core.layers.receptive_field_map import ReceptiveFieldMap
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import NONE, Amount, Shape

Kernel = tuple[tuple[int | float, ...], ...]
"""Rows of three numbers."""

BankName = Literal["edges", "sobel", "scharr", "classical"]


class FixedConv2D(Layer, frozen=True, kw_only=True):
    """Classical filters of 3×3 slid over the image, which training leaves as they are.

    Keras has no such layer; it is built as a frozen Conv2D without biases. Each filter has the same kernel for all
    channels.
    """

    bank: Annotated[
        BankName,
        Meta(
            description="edges, sobel, scharr: each from left, right, above, below; classical: all, Laplacian, blur …"
        ),
    ] = "classical"
    strides: Strides = (1, 1)
    padding: Padding = "valid"
    activation: ActivationName = "linear"

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The filters, each three rows of three numbers."""
        return _BANKS[self.bank]

    @property
    def convolution(self) -> Conv2D:
        """The convolution layer that it is, but for its training."""
        return Conv2D(
            name=self.name,
            filters=len(self.kernels),
            kernel_size=(3, 3),
            strides=self.strides,
            padding=self.padding,
            activation=self.activation,
            use_bias=False,
        )

    @property
    def window(self) -> Window:
        """The window that slides."""
        return self.convolution.window

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across, and a channel for each filter."""
        return self.convolution.output_shape(shape)

    def size_formula(self, shape: Shape) -> str:
        """The size formula of a sliding window."""
        return self.convolution.size_formula(shape)

    def parameters(self, shape: Shape) -> Parameters:
        """As many as a convolution has, none of them trained."""
        return Parameters(NONE, self.convolution.parameters(shape).trainable)

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps at every place."""
        return self.convolution.macs(shape)

    def tf_flops(self, shape: Shape) -> int:
        """Those of the convolution."""
        return self.convolution.tf_flops(shape)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """That of the sliding window."""
        return self.convolution.receptive_field_map(shape)

    def settings(self) -> tuple[str, ...]:
        """The filters, and what a convolution has besides their number."""
        _count, *others, _no_bias = self.convolution.settings()
        return (self.bank, *others)


def nested(bank: BankName) -> list[list[list[list[int | float]]]]:
    """Return a bank as Keras lays kernels out, (3, 3, 1, filters): the one channel stands for all."""
    kernels = _BANKS[bank]
    return [[[[kernel[row][column] for kernel in kernels]] for column in range(3)] for row in range(3)]


def _ways(weights: tuple[int, int, int]) -> tuple[Kernel, ...]:
    """Return the edge filters with these weights along the edge: light at the left, right, above, below."""
    left = tuple((weight, 0, -weight) for weight in weights)
    above = tuple(zip(*left, strict=True))
    return left, _opposite(left), above, _opposite(above)


def _opposite(kernel: Kernel) -> Kernel:
    return tuple(tuple(-weight for weight in row) for row in kernel)


_LAPLACIAN: Kernel = ((0, 1, 0), (1, -4, 1), (0, 1, 0))
_BANKS: dict[BankName, tuple[Kernel, ...]] = {
    "edges": _ways((1, 1, 1)),
    "sobel": _ways((1, 2, 1)),
    "scharr": _ways((3, 10, 3)),
}
_BANKS["classical"] = (
    *_BANKS["edges"],
    *_BANKS["sobel"],
    *_BANKS["scharr"],
    _LAPLACIAN,
    _opposite(_LAPLACIAN),
    ((1 / 9,) * 3,) * 3,
    ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
)
