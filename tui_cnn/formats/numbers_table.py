"""The rows that a description of a network shows: each layer with its shape and its numbers, as text."""

from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Opaque
from tui_cnn.core.path import Path, format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _

UNKNOWN = "—"


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
    label = _("total") if totals.complete else _("total of what is known")
    return TableRow("", 0, label, "", output, f"{totals.params:,}", f"{totals.macs:,}")


def _line(row: Row, depth: int) -> TableRow:
    kind = row.layer.kind if isinstance(row.layer, Opaque) else type(row.layer).__name__
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    if isinstance(row.layer, Block) and row.layer.name:
        label = row.layer.name
    figures = row.figures
    output = figures.output_shape if figures else None
    settings = row.layer.settings()
    if isinstance(row.layer, Opaque):
        output, settings = row.layer.stated_shape, (_("opaque"),)
    shape = format_shape(output) if output else UNKNOWN
    numbers = (UNKNOWN, UNKNOWN)
    if row.holds_layers:
        numbers = ("", "")
    elif figures is not None:
        numbers = (f"{figures.parameters.total:,}", f"{figures.macs.value:,}")
    return TableRow(format_path(row.path), depth, label, " ".join(settings), shape, *numbers)
