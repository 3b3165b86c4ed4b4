"""What checks look at: the rows of a network, and which layer comes before which."""

from typing import NamedTuple

from tui_cnn.core.checks.training_context import TrainingContext
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Analysis, Row


class Context(NamedTuple):
    """An analysed network, its rows but those of muted layers, and how it will be used."""

    analysis: Analysis
    rows: tuple[Row, ...]
    training: TrainingContext
    at: dict[Path, Row]

    def before(self, row: Row) -> Row | None:
        """Return the row that the input of another comes from; None for the network's own input."""
        return self.at[row.source] if row.source is not None else None

    @property
    def last(self) -> Row | None:
        """The row that the network's output comes from."""
        return self.at[self.analysis.last] if self.analysis.last is not None else None


def make_context(analysis: Analysis, training: TrainingContext) -> Context:
    """Make the context of an analysis."""
    rows = tuple(row for row in analysis.rows if not row.muted)
    return Context(analysis, rows, training, {row.path: row for row in rows})
