"""Convolution: filters that slide over an image, each as deep as its input."""

from math import gcd
from typing import Annotated, ClassVar

from msgspec import Meta

from tui_cnn.core.layers.activation import activation_flops
from tui_cnn.core.layers.base import Family, KernelKind, Layer, Parameters, require_image
from tui_cnn.core.layers.fields import (
    ActivationName,
    BiasInitializer,
    Channels,
    DilationRate,
    Initializer,
    KernelSize,
    Padding,
    Regularizer,
    Strides,
    UseBias,
)
from tui_cnn.core.layers.receptive_field_map import ReceptiveFieldMap, Spreading
from tui_cnn.core.layers.window import Window, format_extent, format_step
from tui_cnn.core.shape import Amount, Shape, ShapeError, elements, product
from tui_cnn.i18n import _

Filters = Annotated[Channels, Meta(description="Number of filters, and of output feature maps", examples=[32])]


class ConvolutionLayer(Layer, frozen=True, kw_only=True):
    """The base of all convolutions."""

    family: ClassVar[Family] = "convolution"
    sign: ClassVar[str] = "▦"


class Conv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Slides filters over the image; each filter gives one feature map.

    Input `(height, width, channels)`, output `(rows, columns, filters)`.
    """

    kernel_kind: ClassVar[KernelKind] = "convolution"
    lesson: ClassVar[str] = "layer"

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
        """The window that slides."""
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across, and a channel for each filter."""
        channels = require_image(shape)[2]
        divisor = gcd(channels, self.filters, self.groups)
        for count, message in (
            (self.filters, _("{count} filters cannot be split into {groups} groups")),
            (channels, _("{count} channels cannot be split into {groups} groups")),
        ):
            if count % self.groups:
                raise ShapeError(message.format(count=count, groups=self.groups), {"groups": divisor})
        require_stride_or_dilation(self.strides, self.dilation_rate)
        return (*self.window.slide(shape), self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        """A filter is as deep as its (group's) input and has one bias."""
        return Parameters(kernel_and_bias((*self.kernel_size, shape[2] // self.groups), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps at every place."""
        factors = (*self.kernel_size, shape[2] // self.groups, *self.output_shape(shape))
        return Amount(elements(factors), product(*factors))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works; the profiler itself cannot look into a convolution in groups."""
        taps = 2 * elements(self.kernel_size) * (shape[2] // self.groups) * self.filters * self.window.tf_places(shape)
        return kernel_flops(taps, self.output_shape(shape), self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        """Filters, kernel, and what differs from the defaults."""
        groups = () if self.groups == 1 else (f"g{self.groups}",)
        return (
            f"{self.filters}",
            *window_settings(self.window),
            *groups,
            *function_settings(self.activation, self.use_bias),
        )


class Conv2DTranspose(ConvolutionLayer, frozen=True, kw_only=True):
    """Spreads each value over a window of the output: a transposed convolution, which enlarges images."""

    kernel_kind: ClassVar[KernelKind] = "transposed"
    lesson: ClassVar[str] = "stride"

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
        height, width, _channels = require_image(shape)
        require_stride_or_dilation(self.strides, self.dilation_rate)
        down, across = (
            n * stride if self.padding == "same" else (n - 1) * stride + max(reach, stride)
            for n, stride, reach in zip((height, width), self.strides, self.spread.reach, strict=True)
        )
        return (down, across, self.filters)

    def size_formula(self, shape: Shape) -> str:
        """The size formula of a transposed convolution, along the height; one line for both axes where they agree."""
        height, width = (
            f"{n}·{stride} = {n * stride}"
            if self.padding == "same"
            else f"({n} - 1)·{stride} + {max(reach, stride)} = {(n - 1) * stride + max(reach, stride)}"
            for n, stride, reach in zip(shape[:2], self.strides, self.spread.reach, strict=True)
        )
        return height if height == width else f"h: {height};  w: {width}"

    def parameters(self, shape: Shape) -> Parameters:
        """As many as those of the convolution."""
        return Parameters(kernel_and_bias((*self.kernel_size, shape[2]), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps for every value of the input."""
        factors = (*self.kernel_size, *shape, self.filters)
        return Amount(elements(factors), product(*factors))

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
        """Filters, kernel, and what differs from the defaults."""
        return (f"{self.filters}", *window_settings(self.spread), *function_settings(self.activation, self.use_bias))


def kernel_and_bias(kernel: Shape, outputs: int, use_bias: bool) -> Amount:
    """Count the weights of `outputs` kernels, each with a bias or without."""
    taps = product(*kernel)
    if use_bias:
        return Amount((elements(kernel) + 1) * outputs, f"({taps} + 1)·{outputs}")
    return Amount(elements(kernel) * outputs, f"{taps}·{outputs}")


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
        steps = {"strides": format_extent(strides), "dilation": format_extent(dilation)}
        raise ShapeError(message.format(**steps), {"dilation_rate": (1, 1)})


def window_settings(window: Window) -> tuple[str, ...]:
    """Write a window in the field's shorthand: `3×3`, and stride, padding and dilation where they are not the usual."""
    return (
        format_extent(window.kernel),
        *(("s" + format_step(window.strides),) if window.strides != (1, 1) else ()),
        *((window.padding,) if window.padding != "valid" else ()),
        *(("d" + format_step(window.dilation),) if window.dilation != (1, 1) else ()),
    )


def function_settings(activation: ActivationName, use_bias: bool) -> tuple[str, ...]:
    """Write the activation of a layer, and whether it lacks a bias."""
    return (*(() if activation == "linear" else (activation,)), *(() if use_bias else ("no bias",)))
