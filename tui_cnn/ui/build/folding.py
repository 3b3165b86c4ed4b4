"""Which containers are folded: a matter of the view, that follows them through every edit."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network, Path, walk

Folded = frozenset[Path]
"""The addresses of what is folded: blocks, branches, and single ones of these."""


def containers(network: Network) -> Iterator[tuple[Path, Any]]:
    """Yield all blocks and branches that hold something, and each single branch, with their addresses."""
    for path, layer in walk(network.layers):
        if isinstance(layer, Block) and layer.layers:
            yield path, layer
        elif isinstance(layer, Branches):
            yield path, layer
            for number, branch in enumerate(layer.branches):
                if branch:
                    yield (*path, number), branch


def overview(network: Network) -> Folded:
    """Fold every block and all branches, but no single branch: whoever opens branches wants to see them."""
    return frozenset(path for path, held in containers(network) if not isinstance(held, tuple))


def carry(folded: Folded, before: Network, after: Network) -> Folded:
    """Find what is folded again after an edit.

    A container that was not touched is the same object, wherever it is now; those that were, above all those around
    what was edited, are paired in their order.
    """
    if not folded:
        return folded
    places: dict[int, list[Path]] = defaultdict(list)
    for path, held in containers(after):
        places[id(held)].append(path)
    kept: set[Path] = set()
    lost = []
    for path, held in containers(before):
        if places.get(id(held)):
            place = places[id(held)].pop(0)
            if path in folded:
                kept.add(place)
        else:
            lost.append((path, held))
    left = {place for paths in places.values() for place in paths}
    fresh = [(path, held) for path, held in containers(after) if path in left]
    for path, held in lost:
        match = next((other for other in fresh if type(other[1]) is type(held) and len(other[0]) == len(path)), None)
        if match is not None:
            fresh.remove(match)
            if path in folded:
                kept.add(match[0])
    return frozenset(kept)


def around(path: Path) -> Iterator[Path]:
    """Yield the addresses of all that holds what is at `path`."""
    return (path[:length] for length in range(1, len(path)))


def opened(folded: Folded, network: Network, path: Path) -> Folded:
    """Open a container; if all it holds is one container, open that too."""
    held = dict(containers(network))
    while True:
        folded -= {path}
        inner = held.get(path)
        layers = inner.layers if isinstance(inner, Block) else inner if isinstance(inner, tuple) else ()
        if len(layers) != 1 or (*path, 0) not in held:
            return folded
        path = (*path, 0)
