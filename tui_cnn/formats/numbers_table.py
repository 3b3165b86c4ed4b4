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
    figures, params = row.figures, "" if row.holds_layers else UNKNOWN if row.params is None else f"{row.params:,}"
    output = format_shape(row.output_shape) if row.output_shape else UNKNOWN
    if figures is None:
        return output, params or UNKNOWN, UNKNOWN, UNKNOWN
    macs = "" if row.holds_layers else f"{figures.macs.value:,}"
    return output, params, macs, format_field(row.field)


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
    """Sum up; what is only known in part is a lower bound."""
    totals = analysis.totals
    output = format_shape(analysis.output_shape) if analysis.output_shape else UNKNOWN
    params, macs = (
        f"{least}{count:,}" for least, count in zip(at_least(analysis), (totals.params, totals.macs), strict=True)
    )
    return TableRow("", 0, _("total"), "", output, params, macs)


def at_least(analysis: Analysis) -> tuple[str, str]:
    """Return what stands before the total of the parameters, and of the MACs: a sign where it is a lower bound."""
    totals = analysis.totals
    if not analysis.rows:
        return "", ""
    return "" if totals.params_complete else "≥ ", "" if totals.complete else "≥ "


def missing(analysis: Analysis) -> str:
    """Say which unknown layers make the totals lower bounds; empty where none does, or where a finding tells."""
    if any(row.error for row in analysis.rows):
        return ""
    rows = [row for row in analysis.rows if row.figures is None and not row.holds_layers]
    if analysis.totals.complete or not rows:
        return ""
    named = [f"{format_path(row.path)} {kind_of(row)}" for row in rows[:_LISTED]]
    listed = ", ".join(named)
    if len(rows) > _LISTED:
        listed = _("{names} and {count} more").format(names=listed, count=len(rows) - _LISTED)
    return _("≥: at least, because not all is known of layer {layers}").format(layers=listed)


_LISTED = 4


def kind_of(row: Row) -> str:
    """Return the name of the type of a layer, of an opaque one as its file has it."""
    return row.layer.kind if isinstance(row.layer, Opaque) else row.kind


def _line(row: Row, depth: int) -> TableRow:
    kind = kind_of(row)
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    if isinstance(row.layer, Block) and row.layer.name:
        label = row.layer.name
    output, params, macs, _field = numbers(row)
    settings = row.settings
    if isinstance(row.layer, Opaque):
        settings = (_("opaque"),)
    counts = ("", "") if row.holds_layers else (params, macs)
    return TableRow(format_path(row.path), depth, label, " ".join(settings), output, *counts)
