"""Convolution one channel deep: each channel with its own filters; and then, perhaps, 1×1 filters that mix them."""

from tui_cnn.core.layers.base import Parameters, require_axes, shorthand
from tui_cnn.core.layers.convolution import (
    Filters,
    SpatialConvolution,
    function_settings,
    kernel_and_bias,
    kernel_flops,
    window_settings,
)
from tui_cnn.core.layers.fields import (
    ActivationName,
    BiasInitializer,
    DepthMultiplier,
    DilationRate,
    DilationRate1D,
    ImagePadding,
    Initializer,
    KernelSize,
    KernelSize1D,
    Regularizer,
    Strides,
    Strides1D,
    UseBias,
)
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import Amount, Shape, amount, both, elements


class _Depthwise(SpatialConvolution, frozen=True, kw_only=True):
    sign = "▤"
    kernel_kind = "depthwise"
    lesson = "shape-of-a-cnn"

    kernel_size: Shape
    strides: Shape
    padding: ImagePadding = "valid"
    depth_multiplier: DepthMultiplier = 1
    dilation_rate: Shape
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
        channels = require_axes(shape, self.rank)[-1]
        return (*self.window.slide(shape), channels * self.depth_multiplier)

    def parameters(self, shape: Shape) -> Parameters:
        """A flat filter and a bias for each output channel."""
        outputs = shape[-1] * self.depth_multiplier
        return Parameters(kernel_and_bias(self.kernel_size, outputs, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Each output value costs one flat window."""
        return amount(*self.kernel_size, *self.output_shape(shape))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output = self.output_shape(shape)
        taps = 2 * elements(self.kernel_size) * output[-1] * self.window.tf_places(shape)
        return kernel_flops(taps, output, self.use_bias, self.activation)

    def kernel_width(self, shape: Shape) -> int:
        return self.depth_multiplier

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            *window_settings(self.window),
            self.depth_multiplier != 1 and f"×{self.depth_multiplier}",
            *function_settings(self.activation, self.use_bias),
        )


class DepthwiseConv2D(_Depthwise, frozen=True, kw_only=True):
    """Convolves each channel separately, with its own filters; channels are not mixed."""

    kernel_size: KernelSize
    strides: Strides = (1, 1)
    dilation_rate: DilationRate = (1, 1)


class DepthwiseConv1D(_Depthwise, frozen=True, kw_only=True):
    """Convolves each channel of a sequence separately, with its own filters; channels are not mixed."""

    rank = 1

    kernel_size: KernelSize1D
    strides: Strides1D = (1,)
    dilation_rate: DilationRate1D = (1,)


class _Separable(SpatialConvolution, frozen=True, kw_only=True):
    sign = "▤"
    kernel_kind = "separable"
    lesson = "shape-of-a-cnn"

    filters: Filters
    kernel_size: Shape
    strides: Shape
    padding: ImagePadding = "valid"
    dilation_rate: Shape
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
        require_axes(shape, self.rank)
        return (*self.window.slide(shape), self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        """The flat filters, and the 1×1 filters with their biases."""
        between = shape[-1] * self.depth_multiplier
        flat = kernel_and_bias(self.kernel_size, between, use_bias=False)
        mixing = kernel_and_bias((between,), self.filters, self.use_bias)
        return Parameters(both(flat, mixing))

    def macs(self, shape: Shape) -> Amount:
        """At every place: the flat windows, then the mixing of their outputs."""
        between = shape[-1] * self.depth_multiplier
        places = self.window.slide(shape)
        return both(amount(*self.kernel_size, between, *places), amount(between, self.filters, *places))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output, between = self.output_shape(shape), shape[-1] * self.depth_multiplier
        flat = elements(self.kernel_size) * between * self.window.tf_places(shape)
        return kernel_flops(2 * (flat + between * elements(output)), output, self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.filters}",
            *window_settings(self.window),
            self.depth_multiplier != 1 and f"×{self.depth_multiplier}",
            *function_settings(self.activation, self.use_bias),
        )


class SeparableConv2D(_Separable, frozen=True, kw_only=True):
    """A depthwise convolution, then a 1×1 convolution that mixes the channels: cheaper than a Conv2D."""

    kernel_size: KernelSize
    strides: Strides = (1, 1)
    dilation_rate: DilationRate = (1, 1)


class SeparableConv1D(_Separable, frozen=True, kw_only=True):
    """A depthwise convolution of a sequence, then one of length 1 that mixes the channels: cheaper than a Conv1D."""

    rank = 1

    kernel_size: KernelSize1D
    strides: Strides1D = (1,)
    dilation_rate: DilationRate1D = (1,)
