"""Lines and signs over two axes, in cells: each cell of a line holds 2 × 4 dots of braille.

Charts are drawn several times a second while a worker wants the processor. Drawing a chart in one pass costs a few
milliseconds; a widget for every part of it cost ten times that.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from rich.cells import cell_len

_STEPS = (1, 2, 5, 10)
_SAME = 1e-9
"""Differences below this share of a step come from rounding."""


def ticks(low: float, high: float, most: int, *, least: float = 0.0) -> list[float]:
    """Mark an axis from `low` to `high` at round numbers, at most `most` of them, and at least `least` apart."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** floor(log10(span / max(most, 2)))
    for factor in (*_STEPS, 20, 50, 100):
        step = factor * power
        first, last = ceil(low / step - _SAME), floor(high / step + _SAME)
        if last - first + 1 <= most and step >= least:
            return [round(number * step, 12) for number in range(first, last + 1)]
    return []


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Mark an axis whose `low` and `high` are decimal logarithms; what is returned are logarithms, too."""
    if high - low < 1:
        return [log10(tick) for tick in ticks(10**low, 10**high, most) if tick > 0]
    decades = range(ceil(low - _SAME), floor(high + _SAME) + 1)
    fine = sorted(decade + log10(factor) for decade in range(floor(low), ceil(high) + 1) for factor in (1, 2, 5))
    inside = [tick for tick in fine if low - _SAME <= tick <= high + _SAME]
    return inside if len(inside) <= most else [float(decade) for decade in decades]


def labels(values: list[float]) -> list[str]:
    """Write the numbers at an axis, all with the decimals that tell them apart: `0.5`, `1,000`, `2e-05`."""
    if not values:
        return []
    largest = max(map(abs, values))
    step = min((abs(b - a) for a, b in pairwise(values)), default=largest) or 1.0
    if largest and largest < 1e-3:
        return [f"{value:.0e}" if value else "0" for value in values]
    decimals = max(0, -floor(log10(step) + _SAME))
    return [f"{value:,.{decimals}f}" for value in values]


def short_labels(values: list[float]) -> list[str]:
    """Write numbers of any size each on its own, as those of a logarithmic axis are: `0.002`, `50`, `1e+06`."""
    return [f"{value:g}" for value in values]


Points = Sequence[tuple[float, float]]
Cell = tuple[str, str]
"""A character, and the name of its style; the cell after a character of two cells is empty."""

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_WIDE, _HIGH = 2, 4
_LONGEST = 10_000
"""Dots of a piece of a line; one that is longer leaves the chart."""
AXIS, TICK, GRID = "axis", "tick", "grid"
_GRID_X, _GRID_Y = "┊", "┈"
_BACKGROUND = frozenset({"", GRID})
"""Styles of cells that a legend may cover, beside those of rules, which are seen above and below it."""


class AxisScale(NamedTuple):
    """The values at both ends of an axis, and the labels at its ticks."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def place(self, value: float, cells: int, dots: int) -> int:
        """Find which dot, from 0, a value has on an axis of cells with so many dots each; it may lie outside."""
        return round((value - self.low) / (self.high - self.low) * (cells * dots - 1))


class Stroke(NamedTuple):
    """A line through points."""

    points: Points
    style: str


class Sign(NamedTuple):
    """A character at a point."""

    x: float
    y: float
    sign: str
    style: str


class Rule(NamedTuple):
    """A line from top to bottom."""

    x: float
    style: str


class LegendEntry(NamedTuple):
    """A line of the legend: the sign of what it names, its style, and its name."""

    sign: str
    style: str
    name: str


class Plot(NamedTuple):
    """What is drawn, in the order in which it is drawn: over a grid at the ticks, the legend in a free corner."""

    x: AxisScale
    y: AxisScale
    rules: Sequence[Rule] = ()
    strokes: Sequence[Stroke] = ()
    signs: Sequence[Sign] = ()
    legend: Sequence[LegendEntry] = ()
    legend_at_bottom: bool = False


def draw(plot: Plot, width: int, height: int, margin: int) -> list[list[Cell]]:
    """Draw into `height` rows of `width` cells, `margin` of them for the numbers at the y axis."""
    columns, rows = width - margin - 1, height - 2
    if columns < 2 or rows < 2:
        return [[(" ", "")] * width for _row in range(height)]
    area = _grid(plot, columns, rows)
    for rule in plot.rules:
        if 0 <= (column := _column(plot.x, rule.x, columns)) < columns:
            for row in area:
                row[column] = ("│", rule.style)
    for (row_at, column), (dots, style) in stroke_cells(plot.strokes, plot.x, plot.y, columns, rows).items():
        area[row_at][column] = (chr(BRAILLE + dots), style)
    for sign in plot.signs:
        column, row_at = _column(plot.x, sign.x, columns), _row(plot.y, sign.y, rows)
        if 0 <= column < columns and 0 <= row_at < rows:
            area[row_at][column] = (sign.sign, sign.style)
    _put_legend(plot, area, columns, rows)
    left = _y_axis(plot.y, rows, margin)
    return [a + b for a, b in zip(left, area, strict=True)] + _x_axis(plot.x, columns, margin)


def _grid(plot: Plot, columns: int, rows: int) -> list[list[Cell]]:
    """Draw a faint line at each tick, except on the axes themselves."""
    across = {_row(plot.y, value, rows) for value, _label in plot.y.ticks}
    down = {_column(plot.x, value, columns) for value, _label in plot.x.ticks} - {0}
    return [
        [
            (_GRID_Y, GRID) if row in across else (_GRID_X, GRID) if column in down else (" ", "")
            for column in range(columns)
        ]
        for row in range(rows)
    ]


def _put_legend(plot: Plot, area: list[list[Cell]], columns: int, rows: int) -> None:
    """Write the legend into the corner where it covers least; half of the rows at most."""
    lines = [_legend_line(entry) for entry in plot.legend][: rows // 2]
    wide = max(map(len, lines), default=0)
    if not lines or wide > columns:
        return
    tops = (rows - len(lines), 0) if plot.legend_at_bottom else (0, rows - len(lines))
    free = _BACKGROUND | {rule.style for rule in plot.rules}
    corners = [(top, left) for left in (columns - wide, 0) for top in tops]

    def covered(corner: tuple[int, int]) -> int:
        top, left = corner
        return sum(style not in free for row in area[top : top + len(lines)] for _, style in row[left:][:wide])

    top, left = min(corners, key=covered)
    for row, line in zip(area[top:], lines, strict=False):
        row[left : left + wide] = line + [(" ", "")] * (wide - len(line))


def _legend_line(entry: LegendEntry) -> list[Cell]:
    signs: list[Cell] = [(character, entry.style) for character in entry.sign]
    name = (cell for character in entry.name for cell in _cells(character))
    return [(" ", ""), *signs, (" ", ""), *name, (" ", "")]


def _cells(character: str) -> list[Cell]:
    return [(character, TICK), *[("", TICK)] * (cell_len(character) - 1)]


def _column(scale: AxisScale, value: float, columns: int) -> int:
    return scale.place(value, columns, _WIDE) // _WIDE


def _row(scale: AxisScale, value: float, rows: int) -> int:
    return (_HIGH * rows - 1 - scale.place(value, rows, _HIGH)) // _HIGH


BRAILLE = 0x2800
"""The character without any dot; those with dots follow."""


def stroke_cells(
    strokes: Sequence[Stroke], x_axis: AxisScale, y_axis: AxisScale, columns: int, rows: int
) -> dict[tuple[int, int], tuple[int, str]]:
    """Collect the dots of each cell (row, column) of some lines, and the style of the line that was the last in it."""
    cells: dict[tuple[int, int], tuple[int, str]] = {}
    wide, high = _WIDE * columns, _HIGH * rows
    for points, style in strokes:
        placed = [
            (x_axis.place(x, columns, _WIDE), high - 1 - y_axis.place(y, rows, _HIGH))
            for x, y in _inside(points, x_axis)
        ]
        for x, y in _dots(placed):
            if 0 <= x < wide and 0 <= y < high:
                at = (y // _HIGH, x // _WIDE)
                before, other = cells.get(at, (0, style))
                cells[at] = (before if other == style else 0) | _DOTS[x % _WIDE][y % _HIGH], style
    return cells


def _inside(points: Points, scale: AxisScale) -> Iterator[tuple[float, float]]:
    """Cut a line at both ends of the x axis."""
    before: tuple[float, float] | None = None
    for x, y in points:
        if before is not None:
            for edge in (scale.low, scale.high):
                if before[0] < edge < x:
                    yield edge, before[1] + (y - before[1]) * (edge - before[0]) / (x - before[0])
        if scale.low <= x <= scale.high:
            yield x, y
        before = x, y


def _dots(placed: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    yield from placed[:1]
    for (x0, y0), (x1, y1) in pairwise(placed):
        steps = min(max(abs(x1 - x0), abs(y1 - y0)), _LONGEST)
        for step in range(1, steps + 1):
            yield x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)


def _y_axis(scale: AxisScale, rows: int, margin: int) -> list[list[Cell]]:
    axis: list[list[Cell]] = [[(" ", TICK)] * margin + [("│", AXIS)] for _row in range(rows)]
    for value, label in scale.ticks:
        row = _row(scale, value, rows)
        if 0 <= row < rows:
            text = f"{label[: margin - 1]:>{margin - 1}} "
            axis[row] = [(character, TICK) for character in text] + [("┤", AXIS)]
    return axis


def _x_axis(scale: AxisScale, columns: int, margin: int) -> list[list[Cell]]:
    line: list[Cell] = [(" ", TICK)] * margin + [("└", AXIS)] + [("─", AXIS)] * columns
    below: list[Cell] = [(" ", TICK)] * (margin + 1 + columns)
    free = 0
    for value, label in scale.ticks:
        column = margin + 1 + _column(scale, value, columns)
        if not margin < column <= margin + columns:
            continue
        begin = min(column - len(label) // 2, margin + 1 + columns - len(label))
        if begin < free:
            continue
        line[column] = ("┬", AXIS)
        for place, character in enumerate(label, begin):
            below[place] = (character, TICK)
        free = begin + len(label) + 1
    return [line, below]
