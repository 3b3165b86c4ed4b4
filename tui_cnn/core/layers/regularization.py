"""Regularization: what keeps a network from learning its examples by heart."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.layers.fields import Rate


class Dropout(Layer, frozen=True, kw_only=True):
    """While training, a share of the values, drawn anew each step, is set to zero.

    Srivastava et al., "Dropout", 2014.
    """

    rate: Annotated[Rate, Meta(description="Share of the values set to zero while training", examples=[0.5])]

    def settings(self) -> tuple[str, ...]:
        """The rate."""
        return (f"{self.rate:g}",)
