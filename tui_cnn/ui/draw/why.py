"""Why a number is what it is: the formulas of one layer with the values put in."""

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.field_formula import field_formula
from tui_cnn.core.memory import activation, memory
from tui_cnn.core.receptive_field import ReceptiveField, format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.draw.numbers import size


def layer_numbers(row: Row) -> Table:
    """Write a layer's output, parameters, MACs, memory and receptive field, each with its formula."""
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
    held = activation(figures.output_shape)
    table.add_row(_("memory"), size(held.value), _("{formula} bytes of output, float32").format(formula=held.formula))
    formula = field_formula(row)
    table.add_row(_("field"), format_field(row.field), formula.size if formula else _seen(row.field))
    if formula:
        steps = _("step {step}, padding {padding}, in pixels of the image")
        table.add_row("", "", steps.format(step=formula.stride, padding=formula.padding))
    return table


def _seen(field: ReceptiveField | None) -> str:
    """Say what a receptive field is, in pixels of the input."""
    if field is None or field.status == "full":
        return _("every value sees all of the image")
    down, across = field.down, field.across
    if field.status == "unaligned":
        return _("pixels of the image that a cell sees at most; cells see unevenly")
    stride = f"{down.stride}" if down.stride == across.stride else f"{down.stride}×{across.stride}"
    padding = f"{down.padding}" if down.padding == across.padding else f"{down.padding}×{across.padding}"
    message = _("pixels that a cell sees; step {stride}, padding {padding}")
    return message.format(stride=stride, padding=padding)


def network_numbers(analysis: Analysis) -> Table:
    """Write the whole network's output, parameters and MACs."""
    table, totals = _grid(), analysis.totals
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    layers = sum(1 for row in analysis.rows if not row.holds_layers)
    table.add_row(_("output"), output, _("after {count} layers").format(count=layers))
    non_trainable = _("of these {count} not trainable").format(count=f"{totals.non_trainable:,}")
    table.add_row(_("parameters"), f"{totals.params:,}", non_trainable if totals.non_trainable else "")
    table.add_row(_("MACs"), f"{totals.macs:,}", _("multiply-accumulates of the kernels, for one image"))
    needs = memory(analysis)
    if needs.inference is not None and needs.training is not None:
        peak = _("{formula} bytes at the peak of one image").format(formula=needs.formulas.inference)
        table.add_row(_("memory"), size(needs.inference), peak)
        step = _("{formula} bytes, training on {batch} images with adam")
        note = step.format(formula=needs.formulas.training, batch=needs.batch_size)
        table.add_row("", size(needs.training), note)
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True, min_width=13)
    table.add_column(justify="right", no_wrap=True, min_width=11)
    table.add_column(no_wrap=True, overflow="ellipsis")
    return table
