"""Transposed convolution, which enlarges images, sequences and volumes."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Parameters, require_axes, shorthand
from tui_cnn.core.layers.convolution import (
    Filters,
    SpatialConvolution,
    function_settings,
    kernel_and_bias,
    kernel_flops,
    require_stride_or_dilation,
    window_settings,
)
from tui_cnn.core.layers.fields import (
    ActivationName,
    BiasInitializer,
    DilationRate,
    DilationRate1D,
    DilationRate3D,
    Edge,
    ImagePadding,
    Initializer,
    KernelSize,
    KernelSize1D,
    KernelSize3D,
    Regularizer,
    Strides,
    Strides1D,
    Strides3D,
    UseBias,
)
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import ReceptiveFieldMap, Spreading, along
from tui_cnn.core.shape import Amount, Shape, ShapeError, amount, by_axis, elements, format_step
from tui_cnn.i18n import _

_ENLARGING = Meta(description="Factor by which the image is enlarged")
_PADDING = Meta(description="Rows and columns that the size is set by; less than the stride; empty: Keras' usual size")


class _Transposed(SpatialConvolution, frozen=True, kw_only=True):
    kernel_kind = "transposed"
    lesson = "transposed"

    filters: Filters
    kernel_size: Shape
    strides: Shape
    padding: ImagePadding = "valid"
    output_padding: Shape | None = None
    dilation_rate: Shape
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
        require_axes(shape, self.rank)
        require_stride_or_dilation(self.strides, self.dilation_rate)
        if self.output_padding and any(more >= s for more, s in zip(self.output_padding, self.strides, strict=True)):
            message = _("output padding {padding} is not less than the stride {strides}")
            steps = {"padding": format_step(self.output_padding), "strides": format_step(self.strides)}
            raise ShapeError(message.format(**steps), {"output_padding": None})
        return (*(size for size, _formula in self._sizes(shape)), self.filters)

    def _sizes(self, shape: Shape) -> list[tuple[int, str]]:
        """Work out each side, and how it comes about."""
        padding = self.output_padding or (None,) * self.rank
        return list(map(self._size, shape, self.strides, self.spread.reach, padding))

    def _size(self, n: int, stride: int, reach: int, more: int | None) -> tuple[int, str]:
        if more is None and self.padding == "same":
            return n * stride, f"{n}·{stride} = {n * stride}"
        kept = reach if self.padding == "valid" else reach % 2
        added = max(reach, stride) if more is None else kept + more
        size = (n - 1) * stride + added
        written = f"{added}" if more is None else f"{kept} + {more}"
        return size, f"({n} - 1)·{stride} + {written} = {size}"

    def size_formula(self, shape: Shape) -> str:
        return by_axis(*(formula for _size, formula in self._sizes(shape)))

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(kernel_and_bias((*self.kernel_size, shape[-1]), self.filters, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps for every value of the input."""
        return amount(*self.kernel_size, *shape, self.filters)

    def tf_flops(self, shape: Shape) -> int:
        """As the profiler has it: two for each tap and each output value, divided by the strides."""
        output = self.output_shape(shape)
        taps = 2 * elements(self.kernel_size) * shape[-1] * elements(output) // elements(self.strides)
        return kernel_flops(taps, output, self.use_bias, self.activation)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """Each value spreads over the window; `same` cuts off half of what reaches beyond, rounded down."""
        axes = zip(shape, self.output_shape(shape)[:-1], self.strides, self.spread.reach, strict=False)
        cut = self.padding == "same"
        return along(
            [
                Spreading(reach, stride, max(0, (n - 1) * stride + reach - size) // 2 if cut else 0)
                for n, size, stride, reach in axes
            ]
        )

    def kernel_width(self, shape: Shape) -> int:
        return shape[-1]

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.filters}",
            *window_settings(self.spread),
            self.output_padding is not None and "+" + format_step(self.output_padding),
            *function_settings(self.activation, self.use_bias),
        )


class Conv2DTranspose(_Transposed, frozen=True, kw_only=True):
    """Spreads each value over a window of the output: a transposed convolution, which enlarges images."""

    kernel_size: KernelSize
    strides: Annotated[Strides, _ENLARGING] = (1, 1)
    output_padding: Annotated[tuple[Edge, Edge], _PADDING] | None = None
    dilation_rate: DilationRate = (1, 1)


class Conv1DTranspose(_Transposed, frozen=True, kw_only=True):
    """Spreads each value over a window of the output: a transposed convolution, which lengthens sequences."""

    rank = 1

    kernel_size: KernelSize1D
    strides: Annotated[Strides1D, _ENLARGING] = (1,)
    output_padding: Annotated[tuple[Edge], _PADDING] | None = None
    dilation_rate: DilationRate1D = (1,)


class Conv3DTranspose(_Transposed, frozen=True, kw_only=True):
    """Spreads each value over a window of the output: a transposed convolution, which enlarges volumes."""

    rank = 3

    kernel_size: KernelSize3D
    strides: Annotated[Strides3D, _ENLARGING] = (1, 1, 1)
    output_padding: Annotated[tuple[Edge, Edge, Edge], _PADDING] | None = None
    dilation_rate: DilationRate3D = (1, 1, 1)

    def tf_flops(self, shape: Shape) -> int:
        """The profiler does not count this operation, only the biases and the activation."""
        return kernel_flops(0, self.output_shape(shape), self.use_bias, self.activation)
