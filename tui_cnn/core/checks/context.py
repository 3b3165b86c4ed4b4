"""What checks look at: the rows of a network, and which layer comes before which."""

from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.core.checks.setting import Setting
from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Analysis, Row


class Context(NamedTuple):
    """An analysed network, how it will be used, and for each row the row that its input comes from."""

    analysis: Analysis
    setting: Setting
    before: dict[Path, Row | None]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows but those of muted layers."""
        return tuple(row for row in self.analysis.rows if not row.muted)

    @property
    def last(self) -> Row | None:
        """The row that the network's output comes from."""
        rows = self.rows
        return next((row for row in reversed(rows) if len(row.path) == 1 and not isinstance(row.layer, Block)), None)


def look(analysis: Analysis, setting: Setting) -> Context:
    """Make the context of an analysis."""
    rows = {row.path: row for row in analysis.rows}
    before: dict[Path, Row | None] = {}

    def follow(layers: Sequence[Layer], prefix: Path, source: Row | None) -> Row | None:
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            if rows[path].muted:
                continue
            before[path] = source
            if isinstance(layer, Block):
                source = follow(layer.layers, path, source)
                continue
            if isinstance(layer, Branches):
                for number, branch in enumerate(layer.branches):
                    follow(branch, (*path, number), source)
            source = rows[path]
        return source

    follow(analysis.network.layers, (), None)
    return Context(analysis, setting, before)
