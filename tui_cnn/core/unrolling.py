"""What is built of a network: muted layers are left out, and each time of a repeated block is a block of its own."""

from collections.abc import Iterable

from msgspec import structs

from tui_cnn.core.layers import AnyLayer, Block, Layer, Opaque, Route, Shared
from tui_cnn.core.network import Network, Path, Stack, walk, with_inner, without_muted

MOST_LAYERS = 10_000
"""So many layers may a repeated block stand for."""

_LONGEST_NAME = 64


def as_built(network: Network) -> Network:
    """Return what is built, trained and exported of a network."""
    return unrolled(without_muted(network))


def unrolled(network: Network) -> Network:
    """Write repeated blocks out: each then holds a block for each time, in sequence.

    The second `conv` is called `conv_2`. A name means what a loop would mean by it: inside, the layer of the same time;
    after the block, that of the last. A block that stands for too many layers stays as it is.
    """
    if not has_repeats(network.layers):
        return network
    unrolling = _Unrolling(layer.name for _path, layer in walk(network.layers) if layer.name)
    layers = unrolling.stack(network.layers)
    outputs = tuple(unrolling.called.get(name, name) for name in network.outputs)
    return structs.replace(network, layers=layers, outputs=outputs)


def has_repeats(layers: tuple[Layer, ...]) -> bool:
    """Tell whether a block in a stack is repeated."""
    return any(isinstance(layer, Block) and layer.repeat > 1 for _path, layer in walk(layers))


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

    def __init__(self, taken: Iterable[str]) -> None:
        self.called: dict[str, str] = {}
        """What is called now what it was called in the declaration, where that differs."""
        self._taken = set(taken)
        self._again = False  # whether this is written out for the second time or later

    def stack(self, layers: Stack) -> Stack:
        return tuple(map(self._layer, layers))

    def _layer(self, layer: AnyLayer) -> AnyLayer:
        outer = self._again
        if isinstance(layer, Block) and is_unrolled(layer):
            copies: list[AnyLayer] = []
            for _time in range(layer.repeat):
                copies.append(Block(layers=self.stack(layer.layers)))
                self._again = True
            self._again = outer
            return self._named(structs.replace(layer, repeat=1, layers=tuple(copies)))
        return self._named(self._referring(with_inner(layer, self.stack)))

    def _named(self, layer: AnyLayer) -> AnyLayer:
        """Give a layer that was written before another name."""
        if not self._again or not layer.name:
            return layer
        number = 2
        while (name := f"{layer.name[: _LONGEST_NAME - len(f'_{number}')]}_{number}") in self._taken:
            number += 1
        self._taken.add(name)
        self.called[layer.name] = name
        return structs.replace(layer, name=name)

    def _referring(self, layer: AnyLayer) -> AnyLayer:
        """Let a layer name others by what they are called now."""
        match layer:
            case Route(layers=names):
                return structs.replace(layer, layers=tuple(self.called.get(name, name) for name in names))
            case Opaque(inputs=names):
                return structs.replace(layer, inputs=tuple(self.called.get(name, name) for name in names))
            case Shared(layer=name):
                return structs.replace(layer, layer=self.called.get(name, name))
            case _:
                return layer
