"""One map as large as it fits, with a cursor, and the values around it."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.i18n import _
from tui_cnn.ui.draw.canvas import Canvas, Pixels
from tui_cnn.ui.draw.pictures import fit_into, frame, magnify

_VALUE = 7
_AROUND = 2
_TABLE = (2 * _AROUND + 1) * _VALUE
_CURSOR = (255, 80, 80)


def draw_large(
    canvas: Canvas,
    top: int,
    pixels: Pixels,
    values: npt.NDArray[Any],
    cell: tuple[int, int],
    dim: Style,
    chosen: Style,
) -> None:
    """Draw a map (height, width, 3) with a frame around the cell, and the values (height, width) next to it."""
    height, width = values.shape
    lines = canvas.height - top
    beside = canvas.width - width - 3 >= _TABLE
    room = (lines, canvas.width - _TABLE - 3) if beside else (max(1, lines - 2 * _AROUND - 3), canvas.width - 1)
    times = fit_into((height, width), room)
    large = magnify(pixels, times)
    region = (cell[0], cell[1], cell[0], cell[1])
    canvas.picture(1, top, frame(large, region, _CURSOR, times) if times > 1 else _marked(large, cell))
    if beside:
        x, y = width * times + 3, top
    else:
        x, y = 1, top + -(-height * times // 2) + 1
    canvas.put(x, y, _("row {row}, column {column}").format(row=cell[0], column=cell[1]), dim)
    for line, row in enumerate(range(cell[0] - _AROUND, cell[0] + _AROUND + 1)):
        for place, column in enumerate(range(cell[1] - _AROUND, cell[1] + _AROUND + 1)):
            if 0 <= row < height and 0 <= column < width:
                text = f"{values[row, column]:.2f}".rjust(_VALUE)
                canvas.put(x + place * _VALUE, y + 1 + line, text, chosen if (row, column) == cell else None)


def _marked(pixels: Pixels, cell: tuple[int, int]) -> Pixels:
    """Mark the cell itself where there is no room for a frame."""
    marked = pixels.copy()
    marked[cell] = np.array(_CURSOR, np.uint8)
    return marked
