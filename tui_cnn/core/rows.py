"""A row of the analysis: one layer at its place, with its numbers."""

import msgspec

from tui_cnn.core.layers import Block, Branches, Layer, Parameters
from tui_cnn.core.layers.view import View
from tui_cnn.core.path import Path
from tui_cnn.core.receptive_field import ReceptiveField
from tui_cnn.core.shape import Amount, Shape, ShapeError


class Figures(msgspec.Struct, frozen=True):
    """The numbers of one layer on one input shape.

    MACs are for one image, of kernels only; `tf_flops` are what TensorFlow's profiler counts for one image.
    """

    output_shape: Shape
    size_formula: str
    parameters: Parameters
    macs: Amount
    tf_flops: int
    view: View


class Row(msgspec.Struct, frozen=True):
    """A layer at its place.

    `input_shape` is None behind a layer that cannot be built; `figures` is None there and at that layer itself, which
    has the `error`; `field` is what a cell of its output sees. A container's figures hold its output shape and the work
    of merging only: its layers have rows of their own.
    """

    path: Path
    name: str
    layer: Layer
    input_shape: Shape | None
    figures: Figures | None
    field: ReceptiveField | None = None
    error: ShapeError | None = None

    @property
    def holds_layers(self) -> bool:
        """Whether this is a container."""
        return isinstance(self.layer, Block | Branches)
