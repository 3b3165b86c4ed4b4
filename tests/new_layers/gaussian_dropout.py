"""A layer that Keras has, as if we did not: written as anybody would who adds it."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.layers.fields import Rate


class GaussianDropout(Layer, frozen=True, kw_only=True):
    """While training, every value is multiplied by noise around one."""

    family = "regularization"
    sign = "░"
    lesson = "training"
    is_linear = True

    rate: Annotated[Rate, Meta(description="Strength of the noise", examples=[0.2])]

    def settings(self) -> tuple[str, ...]:
        """The rate."""
        return (f"{self.rate:g}",)
