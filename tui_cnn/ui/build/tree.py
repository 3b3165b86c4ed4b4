"""The tree of layers as it is seen: a line for the input, for every layer that no fold hides, and for each branch."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Severity
from tui_cnn.core.layers import AnyLayer, Block, Branches
from tui_cnn.core.network import Network, Path, walk
from tui_cnn.core.rows import Row, Sum, sums
from tui_cnn.core.shape import Shape

Folded = frozenset[Path]
"""The addresses of what is folded: blocks, branches, and single ones of these."""

FINDINGS: dict[Severity, str] = {"error": "✗", "warning": "⚠", "info": "·"}
"""The signs of findings, one cell wide, the most severe first."""


class StackLine(NamedTuple):
    """A line of the stack.

    Attributes:
        path: the address of a layer or of a branch; empty for the input.
        row: the layer's own row; for a branch that of its last layer, None if it has none; None for the input.
        held: what a container or a branch sums up to; None for other layers.
        folded: whether what it holds is hidden; None where it holds nothing.
        finding: how severe the worst finding is about it, or about what its fold hides.
        broken: the row that cannot be built: its own, or the first of those that its fold hides.
        skipped: the shape that an empty branch lets through.
    """

    path: Path
    depth: int
    row: Row | None
    is_branch: bool = False
    held: Sum | None = None
    folded: bool | None = None
    finding: Severity | None = None
    broken: Row | None = None
    skipped: Shape | None = None


class Tree:
    """The lines of a network. What is folded is a matter of the view, and follows every edit."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._folded: Folded = frozenset()
        self._list()

    def show(self, analysis: Analysis, select: Path) -> None:
        """Show the network after an edit; what is folded stays so, except around the layer at `select`."""
        folded = carry(self._folded, self.analysis.network, analysis.network)
        self.analysis, self._folded = analysis, folded - set(around(select))
        self._list()

    def open(self, analysis: Analysis, height: int) -> None:
        """Show another network, folded if it has more than `height` lines; without a height all is open."""
        self.analysis, self._folded = analysis, frozenset()
        self._list()
        if height and len(self.lines) > height:
            self._folded = overview(analysis.network)
            self._list()

    def reveal(self, path: Path) -> None:
        """Open what is folded around a layer."""
        if self._folded & set(around(path)):
            self._folded -= set(around(path))
            self._list()

    def fold(self, path: Path, *, fold: bool) -> None:
        """Fold a container or unfold it."""
        self._folded = self._folded | {path} if fold else opened(self._folded, self.analysis.network, path)
        self._list()

    def fold_all(self) -> None:
        """Fold everything, or open everything if all is folded."""
        everything = overview(self.analysis.network)
        self._folded = frozenset() if everything <= self._folded else self._folded | everything
        self._list()

    def is_open(self, path: Path) -> bool:
        """Tell whether the container at `path` shows what it holds."""
        return path not in self._folded

    def holder(self, path: Path) -> Path | None:
        """Return the address of what holds a layer; None for those that nothing holds."""
        known = {line.path for line in self.lines}
        return next((place for place in reversed(list(around(path))) if place in known), None)

    def number(self, path: Path) -> int:
        """Return the number of the line of what is at `path`, or of the nearest before it; 0 is the input."""
        if not path:
            return 0
        return max(bisect_right(self.lines, path, key=lambda line: line.path) - 1, min(1, len(self.lines) - 1))

    def lines_of_nodes(self) -> list[int]:
        """Return for each node of the graph the number of the line that it is on, or hidden in; 0 is the input."""
        nodes = self.analysis.graph.nodes
        if not any(node.layer is not None and node.layer.takes for node in nodes):
            return [0] * len(nodes)  # nobody asks for them
        return [self.number(node.path) for node in nodes]

    def _list(self) -> None:
        self.lines: list[StackLine] = lines(self.analysis, self._folded)


def lines(analysis: Analysis, folded: frozenset[Path]) -> list[StackLine]:
    """List the lines of an analysed network, without what is hidden in `folded` containers and branches."""
    return list(_Lines(analysis, folded).all())


class _Lines:
    def __init__(self, analysis: Analysis, folded: frozenset[Path]) -> None:
        self._analysis = analysis
        self._rows = {row.path: row for row in analysis.rows}
        self._sums = sums(analysis)
        self._folded = folded
        self._findings: dict[Path, Severity] = {}
        for check in reversed(analysis.checks):  # the most severe come first
            self._findings[check.path] = check.severity

    def all(self) -> Iterator[StackLine]:
        yield StackLine((), 0, None, finding=self._findings.get(()))
        yield from self._stack(self._analysis.network.layers, (), 0)

    def _stack(self, layers: tuple[AnyLayer, ...], prefix: Path, depth: int) -> Iterator[StackLine]:
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            row = self._rows[path]
            if not isinstance(layer, Block | Branches):
                broken = row if row.error else None
                yield StackLine(path, depth, row, finding=self._findings.get(path), broken=broken)
                continue
            line = self._container(StackLine(path, depth, row), empty=isinstance(layer, Block) and not layer.layers)
            yield line
            if line.folded:
                continue
            if isinstance(layer, Block):
                yield from self._stack(layer.layers, path, depth + 1)
                continue
            for number, branch in enumerate(layer.branches):
                yield from self._branch(branch, (*path, number), depth + 1)

    def _branch(self, branch: tuple[AnyLayer, ...], path: Path, depth: int) -> Iterator[StackLine]:
        last = self._rows[(*path, len(branch) - 1)] if branch else None
        skipped = None if branch else self._rows[path[:-1]].input_shape
        line = self._container(StackLine(path, depth, last, is_branch=True, skipped=skipped), empty=not branch)
        yield line
        if not line.folded:
            yield from self._stack(branch, path, depth + 1)

    def _container(self, line: StackLine, *, empty: bool) -> StackLine:
        """Add what it holds; a folded one also speaks for what it hides."""
        path = line.path
        folded = None if empty else path in self._folded
        finding, own = self._findings.get(path), self._rows.get(path)
        broken = own if own is not None and own.error else None
        if folded:
            hidden = {severity for place, severity in self._findings.items() if place[: len(path)] == path}
            finding = next((severity for severity in FINDINGS if severity in hidden), None)
            broken = next((row for row in self._analysis.rows_at(path) if row.error), None)
        return line._replace(held=self._sums[path], folded=folded, finding=finding, broken=broken)


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
