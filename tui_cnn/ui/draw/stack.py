"""The stack of layers as lines of text: which columns fit, and what stands in each."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import format_path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.draw.numbers import bar


class Column(NamedTuple):
    """A column: its key, its width in cells, whether it is aligned to the right."""

    key: str
    width: int
    right: bool = False


class Styles(NamedTuple):
    """The styles that a line is drawn with."""

    text: Style
    dim: Style
    bar: Style
    error: Style


_ORDER = ("number", "layer", "settings", "output", "params", "share", "macs", "field")
_GIVING_WAY = ("share", "field", "macs", "settings")
_LAST_TO_GIVE_WAY = ("params", "output")  # only where names would be cut too short
_RIGHT = ("number", "output", "params", "macs", "field")
_GAP = 2
_BAR = 6
_SHORT_NAME = 8
_SHORT_SETTINGS = 15


def columns(analysis: Analysis, width: int) -> tuple[Column, ...]:
    """Choose the columns that fit into `width` cells: as wide as what stands in them, and airy where there is room."""
    needed = {key: cell_len(title) for key, title in _titles().items()} | {"share": _BAR}
    for cells in (_input_cells(analysis), *(_cells(row) for row in analysis.rows)):
        for key, text in cells.items():
            needed[key] = max(needed[key], cell_len(text))
    whole = needed["settings"]
    needed["settings"] = min(whole, _SHORT_SETTINGS)
    keys = _fitting(_ORDER, _GIVING_WAY, needed, width)
    keys = _fitting(keys, _LAST_TO_GIVE_WAY, needed | {"layer": min(needed["layer"], _SHORT_NAME)}, width)
    spare = width - sum(needed[key] + _GAP for key in keys)
    if "settings" in keys and spare > 0:
        needed["settings"] = min(whole, needed["settings"] + spare)
        spare = width - sum(needed[key] + _GAP for key in keys)
    gap = _GAP + max(0, min(4, spare // len(keys)))
    shown = [Column(key, needed[key] + gap, key in _RIGHT) for key in keys]
    overflow = sum(column.width for column in shown) - width
    if overflow > 0:  # a very narrow place: the names give way
        shown[1] = Column("layer", max(_GAP + 1, shown[1].width - overflow))
    return tuple(shown)


def _fitting(keys: Sequence[str], giving_way: Sequence[str], needed: dict[str, int], width: int) -> list[str]:
    """Leave out of `keys` what gives way, one after the other, until the rest fits."""
    kept = list(keys)
    for key in giving_way:
        if sum(needed[key] + _GAP for key in kept) <= width:
            break
        kept.remove(key)
    return kept


def _titles() -> dict[str, str]:
    return {
        "number": "#",
        "layer": _("layer"),
        "settings": _("settings"),
        "output": _("output"),
        "params": _("params"),
        "share": "",
        "macs": _("MACs"),
        "field": _("field"),
    }


def header(shown: Sequence[Column], style: Style) -> list[Segment]:
    """Draw the line above the stack."""
    return _line(_titles(), shown, Styles(style, style, style, style), {})


def input_line(analysis: Analysis, shown: Sequence[Column], styles: Styles) -> list[Segment]:
    """Draw the line of the input, which comes before the first layer."""
    return _line(_input_cells(analysis), shown, styles, {"number": styles.dim})


def layer_line(row: Row, analysis: Analysis, shown: Sequence[Column], styles: Styles) -> list[Segment]:
    """Draw the line of a layer; one that cannot be built says why where its numbers would stand."""
    cells = _cells(row)
    if row.error is not None:
        return _broken_line(f"✗ {row.error}", cells, shown, styles)
    if row.figures is None:
        return _line(cells, shown, styles, dict.fromkeys(cells, styles.dim))
    params = row.figures.parameters.total
    if params:
        cells["share"] = bar(params / analysis.totals.params, _BAR)
    return _line(cells, shown, styles, {"number": styles.dim, "share": styles.bar})


def _input_cells(analysis: Analysis) -> dict[str, str]:
    return {"number": "0", "layer": _("Input"), "output": format_shape(analysis.network.input_shape), "field": "1"}


def _cells(row: Row) -> dict[str, str]:
    cells = {
        "number": format_path(row.path),
        "layer": "  " * (len(row.path) - 1) + (row.layer.name or type(row.layer).__name__),
        "settings": " · ".join(row.layer.settings()),
    }
    if row.figures is None:
        return cells if row.error else {**cells, "output": "—", "params": "—", "macs": "—", "field": "—"}
    params, macs = row.figures.parameters.total, row.figures.macs.value
    return cells | {
        "output": format_shape(row.figures.output_shape),
        "params": f"{params:,}" if params else "",
        "macs": f"{macs:,}" if macs else "",
        "field": format_field(row.field),
    }


def _line(cells: dict[str, str], shown: Sequence[Column], styles: Styles, tones: dict[str, Style]) -> list[Segment]:
    return [Segment(_fit(cells.get(column.key, ""), column), tones.get(column.key, styles.text)) for column in shown]


def _broken_line(reason: str, cells: dict[str, str], shown: Sequence[Column], styles: Styles) -> list[Segment]:
    named = [column for column in shown if column.key in ("number", "layer")]
    rest = sum(column.width for column in shown) - sum(column.width for column in named)
    text = f"{cells['settings']}   {reason}" if cells["settings"] else reason
    return [
        *_line(cells, named, styles, dict.fromkeys(cells, styles.error)),
        Segment(set_cell_size(text, rest), styles.error),
    ]


def _fit(text: str, column: Column) -> str:
    """Bring a text to a column's width, with the gap after it."""
    room = column.width - _GAP
    fitted = text if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"
    if column.right:
        fitted = " " * (room - cell_len(fitted)) + fitted
    return set_cell_size(fitted, column.width)
