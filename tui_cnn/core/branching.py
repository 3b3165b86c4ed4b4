"""Edits of whole branches. A branch's address is its `Branches`' path and its number: `(4, 1)`."""

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.edits import Stack
from tui_cnn.core.layers import AnyLayer, Branches
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path

FEWEST = 2
"""So many branches there are at least: with one there is nothing to merge."""


def is_branch(network: Network, path: Path) -> bool:
    """Tell whether `path` is the address of a branch, not of a layer."""
    layers: Stack = network.layers
    rest = path
    while rest:
        layer = layers[rest[0]]
        if not isinstance(layer, Branches):
            layers, rest = getattr(layer, "layers", ()), rest[1:]
        elif len(rest) == 2:
            return True
        else:
            layers, rest = (layer.branches[rest[1]], rest[2:]) if len(rest) > 2 else ((), ())
    return False


def add_branch(network: Network, path: Path, branch: Stack = ()) -> Network:
    """Put a branch at the address `path`; those from there on move down."""
    held = _holder(network, path)
    return _with(network, path, (*held.branches[: path[-1]], branch, *held.branches[path[-1] :]))


def delete_branch(network: Network, path: Path) -> Network:
    """Take a branch away; the last two stay."""
    held = _holder(network, path)
    if len(held.branches) <= FEWEST:
        return network
    return _with(network, path, (*held.branches[: path[-1]], *held.branches[path[-1] + 1 :]))


def duplicate_branch(network: Network, path: Path) -> Network:
    """Put a copy of a branch after it, without names."""
    copy = tuple(map(edits.unnamed, _holder(network, path).branches[path[-1]]))
    return add_branch(network, (*path[:-1], path[-1] + 1), copy)


def move_branch(network: Network, path: Path, to: int) -> Network:
    """Give a branch another number; one beyond the ends changes nothing."""
    branches = list(_holder(network, path).branches)
    if not 0 <= to < len(branches):
        return network
    branches.insert(to, branches.pop(path[-1]))
    return _with(network, path, tuple(branches))


def _holder(network: Network, path: Path) -> Branches:
    layer: AnyLayer = edits.layer_at(network, path[:-1])
    if not isinstance(layer, Branches):
        raise IndexError(f"no branches at {path[:-1]}")
    return layer


def _with(network: Network, path: Path, branches: tuple[Stack, ...]) -> Network:
    return edits.replace(network, path[:-1], msgspec.structs.replace(_holder(network, path), branches=branches))
