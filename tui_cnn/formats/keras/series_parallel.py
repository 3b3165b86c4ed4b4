"""A graph as a stack: with branches wherever it is series-parallel, and with routes where it is not.

What lies between a fork and the merge that belongs to it becomes branches. A part that is not like that (two branches
that share a layer, a layer of several inputs that does more than merge them) is written one layer after the other, each
of which says by name what it goes on from where that is not the layer above.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import get_args

import msgspec

from tui_cnn.core.layers import AnyLayer, Block, Branches, Input, Merge, Route, Shared
from tui_cnn.core.layers.base import KerasCall
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Stack, mapped
from tui_cnn.core.shape import Shape, ShapeError
from tui_cnn.formats.keras.graph import GraphError, ModelGraph, ModelNode, emptied, tensors
from tui_cnn.formats.keras.layers import (
    KERAS_LAYERS,
    LONGEST,
    ForeignError,
    describe,
    opaque,
    recognize,
    works_on_images,
)
from tui_cnn.formats.keras.notes import Notes, enumerate_names
from tui_cnn.i18n import _

Convert = Callable[[ModelNode, Shape | None, str], tuple[AnyLayer, ...]]
"""Turns a layer of one input, its input shape, and its name into ours; raises ForeignError where we have none."""

_DEEPEST = 30
_MERGES: dict[str, Merge] = {merge.capitalize(): merge for merge in get_args(Merge)}
_OPERATIONS = ("Add", "Multiply", "Maximum", "Minimum", "Subtract")
"""What Keras makes of `x + y`, `x * y` and `maximum(x, y)`."""


class _TangledError(Exception):
    """A node belongs to two places at once."""


class SeriesParallel:
    """Turns a graph into a stack.

    Args:
        graph: the graph.
        convert: turns one layer into ours.
        name: makes a name of ours of one in the file.
        notes: the parts that are not series-parallel are listed here.

    Attributes:
        layers: the stack.
        outputs: the names of the layers that give the outputs, where there are several.

    Raises:
        GraphError: it is nested too deeply.
    """

    def __init__(self, graph: ModelGraph, convert: Convert, name: Callable[[str], str], notes: Notes) -> None:
        self._nodes, self._convert, self._notes = graph.nodes, convert, notes
        self._end = len(graph.nodes)
        """The number of no node, which takes all outputs where there are several."""
        self._inputs = [node.inputs for node in graph.nodes]
        ends = tuple(dict.fromkeys(graph.outputs))
        if len(ends) > 1:
            self._inputs.append(ends)
        self._names = [NETWORK_INPUT, *(name(node.entry.label) for node in graph.nodes[1:])]
        self._placed: dict[int, None] = {}
        self._calls: dict[int, KerasCall] = {}
        self._converted: dict[int, tuple[AnyLayer, ...]] = {}
        self._shapes: dict[int, Shape | None] = {}
        self._users: list[list[int]] = [[] for _inputs in self._inputs]
        self._tree = Dominators()
        for number, inputs in enumerate(self._inputs[1:], start=1):
            self._tree.add(inputs)
            for source in inputs:
                self._users[source].append(number)
        self.layers = self._stack(0, self._end if len(ends) > 1 else ends[0], 0)
        self.outputs = tuple(map(self._reference, ends)) if len(ends) > 1 else ()

    def _stack(self, start: int, end: int, depth: int) -> tuple[AnyLayer, ...]:
        """Return the layers from the output of node `start`, which dominates `end`, to the output of `end`."""
        if depth > _DEEPEST:
            raise GraphError(_("branches are nested too deeply"))
        pieces: list[tuple[AnyLayer, ...]] = []
        while end != start:
            self._place(end)
            if composite := self._composite(start, end):
                layer, end = composite
                pieces.append((layer,))
                continue
            source = self._tree.parent[end]
            pieces.append(self._between(source, end, depth))
            end = source
        return tuple(layer for piece in reversed(pieces) for layer in piece)

    def _place(self, number: int) -> None:
        if number in self._placed:
            raise _TangledError
        self._placed[number] = None

    def _between(self, source: int, end: int, depth: int) -> tuple[AnyLayer, ...]:
        """Return what leads from a node to the next one that all ways from it go through."""
        if self._is_simple(end):
            return self._layers(end)
        count = len(self._placed)
        try:
            return (self._merged(source, end, depth),)
        except _TangledError:
            while len(self._placed) > count:
                self._placed.popitem()
            return self._routed(source, end, depth)

    def _merged(self, source: int, end: int, depth: int) -> AnyLayer:
        """Return the merge of the branches between two nodes."""
        merge = self._merge(end)
        if merge is None:
            raise _TangledError
        branches = self._branches(merge, list(self._inputs[end]), source, depth + 1)
        return msgspec.structs.replace(branches, name=self._names[end], axis=merge.axis)

    def _branches(self, merge: Route, inputs: list[int], start: int, depth: int) -> Branches:
        """Join stacks that begin at node `start`, the nearest that all of `inputs` come from.

        Inputs that go on together for a while are joined among themselves first, if that gives the same.
        """
        groups: dict[int, list[int]] = {}
        for place, one in enumerate(inputs):
            groups.setdefault(-1 - place if one == start else self._tree.child(start, one), []).append(one)
        in_order = [one for group in groups.values() for one in group] == inputs
        if not in_order and merge.merge in ("concatenate", "subtract"):
            raise _TangledError
        branches = []
        for group in groups.values():
            end = self._tree.common(group)
            branch = self._stack(start, end, depth)
            if len(group) > 1:
                if merge.merge in ("average", "subtract"):
                    raise _TangledError
                branch = (*branch, self._branches(merge, group, end, depth + 1))
            branches.append(branch)
        return Branches(merge=merge.merge, axis=merge.axis, branches=tuple(branches))

    def _routed(self, start: int, end: int, depth: int) -> tuple[AnyLayer, ...]:
        """Write all nodes between two, which nothing outside may use, one after the other."""
        inside, waiting = {end}, [end]
        while waiting:
            for one in self._inputs[waiting.pop()]:
                if one != start and one not in inside:
                    inside.add(one)
                    waiting.append(one)
        if any(user not in inside for one in inside - {end} for user in self._users[one]):
            raise _TangledError
        pieces: dict[int, tuple[int | None, tuple[AnyLayer, ...]]] = {}
        held: set[int] = set()
        for number in sorted(inside - {self._end}, reverse=True):
            if number in held:
                continue
            if number != end:
                self._place(number)
            pieces[number] = self._within(number, start, held, depth)
        layers: list[AnyLayer] = []
        last: int | None = start
        for number, (source, piece) in sorted(pieces.items()):
            if source is not None and source != last:
                layers.append(Route(layers=(self._reference(source),)))
            layers += piece
            last = number
        return tuple(layers)

    def _within(self, number: int, start: int, held: set[int], depth: int) -> tuple[int | None, tuple[AnyLayer, ...]]:
        """Return a node among others as layers, and the node that they go on from; None: they say it themselves.

        A fork and its merge that nothing else looks into are branches here, too; what they hold is added to `held`.
        """
        if self._is_simple(number):
            is_input = self._nodes[number].is_input
            return None if is_input else self._inputs[number][0], self._layers(number)
        merge, source = self._merge(number), self._tree.parent[number]
        if merge is None:
            return None, (self._opaque(number, tuple(map(self._reference, self._inputs[number]))),)
        if source != start:
            count = len(self._placed)
            try:
                layer = self._merged(source, number, depth)
                inner = {*list(self._placed)[count:], number}
                if any(user not in inner for one in inner - {number} for user in self._users[one]):
                    raise _TangledError
            except _TangledError:
                while len(self._placed) > count:
                    self._placed.popitem()
            else:
                held |= inner
                return source, (layer,)
        names = tuple(map(self._reference, self._inputs[number]))
        return None, (msgspec.structs.replace(merge, layers=names, name=self._names[number]),)

    def _is_simple(self, number: int) -> bool:
        """Tell whether a node goes on from one other node alone, or is an input."""
        return number != self._end and self._merge(number) is None and len(set(self._inputs[number])) == 1

    def _layers(self, number: int) -> tuple[AnyLayer, ...]:
        """Return the layers of a node that goes on from one other, each time the same."""
        if number not in self._converted:
            self._converted[number] = self._convert_node(number)
        return self._converted[number]

    def _convert_node(self, number: int) -> tuple[AnyLayer, ...]:
        node, name = self._nodes[number], self._names[number]
        if node.is_input:
            if node.shape is None:
                message = _("“{name}”: its shape is not fixed")
                raise GraphError(message.format(name=enumerate_names([node.entry.label])))
            return (Input(name=name, shape=node.shape),)
        try:
            if _is_plain(node):
                return self._convert(node, self._shape(node.inputs[0]), name)
        except ForeignError:
            pass
        return (self._opaque(number, ()),)

    def _opaque(self, number: int, inputs: tuple[str, ...]) -> AnyLayer:
        node = self._nodes[number]
        call = None if _is_plain(node) else emptied(node.call)
        layer = opaque(node.entry, node.shape, self._names[number], call)
        return msgspec.structs.replace(layer, inputs=inputs)

    def _shape(self, number: int) -> Shape | None:
        """Return what comes out of a node: what its file says, or what our layers give."""
        waiting = [] if number in self._shapes else [number]
        while waiting:  # a file that says no shapes may be thousands of layers deep
            one = waiting[-1]
            stated = self._nodes[one].shape
            missing = [] if stated else [source for source in self._inputs[one] if source not in self._shapes]
            waiting += missing
            if not missing:
                self._shapes[one] = stated or self._computed_shape(one)
                waiting.pop()
        return self._shapes[number]

    def _computed_shape(self, number: int) -> Shape | None:
        inputs = [self._shape(one) for one in self._inputs[number]]
        known = tuple(shape for shape in inputs if shape is not None)
        if not number or len(known) < len(inputs):
            return None
        try:
            if merge := self._merge(number):
                return merge.merged_shape(known)
            shape = known[0]
            for layer in self._layers(number) if self._is_simple(number) else ():
                shape = layer.output_shape(shape)
        except ShapeError:
            return None
        return shape

    def _reference(self, number: int) -> str:
        """Return the name by which others name what comes out of a node."""
        if not self._is_simple(number) or not number:
            return self._names[number]
        layer: AnyLayer = self._layers(number)[-1]
        while isinstance(layer, Block) and not layer.name:
            if not layer.layers:
                return self._reference(self._inputs[number][0])
            layer = layer.layers[-1]
        return layer.name

    def _merge(self, number: int) -> Route | None:
        """Return how a node merges its inputs, if it does nothing but that; without their names."""
        if number == self._end:
            return None
        node = self._nodes[number]
        entry, call = node.entry, node.call
        arguments = call.args
        if (entry.is_layer or entry.is_operation) and len(arguments) == 1 and isinstance(arguments[0], list):
            arguments = arguments[0]
        elif not entry.is_operation or entry.class_name not in _OPERATIONS:
            return None
        bare = all(isinstance(one, dict) and one.get("class_name") == "__keras_tensor__" for one in arguments)
        keywords = {name: value for name, value in call.kwargs.items() if value is not None}
        axis = keywords.pop("axis", entry.config.get("axis", -1))
        if not bare or keywords or len(node.inputs) != len(arguments) or len(arguments) < 2:
            return None
        way = _MERGES.get(entry.class_name)
        if way is None or isinstance(axis, bool) or not isinstance(axis, int):
            return None
        shape = self._shape(node.inputs[0]) if axis not in (-1,) else None
        is_last = axis == (len(shape) if shape else 3)
        try:
            return msgspec.convert(
                {"type": "Route", "layers": ["?"], "merge": way, "axis": -1 if is_last else axis}, Route
            )
        except msgspec.ValidationError:
            return None

    def _composite(self, start: int, end: int) -> tuple[AnyLayer, int] | None:
        """Recognize several layers as one of ours that is made of them; return it, and the node before it."""
        chain: list[int] = []
        number = end
        while len(chain) < LONGEST and number not in (start, self._end) and _is_plain(self._nodes[number]):
            if chain and len(self._users[number]) > 1:  # only what comes out of the last is used elsewhere
                break
            chain.append(number)
            number = self._nodes[number].inputs[0]
        chain.reverse()
        shapes = [self._shape(self._nodes[one].inputs[0]) for one in chain]
        composite = recognize([self._described(one) for one in chain], shapes) if len(chain) > 1 else None
        if composite is None or composite[1] == 1:
            return None
        layer, length = composite
        members = chain[-length:]
        for member in members[:-1]:
            self._place(member)
        return msgspec.structs.replace(layer, name=self._names[end]), self._nodes[members[0]].inputs[0]

    def _described(self, number: int) -> KerasCall:
        if number not in self._calls:
            self._calls[number] = describe(self._nodes[number].entry)
        return self._calls[number]


def _is_plain(node: ModelNode) -> bool:
    """Tell whether a layer is given the output of one other and nothing else."""
    args, kwargs = node.call.args, node.call.kwargs
    usual = (None, False, works_on_images(node.entry.class_name))  # Keras writes its own defaults there, too
    bare = all(value is None or (name == "training" and value in usual) for name, value in kwargs.items())
    kind = KERAS_LAYERS.get(node.entry.class_name) if node.entry.is_layer else None
    times = kind.times_given if kind else 1
    return bare and len(args) == times == len(node.inputs) and len({*node.inputs}) == 1 and args == list(tensors(args))


def with_shared_weights(layers: Stack, owner: Callable[[AnyLayer], Hashable | None]) -> Stack:
    """Leave the weights of a layer that is applied several times to the first; the others share them.

    `owner` is the same for all that have the same weights; None for a layer that has its own.
    """
    first: dict[Hashable, str] = {}

    def one(layer: AnyLayer) -> AnyLayer:
        if (same := owner(layer)) is None:
            return layer
        name = first.setdefault(same, layer.name)
        return layer if name == layer.name else Shared(name=layer.name, layer=name)

    return mapped(layers, one)


class Dominators:
    """The tree of immediate dominators of an acyclic graph.

    Node d dominates node n if every way from the source to n goes through d; node 0 is the source, and each node comes
    after all its predecessors. After Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001; the nearest
    common ancestors by jump pointers (Myers, "An Applicative Random-Access Stack", 1983), so that long skips cost a
    logarithm and not their length.
    """

    def __init__(self) -> None:
        self.parent = [0]
        self._depth = [0]
        self._jump = [0]

    def add(self, predecessors: Sequence[int]) -> None:
        """Put the next node below what all ways through its predecessors have in common."""
        parent = self.common(predecessors)
        skipped = self._jump[parent]
        far = self._depth[parent] - self._depth[skipped] == self._depth[skipped] - self._depth[self._jump[skipped]]
        self.parent.append(parent)
        self._depth.append(self._depth[parent] + 1)
        self._jump.append(self._jump[skipped] if far else parent)

    def common(self, nodes: Iterable[int]) -> int:
        """Return the nearest node that dominates all of `nodes`; it may be one of them."""
        first, *others = nodes
        for other in others:
            first = self._meet(first, other)
        return first

    def child(self, ancestor: int, node: int) -> int:
        """Return the node just below `ancestor` on the way to `node`, which lies deeper."""
        return self._up(node, self._depth[ancestor] + 1)

    def _meet(self, left: int, right: int) -> int:
        depth = min(self._depth[left], self._depth[right])
        left, right = self._up(left, depth), self._up(right, depth)
        while left != right:
            if self._jump[left] != self._jump[right]:
                left, right = self._jump[left], self._jump[right]
            else:
                left, right = self.parent[left], self.parent[right]
        return left

    def _up(self, node: int, depth: int) -> int:
        while self._depth[node] > depth:
            node = self._jump[node] if self._depth[self._jump[node]] >= depth else self.parent[node]
        return node
