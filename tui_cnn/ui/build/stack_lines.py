"""The tree of layers as lines: the input, every layer that no fold hides, and a head for each branch."""

from collections.abc import Iterator
from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Severity
from tui_cnn.core.layers import AnyLayer, Block, Branches
from tui_cnn.core.network import Path
from tui_cnn.core.rows import Row, Sum, sums
from tui_cnn.core.shape import Shape


class StackLine(NamedTuple):
    """A line of the stack.

    Attributes:
        path: the address of a layer or of a branch; empty for the input.
        row: the layer's own row; for a branch that of its last layer, None if it has none; None for the input.
        skipped: the shape that an empty branch lets through.
        held: what a container or a branch sums up to; None for other layers.
        folded: whether what it holds is hidden; None where it holds nothing.
        finding: how severe the worst finding is about it, or about what its fold hides; empty if there is none.
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
            hidden = [s for place, s in self._findings.items() if place[: len(path)] == path]
            finding = min(hidden, key=_SEVERITIES.index, default=None)
            inner = (row for place, row in self._rows.items() if row.error and place[: len(path)] == path)
            broken = next(inner, None)
        return line._replace(held=self._sums[path], folded=folded, finding=finding, broken=broken)


_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
