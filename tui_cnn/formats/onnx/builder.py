"""The graph of our layers that an ONNX graph becomes, node by node.

Each layer is taken only if it gives the very shape that ONNX says, and has as many parameters as the file: what
differs in anything becomes an opaque layer.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, AnyLayer
from tui_cnn.core.shape import ShapeError
from tui_cnn.formats.keras.graph import ModelNode
from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.keras.schema import Entry, NodeCall
from tui_cnn.formats.onnx.values import FLOATS, Constant, Dims, Leaves, Symbol, Value, Weight

_LONGEST = 100_000_000
_MOST_SETTINGS = 64


class Operator(NamedTuple):
    """A node of an ONNX graph.

    Attributes:
        kind: its type.
        name: its name, or that of what it gives.
        version: that of the operators in its domain; 0 where it is none of ONNX itself.
        attributes: its attributes, as plain values.
        inputs: what goes in; None for what is left out.
        outputs: the dimensions of what comes out, where they are known, and the type.
        names: the names of what comes out; empty for what nothing uses.
        uses: how often what goes in is used.
    """

    kind: str
    name: str
    version: int
    attributes: Mapping[str, Any]
    inputs: tuple[Value | None, ...]
    outputs: tuple[tuple[Dims | None, int], ...]
    names: tuple[str, ...]
    uses: tuple[int, ...]

    @property
    def tensor(self) -> Symbol:
        """What goes in first.

        Raises:
            ForeignError: it does not depend on the input, or its shape is unknown.
        """
        value = self.inputs[0] if self.inputs else None
        if not isinstance(value, Symbol) or value.dims is None or len(value.dims) < 2 or 0 in value.order:
            raise ForeignError
        return value

    @property
    def dims(self) -> Dims:
        """The dimensions of what comes out.

        Raises:
            ForeignError: they are unknown, or something besides the first output is used.
        """
        if self.outputs[0][0] is None or any(self.names[1:]):
            raise ForeignError
        return self.outputs[0][0]

    def constant(self, place: int) -> Constant | None:
        """Return a constant that goes in; None where it is left out.

        Raises:
            ForeignError: it depends on the input.
        """
        value = self.inputs[place] if place < len(self.inputs) else None
        if isinstance(value, Symbol):
            raise ForeignError
        return value

    def weights(self, place: int) -> Constant:
        """Return an array of weights that goes in.

        Raises:
            ForeignError: it depends on the input, or its dimensions are unknown.
        """
        value = self.constant(place)
        if value is None or value.dims is None:
            raise ForeignError
        return value

    def integers(self, place: int, attribute: str) -> tuple[int, ...] | None:
        """Return whole numbers that are an attribute in old versions, and an input in new ones.

        Raises:
            ForeignError: they are not known.
        """
        if attribute in self.attributes:
            return tuple(map(int, self.attributes[attribute]))
        value = self.constant(place)
        if value is None:
            return None
        if value.integers is None:
            raise ForeignError
        return value.integers

    def number(self, place: int, attribute: str, default: float) -> float:
        """Return a number that is an attribute in old versions, and an input in new ones.

        Raises:
            ForeignError: it is not known.
        """
        if attribute in self.attributes:
            return float(self.attributes[attribute])
        value = self.constant(place)
        if value is None:
            return default
        if value.scalar is None:
            raise ForeignError
        return value.scalar


class Made(NamedTuple):
    """A layer of ours, and its weights in Keras' order."""

    layer: AnyLayer
    weights: tuple[Weight, ...] = ()

    @property
    def leaves(self) -> Leaves:
        """The arrays of the file that its weights are made of."""
        return frozenset(leaf for one in self.weights for leaf in one.constant.leaves)


class Builder:
    """Collects nodes.

    Attributes:
        nodes: the nodes; the first is the input.
        made: by label of a node, its layer.
        weights: by label of a node that is opaque, the number of its weights.
        disordered: the labels of nodes that take a row of values as if it lay as in ONNX, though it does not: they
            give other numbers, and nobody can put the weights so that they do not.
    """

    def __init__(self) -> None:
        self.nodes: list[ModelNode] = []
        self.made: dict[str, Made] = {}
        self.weights: dict[str, int] = {}
        self.disordered: dict[str, None] = {}
        self._labels: dict[str, None] = {}
        self._counted: dict[str, Made] = {}
        self._begun = (0, 0, 0)

    def begin(self) -> None:
        """Remember what there is, so that `undo` can go back to it."""
        self._begun = len(self.nodes), len(self._labels), len(self._counted)

    def undo(self) -> None:
        """Take back all that was added since `begin`."""
        nodes, labels, counted = self._begun
        del self.nodes[nodes:]
        while len(self._labels) > labels:
            label, _nothing = self._labels.popitem()
            self.made.pop(label, None)
            self.disordered.pop(label, None)
        while len(self._counted) > counted:
            self._counted.popitem()

    def input(self, name: str, kind: int, dims: Dims, order: Dims) -> Symbol:
        """Add an input."""
        shape = tuple(dims[axis] for axis in order)
        entry = Entry("InputLayer", name=self._label(name))
        self.nodes.append(ModelNode(entry, NodeCall(), (0,) if self.nodes else (), shape, ()))
        return Symbol(len(self.nodes) - 1, kind, dims, order)

    def layer(
        self,
        operator: Operator,
        kind: str,
        source: Symbol,
        dims: Dims,
        /,
        *,
        order: Dims | None = None,
        suffix: str = "",
        weights: Sequence[Weight] = (),
        nonnegative: bool = False,
        **settings: Any,
    ) -> Symbol:
        """Add a layer on `source` that gives `dims`, in the same order of axes unless `order` says another.

        `weights` are in the order in which Keras' layer has them; a dense layer's are for the values as they lie.

        Raises:
            ForeignError: we have none that does just that.
        """
        own = Made(made(kind, settings), tuple(weights))
        result = Symbol(0, source.kind, dims, source.order if order is None else order, nonnegative)
        self._check(own, source, result)
        self._count(own)
        label = self._label(operator.name + suffix)
        self.made[label] = own
        if source.flattened and own.layer.kernel_kind == "none":
            result = result._replace(flattened=source.flattened if dims == source.dims else None)
            if result.flattened is None:
                self.disordered[label] = None
        return result._replace(node=self._add(label, kind, (source,), result))

    def extended(self, source: Symbol, before: Symbol, weights: Weight | None, **settings: Any) -> Symbol:
        """Change the settings of the layer that gives `source` and takes `before`, which then has more weights.

        Raises:
            ForeignError: it is no such layer.
        """
        label = self.nodes[source.node].entry.label
        if label not in self.made:
            raise ForeignError
        old = self.made[label]
        layer = made(type(old.layer).__name__, msgspec.structs.asdict(old.layer) | settings)
        own = Made(layer, (*old.weights, weights) if weights else old.weights)
        self._check(own, before, source)
        self._count(own, besides=old.leaves)
        self.made[label] = own
        return source._replace(nonnegative=False)

    def made_by(self, source: Symbol) -> tuple[AnyLayer, Symbol] | None:
        """Return the layer that gives `source`, and what goes into it; None for what is opaque or a merge."""
        node = self.nodes[source.node]
        found = self.made.get(node.entry.label)
        if found is None:
            return None
        before = self.nodes[node.inputs[0]].shape
        if before is None or source.dims is None:
            return None
        return found.layer, Symbol(node.inputs[0], source.kind, (1, *before), tuple(range(1, len(before) + 1)))

    def merge(self, operator: Operator, way: str, inputs: Sequence[Symbol], axis: int = -1) -> Symbol:
        """Add a layer that merges tensors whose axes are in the same order; `way` is the name of its class in Keras.

        Raises:
            ForeignError: they cannot be merged so.
        """
        from tui_cnn.core.layers import Route

        first = inputs[0]
        result = Symbol(0, first.kind, operator.dims, first.order)
        shapes = tuple(one.shape for one in inputs if one.shape)
        rule = made("Route", {"layers": ["?"], "merge": way.lower(), "axis": axis})
        try:
            fits = isinstance(rule, Route) and rule.merged_shape(shapes) == result.shape
        except ShapeError:
            fits = False
        if len(shapes) < len(inputs) or not fits:
            raise ForeignError
        label = self._label(operator.name)
        entry = Entry(way, {"axis": axis}, "keras.layers", name=label)
        call = NodeCall([[_tensor(one) for one in inputs]])
        self.nodes.append(ModelNode(entry, call, tuple(one.node for one in inputs), result.shape, ()))
        if any(one.flattened for one in inputs):
            alike = len({one.flattened for one in inputs}) == 1 and way != "Concatenate"
            result = result._replace(flattened=first.flattened if alike else None)
            if not alike:
                self.disordered[label] = None
        return result._replace(node=len(self.nodes) - 1)

    def arranged(self, operator: Operator, source: Symbol, order: Dims) -> Symbol:
        """Bring the axes of a tensor into another order; nothing is added where they are.

        Raises:
            ForeignError: they are not the same axes, or we have no layer for it.
        """
        if source.order == order:
            return source
        if sorted(source.order) != sorted(order):
            raise ForeignError
        dims = tuple(source.order.index(axis) + 1 for axis in order)
        shape = [(source.shape or ())[place - 1] for place in dims]
        if [length for length in shape if length > 1] == [length for length in source.shape or () if length > 1]:
            at = [place for place, length in zip(dims, shape, strict=True) if length > 1]
            if at == sorted(at):  # only axes of length 1 change their places
                return self._rearranged(operator, "Reshape", source, order, target_shape=shape)
        return self._rearranged(operator, "Permute", source, order, dims=dims)

    def _rearranged(self, operator: Operator, kind: str, source: Symbol, order: Dims, **settings: Any) -> Symbol:
        assert source.dims is not None
        try:
            return self.layer(
                operator, kind, source, source.dims, order=order, suffix="_arranged",
                nonnegative=source.nonnegative, **settings
            )  # fmt: skip
        except ForeignError:
            result = source._replace(order=order)
            return result._replace(node=self._add(self._label(operator.name + "_arranged"), kind, (source,), result))

    def opaque(self, operator: Operator, place: int) -> Symbol:
        """Add a layer that is kept as it is, for one of the outputs of an operator."""
        dims, kind = operator.outputs[place]
        inputs = [one for one in operator.inputs if isinstance(one, Symbol)]
        like = next((one for one in inputs if one.dims and dims and len(one.dims) == len(dims)), None)
        batch = next((one.dims[0] for one in inputs if one.dims and 0 not in one.order), None)
        order: Dims = ()
        if not dims or not all(1 <= length <= _LONGEST for length in dims):
            dims = None
        elif dims[0] != batch or len(dims) < 2:
            order = tuple(range(len(dims)))
        else:
            order = like.order if like and 0 not in like.order else usual_order(len(dims))
        result = Symbol(0, kind, dims, order)
        label = self._label(operator.name if not place else f"{operator.name}_{place}")
        if not place:
            self.weights[label] = self._own_weights(operator)
        config = {
            name: value
            for name, value in operator.attributes.items()
            if not isinstance(value, list | str) or len(value) <= _MOST_SETTINGS
        }
        return result._replace(node=self._add(label, operator.kind, inputs, result, config))

    def _own_weights(self, operator: Operator) -> int:
        """Count the arrays that go in, but no numbers alone, and none that another layer has."""
        total = 0
        for one in operator.inputs:
            if not isinstance(one, Constant) or one.kind not in (*FLOATS, 2, 3):
                continue
            for leaf, count in one.leaves:
                if count > 1 and leaf not in self._counted:
                    self._counted[leaf] = Made(made("Flatten", {}))
                    total += count
        return total

    def _check(self, own: Made, source: Symbol, result: Symbol) -> None:
        shape, wanted = source.shape, result.shape
        if not shape or not wanted or min(*shape, *wanted) < 1:
            raise ForeignError
        try:
            fits = own.layer.output_shape(shape) == wanted
            total = own.layer.parameters(shape).total
        except ShapeError:
            fits, total = False, 0
        if not fits or total != sum(count for _name, count in own.leaves):
            raise ForeignError

    def _count(self, own: Made, besides: Leaves = frozenset()) -> None:
        """Take arrays for the weights of a layer; another may have them only if it is the very same layer again."""
        leaves = own.leaves - besides
        if any(self._counted.get(name, own) != own for name, _count in leaves):
            raise ForeignError
        for name, _count in leaves:
            self._counted.setdefault(name, own)

    def _add(
        self,
        label: str,
        kind: str,
        inputs: Sequence[Symbol],
        result: Symbol,
        config: dict[str, Any] | None = None,
    ) -> int:
        call = NodeCall([_tensor(one) for one in inputs])
        entry = Entry(kind, config or {}, "onnx", name=label)
        self.nodes.append(ModelNode(entry, call, tuple(one.node for one in inputs), result.shape, ()))
        return len(self.nodes) - 1

    def _label(self, name: str) -> str:
        label, number = name, 0
        while label in self._labels:
            number += 1
            label = f"{name}_{number}"
        self._labels[label] = None
        return label


Conversion = Callable[[Builder, Operator, Notes], Symbol]
"""Adds what an operator is in our layers; raises ForeignError where we have none."""


def usual_order(rank: int) -> Dims:
    """Return the order in which the channels, axis 1, come last; with fewer than four axes the order stays."""
    return (*range(2, rank), 1) if rank >= 4 else tuple(range(1, rank))


def made(kind: str, settings: Mapping[str, Any]) -> AnyLayer:
    """Make a layer.

    Raises:
        ForeignError: we have none of that kind, or not with these settings.
    """
    known = LAYER_TYPES.get(kind)
    if known is None:
        raise ForeignError
    try:
        return msgspec.convert({**settings, "type": kind}, known)  # type: ignore[return-value]
    except (msgspec.ValidationError, OverflowError):
        raise ForeignError from None


def size(value: Constant) -> int:
    """Count the values of an array."""
    return prod(value.dims or (0,))


def _tensor(value: Symbol) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [str(value.node), 0, 0]}}
