"""Dense (fully connected) layers."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters
from tui_cnn.core.layers.convolution import function_settings, kernel_and_bias, kernel_flops
from tui_cnn.core.layers.fields import ActivationName, BiasInitializer, Initializer, Regularizer, UseBias
from tui_cnn.core.shape import Amount, Shape, amount


class Dense(Layer, frozen=True, kw_only=True):
    """Connects every unit to every feature, each with its own weight.

    Input `(..., features)`, output `(..., units)`: with more than one axis it works along the last, as in Keras.
    """

    family = "dense"
    sign = "≡"
    kernel_kind = "dense"
    lesson = "why-not-dense"

    units: Annotated[int, Meta(ge=1, le=1_000_000, description="Number of units, and of outputs", examples=[64])]
    activation: ActivationName = "linear"
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(kernel_and_bias(shape[-1:], self.units, self.use_bias))

    def macs(self, shape: Shape) -> Amount:
        """Every weight once, for each position along the other axes."""
        return amount(*shape, self.units)

    def tf_flops(self, shape: Shape) -> int:
        """Two for each multiply-accumulate, one for each bias."""
        return kernel_flops(2 * self.macs(shape).value, self.output_shape(shape), self.use_bias, self.activation)

    def kernel_width(self, shape: Shape) -> int:
        return self.units

    def settings(self) -> tuple[str, ...]:
        return (f"{self.units}", *function_settings(self.activation, self.use_bias))
