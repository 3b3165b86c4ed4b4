"""Layers moved as a reader sees them, in and out of containers too: a step up or down, or to where they are dropped."""

from collections.abc import Callable
from typing import NamedTuple

from tui_cnn.core import edits
from tui_cnn.core.branching import is_branch
from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.span import Span


class MoveResult(NamedTuple):
    """A network after a move, and where the first of the layers now is."""

    network: Network
    path: Path


def step(network: Network, path: Path, count: int, by: int, is_open: Callable[[Path], bool]) -> MoveResult:
    """Move `count` layers from `path` on past the next layer, into it if it is an open container, or out of theirs.

    At the ends of the network nothing changes.
    """
    layers = edits.layers_at(network, path, count)
    bare = edits.delete(network, path, count)
    place = _up(network, bare, path, is_open) if by < 0 else _down(network, bare, path, count, is_open)
    if place is None:
        return MoveResult(network, path)
    return MoveResult(edits.splice(bare, place, 0, layers), place)


def drop(network: Network, path: Path, count: int, onto: Path, is_open: Callable[[Path], bool]) -> MoveResult:
    """Move `count` layers from `path` on to the line of `onto`, which is pushed the way that they come from.

    On a branch, or from above on an open container, they become the first that it holds; on the input (the empty path)
    the first of all. On one of themselves nothing changes.
    """
    span = Span(path, count)
    if onto and span.holds(onto):
        return MoveResult(network, path)
    layers = edits.layers_at(network, path, count)
    bare = edits.delete(network, path, count)
    place = _without(span, onto) if onto else (0,)
    if is_branch(network, onto):
        place = (*place, 0)
    elif onto > path:
        match edits.layer_at(network, onto) if is_open(onto) else None:
            case Block():
                place = (*place, 0)
            case Branches():
                place = (*place, 0, 0)
            case _:
                place = (*place[:-1], place[-1] + 1)
    return MoveResult(edits.splice(bare, place, 0, layers), place)


def _without(span: Span, path: Path) -> Path:
    """Return the address that `path` has once the layers of `span` are gone."""
    depth = len(span.path) - 1
    if len(path) > depth and path[:depth] == span.path[:-1] and path[depth] > span.path[-1]:
        return (*path[:depth], path[depth] - span.length, *path[depth + 1 :])
    return path


def _up(network: Network, bare: Network, path: Path, is_open: Callable[[Path], bool]) -> Path | None:
    if path[-1] > 0:
        above = (*path[:-1], path[-1] - 1)
        match edits.layer_at(network, above) if is_open(above) else None:
            case Block(layers=layers):
                return (*above, len(layers))
            case Branches(branches=branches):
                return (*above, len(branches) - 1, len(branches[-1]))
            case _:
                return above
    return _out(bare, path, before=True)


def _down(network: Network, bare: Network, path: Path, count: int, is_open: Callable[[Path], bool]) -> Path | None:
    below = (*path[:-1], path[-1] + count)  # before they are taken away; afterwards it stands at `path`
    if below[-1] < len(edits.stack_at(network, path)):
        match edits.layer_at(network, below) if is_open(below) else None:
            case Block():
                return (*path, 0)
            case Branches():
                return (*path, 0, 0)
            case _:
                return (*path[:-1], path[-1] + 1)
    return _out(bare, path, before=False)


def _out(bare: Network, path: Path, *, before: bool) -> Path | None:
    """Leave the container: to the branch before or after, or to the place beside the container."""
    if len(path) < 2:
        return None
    if len(path) > 2 and isinstance(holder := _holder(bare, path[:-2]), Branches):
        number = path[-2] + (-1 if before else 1)
        if 0 <= number < len(holder.branches):
            return (*path[:-2], number, len(holder.branches[number]) if before else 0)
        container = path[:-2]
    else:
        container = path[:-1]
    return container if before else (*container[:-1], container[-1] + 1)


def _holder(network: Network, path: Path) -> object:
    try:
        return edits.layer_at(network, path)
    except IndexError:  # the address of a branch
        return None
