"""What is built of a network: muted layers are left out, and each time of a repeated block is a block of its own."""

from collections.abc import Iterable

from msgspec import structs

from tui_cnn.core.layers import AnyLayer, Block, Branches, Layer
from tui_cnn.core.network import Network, Path, Stack, walk, with_inner, without_muted
from tui_cnn.core.renaming import fresh_name, referring

MOST_LAYERS = 10_000
"""So many layers may a repeated block stand for."""


def as_built(network: Network) -> Network:
    """Return what is built, trained and exported of a network."""
    return unrolled(without_muted(network))


def unrolled(network: Network) -> Network:
    """Write repeated blocks out: each then holds a block for each time, in sequence.

    The second `conv` is called `conv_2`. A name means what a loop would mean by it: inside, the layer of the same time;
    after the block, that of the last. A block that stands for too many layers stays as it is.
    """
    if not has_repeats(layer for _path, layer in walk(network.layers)):
        return network
    return _Unrolling(network).network


def unrolled_at(network: Network, path: Path) -> Network:
    """Write only the repeated block at `path` out; others, also inside of it, stay declarations."""
    return _Unrolling(network, path).network


def has_repeats(layers: Iterable[Layer]) -> bool:
    """Tell whether one of the layers is a block that is repeated; what blocks hold is not looked for."""
    return any(isinstance(layer, Block) and layer.repeat > 1 for layer in layers)


def unrolled_count(block: Block) -> int:
    """Count the layers that a block stands for."""
    return block.repeat * _count(block.layers)


def _count(stack: Stack) -> int:
    count = 0

    def counted(inner: Stack) -> Stack:
        nonlocal count
        count += _count(inner)
        return inner

    for layer in stack:
        if isinstance(layer, Block):
            count += unrolled_count(layer)
        else:
            count += 1
            with_inner(layer, counted)
    return count


def is_unrolled(block: Block) -> bool:
    """Tell whether a block is repeated, and stands for no more layers than are allowed."""
    return block.repeat > 1 and unrolled_count(block) <= MOST_LAYERS


def declared_path(network: Network, path: Path) -> tuple[Path, tuple[int, ...]]:
    """Return the address in `network` of what is at `path` when it is unrolled, and in which times that is, from 1.

    The second is empty for what is not repeated.
    """
    stack: Stack = network.layers
    declared: list[int] = []
    times: list[int] = []
    rest = list(path)
    while rest:
        declared.append(rest.pop(0))
        layer = stack[declared[-1]]
        if isinstance(layer, Block):
            stack = layer.layers
            if rest and is_unrolled(layer):
                times.append(rest.pop(0) + 1)
        elif rest:
            declared.append(rest.pop(0))
            stack = layer.branches[declared[-1]]  # type: ignore[union-attr]  # only these two hold layers
    return tuple(declared), tuple(times)


class _Unrolling:
    """One way through the tree, in the order in which it is written."""

    def __init__(self, network: Network, only: Path | None = None) -> None:
        self._only = only  # the address of the one block that is written out; None: all are
        self._called: dict[str, str] = {}  # what is called now what it was in the declaration, where that differs
        self._taken = {layer.name for _path, layer in walk(network.layers) if layer.name}
        self._again = False  # whether this is written out for the second time or later
        layers = self._stack(network.layers, ())
        outputs = tuple(self._called.get(name, name) for name in network.outputs)
        self.network = structs.replace(network, layers=layers, outputs=outputs)

    def _stack(self, layers: Stack, prefix: Path) -> Stack:
        return tuple(self._layer(layer, (*prefix, index)) for index, layer in enumerate(layers))

    def _layer(self, layer: AnyLayer, path: Path) -> AnyLayer:
        outer = self._again
        if isinstance(layer, Block) and is_unrolled(layer) and self._only in (None, path):
            copies: list[AnyLayer] = []
            for _time in range(layer.repeat):
                copies.append(Block(layers=self._stack(layer.layers, path)))
                self._again = True
            self._again = outer
            return self._named(structs.replace(layer, repeat=1, layers=tuple(copies)))
        if isinstance(layer, Branches):
            branches = (self._stack(branch, (*path, number)) for number, branch in enumerate(layer.branches))
            return self._named(structs.replace(layer, branches=tuple(branches)))
        inner = with_inner(layer, lambda stack: self._stack(stack, path))
        return self._named(referring(inner, self._called))

    def _named(self, layer: AnyLayer) -> AnyLayer:
        """Give a layer that was written before another name."""
        if not self._again or not layer.name:
            return layer
        name = fresh_name(layer.name, self._taken)
        self._taken.add(name)
        self._called[layer.name] = name
        return structs.replace(layer, name=name)
