"""The stack of layers as lines of text: what stands in each column of a line."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Family
from tui_cnn.core.memory import BYTES
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.build.columns import BAR, StackColumn, titles
from tui_cnn.ui.build.signs import EMPTY, FOLDED, OPEN
from tui_cnn.ui.build.stack_lines import StackLine
from tui_cnn.ui.toolkit.numbers import bar, short_count, size

Cells = dict[str, str]
"""What stands in the columns, by their keys; the name of a layer comes with its guides and its sign."""

INDENT = 2
"""Cells that a layer is set in for each container around it."""

_LONG = 10**8
"""From here on counts are written in three figures: `3.86 G`."""


class StackStyles(NamedTuple):
    """The styles that a line is drawn with."""

    text: Style
    dim: Style
    bar: Style
    error: Style
    families: Mapping[Family, Style] = {}  # it is not changed
    """Those of the signs of layers."""

    def over(self, style: Style) -> "StackStyles":
        """Return the same with a style over each."""
        families = {family: own + style for family, own in self.families.items()}
        return StackStyles(self.text + style, self.dim + style, self.bar + style, self.error + style, families)


def header(shown: Sequence[StackColumn], style: Style) -> list[Segment]:
    """Draw the line above the stack."""
    indented = {**titles(), "layer": " " * INDENT + titles()["layer"]}
    return [Segment(_fit(indented[column.key], column), style) for column in shown]


def cells_of(line: StackLine, analysis: Analysis) -> Cells:
    """Write what stands on a line."""
    guides = "│ " * line.depth
    if not line.path:
        shape = analysis.network.input_shape
        numbers = {"output": format_shape(shape), "field": "1", "memory": size(BYTES * elements(shape))}
        return {"number": "0", "layer": f"· {_('Input')}", **numbers}
    if line.is_branch:
        return {"number": "", "layer": f"{guides}{_mark(line)} {_branch_name(line)}", **_numbers(line, analysis)}
    row = line.row
    assert row is not None
    cells = {
        "number": str(line.path[-1] + 1),
        "layer": f"{guides}{_mark(line)} {row.layer.name or type(row.layer).__name__}",
        "settings": " · ".join(row.layer.settings()),
    }
    return cells | _numbers(line, analysis)


def draw(
    line: StackLine, cells: Cells, analysis: Analysis, shown: Sequence[StackColumn], styles: StackStyles
) -> list[Segment]:
    """Draw a line; a layer that cannot be built says why where its numbers would stand."""
    if line.broken is not None:
        return _broken(line.broken, cells, shown, styles)
    quiet = line.row is not None and (line.row.muted or line.row.figures is None)
    name, text = (styles.dim if dim else styles.text for dim in (quiet, quiet or line.is_branch))
    segments = []
    for column in shown:
        fitted = _fit(_share(line, analysis) if column.key == "share" else cells.get(column.key, ""), column)
        if column.key == "layer":
            lead = INDENT * (line.depth + 1)
            sign = styles.families.get(line.row.layer.family) if line.row and line.held is None and not quiet else None
            segments += [
                Segment(fitted[: lead - INDENT], styles.dim),
                Segment(fitted[lead - INDENT : lead], sign or styles.dim),
                Segment(fitted[lead:], name),
            ]
        else:
            tone = styles.dim if column.key == "number" else styles.bar if column.key == "share" else text
            segments.append(Segment(fitted, tone))
    return segments


def _mark(line: StackLine) -> str:
    if line.held is not None:
        return EMPTY if line.folded is None else FOLDED if line.folded else OPEN
    return line.row.layer.sign if line.row else EMPTY


def _branch_name(line: StackLine) -> str:
    return _("branch {number}").format(number=line.path[-1] + 1) if line.row else _("skip")


def _numbers(line: StackLine, analysis: Analysis) -> Cells:
    """Write the numbers of a layer; of a container its output, and when it is folded what it sums up to."""
    row, totals = line.row, analysis.totals
    if row is None:
        return {"output": format_shape(line.skipped)} if line.skipped else {}
    if row.error is not None:
        return {}
    if row.muted and not line.is_branch:
        return {"output": _("muted")}
    if row.figures is None:
        return {"output": "—", "params": "—", "macs": "—", "field": "—", "memory": "—"}
    shape = row.figures.output_shape
    cells = {"output": format_shape(shape), "field": format_field(row.field)}
    params, macs = _amounts(line, row)
    if params:
        cells["params"] = _count(params, totals.params)
    if macs:
        cells["macs"] = _count(macs, totals.macs)
    if line.held is None or line.folded or not (line.is_branch or isinstance(row.layer, Block)):
        cells["memory"] = size(BYTES * elements(shape))
    return cells


def _amounts(line: StackLine, row: Row) -> tuple[int, int]:
    if line.held is not None:
        return (line.held.params, line.held.macs) if line.folded else (0, 0)
    return (row.figures.parameters.total, row.figures.macs.value) if row.figures else (0, 0)


def _count(value: int, total: int) -> str:
    return f"{value:,}" if total < _LONG else short_count(value)


def _share(line: StackLine, analysis: Analysis) -> str:
    params = _amounts(line, line.row)[0] if line.row else 0
    return bar(params / analysis.totals.params, BAR) if params else ""


def _broken(row: Row, cells: Cells, shown: Sequence[StackColumn], styles: StackStyles) -> list[Segment]:
    named = [column for column in shown if column.key in ("number", "layer")]
    rest = sum(column.width for column in shown) - sum(column.width for column in named)
    reason = f"✗ {row.error}"
    text = f"{cells['settings']}   {reason}" if cells.get("settings") else reason
    return [
        *(Segment(_fit(cells[column.key], column), styles.error) for column in named),
        Segment(set_cell_size(text, rest), styles.error),
    ]


def _fit(text: str, column: StackColumn) -> str:
    """Bring a text to a column's width, with the gap after it."""
    room = column.width - column.gap
    length = cell_len(text)
    if length > room:
        text, length = set_cell_size(text, room - 1) + "…", room
    if column.right:
        return " " * (room - length) + text + " " * column.gap
    return text + " " * (column.width - length)
