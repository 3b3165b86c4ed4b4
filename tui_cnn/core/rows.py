"""The analysis of a network: a row for each layer at its place, with its numbers, and the totals."""

import msgspec

from tui_cnn.core.findings import Check
from tui_cnn.core.layers import CONTAINERS, Layer, Parameters
from tui_cnn.core.layers.receptive_field_map import ReceptiveFieldMap
from tui_cnn.core.network import Network
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
    receptive_field_map: ReceptiveFieldMap


class Row(msgspec.Struct, frozen=True):
    """A layer at its place.

    `input_shape` is None behind a layer that cannot be built; `figures` is None there and at that layer itself, which
    has the `error`; `field` is what a cell of its output sees, and `input_fields` what a cell of its input does: one
    field, or one a branch where branches are merged. `source` is the path of the layer that the input comes out of,
    None for the network's own input and for what is muted. The figures of an opaque layer are None too, and so is the
    field of all that comes after it. A container's figures hold its output shape and the work of merging only: its
    layers have rows of their own. A layer that is muted, or in a muted one, has the figures of the identity.
    """

    path: Path
    name: str
    layer: Layer
    input_shape: Shape | None
    figures: Figures | None
    field: ReceptiveField | None = None
    error: ShapeError | None = None
    input_fields: tuple[ReceptiveField | None, ...] = ()
    source: Path | None = None
    muted: bool = False

    @property
    def holds_layers(self) -> bool:
        """Whether this is a container."""
        return type(self.layer) in CONTAINERS


class Totals(msgspec.Struct, frozen=True):
    """Sums over all layers whose numbers are known; `complete` says whether these are all layers."""

    trainable: int
    non_trainable: int
    macs: int
    tf_flops: int
    complete: bool

    @property
    def params(self) -> int:
        """Trainable and non-trainable parameters."""
        return self.trainable + self.non_trainable


class Analysis(msgspec.Struct, frozen=True):
    """What is known of a network before it runs.

    `output_shape` is None where the stack cannot be built; `last` is the path of the layer that the output comes out
    of, None where all are muted.
    """

    network: Network
    rows: tuple[Row, ...]
    totals: Totals
    output_shape: Shape | None
    last: Path | None = None
    checks: tuple[Check, ...] = ()

    @property
    def last_map(self) -> Row | None:
        """The last feature map: the row that the output comes out of, or the last before it that still has places.

        A global pooling that keeps its axes has none. None where there is no map, and where that cannot be known:
        behind an opaque layer, or one that cannot be built.
        """
        at = {row.path: row for row in self.rows}
        path = self.last
        while path is not None:
            row = at[path]
            if row.figures is None or row.field is None:
                return None
            shape = row.figures.output_shape
            if len(shape) == 3 and (row.field.status != "full" or shape[:2] != (1, 1)):
                return row
            path = row.source
        return None
