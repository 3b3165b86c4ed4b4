"""All numbers of a network: a row a layer, the totals, and the checks."""

from functools import lru_cache

import msgspec

from tui_cnn.core.checks import TrainingContext, check
from tui_cnn.core.layers import CONTAINERS, Block, Branches, Layer, Opaque
from tui_cnn.core.layers.base import Parameters
from tui_cnn.core.network import Network, Path, inside, muted_paths, names
from tui_cnn.core.receptive_field import PIXEL, SAME_CELL, ReceptiveField, merge
from tui_cnn.core.rows import Analysis, Figures, Row, Totals
from tui_cnn.core.shape import NONE, Shape, ShapeError, elements
from tui_cnn.i18n import _

__all__ = ["Analysis", "analyze"]


class _State(msgspec.Struct, frozen=True):
    """What has come through so far.

    `shape` is None behind a layer that cannot be built, `field`, what a cell sees, behind an opaque one, too; `source`
    is the path of the layer that it comes out of, None for the network's input.
    """

    shape: Shape | None
    field: ReceptiveField | None
    source: Path | None


def analyze(network: Network, training: TrainingContext = TrainingContext()) -> Analysis:  # noqa: B008  # it is immutable
    """Work out every number of `network`, and check it for the use in `training`.

    A layer that cannot take its input gets a row with the error; what comes after it has no shapes, but keeps its row.
    The numbers of a layer are kept: after an edit only those are worked out whose layer or input it has changed.
    """
    analysis = _computed(network)
    return msgspec.structs.replace(analysis, checks=check(analysis, training, _computed))


def _computed(network: Network) -> Analysis:
    """Work out the numbers alone."""
    muted = muted_paths(network)
    walk = _Walk(names(network, muted), muted)
    output = walk.stack(network.layers, _State(network.input_shape, PIXEL, None), ())
    output_shape = output.shape if any(not layer.muted for layer in network.layers) else None
    totals = _totals(walk.rows, buildable=output_shape is not None)
    return Analysis(network, tuple(walk.rows), totals, output_shape, output.source)


class _Walk:
    """One way through the tree, which leaves a row for each layer."""

    def __init__(self, named: dict[Path, str], muted: frozenset[Path]) -> None:
        self.rows: list[Row] = []
        self._named = named
        self._muted = muted

    def stack(self, layers: tuple[Layer, ...], state: _State, prefix: Path) -> _State:
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            if path in self._muted:
                self._skip(layer, state, path)
            elif type(layer) in CONTAINERS:
                state = self._container(layer, state, path)
            else:
                state = self._leaf(layer, state, path)
        return state

    def _skip(self, layer: Layer, state: _State, path: Path) -> None:
        """Leave the rows of a muted layer, and of all that it holds: what goes in comes out."""
        shape = state.shape
        figures = Figures(shape, "", Parameters(), NONE, 0, SAME_CELL) if shape else None
        for place, held in ((path, layer), *inside(layer, path)):
            self.rows.append(Row(place, self._named[place], held, shape, figures, state.field, muted=True))

    def _leaf(self, layer: Layer, state: _State, path: Path) -> _State:
        shape, field, source, name = state.shape, state.field, state.source, self._named[path]
        if shape is None or isinstance(layer, Opaque):
            self.rows.append(Row(path, name, layer, shape, None, source=source))
            return _State(layer.stated_shape if isinstance(layer, Opaque) else None, None, path)
        figures = _figures(layer, shape)
        if isinstance(figures, ShapeError):
            self.rows.append(Row(path, name, layer, shape, None, None, figures, source=source))
            return _State(None, None, path)
        input_fields = (field,)
        if field is not None and figures.receptive_field_map is not SAME_CELL:
            field = field.through(figures.receptive_field_map, shape, figures.output_shape)
        self.rows.append(Row(path, name, layer, shape, figures, field, None, input_fields, source))
        return _State(figures.output_shape, field, path)

    def _container(self, layer: Layer, state: _State, path: Path) -> _State:
        place = len(self.rows)
        error: ShapeError | None = None
        flops = 0
        input_fields: tuple[ReceptiveField | None, ...] = ()
        if isinstance(layer, Block):
            output = self.stack(layer.layers, state, path)
        else:
            assert isinstance(layer, Branches)
            outputs = [self.stack(branch, state, (*path, number)) for number, branch in enumerate(layer.branches)]
            output = _State(None, None, path)
            shapes = tuple(branch.shape for branch in outputs if branch.shape)
            if len(shapes) == len(outputs):
                try:
                    shape = layer.merged_shape(shapes)
                except ShapeError as refusal:
                    error = refusal.with_traceback(None)
                else:
                    input_fields, flops = tuple(branch.field for branch in outputs), layer.merge_flops(shapes)
                    known = [field for field in input_fields if field is not None]
                    seen = merge(known, shapes, shape) if len(known) == len(outputs) else None
                    output = _State(shape, seen, path)
        figures = Figures(output.shape, "", Parameters(), NONE, flops, SAME_CELL) if output.shape else None
        row = Row(path, self._named[path], layer, state.shape, figures, output.field, error, input_fields, state.source)
        self.rows.insert(place, row)
        return output


def _totals(rows: list[Row], *, buildable: bool) -> Totals:
    trainable = non_trainable = macs = flops = 0
    complete = buildable
    for row in rows:
        figures = row.figures
        if figures is not None:
            trainable += figures.parameters.trainable.value
            non_trainable += figures.parameters.non_trainable.value
            macs += figures.macs.value
            flops += figures.tf_flops
        else:  # it is opaque, or comes after what cannot be built
            complete = False
    return Totals(trainable, non_trainable, macs, flops, complete)


_MOST_VALUES = 2**63 - 1


@lru_cache(maxsize=4096)
def _figures(layer: Layer, shape: Shape) -> Figures | ShapeError:
    """One layer's own numbers, which are the same wherever it stands."""
    try:
        output = layer.output_shape(shape)
    except ShapeError as error:
        return error.with_traceback(None)  # it is kept: let go of the frames
    if elements(output) > _MOST_VALUES:
        return ShapeError(_("the output has more values than TensorFlow can count"))
    return Figures(
        output,
        layer.size_formula(shape),
        layer.parameters(shape),
        layer.macs(shape),
        layer.tf_flops(shape),
        layer.receptive_field_map(shape),
    )
