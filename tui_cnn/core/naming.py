"""Names of layers: a layer's own, or one made from its type as Keras makes it (`conv2d`, `conv2d_1`)."""

import re
from functools import cache

import msgspec

from tui_cnn.core.layers import AnyLayer, Block, Branches, Layer
from tui_cnn.core.muting import muted_paths
from tui_cnn.core.network import Network, walk
from tui_cnn.core.path import Path


def names(network: Network, muted: frozenset[Path] | None = None) -> dict[Path, str]:
    """Name every layer; a made name steps aside for one that was given, and muted layers for all others.

    Args:
        network: the network.
        muted: the paths of its muted layers, where they are known already.
    """
    layers = list(walk(network.layers))
    muted = muted_paths(network) if muted is None else muted
    if muted:
        layers.sort(key=lambda place: place[0] in muted)
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


def keras_name(name: str, suffix: str) -> str:
    """Name a layer of Keras that is a part of the layer called `name`."""
    return f"{name}_{suffix}" if suffix else name


def without_names(layers: tuple[AnyLayer, ...]) -> tuple[AnyLayer, ...]:
    """Take the names of all layers of a stack away, at any depth, those of blocks too: what computes alike is equal."""
    bare: list[AnyLayer] = []
    for layer in layers:
        if isinstance(layer, Block):
            bare.append(msgspec.structs.replace(layer, name="", layers=without_names(layer.layers)))
        elif isinstance(layer, Branches):
            branches = tuple(map(without_names, layer.branches))
            bare.append(msgspec.structs.replace(layer, name="", branches=branches))
        else:
            bare.append(msgspec.structs.replace(layer, name=""))
    return tuple(bare)


@cache
def snake_case(name: str) -> str:
    """Write the name of a class as Keras does where it makes a name of it: `MaxPooling2D` is `max_pooling2d`."""
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
