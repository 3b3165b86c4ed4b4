"""Convolution: filters that slide over an image, each as deep as its input, one channel deep, or set by hand."""

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
    keras_arguments,
    require_image,
    shorthand,
)
from tui_cnn.core.layers.fields import (
    ActivationName,
    BiasInitializer,
    Channels,
    DepthMultiplier,
    DilationRate,
    Initializer,
    KernelSize,
    Padding,
    Regularizer,
    Strides,
    UseBias,
)
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import ReceptiveFieldMap, Spreading
from tui_cnn.core.shape import (
    NONE,
    Amount,
    Shape,
    ShapeError,
    amount,
    both,
    by_axis,
    elements,
    format_shape,
    format_step,
    product,
)
from tui_cnn.i18n import _

Filters = Annotated[Channels, Meta(description="Number of filters, and of output feature maps", examples=[32])]


class ConvolutionLayer(Layer, frozen=True, kw_only=True):
    """The base of all convolutions."""

    family = "convolution"
    sign = "▦"


class Conv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Slides filters over the image; each filter gives one feature map.

    Input `(height, width, channels)`, output `(rows, columns, filters)`.
    """

    kernel_kind = "convolution"
    lesson = "layer"

    filters: Filters
    kernel_size: KernelSize
    strides: Strides = (1, 1)
    padding: Padding = "valid"
    dilation_rate: DilationRate = (1, 1)
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
        channels = require_image(shape)[2]
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
        return Parameters(kernel_and_bias((*self.kernel_size, shape[2] // self.groups), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        return amount(*self.kernel_size, shape[2] // self.groups, *self.output_shape(shape))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works; the profiler itself cannot look into a convolution in groups."""
        taps = 2 * elements(self.kernel_size) * (shape[2] // self.groups) * self.filters * self.window.tf_places(shape)
        return kernel_flops(taps, self.output_shape(shape), self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.filters}",
            *window_settings(self.window),
            self.groups != 1 and f"g{self.groups}",
            *function_settings(self.activation, self.use_bias),
        )


class Conv2DTranspose(ConvolutionLayer, frozen=True, kw_only=True):
    """Spreads each value over a window of the output: a transposed convolution, which enlarges images."""

    kernel_kind = "transposed"
    lesson = "stride"

    filters: Filters
    kernel_size: KernelSize
    strides: Annotated[Strides, Meta(description="Factor by which the image is enlarged")] = (1, 1)
    padding: Padding = "valid"
    dilation_rate: DilationRate = (1, 1)
    activation: ActivationName = "linear"
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    @property
    def spread(self) -> Window:
        """The window of the output that each value of the input is spread over."""
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        """The image grows by the stride; `valid` adds what the kernel reaches beyond it."""
        require_stride_or_dilation(self.strides, self.dilation_rate)
        down, across = (
            n * stride if self.padding == "same" else (n - 1) * stride + max(reach, stride)
            for n, stride, reach in zip(require_image(shape)[:2], self.strides, self.spread.reach, strict=True)
        )
        return (down, across, self.filters)

    def size_formula(self, shape: Shape) -> str:
        sizes = self.output_shape(shape)[:2]
        down, across = (
            f"{n}·{stride} = {places}"
            if self.padding == "same"
            else f"({n} - 1)·{stride} + {max(reach, stride)} = {places}"
            for n, stride, reach, places in zip(shape[:2], self.strides, self.spread.reach, sizes, strict=True)
        )
        return by_axis(down, across)

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(kernel_and_bias((*self.kernel_size, shape[2]), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps for every value of the input."""
        return amount(*self.kernel_size, *shape, self.filters)

    def tf_flops(self, shape: Shape) -> int:
        """As the profiler has it: two for each tap and each output value, divided by the strides."""
        output = self.output_shape(shape)
        taps = 2 * elements(self.kernel_size) * shape[2] * elements(output) // elements(self.strides)
        return kernel_flops(taps, output, self.use_bias, self.activation)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """Each value spreads over the window; `same` cuts off half of what reaches beyond, rounded down."""
        down, across = (
            Spreading(reach, stride, max(0, reach - stride) // 2 if self.padding == "same" else 0)
            for stride, reach in zip(self.strides, self.spread.reach, strict=True)
        )
        return ReceptiveFieldMap(down, across)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.filters}", *window_settings(self.spread), *function_settings(self.activation, self.use_bias))


class DepthwiseConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Convolves each channel separately, with its own filters; channels are not mixed."""

    sign = "▤"
    kernel_kind = "depthwise"
    lesson = "shape-of-a-cnn"

    kernel_size: KernelSize
    strides: Strides = (1, 1)
    padding: Padding = "valid"
    depth_multiplier: DepthMultiplier = 1
    dilation_rate: DilationRate = (1, 1)
    activation: ActivationName = "linear"
    use_bias: UseBias = True
    depthwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    depthwise_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_image(shape)[2]
        return (*self.window.slide(shape), channels * self.depth_multiplier)

    def parameters(self, shape: Shape) -> Parameters:
        """A flat filter and a bias for each output channel."""
        outputs = shape[2] * self.depth_multiplier
        return Parameters(kernel_and_bias(self.kernel_size, outputs, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Each output value costs one flat window."""
        return amount(*self.kernel_size, *self.output_shape(shape))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output = self.output_shape(shape)
        taps = 2 * elements(self.kernel_size) * output[2] * self.window.tf_places(shape)
        return kernel_flops(taps, output, self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            *window_settings(self.window),
            self.depth_multiplier != 1 and f"×{self.depth_multiplier}",
            *function_settings(self.activation, self.use_bias),
        )


class SeparableConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """A depthwise convolution, then a 1×1 convolution that mixes the channels: cheaper than a Conv2D."""

    sign = "▤"
    kernel_kind = "separable"
    lesson = "shape-of-a-cnn"

    filters: Filters
    kernel_size: KernelSize
    strides: Strides = (1, 1)
    padding: Padding = "valid"
    dilation_rate: DilationRate = (1, 1)
    depth_multiplier: DepthMultiplier = 1
    activation: ActivationName = "linear"
    use_bias: UseBias = True
    depthwise_initializer: Initializer = "glorot_uniform"
    pointwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    depthwise_regularizer: Regularizer | None = None
    pointwise_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        require_image(shape)
        return (*self.window.slide(shape), self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        """The flat filters, and the 1×1 filters with their biases."""
        between = shape[2] * self.depth_multiplier
        flat = kernel_and_bias(self.kernel_size, between, use_bias=False)
        mixing = kernel_and_bias((between,), self.filters, self.use_bias)
        return Parameters(both(flat, mixing))

    def macs(self, shape: Shape) -> Amount:
        """At every place: the flat windows, then the mixing of their outputs."""
        between = shape[2] * self.depth_multiplier
        places = self.window.slide(shape)
        return both(amount(*self.kernel_size, between, *places), amount(between, self.filters, *places))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output, between = self.output_shape(shape), shape[2] * self.depth_multiplier
        flat = elements(self.kernel_size) * between * self.window.tf_places(shape)
        return kernel_flops(2 * (flat + between * elements(output)), output, self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.filters}",
            *window_settings(self.window),
            self.depth_multiplier != 1 and f"×{self.depth_multiplier}",
            *function_settings(self.activation, self.use_bias),
        )


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
    padding: Padding = "valid"
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


def require_stride_or_dilation(strides: tuple[int, int], dilation: tuple[int, int]) -> None:
    """Refuse what TensorFlow has no operation for.

    Raises:
        ShapeError: both are more than 1.
    """
    if max(strides) > 1 and max(dilation) > 1:
        message = _("strides {strides} and dilation {dilation} cannot be combined")
        steps = {"strides": format_shape(strides), "dilation": format_shape(dilation)}
        raise ShapeError(message.format(**steps), {"dilation_rate": (1, 1)})


def window_settings(window: Window) -> tuple[str, ...]:
    """Write a window in the field's shorthand: `3×3`, and stride, padding and dilation where they are not the usual."""
    return shorthand(
        format_shape(window.kernel),
        window.strides != (1, 1) and "s" + format_step(window.strides),
        window.padding != "valid" and window.padding,
        window.dilation != (1, 1) and "d" + format_step(window.dilation),
    )


def function_settings(activation: ActivationName, use_bias: bool) -> tuple[str, ...]:
    """Write the activation of a layer, and whether it lacks a bias."""
    return shorthand(activation != "linear" and activation, not use_bias and "no bias")
