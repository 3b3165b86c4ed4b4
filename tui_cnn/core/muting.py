"""Muted layers: skipped, as if they were not there, but kept in their place."""

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.layers import AnyLayer, Block, Branches
from tui_cnn.core.network import Network, inside, walk
from tui_cnn.core.path import Path


def muted_paths(network: Network) -> frozenset[Path]:
    """Return the paths of all layers that are muted, and of all that muted layers hold."""
    found: set[Path] = set()
    for path, layer in walk(network.layers):
        if layer.muted and path not in found:
            found |= {path, *(held for held, _layer in inside(layer, path))}
    return frozenset(found)


def without_muted(network: Network) -> Network:
    """Leave the muted layers out: this is what is built, trained and exported."""
    if not any(layer.muted for _path, layer in walk(network.layers)):
        return network
    return msgspec.structs.replace(network, layers=_unmuted(network.layers))


def set_muted(network: Network, path: Path, count: int, muted: bool) -> Network:
    """Mute `count` layers from `path` on, or unmute them."""
    layers = edits.layers_at(network, path, count)
    changed = tuple(msgspec.structs.replace(layer, muted=muted) for layer in layers)
    return edits.splice(network, path, count, changed)


def _unmuted(stack: tuple[AnyLayer, ...]) -> tuple[AnyLayer, ...]:
    return tuple(_inner(layer) for layer in stack if not layer.muted)


def _inner(layer: AnyLayer) -> AnyLayer:
    match layer:
        case Block(layers=layers):
            return msgspec.structs.replace(layer, layers=_unmuted(layers))
        case Branches(branches=branches):
            return msgspec.structs.replace(layer, branches=tuple(map(_unmuted, branches)))
        case _:
            return layer
