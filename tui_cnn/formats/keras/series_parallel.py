"""A graph as a stack with branches, wherever it is series-parallel.

What lies between a fork and the merge that belongs to it becomes branches. A part that is not like that (two branches
that share a layer, a layer of several inputs that we do not have) becomes one opaque layer, which holds that part's
own description, so that what is around it can still be shown.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import get_args

import msgspec

from tui_cnn.core.layers import AnyLayer, Branches, Merge
from tui_cnn.core.layers.base import KerasCall
from tui_cnn.formats.keras.graph import Graph, GraphError, Node, tensors
from tui_cnn.formats.keras.layers import LONGEST, ForeignError, describe, opaque, recognize, works_on_images
from tui_cnn.formats.keras.notes import Notes, enumerate_names
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.i18n import _

Name = Callable[[str], str]
"""Makes a name of ours of one in the file."""

Convert = Callable[[Node, Node], tuple[AnyLayer, ...]]
"""Turns a layer of one input, and the node before it, into ours; raises ForeignError where we have none."""

_DEEPEST = 30
_MERGES: dict[str, Merge] = {merge.capitalize(): merge for merge in get_args(Merge)}
_OPERATIONS = ("Add", "Multiply", "Maximum")
"""What Keras makes of `x + y`, `x * y` and `maximum(x, y)`."""


class _TangledError(Exception):
    """A node belongs to two places at once."""


def series_parallel(graph: Graph, convert: Convert, name: Name, notes: Notes) -> tuple[AnyLayer, ...]:
    """Turn a graph into a stack.

    Args:
        graph: the graph.
        convert: turns one layer into ours.
        name: names what `convert` has no part in.
        notes: the parts that are not series-parallel are listed here.

    Raises:
        GraphError: it is nested too deeply.
    """
    return _SeriesParallel(graph.nodes, convert, name, notes).stack(0, len(graph.nodes) - 1, 0)


class _SeriesParallel:
    def __init__(self, nodes: list[Node], convert: Convert, name: Name, notes: Notes) -> None:
        self._nodes, self._convert, self._name, self._notes = nodes, convert, name, notes
        self._placed: set[int] = set()
        self._calls: dict[int, KerasCall] = {}
        self._users: list[list[int]] = [[] for _node in nodes]
        self._tree = Dominators()
        for number, node in enumerate(nodes[1:], start=1):
            self._tree.add(node.inputs)
            for source in node.inputs:
                self._users[source].append(number)

    def stack(self, start: int, end: int, depth: int) -> tuple[AnyLayer, ...]:
        """Return the layers from the output of node `start`, which dominates `end`, to the output of `end`."""
        if depth > _DEEPEST:
            raise GraphError(_("branches are nested too deeply"))
        pieces: list[tuple[AnyLayer, ...]] = []
        while end != start:
            if end in self._placed:
                raise _TangledError
            self._placed.add(end)
            if composite := self._composite(start, end):
                layer, end = composite
                pieces.append((layer,))
                continue
            source = self._tree.parent[end]
            pieces.append(self._between(source, end, depth))
            end = source
        return tuple(layer for piece in reversed(pieces) for layer in piece)

    def _between(self, source: int, end: int, depth: int) -> tuple[AnyLayer, ...]:
        """Return what leads from a node to the next one that all ways from it go through."""
        node = self._nodes[end]
        merge = _merge(node, len(self._nodes[node.inputs[0]].shape or ()))
        try:
            if merge:
                branches = self._branches(merge, list(node.inputs), source, depth + 1)
                return (msgspec.structs.replace(branches, name=self._name(node.entry.label)),)
            if _is_plain(node):
                return self._convert(node, self._nodes[source])
        except _TangledError:
            pass
        except ForeignError:
            return (opaque(node.entry, node.shape, self._name(node.entry.label)),)
        return (self._knot(source, end),)

    def _branches(self, merge: Merge, inputs: list[int], start: int, depth: int) -> Branches:
        """Join stacks that begin at node `start`, the nearest that all of `inputs` come from.

        Inputs that go on together for a while are joined among themselves first, if that gives the same.
        """
        groups: dict[int, list[int]] = {}
        for place, one in enumerate(inputs):
            groups.setdefault(-1 - place if one == start else self._tree.child(start, one), []).append(one)
        if merge == "concatenate" and [one for group in groups.values() for one in group] != inputs:
            raise _TangledError
        branches = []
        for group in groups.values():
            end = self._tree.common(group)
            branch = self.stack(start, end, depth)
            if len(group) > 1:
                if merge == "average":
                    raise _TangledError
                branch = (*branch, self._branches(merge, group, end, depth + 1))
            branches.append(branch)
        return Branches(merge=merge, branches=tuple(branches))

    def _knot(self, start: int, end: int) -> AnyLayer:
        """Put all nodes between two into one opaque layer: a model of their own, which nothing outside may use."""
        inside, waiting = {end}, [end]
        while waiting:
            for one in self._nodes[waiting.pop()].inputs:
                if one != start and one not in inside:
                    inside.add(one)
                    waiting.append(one)
        if any(user not in inside for one in inside - {end} for user in self._users[one]):
            raise _TangledError
        members = sorted(inside)
        self._placed |= inside
        last = self._nodes[end]
        model = opaque(_as_model(self._nodes, start, members), last.shape, self._name(last.entry.label))
        if len(members) == 1:
            return msgspec.structs.replace(model, kind=opaque(last.entry, None).kind)
        names = enumerate_names([self._nodes[one].entry.label for one in members])
        self._notes.add(_("not series-parallel, so shown as one opaque layer"), names)
        return model

    def _composite(self, start: int, end: int) -> tuple[AnyLayer, int] | None:
        """Recognize several layers as one of ours that is made of them; return it, and the node before it."""
        chain: list[int] = []
        number = end
        while len(chain) < LONGEST and number != start and _is_plain(self._nodes[number]):
            if chain and len(self._users[number]) > 1:  # only what comes out of the last is used elsewhere
                break
            chain.append(number)
            number = self._nodes[number].inputs[0]
        chain.reverse()
        shapes = [self._nodes[self._nodes[one].inputs[0]].shape for one in chain]
        composite = recognize([self._described(one) for one in chain], shapes) if len(chain) > 1 else None
        if composite is None or composite[1] == 1:
            return None
        layer, length = composite
        members = chain[-length:]
        self._placed |= set(members)
        layer = msgspec.structs.replace(layer, name=self._name(self._nodes[end].entry.label))
        return layer, self._nodes[members[0]].inputs[0]

    def _described(self, number: int) -> KerasCall:
        if number not in self._calls:
            self._calls[number] = describe(self._nodes[number].entry)
        return self._calls[number]


def _merge(node: Node, rank: int) -> Merge | None:
    """Tell how a node merges its inputs, if it does nothing but that."""
    entry, call = node.entry, node.call
    arguments = call.args
    if entry.is_layer and len(arguments) == 1 and isinstance(arguments[0], list):
        arguments = arguments[0]
    elif not entry.is_operation or entry.class_name not in _OPERATIONS:
        return None
    bare = all(isinstance(one, dict) and one.get("class_name") == "__keras_tensor__" for one in arguments)
    last = entry.config.get("axis", -1) in (-1, rank or 3)
    if (
        not bare
        or any(value is not None for value in call.kwargs.values())
        or len(node.inputs) != len(arguments)
        or len(arguments) < 2
        or not last
    ):
        return None
    return _MERGES.get(entry.class_name)


def _is_plain(node: Node) -> bool:
    """Tell whether a layer is given the output of one other and nothing else."""
    args, kwargs = node.call.args, node.call.kwargs
    usual = (None, False, works_on_images(node.entry.class_name))  # Keras writes its own defaults there, too
    bare = all(value is None or (name == "training" and value in usual) for name, value in kwargs.items())
    return bare and len(args) == 1 == len(node.inputs) and args == list(tensors(args))


def _as_model(nodes: list[Node], start: int, members: list[int]) -> Entry:
    """Describe some nodes as a Functional model, whose input is the output of node `start`."""
    source = nodes[start]
    batch_shape = [None, *source.shape] if source.shape else None
    config = {"batch_shape": batch_shape, "dtype": "float32", "name": source.entry.label}
    first = Entry("InputLayer", config, "keras.layers", name=source.entry.label)
    inner = [first, *{nodes[one].entry.label: nodes[one].entry for one in members}.values()]
    content = {
        "name": nodes[members[-1]].entry.label,
        "layers": msgspec.to_builtins(inner),
        "input_layers": [source.entry.label, 0, 0],
        "output_layers": [nodes[members[-1]].entry.label, 0, 0],
    }
    return Entry("Functional", content, "keras.src.models.functional", "Functional")


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
