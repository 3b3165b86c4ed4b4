"""Convolution in two steps: each channel alone, then across the channels.

Howard et al., "MobileNets", 2017, section 3.1; Chollet, "Xception", 2017.
"""

from typing import ClassVar

from tui_cnn.core.layers.base import KernelKind, Parameters, require_image
from tui_cnn.core.layers.convolution import (
    ConvolutionLayer,
    Filters,
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
    Initializer,
    KernelSize,
    Padding,
    Regularizer,
    Strides,
    UseBias,
)
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import Amount, Shape, elements, product


class DepthwiseConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Convolves each channel separately, with its own filters; channels are not mixed."""

    sign: ClassVar[str] = "▤"
    kernel_kind: ClassVar[KernelKind] = "depthwise"
    lesson: ClassVar[str] = "shape-of-a-cnn"

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
        """The window that slides."""
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across; each channel becomes `depth_multiplier` of them."""
        channels = require_image(shape)[2]
        return (*self.window.slide(shape), channels * self.depth_multiplier)

    def parameters(self, shape: Shape) -> Parameters:
        """A flat filter and a bias for each output channel."""
        outputs = shape[2] * self.depth_multiplier
        return Parameters(kernel_and_bias(self.kernel_size, outputs, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Each output value costs one flat window."""
        factors = (*self.kernel_size, *self.output_shape(shape))
        return Amount(elements(factors), product(*factors))

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output = self.output_shape(shape)
        taps = 2 * elements(self.kernel_size) * output[2] * self.window.tf_places(shape)
        return kernel_flops(taps, output, self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        """Kernel, and what differs from the defaults."""
        return (
            *window_settings(self.window),
            *((f"×{self.depth_multiplier}",) if self.depth_multiplier != 1 else ()),
            *function_settings(self.activation, self.use_bias),
        )


class SeparableConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """A depthwise convolution, then a 1×1 convolution that mixes the channels: cheaper than a Conv2D."""

    sign: ClassVar[str] = "▤"
    kernel_kind: ClassVar[KernelKind] = "separable"
    lesson: ClassVar[str] = "shape-of-a-cnn"

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
        """The window that slides."""
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across, and a channel for each filter."""
        require_image(shape)
        return (*self.window.slide(shape), self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        """The flat filters, and the 1×1 filters with their biases."""
        between = shape[2] * self.depth_multiplier
        flat = kernel_and_bias(self.kernel_size, between, use_bias=False)
        mixing = kernel_and_bias((between,), self.filters, self.use_bias)
        return Parameters(Amount(flat.value + mixing.value, f"{flat.formula} + {mixing.formula}"))

    def macs(self, shape: Shape) -> Amount:
        """At every place: the flat windows, then the mixing of their outputs."""
        between = shape[2] * self.depth_multiplier
        places = self.window.slide(shape)
        flat, mixing = (*self.kernel_size, between, *places), (between, self.filters, *places)
        return Amount(elements(flat) + elements(mixing), f"{product(*flat)} + {product(*mixing)}")

    def tf_flops(self, shape: Shape) -> int:
        """Two for each tap where TensorFlow works, one for each bias."""
        output, between = self.output_shape(shape), shape[2] * self.depth_multiplier
        flat = elements(self.kernel_size) * between * self.window.tf_places(shape)
        return kernel_flops(2 * (flat + between * elements(output)), output, self.use_bias, self.activation)

    def settings(self) -> tuple[str, ...]:
        """Filters, kernel, and what differs from the defaults."""
        return (
            f"{self.filters}",
            *window_settings(self.window),
            *((f"×{self.depth_multiplier}",) if self.depth_multiplier != 1 else ()),
            *function_settings(self.activation, self.use_bias),
        )
