"""Dense (fully connected) layers."""

from math import prod
from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters
from tui_cnn.core.layers.fields import ActivationName, Initializer
from tui_cnn.core.shape import Amount, Shape, product


class Dense(Layer, frozen=True, kw_only=True):
    """Every unit sees every feature, each through a weight of its own.

    Input `(..., features)`, output `(..., units)`: with more than one axis it works along the last, as in Keras.
    """

    units: Annotated[int, Meta(ge=1, le=1_000_000, description="How many numbers come out", examples=[64])]
    activation: Annotated[ActivationName, Meta(description="Function applied to every output", examples=["relu"])] = (
        "linear"
    )
    use_bias: Annotated[bool, Meta(description="Add a learned number to each unit")] = True
    kernel_initializer: Annotated[Initializer, Meta(description="How the weights are drawn before training")] = (
        "glorot_uniform"
    )

    def output_shape(self, shape: Shape) -> Shape:
        """The last axis becomes the units."""
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> Parameters:
        """A weight for each feature and a bias, for each unit."""
        features = shape[-1]
        if self.use_bias:
            return Parameters(Amount((features + 1) * self.units, f"({features} + 1)·{self.units}"))
        return Parameters(Amount(features * self.units, product(features, self.units)))

    def macs(self, shape: Shape) -> Amount:
        """Every weight once, for each position along the other axes."""
        return Amount(prod(shape) * self.units, product(*shape, self.units))

    def settings(self) -> tuple[str, ...]:
        """Units, and what differs from the defaults."""
        activation = () if self.activation == "linear" else (self.activation,)
        bias = () if self.use_bias else ("no bias",)
        return (f"{self.units}", *activation, *bias)
