"""All numbers of a network: a row a layer, the totals, and the checks."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tui_cnn.core.checks import Check, TrainingContext, check
from tui_cnn.core.graph import Graph, Node, graph
from tui_cnn.core.layers import Block, Input, Layer, Opaque, Shared
from tui_cnn.core.layers.base import Parameters
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Network, Path, frozen_paths, muted_paths, names_of, walk
from tui_cnn.core.receptive_field import PIXEL, SAME_CELL, ReceptiveField, merge
from tui_cnn.core.rows import Analysis, Figures, Row, Totals
from tui_cnn.core.shape import NONE, Shape, ShapeError, elements, total
from tui_cnn.core.unrolling import declared_path, has_repeats, unrolled
from tui_cnn.i18n import _

__all__ = ["Analysis", "analyze"]


class _State(NamedTuple):
    """What comes out of a node, and what its layer counts.

    `shape` is None behind a layer that cannot be built, `field`, what a cell sees of an image of shape `image`, behind
    an opaque one, too. `figures` are None where they cannot be known.
    """

    shape: Shape | None = None
    field: ReceptiveField | None = None
    image: Shape = ()
    figures: Figures | None = None
    error: ShapeError | None = None


def analyze(network: Network, training: TrainingContext = TrainingContext()) -> Analysis:  # noqa: B008  # it is immutable
    """Work out every number of `network`, and check it for the use in `training`.

    A layer that cannot take its input gets a row with the error; what comes after it has no shapes, but keeps its row.
    The numbers of a layer are kept: after an edit only those are worked out whose layer or input it has changed.
    """
    analysis = _computed(network)
    found = check(analysis, training, _computed)
    if has_repeats(row.layer for row in analysis.rows):
        found = (*found, *_of_other_times(network, found, training))
    return msgspec.structs.replace(analysis, checks=found)


def _of_other_times(network: Network, found: tuple[Check, ...], training: TrainingContext) -> Iterator[Check]:
    """Yield what is found about one time of a repeated block only; a row has the shapes of the last time."""
    known = {(finding.code, finding.path) for finding in found}
    whole = unrolled(network)
    for finding in check(_computed(whole), training, _computed):
        path, times = declared_path(network, finding.path)
        if (finding.code, path) not in known and times:
            known.add((finding.code, path))
            message = _("{finding} (repetition {number})").format(
                finding=finding.message, number=".".join(map(str, times))
            )
            yield msgspec.structs.replace(finding, path=path, message=message, fix=None)


def _computed(network: Network) -> Analysis:
    """Work out the numbers alone."""
    layers = tuple(walk(network.layers))
    muted = muted_paths(layers)
    whole = graph(network, muted)
    states: list[_State] = []
    for node in whole.nodes:
        states.append(_state(node, [states[number] for number in node.inputs], network.input_shape))
    rows = _Rows(whole, states, names_of(layers, muted), muted, frozen_paths(layers))
    found = tuple(rows.row(path, layer) for path, layer in layers)
    end = whole.outputs[0]
    output_shape = states[end].shape if any(not layer.muted for layer in network.layers) else None
    buildable = all(states[number].shape for number in whole.outputs) and output_shape is not None
    shapes = tuple(state.shape for state in states)
    totals = _totals(found, buildable=buildable)
    return Analysis(network, found, totals, output_shape, whole.nodes[end].path or None, (), whole, shapes)


def _state(node: Node, inputs: list[_State], image: Shape) -> _State:
    """Work out what comes out of a node, from what comes out of those whose outputs go in."""
    layer = node.layer
    if layer is None or isinstance(layer, Input):
        shape = image if layer is None else layer.shape
        return _State(shape, PIXEL, shape, _without_work(shape))
    if node.error is not None:
        return _State(error=node.error)
    if isinstance(layer, Opaque):
        return _State(layer.stated_shape)
    shapes = tuple(state.shape for state in inputs if state.shape is not None)
    if len(shapes) < len(inputs):
        return _State()
    if isinstance(layer, MergingLayer):
        return _merged(layer, inputs, shapes)
    figures = _figures(layer, shapes[0])
    if isinstance(figures, ShapeError):
        return _State(error=figures)
    field = inputs[0].field
    if field is not None and figures.receptive_field_map is not SAME_CELL:
        field = field.through(figures.receptive_field_map, shapes[0], figures.output_shape)
    return _State(figures.output_shape, field, inputs[0].image, figures)


def _merged(layer: MergingLayer, inputs: list[_State], shapes: tuple[Shape, ...]) -> _State:
    try:
        shape = layer.merged_shape(shapes)
    except ShapeError as refusal:
        return _State(error=refusal.with_traceback(None))
    figures = msgspec.structs.replace(_without_work(shape), tf_flops=layer.merge_flops(shapes))
    if len(inputs) == 1:
        return inputs[0]._replace(figures=figures)
    fields = [state.field for state in inputs if state.field is not None]
    # What is seen of images of different size has no common measure.
    known = len(fields) == len(inputs) and len({state.image for state in inputs}) == 1
    return _State(shape, merge(fields, shapes, shape) if known else None, inputs[0].image, figures)


def _without_work(shape: Shape) -> Figures:
    return Figures(shape, "", Parameters(), NONE, 0, SAME_CELL)


class _Rows:
    """Makes the row of each layer from the states of the nodes."""

    def __init__(
        self,
        whole: Graph,
        states: list[_State],
        named: dict[Path, str],
        muted: frozenset[Path],
        frozen: frozenset[Path],
    ) -> None:
        self._graph, self._states, self._named = whole, states, named
        self._muted, self._frozen = muted, frozen
        self._numbers: dict[Path, list[int]] = defaultdict(list)
        for number, node in enumerate(whole.nodes):
            self._numbers[node.path].append(number)

    def row(self, path: Path, layer: Layer) -> Row:
        given = self._graph.given[path]
        source = None if given is None else self._graph.nodes[given].path or None
        if path in self._muted:
            before = _State() if given is None else self._states[given]
            figures = _without_work(before.shape) if before.shape else None
            return Row(path, self._named[path], layer, before.shape, figures, before.field, muted=True)
        numbers = self._numbers[path] or [self._graph.made[path]]
        broken = (number for number in numbers if self._states[number].error is not None)
        shown = next(broken, self._graph.made[path])
        node, state = self._graph.nodes[shown], self._states[shown]
        if not isinstance(layer, Block):
            given = self._graph.taken.get(shown, given)
        before = _State() if given is None else self._states[given]
        error, figures = state.error, state.figures
        seen: tuple[ReceptiveField | None, ...] = ()
        if isinstance(layer, Block):
            error = state.error if node.layer is layer else None
            figures = _without_work(state.shape) if state.shape else None
        elif len(numbers) > 1:
            figures = self._added_up(numbers)
        if isinstance(layer, Shared) and figures is not None:
            figures = msgspec.structs.replace(figures, parameters=Parameters())
            if len({self._graph.nodes[number].weights for number in numbers}) > 1:
                figures = msgspec.structs.replace(figures, size_formula="")  # it is that of one of several layers
        if not isinstance(layer, Block) and figures is not None:
            seen = tuple(self._states[number].field for number in node.inputs)
        frozen = path in self._frozen
        if figures is not None and frozen:
            figures = msgspec.structs.replace(figures, parameters=figures.parameters.frozen())
        shape = layer.shape if isinstance(layer, Input) else before.shape
        times = 1 if isinstance(layer, Block | Shared) else len(numbers)
        return Row(
            path,
            self._named[path],
            layer,
            shape,
            figures,
            state.field,
            error,
            seen,
            source,
            frozen=frozen,
            times=times,
        )

    def _added_up(self, numbers: Sequence[int]) -> Figures | None:
        """Add up the work of all that stands at one address; what comes out is what comes out of the last."""
        parts = [figures for number in numbers if (figures := self._states[number].figures) is not None]
        if len(parts) < len(numbers):
            return None
        last = parts[-1]
        return msgspec.structs.replace(
            last,
            parameters=Parameters(
                total([part.parameters.trainable for part in parts]),
                total([part.parameters.non_trainable for part in parts]),
            ),
            macs=total([part.macs for part in parts]),
            tf_flops=sum(part.tf_flops for part in parts),
        )


def _totals(rows: tuple[Row, ...], *, buildable: bool) -> Totals:
    trainable = non_trainable = macs = flops = 0
    complete = parameters_complete = buildable
    for row in rows:
        figures = row.figures
        if figures is not None:
            trainable += figures.parameters.trainable.value
            non_trainable += figures.parameters.non_trainable.value
            macs += figures.macs.value
            flops += figures.tf_flops
            continue
        complete = False  # it is opaque, or comes after what cannot be built
        if row.params is None:
            parameters_complete = False
        else:
            trainable += row.params
    return Totals(trainable, non_trainable, macs, flops, complete, parameters_complete)


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
