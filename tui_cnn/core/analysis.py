"""All numbers of a network: a row a layer, the totals, and the checks."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from tui_cnn.core.checks import Check, check
from tui_cnn.core.layers import Block, Branches, Layer, Parameters
from tui_cnn.core.naming import names
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Figures, Row
from tui_cnn.core.shape import NONE, Shape, ShapeError


class Totals(msgspec.Struct, frozen=True):
    """Sums over all layers whose numbers are known; `complete` says whether these are all layers."""

    trainable: int
    non_trainable: int
    macs: int
    complete: bool

    @property
    def params(self) -> int:
        """Trainable and non-trainable parameters."""
        return self.trainable + self.non_trainable


class Analysis(msgspec.Struct, frozen=True):
    """What is known of a network before it runs. `output_shape` is None where the stack cannot be built."""

    network: Network
    rows: tuple[Row, ...]
    totals: Totals
    output_shape: Shape | None
    checks: tuple[Check, ...]


def analyze(network: Network) -> Analysis:
    """Work out every number of `network`.

    A layer that cannot take its input gets a row with the error; what comes after it has no shapes, but keeps its row.
    """
    rows: list[Row] = []
    output_shape = _through(network.layers, network.input_shape, (), names(network), rows)
    if not network.layers:
        output_shape = None
    leaves = [row.figures for row in rows if not row.holds_layers]
    known = [figures for figures in leaves if figures is not None]
    totals = Totals(
        trainable=sum(figures.parameters.trainable.value for figures in known),
        non_trainable=sum(figures.parameters.non_trainable.value for figures in known),
        macs=sum(figures.macs.value for figures in known),
        complete=len(known) == len(leaves) and output_shape is not None,
    )
    return Analysis(network, tuple(rows), totals, output_shape, check(network, rows))


def _through(
    layers: tuple[Layer, ...], shape: Shape | None, prefix: Path, named: dict[Path, str], rows: list[Row]
) -> Shape | None:
    """Follow `shape` through a stack, adding its rows; return what comes out, None once a layer cannot be built."""
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        place = len(rows)
        error: ShapeError | None = None
        figures: Figures | None = None
        if isinstance(layer, Block | Branches):
            inner: list[Row] = []
            output, error = _inside(layer, shape, path, named, inner)
            if shape is not None and output is not None:
                figures = Figures(output, "", Parameters(), NONE)
            rows += inner
        elif shape is not None:
            result = _figures(layer, shape)
            figures, error = (None, result) if isinstance(result, ShapeError) else (result, None)
        rows.insert(place, Row(path, named[path], layer, shape, figures, error))
        shape = figures.output_shape if figures else None
    return shape


def _inside(
    layer: Block | Branches, shape: Shape | None, path: Path, named: dict[Path, str], rows: list[Row]
) -> tuple[Shape | None, ShapeError | None]:
    if isinstance(layer, Block):
        return _through(layer.layers, shape, path, named, rows), None
    outputs = [_through(branch, shape, (*path, number), named, rows) for number, branch in enumerate(layer.branches)]
    known = [output for output in outputs if output is not None]
    if len(known) < len(outputs):
        return None, None
    try:
        return layer.merged_shape(tuple(known)), None
    except ShapeError as error:
        return None, error


@lru_cache(maxsize=4096)
def _figures(layer: Layer, shape: Shape) -> Figures | ShapeError:
    """One layer's own numbers. Cached, so that an edit costs only the layers whose input it changes."""
    try:
        output = layer.output_shape(shape)
    except ShapeError as error:
        return error.with_traceback(None)  # it is kept: let go of the frames
    return Figures(output, layer.size_formula(shape), layer.parameters(shape), layer.macs(shape))


def subtree(rows: tuple[Row, ...], path: Path) -> Iterator[Row]:
    """Yield the rows of everything that the layer at `path` holds."""
    return (row for row in rows if len(row.path) > len(path) and row.path[: len(path)] == path)
