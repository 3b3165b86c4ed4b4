"""Normalization: values brought to a common scale."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters
from tui_cnn.core.layers.fields import Rate
from tui_cnn.core.shape import NONE, Amount, Shape, product


class BatchNormalization(Layer, frozen=True, kw_only=True):
    """Each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted as learned.

    Ioffe and Szegedy, "Batch Normalization", 2015. The running mean and variance are the non-trainable parameters.
    """

    momentum: Annotated[Rate, Meta(description="Share of the old running mean and variance kept at each step")] = 0.99
    epsilon: Annotated[
        float, Meta(gt=0, le=1, description="Added to the variance, so that nothing is divided by zero")
    ] = 0.001
    center: Annotated[bool, Meta(description="Learn a shift (beta) for each channel")] = True
    scale: Annotated[bool, Meta(description="Learn a factor (gamma) for each channel")] = True

    def parameters(self, shape: Shape) -> Parameters:
        """Gamma and beta are trained; the running mean and variance are not."""
        channels, learned = shape[-1], self.center + self.scale
        trainable = Amount(learned * channels, product(learned, channels)) if learned else NONE
        return Parameters(trainable, Amount(2 * channels, product(2, channels)))

    def settings(self) -> tuple[str, ...]:
        """What is left out."""
        return tuple(text for kept, text in ((self.center, "no center"), (self.scale, "no scale")) if not kept)
