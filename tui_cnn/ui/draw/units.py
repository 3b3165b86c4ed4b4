"""Units of a layer without maps: bars with their numbers, or where there are too many, a strip of cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.insight.colours import paint, stretch
from tui_cnn.ui.draw.canvas import Canvas
from tui_cnn.ui.draw.cells import left
from tui_cnn.ui.draw.numbers import bar

_FIELD = 22
_NUMBER = 5
_VALUE = 7
_NAME = 12
_MARKED = (255, 80, 80)


def unit_columns(width: int, count: int, named: bool) -> int:
    """Tell how many units stand beside each other."""
    return 1 if named else max(1, min(count, width // _FIELD))


def draw_units(
    canvas: Canvas,
    top: int,
    values: npt.NDArray[Any],
    chosen: int,
    names: Sequence[str],
    dead: npt.NDArray[np.bool_],
    tone: Style,
    dim: Style,
    mark: Style,
) -> None:
    """Draw units (count,) by their numbers, or by `names` where there are any."""
    lines = canvas.height - top
    columns = unit_columns(canvas.width, len(values), bool(names))
    if -(-len(values) // columns) > lines:
        _strip(canvas, top, values, chosen)
        return
    field = min(canvas.width // columns, _FIELD * 3) - 1
    head = _NAME if names else _NUMBER
    width = max(1, field - head - _VALUE - 1)
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    for place, value in enumerate(values.tolist()):
        row, column = divmod(place, columns)
        x, y = 1 + column * (field + 1), top + row
        name = names[place] if names else f"{place}"
        canvas.put(x, y, left(name, head - 1), mark if place == chosen else dim, room=head - 1)
        canvas.put(x + head, y, bar(abs(value) / most, width), dim if dead[place] or value < 0 else tone)
        canvas.put(x + head + width, y, f"{value:.2f}".rjust(_VALUE), mark if place == chosen else None)


def _strip(canvas: Canvas, top: int, values: npt.NDArray[Any], chosen: int) -> None:
    """Draw each unit as a pixel, from left to right and down."""
    across = canvas.width - 2
    down = -(-len(values) // across)
    filled = np.zeros(across * down)
    filled[: len(values)] = stretch(values)
    pixels = paint(filled.reshape(down, across))
    pixels.reshape(-1, 3)[len(values) :] = 0
    pixels.reshape(-1, 3)[chosen] = _MARKED
    tall = max(1, min(4, 2 * (canvas.height - top) // max(1, down)))
    canvas.picture(1, top, pixels.repeat(tall, axis=0)[: 2 * (canvas.height - top)])
