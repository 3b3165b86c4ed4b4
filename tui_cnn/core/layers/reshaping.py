"""Layers that only rearrange values."""

from math import prod

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.shape import Shape, product


class Flatten(Layer, frozen=True, kw_only=True):
    """All values in one row: where the feature extractor ends and the classifier begins."""

    def output_shape(self, shape: Shape) -> Shape:
        """One axis with all values."""
        return (prod(shape),)

    def size_formula(self, shape: Shape) -> str:
        """The product of the axes."""
        return f"{product(*shape)} = {prod(shape)}" if len(shape) > 1 else ""
