"""A span: neighbouring layers of one stack, or a single branch."""

from typing import NamedTuple

from tui_cnn.core.branching import is_branch
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path


class Span(NamedTuple):
    """`length` layers from `path` on; if `path` is the address of a branch, that branch."""

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
        return Span(min(one, other, key=len))
    first, last = sorted((one[depth], other[depth]))
    if is_branch(network, (*one[:depth], first)):
        return Span(one[:depth])
    return Span((*one[:depth], first), last - first + 1)
