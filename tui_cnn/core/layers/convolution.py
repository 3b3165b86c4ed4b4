"""Convolution: filters that slide over an image, a sequence or a volume, each as deep as its input, or set by hand."""

from collections.abc import Sequence
from math import gcd
from typing import Annotated

from msgspec import Meta

from tui_cnn.core.classical_filters import BANKS, BankName, Kernel
from tui_cnn.core.layers.activation import activation_flops
from tui_cnn.core.layers.base import (
    ConstantKernels,
    KerasCall,
    Layer,
    Parameters,
    Proposal,
    Spatial,
    keras_arguments,
    require_axes,
    shorthand,
)
from tui_cnn.core.layers.fields import (
    ActivationName,
    BiasInitializer,
    Channels,
    DilationRate,
    DilationRate1D,
    DilationRate3D,
    ImagePadding,
    Initializer,
    KernelSize,
    KernelSize1D,
    KernelSize3D,
    Padding,
    Regularizer,
    Strides,
    Strides1D,
    Strides3D,
    UseBias,
)
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import NONE, Amount, Shape, ShapeError, amount, elements, format_shape, format_step, product
from tui_cnn.i18n import _

Filters = Annotated[Channels, Meta(description="Number of filters, and of output feature maps", examples=[32])]


class ConvolutionLayer(Layer, frozen=True, kw_only=True):
    """The base of convolutions that are made of others."""

    family = "convolution"
    sign = "▦"


class SpatialConvolution(Spatial, frozen=True, kw_only=True):
    """The base of the convolutions of Keras."""

    family = "convolution"
    sign = "▦"


class _Convolution(SpatialConvolution, frozen=True, kw_only=True):
    kernel_kind = "convolution"
    lesson = "layer"

    filters: Filters
    kernel_size: Shape
    strides: Shape
    padding: Padding = "valid"
    dilation_rate: Shape
    groups: Annotated[
        Channels, Meta(description="Number of groups of channels and filters, each convolved separately")
    ] = 1
    activation: ActivationName = "linear"
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_axes(shape, self.rank)[-1]
        fitting = {"groups": gcd(channels, self.filters, self.groups)}
        for count, message in (
            (self.filters, _("{count} filters cannot be split into {groups} groups")),
            (channels, _("{count} channels cannot be split into {groups} groups")),
        ):
            if count % self.groups:
                raise ShapeError(message.format(count=count, groups=self.groups), fitting)
        require_stride_or_dilation(self.strides, self.dilation_rate)
        return (*self.window.slide(shape), self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        """A filter is as deep as its (group's) input and has one bias."""
        return Parameters(kernel_and_bias((*self.kernel_size, shape[-1] // self.groups), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        return amount(*self.kernel_size, shape[-1] // self.groups, *self.output_shape(shape))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works; the profiler itself cannot look into a convolution in groups."""
        taps = 2 * elements(self.kernel_size) * (shape[-1] // self.groups) * self.filters * self.window.tf_places(shape)
        return kernel_flops(taps, self.output_shape(shape), self.use_bias, self.activation)

    def kernel_width(self, shape: Shape) -> int:
        return self.filters

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.filters}",
            *window_settings(self.window),
            self.groups != 1 and f"g{self.groups}",
            *function_settings(self.activation, self.use_bias),
        )


class Conv2D(_Convolution, frozen=True, kw_only=True):
    """Slides filters over the image; each filter gives one feature map.

    Input `(height, width, channels)`, output `(rows, columns, filters)`.
    """

    kernel_size: KernelSize
    strides: Strides = (1, 1)
    padding: ImagePadding = "valid"
    dilation_rate: DilationRate = (1, 1)


class Conv1D(_Convolution, frozen=True, kw_only=True):
    """Slides filters along a sequence; each filter gives one value per position.

    Input `(length, channels)`, output `(positions, filters)`.
    """

    rank = 1

    kernel_size: KernelSize1D
    strides: Strides1D = (1,)
    dilation_rate: DilationRate1D = (1,)


class Conv3D(_Convolution, frozen=True, kw_only=True):
    """Slides filters through a volume, or through the frames of a video.

    Input `(depth, height, width, channels)`, output `(layers, rows, columns, filters)`.
    """

    rank = 3

    kernel_size: KernelSize3D
    strides: Strides3D = (1, 1, 1)
    padding: ImagePadding = "valid"
    dilation_rate: DilationRate3D = (1, 1, 1)


class FixedConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Slides classical 3×3 filters over the image; training does not change them.

    Keras has no such layer; it is built as a frozen Conv2D without biases. Each filter has the same kernel for all
    channels.
    """

    kernel_kind = "convolution"
    lesson = "filters"

    bank: Annotated[
        BankName,
        Meta(description=("edges, sobel, scharr: in all four directions; classical: all of them, Laplacian, blur …")),
    ] = "classical"
    strides: Strides = (1, 1)
    padding: ImagePadding = "valid"
    activation: ActivationName = "linear"

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The filters, each three rows of three numbers."""
        return BANKS[self.bank]

    @property
    def _convolution(self) -> Conv2D:
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
        return self._convolution.window

    def output_shape(self, shape: Shape) -> Shape:
        return self._convolution.output_shape(shape)

    def parameters(self, shape: Shape) -> Parameters:
        """As many as a convolution has, none of them trained."""
        return Parameters(NONE, self._convolution.parameters(shape).trainable)

    def macs(self, shape: Shape) -> Amount:
        return self._convolution.macs(shape)

    def tf_flops(self, shape: Shape) -> int:
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
        _count, *others, _no_bias = self._convolution.settings()
        return (self.bank, *others)


_BANKS = {name: ConstantKernels(name, kernels) for name, kernels in BANKS.items()}


def kernel_and_bias(kernel: Shape, outputs: int, use_bias: bool) -> Amount:
    """Count the weights of `outputs` kernels, each with a bias or without."""
    if use_bias:
        return Amount((elements(kernel) + 1) * outputs, f"({product(*kernel)} + 1)·{outputs}")
    return amount(*kernel, outputs)


def kernel_flops(taps: int, output: Shape, use_bias: bool, activation: ActivationName) -> int:
    """Add to the operations of the kernels one for each bias, and those of the activation."""
    return taps + (elements(output) if use_bias else 0) + activation_flops(activation, output)


def require_stride_or_dilation(strides: Shape, dilation: Shape) -> None:
    """Refuse what TensorFlow has no operation for.

    Raises:
        ShapeError: both are more than 1.
    """
    if max(strides) > 1 and max(dilation) > 1:
        message = _("strides {strides} and dilation {dilation} cannot be combined")
        steps = {"strides": format_shape(strides), "dilation": format_shape(dilation)}
        raise ShapeError(message.format(**steps), {"dilation_rate": (1,) * len(dilation)})


def window_settings(window: Window) -> tuple[str, ...]:
    """Write a window in the field's shorthand: `3×3`, and stride, padding and dilation where they are not the usual."""
    return shorthand(
        format_shape(window.kernel),
        max(window.strides) > 1 and "s" + format_step(window.strides),
        window.padding != "valid" and window.padding,
        max(window.dilation) > 1 and "d" + format_step(window.dilation),
    )


def function_settings(activation: ActivationName, use_bias: bool) -> tuple[str, ...]:
    """Write the activation of a layer, and whether it lacks a bias."""
    return shorthand(activation != "linear" and activation, not use_bias and "no bias")
