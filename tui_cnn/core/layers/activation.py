"""Activation functions as layers of their own."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.layers.fields import ActivationName


class Activation(Layer, frozen=True, kw_only=True):
    """A function applied to every value; softmax works along the last axis."""

    activation: Annotated[ActivationName, Meta(description="Function applied to every value", examples=["relu"])]

    def settings(self) -> tuple[str, ...]:
        """The function's name."""
        return (self.activation,)
