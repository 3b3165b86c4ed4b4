"""All numbers of a network: a row a layer, the totals, and the checks."""

from functools import lru_cache

import msgspec

from tui_cnn.core.checks import Setting, check
from tui_cnn.core.layers import Block, Branches, Layer, Opaque, Parameters
from tui_cnn.core.layers.view import SAME_CELL
from tui_cnn.core.muting import muted_paths
from tui_cnn.core.naming import names
from tui_cnn.core.network import Network, inside
from tui_cnn.core.path import Path
from tui_cnn.core.receptive_field import PIXEL, ReceptiveField, merge
from tui_cnn.core.rows import Analysis, Figures, Row, Totals
from tui_cnn.core.shape import NONE, Shape, ShapeError

__all__ = ["Analysis", "analyze"]


class _State(msgspec.Struct, frozen=True):
    """What has come through so far: a shape, and what a cell of it sees, None behind a layer that is opaque."""

    shape: Shape
    field: ReceptiveField | None


def analyze(network: Network, setting: Setting = Setting()) -> Analysis:  # noqa: B008  # it is immutable
    """Work out every number of `network`, and check it for the use in `setting`.

    A layer that cannot take its input gets a row with the error; what comes after it has no shapes, but keeps its row.
    """
    walk = _Walk(names(network), muted_paths(network))
    output = walk.stack(network.layers, _State(network.input_shape, PIXEL), ())
    rows = tuple(walk.rows)
    output_shape = output.shape if output and any(not layer.muted for layer in network.layers) else None
    known = [row.figures for row in rows if row.figures is not None]
    totals = Totals(
        trainable=sum(figures.parameters.trainable.value for figures in known),
        non_trainable=sum(figures.parameters.non_trainable.value for figures in known),
        macs=sum(figures.macs.value for figures in known),
        tf_flops=sum(figures.tf_flops for figures in known),
        complete=output_shape is not None and not any(isinstance(row.layer, Opaque) and not row.muted for row in rows),
    )
    analysis = Analysis(network, rows, totals, output_shape)
    return msgspec.structs.replace(analysis, checks=check(analysis, setting))


class _Walk:
    """One way through the tree, which leaves a row for each layer."""

    def __init__(self, named: dict[Path, str], muted: frozenset[Path]) -> None:
        self.rows: list[Row] = []
        self._named = named
        self._muted = muted

    def stack(self, layers: tuple[Layer, ...], state: _State | None, prefix: Path) -> _State | None:
        """Follow a stack; return what comes out, None once a layer cannot be built."""
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            if path in self._muted:
                self._skip(layer, state, path)
            elif isinstance(layer, (Block, Branches)):
                state = self._container(layer, state, path)
            else:
                state = self._leaf(layer, state, path)
        return state

    def _skip(self, layer: Layer, state: _State | None, path: Path) -> None:
        """Leave the rows of a muted layer, and of all that it holds: what goes in comes out."""
        shape, field = (state.shape, state.field) if state else (None, None)
        figures = Figures(shape, "", Parameters(), NONE, 0, SAME_CELL) if shape else None
        for place, held in ((path, layer), *inside(layer, path)):
            self.rows.append(Row(place, self._named[place], held, shape, figures, field, muted=True))

    def _leaf(self, layer: Layer, state: _State | None, path: Path) -> _State | None:
        if isinstance(layer, Opaque):
            self.rows.append(Row(path, self._named[path], layer, state.shape if state else None, None))
            return _State(layer.stated_shape, None) if layer.stated_shape else None
        if state is None:
            self.rows.append(Row(path, self._named[path], layer, None, None))
            return None
        figures = _figures(layer, state.shape)
        if isinstance(figures, ShapeError):
            self.rows.append(Row(path, self._named[path], layer, state.shape, None, None, figures))
            return None
        output = figures.output_shape
        field = state.field
        if field is not None and figures.view is not SAME_CELL:
            field = field.through(figures.view, state.shape, output)
        self.rows.append(Row(path, self._named[path], layer, state.shape, figures, field, None, (state.field,)))
        return _State(output, field)

    def _container(self, layer: Block | Branches, state: _State | None, path: Path) -> _State | None:
        place = len(self.rows)
        error: ShapeError | None = None
        output: _State | None
        flops = 0
        seen: tuple[ReceptiveField | None, ...] = ()
        if isinstance(layer, Block):
            output = self.stack(layer.layers, state, path)
        else:
            outputs = [self.stack(branch, state, (*path, number)) for number, branch in enumerate(layer.branches)]
            known = [branch for branch in outputs if branch is not None]
            output = None
            if len(known) == len(outputs):
                try:
                    output, flops = _merged(layer, known)
                    seen = tuple(branch.field for branch in known)
                except ShapeError as refusal:
                    error = refusal.with_traceback(None)
        figures = Figures(output.shape, "", Parameters(), NONE, flops, SAME_CELL) if output else None
        field = output.field if output else None
        shape = state.shape if state else None
        self.rows.insert(place, Row(path, self._named[path], layer, shape, figures, field, error, seen))
        return output


def _merged(layer: Branches, outputs: list[_State]) -> tuple[_State, int]:
    shapes = tuple(output.shape for output in outputs)
    shape = layer.merged_shape(shapes)
    fields = [output.field for output in outputs if output.field is not None]
    field = merge(fields, shapes, shape) if len(fields) == len(outputs) else None
    return _State(shape, field), layer.merge_flops(shapes)


@lru_cache(maxsize=4096)
def _figures(layer: Layer, shape: Shape) -> Figures | ShapeError:
    """One layer's own numbers. Cached, so that an edit costs only the layers whose input it changes."""
    try:
        output = layer.output_shape(shape)
    except ShapeError as error:
        return error.with_traceback(None)  # it is kept: let go of the frames
    return Figures(
        output,
        layer.size_formula(shape),
        layer.parameters(shape),
        layer.macs(shape),
        layer.tf_flops(shape),
        layer.view(shape),
    )
