"""Small charts of cells."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.ui.toolkit.pictures.canvas import Canvas

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def draw_columns(canvas: Canvas, x: int, y: int, values: npt.NDArray[Any], height: int, style: Style) -> None:
    """Draw values of 0 or more as columns, a cell wide, the largest `height` lines high; what is above 0 shows."""
    most = float(np.max(values, initial=0.0)) or 1.0
    for column, value in enumerate(values):
        eighths = max(round(float(value) / most * height * 8), int(value > 0))
        for line in range(height):
            canvas.put(x + column, y + height - 1 - line, _EIGHTHS[max(0, min(8, eighths - 8 * line))], style)


def draw_numbers(
    canvas: Canvas, x: int, y: int, values: npt.NDArray[Any], field: int, style: Style | None = None
) -> None:
    """Write values (rows, columns) with two digits, each in a field."""
    for line, row in enumerate(values.tolist()):
        for column, value in enumerate(row):
            canvas.put(x + column * field, y + line, f"{value:.2f}".replace("-", "−").rjust(field))
