"""A row of the analysis: one layer at its place, with its numbers."""

import msgspec

from tui_cnn.core.layers import Block, Branches, Layer, Parameters
from tui_cnn.core.path import Path
from tui_cnn.core.shape import Amount, Shape, ShapeError


class Figures(msgspec.Struct, frozen=True):
    """The numbers of one layer on one input shape. MACs are for one image, of kernels only."""

    output_shape: Shape
    size_formula: str
    parameters: Parameters
    macs: Amount


class Row(msgspec.Struct, frozen=True):
    """A layer at its place.

    `input_shape` is None behind a layer that cannot be built; `figures` is None there and at that layer itself, which
    has the `error`. A container's figures hold its output shape only: its layers have rows of their own.
    """

    path: Path
    name: str
    layer: Layer
    input_shape: Shape | None
    figures: Figures | None
    error: ShapeError | None = None

    @property
    def holds_layers(self) -> bool:
        """Whether this is a container."""
        return isinstance(self.layer, Block | Branches)
