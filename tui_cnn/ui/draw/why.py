"""Why a number is what it is: the formulas of one layer with the values put in."""

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _


def layer_numbers(row: Row) -> Table:
    """Write a layer's output, parameters and MACs, each with its formula."""
    table = _grid()
    if row.figures is None:
        reason = str(row.error) if row.error else _("an earlier layer cannot be built")
        table.add_row(_("output"), Text("—"), Text(reason))
        return table
    figures = row.figures
    table.add_row(_("output"), format_shape(figures.output_shape), figures.size_formula)
    trainable, non_trainable = figures.parameters
    table.add_row(_("parameters"), f"{trainable.value:,}", trainable.formula)
    if non_trainable.value:
        table.add_row(_("not trainable"), f"{non_trainable.value:,}", non_trainable.formula)
    table.add_row(_("MACs"), f"{figures.macs.value:,}", figures.macs.formula)
    return table


def network_numbers(analysis: Analysis) -> Table:
    """Write the whole network's output, parameters and MACs."""
    table, totals = _grid(), analysis.totals
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    layers = sum(1 for row in analysis.rows if not row.holds_layers)
    table.add_row(_("output"), output, _("after {count} layers").format(count=layers))
    non_trainable = _("of these {count} not trainable").format(count=f"{totals.non_trainable:,}")
    table.add_row(_("parameters"), f"{totals.params:,}", non_trainable if totals.non_trainable else "")
    table.add_row(_("MACs"), f"{totals.macs:,}", _("multiply-accumulates of the kernels, for one image"))
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    return table
