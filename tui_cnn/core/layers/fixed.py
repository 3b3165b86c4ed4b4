"""Classical filters as a layer: set by hand, never trained, to compare with what training makes."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from tui_cnn.core.classical_filters import (
    BOX_BLUR,
    LAPLACIAN,
    SCHARR_X,
    SHARPEN,
    SOBEL_X,
    VERTICAL_EDGE,
    Kernel,
    opposite,
    transposed,
)
from tui_cnn.core.layers.base import KernelKind, Parameters, keras_arguments
from tui_cnn.core.layers.convolution import Conv2D, ConvolutionLayer
from tui_cnn.core.layers.fields import ActivationName, Padding, Strides
from tui_cnn.core.layers.lowering import ConstantKernels, KerasCall, Proposal
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import NONE, Amount, Shape

BankName = Literal["edges", "sobel", "scharr", "classical"]


class FixedConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Slides classical 3×3 filters over the image; training does not change them.

    Keras has no such layer; it is built as a frozen Conv2D without biases. Each filter has the same kernel for all
    channels.
    """

    kernel_kind: ClassVar[KernelKind] = "convolution"
    lesson: ClassVar[str] = "filters"

    bank: Annotated[
        BankName,
        Meta(description=("edges, sobel, scharr: in all four directions; classical: all of them, Laplacian, blur …")),
    ] = "classical"
    strides: Strides = (1, 1)
    padding: Padding = "valid"
    activation: ActivationName = "linear"

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The filters, each three rows of three numbers."""
        return _BANKS[self.bank].kernels

    @property
    def _convolution(self) -> Conv2D:
        """The convolution layer that it is, but for its training."""
        return Conv2D(
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
        return self._convolution.window

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across, and a channel for each filter."""
        return self._convolution.output_shape(shape)

    def parameters(self, shape: Shape) -> Parameters:
        """As many as a convolution has, none of them trained."""
        return Parameters(NONE, self._convolution.parameters(shape).trainable)

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps at every place."""
        return self._convolution.macs(shape)

    def tf_flops(self, shape: Shape) -> int:
        """Those of the convolution."""
        return self._convolution.tf_flops(shape)

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """A frozen convolution that begins with the filters."""
        fixed = {"kernel_initializer": _BANKS[self.bank], "trainable": False}
        return (KerasCall("Conv2D", keras_arguments(self._convolution) | fixed),)

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        """The bank that its kernels are."""
        arguments = calls[-1].arguments
        kernels = arguments.get("kernel_initializer")
        if not isinstance(kernels, list):
            return None
        bank = next((name for name, bank in _BANKS.items() if bank.nested() == kernels), None)
        kept = {name: arguments[name] for name in ("strides", "padding", "activation") if name in arguments}
        return Proposal({"bank": bank} | kept) if bank else None

    def settings(self) -> tuple[str, ...]:
        """The filters, and what a convolution has besides their number."""
        _count, *others, _no_bias = self._convolution.settings()
        return (self.bank, *others)


def _from_four_sides(left: Kernel) -> tuple[Kernel, ...]:
    """Return an edge filter turned: light at the left, right, above, below."""
    above = transposed(left)
    return left, opposite(left), above, opposite(above)


_KERNELS: dict[BankName, tuple[Kernel, ...]] = {
    "edges": _from_four_sides(VERTICAL_EDGE),
    "sobel": _from_four_sides(SOBEL_X),
    "scharr": _from_four_sides(SCHARR_X),
}
_KERNELS["classical"] = (
    *_KERNELS["edges"],
    *_KERNELS["sobel"],
    *_KERNELS["scharr"],
    LAPLACIAN,
    opposite(LAPLACIAN),
    BOX_BLUR,
    SHARPEN,
)
_BANKS = {name: ConstantKernels(name, kernels) for name, kernels in _KERNELS.items()}
