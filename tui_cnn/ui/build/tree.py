"""The tree of layers as it is seen: which lines there are while some containers are folded."""

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.network import Path
from tui_cnn.ui.build.folding import Folded, around, carry, opened, overview
from tui_cnn.ui.build.stack_cells import Cells, cells_of
from tui_cnn.ui.build.stack_lines import StackLine, lines


class Tree:
    """The lines of a network, and what stands in their columns. The folds follow every edit."""

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

    def foldable(self, path: Path) -> bool | None:
        """Tell whether what stands at `path` is folded; None where there is nothing to fold."""
        return next((line.folded for line in self.lines if line.path == path), None)

    def holder(self, path: Path) -> Path | None:
        """Return the address of what holds a layer; None for those that nothing holds."""
        known = {line.path for line in self.lines}
        return next((place for place in reversed(list(around(path))) if place in known), None)

    def number(self, path: Path) -> int:
        """Return the number of the line of what is at `path`, or of the nearest before it; 0 is the input."""
        before = [number for number, line in enumerate(self.lines) if line.path and line.path <= path]
        return before[-1] if before else min(1, len(self.lines) - 1) if path else 0

    def _list(self) -> None:
        self.lines: list[StackLine] = lines(self.analysis, self._folded)
        self.cells: list[Cells] = [cells_of(line, self.analysis) for line in self.lines]
