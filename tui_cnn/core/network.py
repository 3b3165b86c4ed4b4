"""The network: what is being designed."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from tui_cnn.core.layers import CONTAINERS, AnyLayer, Block, Branches, Layer
from tui_cnn.core.path import Path

Axis = Annotated[int, Meta(ge=1, le=65_536)]


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input shape and an immutable tree of layers. `input_shape` is channels last, without the batch axis."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^/\\\x00-\x1f\x7f-\x9f]+$")]
    input_shape: Annotated[tuple[Axis, ...], Meta(min_length=1, max_length=3)]
    layers: tuple[AnyLayer, ...] = ()


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
