"""What an edit would change, before it is made."""

from collections.abc import Callable

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import BYTES, memory
from tui_cnn.core.network import Path
from tui_cnn.core.receptive_field import ReceptiveField, format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import change, short_count, size


def preview(before: Analysis, after: Analysis, path: Path) -> Table | Text:
    """Compare the layer at `path` and the totals: what stays as it is has no line but the output.

    An edit that breaks the stack says where and why.
    """
    broken = next((check for check in after.checks if check.severity == "error"), None)
    if broken is not None:
        return Text("✗ " + str(broken), style="bold")
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="bold")
    old, new = (next((row for row in analysis.rows if row.path == path), None) for analysis in (before, after))
    table.add_row(_("output"), _shape(before, old, path), "→", _shape(after, new, path), "")
    if path:
        if old and new and old.figures and new.figures:
            was, now = old.figures, new.figures
            _compare(table, _("parameters"), was.parameters.total, now.parameters.total)
            _compare(table, _("MACs"), was.macs.value, now.macs.value)
            held, holds = (BYTES * elements(figures.output_shape) for figures in (was, now))
            _compare(table, _("activations"), held, holds, size)
            _compare_fields(table, old.field, new.field)
        table.add_row(Text(_("in total")))
    _compare(table, _("parameters"), before.totals.params, after.totals.params)
    _compare(table, _("MACs"), before.totals.macs, after.totals.macs)
    _compare(table, _("train step"), memory(before).training, memory(after).training, size)
    _compare_fields(table, *(last.field if (last := analysis.last_map) else None for analysis in (before, after)))
    return table


def _compare(
    table: Table, label: str, old: int | None, new: int | None, write: Callable[[int], str] = short_count
) -> None:
    if old is not None and new is not None and old != new:
        table.add_row(label, write(old), "→", write(new), change(old, new))


def _compare_fields(table: Table, old: ReceptiveField | None, new: ReceptiveField | None) -> None:
    if old is not None and new is not None and format_field(old) != format_field(new):
        table.add_row(_("RF"), format_field(old), "→", format_field(new), "")


def _shape(analysis: Analysis, row: Row | None, path: Path) -> str:
    if not path:
        return format_shape(analysis.network.input_shape)
    return format_shape(row.figures.output_shape) if row and row.figures else "—"
