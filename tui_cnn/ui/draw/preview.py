"""What an edit would change, before it is made."""

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import memory
from tui_cnn.core.path import Path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.draw.numbers import change, short_count, size


def preview(before: Analysis, after: Analysis, path: Path) -> Table | Text:
    """Compare the layer at `path` and the totals; an edit that breaks the stack says where and why."""
    broken = next((check for check in after.checks if check.severity == "error"), None)
    if broken is not None:
        return Text("✗ " + str(broken), style="bold")
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_row(_("output"), _shape(before, path), "→", _shape(after, path), "")
    for label, old, new in (
        (_("parameters"), before.totals.params, after.totals.params),
        (_("MACs"), before.totals.macs, after.totals.macs),
    ):
        table.add_row(label, short_count(old), "→", short_count(new), change(old, new))
    was, now = memory(before).training, memory(after).training
    if was is not None and now is not None:
        table.add_row(_("memory"), size(was), "→", size(now), change(was, now))
    seen = [_field(analysis, path) for analysis in (before, after)]
    if seen[0] != seen[1]:
        table.add_row(_("field"), seen[0], "→", seen[1], "")
    return table


def _field(analysis: Analysis, path: Path) -> str:
    row = next((row for row in analysis.rows if row.path == path), None)
    return format_field(row.field) if row else "1"


def _shape(analysis: Analysis, path: Path) -> str:
    if not path:
        return format_shape(analysis.network.input_shape)
    row: Row | None = next((row for row in analysis.rows if row.path == path), None)
    return format_shape(row.figures.output_shape) if row and row.figures else "—"
