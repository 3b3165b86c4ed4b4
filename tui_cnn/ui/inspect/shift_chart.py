"""Accuracy over shifts of the images as a heat map: a number in each cell, the shifts at its edges."""

from typing import Any

import numpy.typing as npt
from rich.style import Style

from tui_cnn.insight.colours import Palette, paint
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on

_SIDE = 4
"""Cells for the numbers at the left."""

_SIZES = ((6, 3), (4, 2), (3, 2), (4, 1), (3, 1), (2, 1))
"""Cells and lines of a field, the largest first."""

_NUMBER = 3


def draw_shifts(
    canvas: Canvas,
    x: int,
    y: int,
    room: tuple[int, int],
    accuracy: npt.NDArray[Any],
    here: tuple[int, int] | None,
    palette: Palette,
    dim: Style,
    mark: Style,
) -> int:
    """Draw accuracy (shifts down, shifts right), 0 to 1, in per cent, into `room` (lines, cells) from a place on.

    `here` is the field (row, column) that is marked. Returns how many lines it takes.
    """
    count = len(accuracy)
    fitting = (size for size in _SIZES if size[0] * count + _SIDE <= room[1] and size[1] * count + 1 <= room[0])
    wide, high = next(fitting, _SIZES[-1])
    reach = count // 2
    shades = paint(accuracy, palette)
    for column in range(count) if wide >= _NUMBER else (0, reach, count - 1):
        canvas.put(x + _SIDE + column * wide, y, _signed(column - reach).center(wide), dim)
    for row in range(count):
        top = y + 1 + row * high
        canvas.put(x, top + (high - 1) // 2, _signed(row - reach).rjust(_SIDE - 1), dim)
        for column in range(count):
            style = mark if (row, column) == here else on(shades[row, column])
            for line in range(high):
                words = f"{accuracy[row, column] * 100:.0f}" if line == (high - 1) // 2 and wide >= _NUMBER else ""
                canvas.put(x + _SIDE + column * wide, top + line, words.center(wide), style)
    return 1 + count * high


def _signed(shift: int) -> str:
    return f"{shift:+d}".replace("-", "−") if shift else "0"
