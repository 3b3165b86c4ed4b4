"""A convolution that Keras does not have, made of two that it has."""

from collections.abc import Sequence

from tui_cnn.core.layers.base import KerasCall, Parameters, Proposal, keras_arguments
from tui_cnn.core.layers.convolution import Conv2D, ConvolutionLayer, Filters, window_settings
from tui_cnn.core.layers.fields import ActivationName, KernelSize
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import Amount, Shape, both


class ColumnRowConv2D(ConvolutionLayer, frozen=True, kw_only=True):
    """Filters of one column, and then filters of one row over what these give."""

    kernel_kind = "convolution"
    lesson = "layer"

    filters: Filters
    kernel_size: KernelSize
    activation: ActivationName = "linear"

    @property
    def window(self) -> Window:
        """The window that both cover."""
        return Window(self.kernel_size, (1, 1), "same")

    @property
    def _column(self) -> Conv2D:
        return Conv2D(filters=self.filters, kernel_size=(self.kernel_size[0], 1), padding="same", use_bias=False)

    @property
    def _row(self) -> Conv2D:
        size = (1, self.kernel_size[1])
        return Conv2D(filters=self.filters, kernel_size=size, padding="same", activation=self.activation)

    def output_shape(self, shape: Shape) -> Shape:
        """The image stays; a channel for each filter."""
        return self._row.output_shape(self._column.output_shape(shape))

    def parameters(self, shape: Shape) -> Parameters:
        """Those of both."""
        column, row = self._column.parameters(shape), self._row.parameters(self._column.output_shape(shape))
        return Parameters(both(column.trainable, row.trainable))

    def macs(self, shape: Shape) -> Amount:
        """Those of both."""
        return both(self._column.macs(shape), self._row.macs(self._column.output_shape(shape)))

    def tf_flops(self, shape: Shape) -> int:
        """Those of both."""
        return self._column.tf_flops(shape) + self._row.tf_flops(self._column.output_shape(shape))

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """One behind the other."""
        between = self._column.output_shape(shape)
        return (
            KerasCall("Conv2D", keras_arguments(self._column), "column", between),
            KerasCall("Conv2D", keras_arguments(self._row)),
        )

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        """Two convolutions, the first of one column, the second of one row."""
        match [call.arguments for call in calls[-2:]]:
            case [
                {"kernel_size": (height, 1)},
                {"kernel_size": (1, width), "filters": filters, "activation": activation},
            ]:
                fields = {"filters": filters, "kernel_size": (height, width), "activation": activation}
                return Proposal(fields)
        return None

    def settings(self) -> tuple[str, ...]:
        """Filters and kernel."""
        return (f"{self.filters}", *window_settings(self.window))
