"""The numbers of layers as text, for every table that shows them."""

from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Opaque
from tui_cnn.core.network import Path, format_path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _

UNKNOWN = "—"


def numbers(row: Row) -> tuple[str, str, str, str]:
    """Write a layer's output shape, parameters, MACs and receptive field.

    What is not known is a dash; the counts of a container are empty.
    """
    figures = row.figures
    if figures is None:
        return UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN
    params, macs = figures.parameters.total, figures.macs.value
    counts = ("", "") if row.holds_layers else (f"{params:,}", f"{macs:,}")
    return format_shape(figures.output_shape), *counts, format_field(row.field)


class TableRow(NamedTuple):
    """A layer: its number, how deep it lies in others, what it is, its shape and its numbers, which may be empty."""

    number: str
    depth: int
    layer: str
    settings: str
    output: str
    parameters: str
    macs: str


def lines(analysis: Analysis) -> list[TableRow]:
    """Describe every layer."""
    depths: dict[Path, int] = {(): -1}
    for row in analysis.rows:
        holder = row.path[:-1] if row.path[:-1] in depths else row.path[:-2]  # a block, or branches
        depths[row.path] = depths[holder] + 1
    return [_line(row, depths[row.path]) for row in analysis.rows]


def total(analysis: Analysis) -> TableRow:
    """Sum up; what is only known in part is said to be so."""
    totals = analysis.totals
    output = format_shape(analysis.output_shape) if analysis.output_shape else UNKNOWN
    label = _("total") if totals.complete else _("total of known layers")
    return TableRow("", 0, label, "", output, f"{totals.params:,}", f"{totals.macs:,}")


def _line(row: Row, depth: int) -> TableRow:
    kind = row.layer.kind if isinstance(row.layer, Opaque) else type(row.layer).__name__
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    if isinstance(row.layer, Block) and row.layer.name:
        label = row.layer.name
    output, params, macs, _field = numbers(row)
    settings = row.settings
    if isinstance(row.layer, Opaque):
        output = format_shape(row.layer.stated_shape) if row.layer.stated_shape else UNKNOWN
        settings = (_("opaque"),)
    counts = ("", "") if row.holds_layers else (params, macs)
    return TableRow(format_path(row.path), depth, label, " ".join(settings), output, *counts)
