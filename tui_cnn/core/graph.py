"""The graph that a tree of layers stands for: which layer is applied to the outputs of which.

Blocks are dissolved, muted layers are left out, and names are resolved. All that builds, writes or computes a network
goes by it, so that none needs to know how a tree says what it says.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tui_cnn.core.layers import Block, Branches, Input, Layer, Route, Shared
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network, Path, inside, muted_paths, walk
from tui_cnn.core.shape import ShapeError
from tui_cnn.core.unrolling import MOST_LAYERS, is_unrolled, unrolled_count
from tui_cnn.i18n import _


class LayerReferenceError(ShapeError):
    """A layer names another that is not there, or that cannot be named.

    Attributes:
        name: the name.
        muted: the address of the muted layer that has it; None if it is not that.
    """

    def __init__(self, message: str, name: str, muted: Path | None = None) -> None:
        super().__init__(message.format(name=name))
        self.name = name
        self.muted = muted


class Node(NamedTuple):
    """An application of a layer: one for each time of a repeated block.

    Attributes:
        path: the layer's address; all that a block is made of when it is shared has that of the `Shared`. Empty for the
            network's own input.
        layer: what is applied; None for the network's own input.
        inputs: the numbers of the nodes whose outputs go in; they come before this one.
        weights: the address of the layer that has the weights: `path`, but where they are shared.
        error: why the inputs cannot be found, or why a block cannot be repeated so often.
    """

    path: Path
    layer: Layer | None
    inputs: tuple[int, ...]
    weights: Path
    error: ShapeError | None = None

    @property
    def is_input(self) -> bool:
        """Whether this is an input of the network."""
        return self.layer is None or isinstance(self.layer, Input)


class Graph(NamedTuple):
    """All nodes in an order in which they can be computed; the first is the network's own input.

    Attributes:
        nodes: the nodes.
        given: for each layer, also muted ones, the node whose output goes into it; of several the first, None for none.
            Of a layer that is repeated, that of the first time.
        made: for each layer, the node whose output comes out of it; a muted one gives what goes in. Of a layer that is
            repeated, that of the last time.
        taken: the same as `given` by the number of a node, for each time of its own.
        outputs: the nodes whose outputs are those of the network.
        dangling: the names of outputs that no layer has.
    """

    nodes: tuple[Node, ...]
    given: dict[Path, int | None]
    made: dict[Path, int]
    taken: dict[int, int | None]
    outputs: tuple[int, ...]
    dangling: tuple[str, ...]

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes that are inputs of the network and lead to something, or the first; its own comes first."""
        used = {one for node in self.nodes for one in node.inputs} | set(self.outputs)
        found = tuple(number for number, node in enumerate(self.nodes) if node.is_input and number in used)
        return found or (0,)

    def needed(self) -> frozenset[int]:
        """Return the nodes that lead to an output."""
        found: set[int] = set()
        waiting = list(self.outputs)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self.nodes[number].inputs
        return frozenset(found)


def graph(network: Network, muted: frozenset[Path] | None = None) -> Graph:
    """Work out the graph of a network.

    Args:
        network: the network.
        muted: the paths of its muted layers, where they are known already.
    """
    way = _Walk(muted_paths(walk(network.layers)) if muted is None else muted)
    last = way.stack(network.layers, 0, ())
    found = {name: way.outputs.get(name) for name in network.outputs}
    outputs = tuple(number for number in found.values() if number is not None) or (last,)
    dangling = tuple(name for name, number in found.items() if number is None)
    return Graph(tuple(way.nodes), way.given, way.made, way.taken, outputs, dangling)


class _Walk:
    """One way through the tree, in the order in which it is written."""

    def __init__(self, muted: frozenset[Path]) -> None:
        self.nodes = [Node((), None, (), ())]
        self.given: dict[Path, int | None] = {}
        self.made: dict[Path, int] = {}
        self.taken: dict[int, int | None] = {}
        self.outputs: dict[str, int | None] = {NETWORK_INPUT: 0}
        """By name; None for a name that several layers have."""
        self._named: dict[str, tuple[Layer, Path]] = {}
        self._muted = muted
        self._muted_names: dict[str, Path] = {}
        self._again = False  # whether a block is being repeated

    def stack(self, layers: tuple[Layer, ...], value: int, prefix: Path, shared: Path = ()) -> int:
        """Apply a stack to what a node gives; `shared` is the address of the `Shared` that it is applied again for."""
        for index, layer in enumerate(layers):
            value = self._layer(layer, value, (*prefix, index), shared)
        return value

    def _layer(self, layer: Layer, value: int, home: Path, shared: Path) -> int:
        if home in self._muted:
            self._skip(layer, value, home)
            return value
        path = shared or home
        names = layer.takes
        if isinstance(layer, Block):
            made = self._block(layer, value, home, shared)
        elif isinstance(layer, Branches):
            ends = [self.stack(branch, value, (*home, number), shared) for number, branch in enumerate(layer.branches)]
            made = self._add(Node(path, layer, tuple(ends), home))
        elif isinstance(layer, Shared):
            made = self._shared(layer, value, path)
        elif names is None:
            made = self._add(Node(path, layer, (value,), home))
        else:
            made = self._add(self._linked(layer, names, path, home))
        if not shared:
            taken = self.nodes[made].inputs if names is not None else (value,)
            given = next(iter(taken), None)
            self.given.setdefault(home, given)
            self.made[home] = made
            if not isinstance(layer, Block):
                self.taken[made] = given
        if layer.name:
            is_same = bool(shared) or (self._again and self.outputs.get(layer.name) is not None)
            self.outputs[layer.name] = None if layer.name in self.outputs and not is_same else made
            self._named[layer.name] = layer, home
        return made

    def _block(self, block: Block, value: int, home: Path, shared: Path) -> int:
        """Apply what a block holds as often as it is repeated; all times have the addresses of the declaration."""
        outer = self._again
        for _time in range(block.repeat if is_unrolled(block) else 1):
            value = self.stack(block.layers, value, home, shared)
            self._again = True
        self._again = outer
        if block.repeat > 1 and not is_unrolled(block):
            message = _("{count} layers with all repetitions; at most {most} are allowed: repeat it fewer times")
            error = ShapeError(message.format(count=f"{unrolled_count(block):,}", most=f"{MOST_LAYERS:,}"))
            return self._add(Node(shared or home, block, (value,), home, error))
        return value

    def _skip(self, layer: Layer, value: int, path: Path) -> None:
        for place, held in ((path, layer), *inside(layer, path)):
            self.given.setdefault(place, value)
            self.made[place] = value
            if held.name:
                self._muted_names[held.name] = path

    def _linked(self, layer: Layer, names: tuple[str, ...], path: Path, home: Path) -> Node:
        found = [self.outputs.get(name) for name in names]
        inputs = tuple(number for number in found if number is not None)
        missing = next((name for name, number in zip(names, found, strict=True) if number is None), None)
        return Node(path, layer, inputs, home, None if missing is None else self._refusal(missing))

    def _shared(self, layer: Shared, value: int, path: Path) -> int:
        name = layer.layer
        target, home = self._named.get(name, (None, ()))
        if target is None or self.outputs.get(name) is None:
            return self._add(Node(path, layer, (value,), path, self._refusal(name)))
        if target.takes is not None:
            error = LayerReferenceError(_("“{name}” has no weights to share"), name)
            return self._add(Node(path, layer, (value,), path, error))
        outside = dict(self.outputs)  # names inside mean what is applied now, and nothing outside does
        made = self._layer(target, value, home, path)
        self.outputs = outside
        return made

    def _refusal(self, name: str) -> LayerReferenceError:
        if name in self.outputs:
            return LayerReferenceError(_("several layers have the name “{name}”; give each a name of its own"), name)
        if name in self._muted_names:
            return LayerReferenceError(_("“{name}” is muted; unmute it"), name, self._muted_names[name])
        return LayerReferenceError(_("no earlier layer has the name “{name}”"), name)

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1


def references(network: Network) -> Iterator[tuple[Path, str]]:
    """Yield each name that a layer takes its input or its weights from, with that layer's path."""
    for path, layer in walk(network.layers):
        for name in (layer.layer,) if isinstance(layer, Shared) else layer.takes or ():
            yield path, name


def needs_graph(network: Network) -> bool:
    """Tell whether a network is more than a stack with branches: it names layers, or has further inputs or outputs."""
    kinds = (Route, Shared, Input)
    return bool(network.outputs) or any(isinstance(one, kinds) or one.takes for _path, one in walk(network.layers))
