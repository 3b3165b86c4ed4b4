"""One map as large as it fits, with a cursor, and the values around it."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels
from tui_cnn.ui.toolkit.pictures.pixels import fit_into, frame, magnify

_VALUE = 6
_GAP = 3
_MOST_AROUND = 2
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
    """Draw a map (height, width, 3) with a frame around the cell, and the values (height, width) next to it.

    Where there is little room beside the map there are fewer values; where there is none they stand below.
    """
    height, width = values.shape
    lines = canvas.height - top
    fitting = (canvas.width - width - _GAP) // _VALUE
    beside = fitting >= _MOST_AROUND + 1
    around = _MOST_AROUND if fitting > 2 * _MOST_AROUND or not beside else 1
    table = (2 * around + 1) * _VALUE
    room = (lines, canvas.width - table - _GAP) if beside else (max(1, lines - 2 * around - 3), canvas.width - 1)
    times = fit_into((height, width), room)
    large = magnify(pixels, times)
    region = (cell[0], cell[1], cell[0], cell[1])
    canvas.picture(1, top, frame(large, region, _CURSOR, times) if times > 1 else _marked(large, cell))
    if beside:
        x, y = width * times + _GAP, top
    else:
        x, y = 1, top + -(-height * times // 2) + 1
    canvas.put(x, y, _("row {row}, column {column}").format(row=cell[0], column=cell[1]), dim)
    for line, row in enumerate(range(cell[0] - around, cell[0] + around + 1)):
        for place, column in enumerate(range(cell[1] - around, cell[1] + around + 1)):
            if 0 <= row < height and 0 <= column < width:
                text = f"{values[row, column]:.2f}".rjust(_VALUE)
                canvas.put(x + place * _VALUE, y + 1 + line, text, chosen if (row, column) == cell else None)


def _marked(pixels: Pixels, cell: tuple[int, int]) -> Pixels:
    """Mark the cell itself where there is no room for a frame."""
    marked = pixels.copy()
    marked[cell] = np.array(_CURSOR, np.uint8)
    return marked
