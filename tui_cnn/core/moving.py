"""Layers moved as a reader sees them, in and out of containers too: a step up or down, or to where they are dropped."""

from collections.abc import Callable
from typing import NamedTuple

from tui_cnn.core import edits
from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network, Path


class Span(NamedTuple):
    """`length` layers of one stack from `path` on; if `path` is the address of a branch, that branch."""

    path: Path
    length: int = 1

    @property
    def paths(self) -> tuple[Path, ...]:
        """The path of each."""
        return tuple((*self.path[:-1], self.path[-1] + place) for place in range(self.length))

    def holds(self, path: Path) -> bool:
        """Tell whether `path` is one of these layers, or in one of them."""
        depth = len(self.path)
        own = self.path[-1]
        return len(path) >= depth and path[: depth - 1] == self.path[:-1] and own <= path[depth - 1] < own + self.length


def span_between(network: Network, one: Path, other: Path) -> Span:
    """Return the least span that holds both; none is across branches, so these are taken as a whole."""
    depth = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if depth is None:  # one holds the other
        holder = min(one, other, key=len)
        return Span(holder[:-1] if edits.is_branch(network, holder) else holder)
    first, last = sorted((one[depth], other[depth]))
    if edits.is_branch(network, (*one[:depth], first)):
        return Span(one[:depth])
    return Span((*one[:depth], first), last - first + 1)


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
    if edits.is_branch(network, onto):
        place = (*place, 0)
    elif onto > path:
        place = _behind(network, onto, place, is_open)
    return MoveResult(edits.splice(bare, place, 0, layers), place)


def _without(span: Span, path: Path) -> Path:
    """Return the address that `path` has once the layers of `span` are gone."""
    depth = len(span.path) - 1
    if len(path) > depth and path[:depth] == span.path[:-1] and path[depth] > span.path[-1]:
        return (*path[:depth], path[depth] - span.length, *path[depth + 1 :])
    return path


def _behind(network: Network, path: Path, place: Path, is_open: Callable[[Path], bool]) -> Path:
    """Return the place after the line of the layer at `path`, which will stand at `place`: within an open container."""
    match edits.layer_at(network, path) if is_open(path) else None:
        case Block():
            return (*place, 0)
        case Branches():
            return (*place, 0, 0)
        case _:
            return (*place[:-1], place[-1] + 1)


def _up(network: Network, bare: Network, path: Path, is_open: Callable[[Path], bool]) -> Path | None:
    if path[-1] == 0:
        return _out(bare, path, before=True)
    above = (*path[:-1], path[-1] - 1)
    match edits.layer_at(network, above) if is_open(above) else None:
        case Block(layers=layers):
            return (*above, len(layers))
        case Branches(branches=branches):
            return (*above, len(branches) - 1, len(branches[-1]))
        case _:
            return above


def _down(network: Network, bare: Network, path: Path, count: int, is_open: Callable[[Path], bool]) -> Path | None:
    below = (*path[:-1], path[-1] + count)  # before they are taken away; afterwards it stands at `path`
    if below[-1] < len(edits.stack_at(network, path)):
        return _behind(network, below, path, is_open)
    return _out(bare, path, before=False)


def _out(bare: Network, path: Path, *, before: bool) -> Path | None:
    """Leave the container: to the branch before or after, or to the place beside the container."""
    container = path[:-1]
    if edits.is_branch(bare, container):
        branches, number = edits.branches_of(bare, container), path[-2] + (-1 if before else 1)
        if 0 <= number < len(branches):
            return (*path[:-2], number, len(branches[number]) if before else 0)
        container = path[:-2]
    if not container:
        return None
    return container if before else (*container[:-1], container[-1] + 1)
