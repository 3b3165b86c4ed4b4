"""The columns of the stack: which there are, which fit, how wide each is, and what stands in them on a line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Family
from tui_cnn.core.memory import BYTES
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.formats.numbers_table import UNKNOWN, numbers
from tui_cnn.i18n import _
from tui_cnn.runs.layer_times import NOT_MEASURED, LayerTimes, key_of
from tui_cnn.ui.build.tree import StackLine
from tui_cnn.ui.toolkit.form import VARIES
from tui_cnn.ui.toolkit.numbers import bar, left, short_count, shortened, size


class StackColumn(NamedTuple):
    """A column: its key, its width in cells with the gap after it, whether it is aligned to the right."""

    key: str
    width: int
    right: bool = False
    gap: int = 0


Cells = dict[str, str]
"""What stands in the columns, by their keys; the name of a layer comes with its guides and its sign."""

OPEN, FOLDED, EMPTY = "▾", "▸", "╌"
"""Signs of containers and branches, one cell wide: what they hold is shown, hidden, or nothing."""

FROZEN = "*"
"""Stands between the sign of a layer and its name, where it is seen however narrow the columns are."""

GAP, TIGHT_GAP = 2, 1
"""Free cells after each column, at least; and where a number would be left out otherwise."""

BAR = 5
"""Cells of the bar that shows a share of all parameters."""

INDENT = 2
"""Cells that a layer is set in for each container around it."""

_LONG = 10**8
"""From here on counts are written in three figures: `3.86 G`."""

CHOOSABLE = ("settings", "output", "params", "share", "macs", "time", "field", "memory")
"""The columns that a user may hide."""

_ORDER = ("number", "layer", *CHOOSABLE)
_GIVING_WAY = ("memory", "share")
_GIVING_WAY_NEXT = ("settings",)  # the layer panel shows them too
_GIVING_WAY_WHERE_TIGHT = ("field", "macs", "time")
_LAST_TO_GIVE_WAY = ("params", "output")  # only where names would be cut too short
_RIGHT = ("number", "output", "params", "macs", "time", "field", "memory")
_SHORT_NAME = 8
_SHORT_SETTINGS = 15
_SHORTEST_SETTINGS = 10


def titles() -> dict[str, str]:
    """Return what stands over each column."""
    return {
        "number": "#",
        "layer": _("layer"),
        "settings": _("settings"),
        "output": _("output"),
        "params": _("params"),
        "share": "%",
        "macs": _("MACs"),
        "time": _("ms"),
        "field": _("RF"),
        "memory": _("activations"),
    }


def columns(
    cells: Iterable[Mapping[str, str]], width: int, hidden: frozenset[str] = frozenset()
) -> tuple[StackColumn, ...]:
    """Choose the columns that fit into `width` cells: as wide as what stands in them, and airy where there is room.

    That of times is there once something was measured.
    """
    needed = {key: cell_len(title) for key, title in titles().items()} | {"share": BAR}
    measured = False
    for line in cells:
        measured = measured or "time" in line
        for key, text in line.items():
            if (length := cell_len(text)) > needed[key]:
                needed[key] = length
    whole = needed["settings"]
    needed["settings"] = min(whole, _SHORT_SETTINGS)
    if "params" in hidden:
        hidden |= {"share"}  # the bar stands beside the number that it is a share of
    hidden = hidden if measured else hidden | {"time"}
    keys = _fitting([key for key in _ORDER if key not in hidden], _GIVING_WAY, needed, width)
    if _total(keys, needed) > width:
        needed["settings"] = min(whole, _SHORTEST_SETTINGS)
        keys = _fitting(keys, _GIVING_WAY_NEXT, needed, width)
    tight = _fitting(keys, _GIVING_WAY_WHERE_TIGHT, needed, width, TIGHT_GAP)
    keys = _fitting(keys, _GIVING_WAY_WHERE_TIGHT, needed, width)
    least = TIGHT_GAP if len(tight) > len(keys) else GAP
    keys = max(tight, keys, key=len)
    keys = _fitting(keys, _LAST_TO_GIVE_WAY, needed | {"layer": min(needed["layer"], _SHORT_NAME)}, width, least)
    spare = width - _total(keys, needed, least)
    if "settings" in keys and spare > 0:
        needed["settings"] = min(whole, needed["settings"] + spare)
        spare = width - _total(keys, needed, least)
    gap = least + max(0, min(2, spare // len(keys)))
    gaps = [least, *[gap] * (len(keys) - 2), 0]
    if "params" in keys and "share" in keys:
        gaps[keys.index("params")] = 1  # the bar is a share of these: `params %` is read as one title
    shown = [StackColumn(key, needed[key] + gap, key in _RIGHT, gap) for key, gap in zip(keys, gaps, strict=True)]
    overflow = sum(column.width for column in shown) - width
    if overflow > 0:  # a very narrow place: the names give way
        shown[1] = shown[1]._replace(width=max(shown[1].gap + 1, shown[1].width - overflow))
    return tuple(shown)


def _total(keys: Sequence[str], needed: Mapping[str, int], gap: int = GAP) -> int:
    """Add up the columns and the gaps between them."""
    return sum(needed[key] for key in keys) + gap * (len(keys) - 1)


def _fitting(
    keys: Sequence[str], giving_way: Sequence[str], needed: Mapping[str, int], width: int, gap: int = GAP
) -> list[str]:
    """Leave out of `keys` what gives way, one after the other, until the rest fits."""
    kept = list(keys)
    for key in giving_way:
        if _total(kept, needed, gap) <= width:
            break
        if key in kept:
            kept.remove(key)
    return kept


class StackStyles(NamedTuple):
    """The styles that a line is drawn with."""

    text: Style
    dim: Style
    bar: Style
    error: Style
    warning: Style
    families: Mapping[Family, Style] = {}  # it is not changed
    """Those of the signs of layers."""

    def over(self, style: Style) -> "StackStyles":
        """Return the same with a style over each."""
        text, dim, bar, error, warning = (part + style for part in self[:5])
        families = {family: own + style for family, own in self.families.items()}
        return StackStyles(text, dim, bar, error, warning, families)


def header(shown: Sequence[StackColumn], style: Style) -> list[Segment]:
    """Draw the line above the stack."""
    indented = {**titles(), "layer": " " * INDENT + titles()["layer"]}
    return [Segment(_fit(indented[column.key], column), style) for column in shown]


def cells_of(line: StackLine, analysis: Analysis, *, varies: bool = False, times: LayerTimes = NOT_MEASURED) -> Cells:
    """Write what stands on a line; a sign beside the name of a layer that varies in a search."""
    guides = "│ " * line.depth
    if not line.path:
        shape = analysis.network.input_shape
        numbers = {"output": format_shape(shape), "field": "1", "memory": size(BYTES * elements(shape))}
        return {"number": "0", "layer": f"· {_('Input')}", **numbers}
    if line.is_branch:
        name = _("branch {number}").format(number=line.path[-1] + 1) if line.row else _("skip")
        cells = {"number": "", "layer": f"{guides}{_mark(line)} {name}"}
        return cells | _numbers(line, analysis) | _time(line, analysis, times)
    row = line.row
    assert row is not None
    name, settings = row.layer.name or type(row.layer).__name__, row.settings
    if isinstance(row.layer, Block):  # how often it is repeated must be seen, also where the settings give way
        name, settings = " ".join([name, *row.layer.settings()]), row.settings[: -len(row.layer.settings()) or None]
    cells = {
        "number": str(line.path[-1] + 1),
        "layer": f"{guides}{_mark(line)}{FROZEN if row.has_frozen_weights else ' '}{name}{f' {VARIES}' * varies}",
        "settings": " · ".join(settings),
    }
    return cells | _numbers(line, analysis) | _time(line, analysis, times)


def _time(line: StackLine, analysis: Analysis, times: LayerTimes) -> Cells:
    """Write the milliseconds that were measured; of what is folded the sum, where all of it was measured."""
    if not times.seconds or line.row is None or (line.held is not None and not line.folded):
        return {}
    rows = analysis.rows_at(line.path) if line.folded else (line.row,)
    known = [times.of(row) for row in rows if key_of(row) is not None]
    seconds = [each for each in known if each is not None]
    return {"time": f"{1000 * sum(seconds):,.2f}"} if seconds and len(seconds) == len(known) else {}


def draw(line: StackLine, cells: Cells, shown: Sequence[StackColumn], styles: StackStyles) -> list[Segment]:
    """Draw a line; a layer that cannot be built says why where its numbers would stand."""
    if line.broken is not None:
        return _broken(line.broken, cells, shown, styles)
    quiet = line.row is not None and (line.row.muted or line.row.figures is None)
    name, text = (styles.dim if dim else styles.text for dim in (quiet, quiet or line.is_branch))
    tones = {"number": styles.dim, "share": styles.bar}
    segments = []
    for column in shown:
        fitted = _fit(cells.get(column.key, ""), column)
        if column.key != "layer":
            segments.append(Segment(fitted, tones.get(column.key, text)))
            continue
        sign = styles.families.get(line.row.layer.family) if line.row and line.held is None and not quiet else None
        guides = INDENT * line.depth
        segments += [
            Segment(fitted[:guides], styles.dim),
            Segment(fitted[guides : guides + INDENT], sign or styles.dim),
            Segment(fitted[guides + INDENT :], name),
        ]
    return segments


def _mark(line: StackLine) -> str:
    if line.held is not None:
        return EMPTY if line.folded is None else FOLDED if line.folded else OPEN
    return line.row.layer.sign if line.row else EMPTY


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
        return {**dict(zip(("output", "params", "macs", "field"), numbers(row), strict=True)), "memory": UNKNOWN}
    shape = row.figures.output_shape
    cells = {"output": format_shape(shape), "field": format_field(row.field)}
    if line.held is None:
        params, macs = row.figures.parameters.total, row.figures.macs.value
    else:
        params, macs = (line.held.params, line.held.macs) if line.folded else (0, 0)
    if params:
        cells |= {"params": _count(params, totals.params), "share": bar(params / totals.params, BAR)}
    if macs:
        cells["macs"] = _count(macs, totals.macs)
    if line.held is None or line.folded or not (line.is_branch or isinstance(row.layer, Block)):
        cells["memory"] = size(BYTES * elements(shape))
    return cells


def _count(value: int, total: int) -> str:
    return f"{value:,}" if total < _LONG else short_count(value)


def _broken(row: Row, cells: Cells, shown: Sequence[StackColumn], styles: StackStyles) -> list[Segment]:
    named = [column for column in shown if column.key in ("number", "layer")]
    rest = sum(column.width for column in shown) - sum(column.width for column in named)
    reason = f"✗ {row.error}"
    text = f"{cells['settings']}   {reason}" if cells.get("settings") else reason
    return [
        *(Segment(_fit(cells[column.key], column), styles.error) for column in named),
        Segment(left(shortened(text, rest), rest), styles.error),
    ]


def _fit(text: str, column: StackColumn) -> str:
    """Bring a text to a column's width, with the gap after it."""
    room = column.width - column.gap
    length = cell_len(text)
    if length > room:
        text = shortened(text, room)
        length = cell_len(text)
    if column.right:
        return " " * (room - length) + text + " " * column.gap
    return text + " " * (column.width - length)
