"""Layers put together in a block or in branches, and taken out again."""

from tui_cnn.core import edits
from tui_cnn.core.branching import is_branch
from tui_cnn.core.edits import Stack
from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path


def wrap_in_block(network: Network, path: Path, count: int) -> Network:
    """Make a block of `count` layers from `path` on."""
    return edits.splice(network, path, count, (Block(layers=edits.layers_at(network, path, count)),))


def wrap_in_branches(network: Network, path: Path, count: int) -> Network:
    """Put a skip connection around `count` layers from `path` on, and add it to what comes out: a residual."""
    layers = edits.layers_at(network, path, count)
    return edits.splice(network, path, count, (Branches(merge="add", branches=(layers, ())),))


def unwrap(network: Network, path: Path) -> tuple[Network, int]:
    """Put the layers of a block, or of a branch, in the place of the container; return how many these are, too.

    For the address of a branch it is that one which stays. Branches of which more than one holds layers change nothing.
    """
    place = path[:-1] if is_branch(network, path) else path
    layers = _held(network, path)
    if layers is None:
        return network, 0
    return edits.splice(network, place, 1, layers), len(layers)


def _held(network: Network, path: Path) -> Stack | None:
    if is_branch(network, path):
        holder = edits.layer_at(network, path[:-1])
        return holder.branches[path[-1]] if isinstance(holder, Branches) else None
    match edits.layer_at(network, path):
        case Block(layers=layers):
            return layers
        case Branches(branches=branches) if sum(map(bool, branches)) <= 1:
            return next(filter(None, branches), ())
        case _:
            return None
