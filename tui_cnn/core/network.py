"""The network that is being designed: its tree of layers, their addresses and their names."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from tui_cnn.core.layers import CONTAINERS, AnyLayer, Block, Branches, Layer

NetworkName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^/\\\x00-\x1f\x7f-\x9f]+\Z")]
Axis = Annotated[int, Meta(ge=1, le=1_000_000)]
Stack = tuple[AnyLayer, ...]

Path = tuple[int, ...]
"""The address of a layer, which alternates between positions.

`(4,)` is the fifth layer of the stack, `(4, 0)` the first layer of the block there, `(4, 1, 0)` the first layer of the
second branch there. People count from one, with the input as row 0.
"""


Place = tuple[Path, Layer]
"""A layer and its address."""


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input shape and an immutable tree of layers. `input_shape` is channels last, without the batch axis.

    `outputs` are the names of the layers whose outputs are those of the network; empty: that of the last layer.
    """

    name: NetworkName
    input_shape: Annotated[tuple[Axis, ...], Meta(min_length=1, max_length=4)]
    layers: Stack = ()
    outputs: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...],
        Meta(max_length=256, description="Names of the layers that give the outputs; empty: the last layer"),
    ] = ()


def format_path(path: Path) -> str:
    """Write a path as a person counts: `(4,)` is `5`, `(4, 1, 0)` is `5.2.1`."""
    return ".".join(str(step + 1) for step in path)


def walk(layers: tuple[Layer, ...], prefix: Path = ()) -> Iterator[tuple[Path, Layer]]:
    """Yield every layer with its path, each container before what it holds."""
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        yield path, layer
        if type(layer) in CONTAINERS:
            yield from inside(layer, path)


def inside(layer: Layer, path: Path) -> Iterator[tuple[Path, Layer]]:
    """Yield every layer that the one at `path` holds, at any depth."""
    if isinstance(layer, Block):
        yield from walk(layer.layers, path)
    elif isinstance(layer, Branches):
        for number, branch in enumerate(layer.branches):
            yield from walk(branch, (*path, number))


def with_inner(layer: AnyLayer, change: Callable[[Stack], Stack]) -> AnyLayer:
    """Change the stacks that a layer holds, if it holds any."""
    match layer:
        case Block(layers=layers):
            return msgspec.structs.replace(layer, layers=change(layers))
        case Branches(branches=branches):
            return msgspec.structs.replace(layer, branches=tuple(map(change, branches)))
        case _:
            return layer


def mapped(stack: Stack, change: Callable[[AnyLayer], AnyLayer]) -> Stack:
    """Change each layer of a stack, at any depth: a container before what it then holds."""
    return tuple(with_inner(change(layer), lambda inner: mapped(inner, change)) for layer in stack)


def paths_where(layers: Iterable[Place], applies: Callable[[Layer], bool]) -> frozenset[Path]:
    """Return the paths of all layers to which something applies, and of all that these hold.

    `layers` is what `walk` yields.
    """
    found: set[Path] = set()
    for path, layer in layers:
        if applies(layer) and path not in found:
            found |= {path, *(held for held, _layer in inside(layer, path))}
    return frozenset(found)


def muted_paths(layers: Iterable[Place]) -> frozenset[Path]:
    """Return the paths of all layers that are muted, and of all that muted layers hold."""
    return paths_where(layers, lambda layer: layer.muted)


def frozen_paths(layers: Iterable[Place]) -> frozenset[Path]:
    """Return the paths of all layers that are frozen, and of all that frozen layers hold."""
    return paths_where(layers, lambda layer: not layer.trainable)


def without_muted(network: Network) -> Network:
    """Leave the muted layers out."""
    if not any(layer.muted for _path, layer in walk(network.layers)):
        return network
    return msgspec.structs.replace(network, layers=_unmuted(network.layers))


def _unmuted(stack: Stack) -> Stack:
    return tuple(with_inner(layer, _unmuted) for layer in stack if not layer.muted)


def names(network: Network) -> dict[Path, str]:
    """Name every layer: its own name, or one made from its type as Keras makes it (`conv2d`, `conv2d_1`).

    A made name steps aside for one that was given, and muted layers for all others.
    """
    layers = tuple(walk(network.layers))
    return names_of(layers, muted_paths(layers))


def names_of(layers: Sequence[Place], muted: frozenset[Path]) -> dict[Path, str]:
    """Name what `walk` yields, of which the layers at some paths are muted, as `names` does."""
    if muted:
        layers = sorted(layers, key=lambda place: place[0] in muted)
    taken = {layer.name for path, layer in layers if layer.name and path not in muted}
    counters: dict[type[Layer], int] = {}
    named: dict[Path, str] = {}
    for path, layer in layers:
        name, kind = layer.name, type(layer)
        while not name:
            count = counters.get(kind, 0)
            counters[kind] = count + 1
            stem = snake_case(kind.__name__)
            candidate = f"{stem}_{count}" if count else stem
            name = "" if candidate in taken else candidate
        named[path] = name
    return named


def with_frozen_leaves(network: Network) -> Network:
    """Say of each frozen layer itself that it is, and no longer of what holds it."""

    def changed(stack: Stack, frozen: bool) -> Stack:
        return tuple(one(layer, frozen or not layer.trainable) for layer in stack)

    def one(layer: AnyLayer, frozen: bool) -> AnyLayer:
        trainable = not frozen or type(layer) in CONTAINERS
        layer = layer if layer.trainable is trainable else msgspec.structs.replace(layer, trainable=trainable)
        return with_inner(layer, lambda stack: changed(stack, frozen))

    return msgspec.structs.replace(network, layers=changed(network.layers, frozen=False))


def keras_name(name: str, suffix: str) -> str:
    """Name a layer of Keras that is a part of the layer called `name`."""
    return f"{name}_{suffix}" if suffix else name


def without_names(layers: Stack) -> Stack:
    """Take the names of all layers of a stack away, at any depth, those of blocks too: what computes alike is equal."""
    return mapped(layers, lambda layer: msgspec.structs.replace(layer, name=""))


@cache
def snake_case(name: str) -> str:
    """Write the name of a class as Keras does where it makes a name of it: `MaxPooling2D` is `max_pooling2d`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
