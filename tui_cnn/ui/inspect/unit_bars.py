"""Units of a layer without maps: bars with numbers; where there are too many, cells; or else a strip of pixels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.insight.colours import Palette, paint, stretch
from tui_cnn.ui.toolkit.cells import left
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on
from tui_cnn.ui.toolkit.pictures.pixels import magnify

_FIELD = 22
_NUMBER = 5
_VALUE = 7
_NAME = 12
_MARKED = (255, 80, 80)


class Units(NamedTuple):
    """What is drawn.

    Attributes:
        values: (units,).
        numbers: which unit each is, (units,).
        names: of the classes, by their numbers, where the units are classes; else empty.
        dead: whether each says the same whatever it sees, (units,).
        chosen: the place of the one that is looked at.
        row: how many belong together, as a row of the picture that was flattened; 0: none do.
    """

    values: npt.NDArray[Any]
    numbers: npt.NDArray[np.int64]
    names: Sequence[str]
    dead: npt.NDArray[np.bool_]
    chosen: int
    row: int = 0


def unit_columns(width: int, height: int, units: Units) -> int:
    """Tell how many units stand beside each other, in so many cells and lines."""
    count = len(units.values)
    bars = 1 if units.names else max(1, min(count, width // _FIELD))
    cells = max(1, (width - 1) // _cell(units))
    if -(-count // bars) <= height:
        return bars
    if -(-count // cells) <= height:
        return cells
    return min(units.row or width - 2, width - 2)


def draw_units(
    canvas: Canvas, top: int, units: Units, palette: Palette, tones: tuple[Style, Style, Style, Style]
) -> None:
    """Draw units from a line on. `tones`: bars, less important words, what is chosen, what is dead."""
    count, height = len(units.values), canvas.height - top
    columns = unit_columns(canvas.width, height, units)
    if -(-count // columns) > height or columns > max(1, (canvas.width - 1) // _cell(units)):
        _draw_strip(canvas, top, units, columns, palette)
    elif units.names or columns <= canvas.width // _FIELD:
        _draw_bars(canvas, top, units, columns, tones)
    else:
        _draw_cells(canvas, top, units, columns, palette, tones)


def _draw_bars(canvas: Canvas, top: int, units: Units, columns: int, tones: tuple[Style, Style, Style, Style]) -> None:
    tone, dim, mark, dead = tones
    field = min(canvas.width // columns, _FIELD * 3) - 1
    head = _NAME if units.names else _NUMBER
    width = max(1, field - head - _VALUE - 1)
    most = float(np.abs(units.values).max(initial=0.0)) or 1.0
    for place, value in enumerate(units.values.tolist()):
        row, column = divmod(place, columns)
        x, y = 1 + column * (field + 1), top + row
        number = int(units.numbers[place])
        name = units.names[number] if units.names else f"{number}"
        plain = dead if units.dead[place] else None
        canvas.put(x, y, left(name, head - 1), mark if place == units.chosen else plain or dim, room=head - 1)
        canvas.put(x + head, y, bar(abs(value) / most, width), dim if value < 0 else tone)
        words = _word(value).rjust(_VALUE)
        canvas.put(x + head + width, y, words, mark if place == units.chosen else plain)


def _draw_cells(
    canvas: Canvas,
    top: int,
    units: Units,
    columns: int,
    palette: Palette,
    tones: tuple[Style, Style, Style, Style],
) -> None:
    """Write each value on its colour."""
    _tone, _dim, mark, _dead = tones
    cell = _cell(units)
    lines = max(1, min(3, (canvas.height - top) // -(-len(units.values) // columns)))
    shades = paint(stretch(units.values)[np.newaxis], palette)[0]
    for place, value in enumerate(units.values.tolist()):
        row, column = divmod(place, columns)
        style = mark if place == units.chosen else on(shades[place])
        for line in range(lines):
            words = _word(value).center(cell) if line == (lines - 1) // 2 else " " * cell
            canvas.put(1 + column * cell, top + row * lines + line, words, style)


def _word(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _cell(units: Units) -> int:
    """Tell how wide a cell has to be for the value in it, with a space beside."""
    return 1 + max(len(_word(float(end))) for end in (units.values.min(), units.values.max()))


def _draw_strip(canvas: Canvas, top: int, units: Units, columns: int, palette: Palette) -> None:
    """Draw each unit as a pixel, from left to right and down."""
    height, width = canvas.height - top, canvas.width - 2
    down = -(-len(units.values) // columns)
    filled = np.zeros(columns * down)
    filled[: len(units.values)] = stretch(units.values)
    pixels = paint(filled.reshape(down, columns), palette)
    pixels.reshape(-1, 3)[len(units.values) :] = 0
    pixels.reshape(-1, 3)[units.chosen] = _MARKED
    times = max(1, min(width // columns, 2 * height // down))
    if times > 1:
        canvas.picture(1, top, magnify(pixels, times)[: 2 * height])
    else:
        tall = max(1, min(4, 2 * height // down))
        canvas.picture(1, top, pixels.repeat(tall, axis=0)[: 2 * height])
