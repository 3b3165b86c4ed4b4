"""What the colours of a picture stand for."""

import numpy as np
from rich.style import Style

from tui_cnn.insight.colours import Palette, paint
from tui_cnn.ui.toolkit.pictures.canvas import Canvas

_WIDTH = 10


def draw_scale(canvas: Canvas, y: int, after: int, ends: tuple[str, str], palette: Palette, style: Style) -> None:
    """Draw a strip of all colours between the least and the most, at the right of a line; nothing without room.

    `after` is the cell from which on there may be room.
    """
    least, most = ends
    x = canvas.width - len(least) - _WIDTH - len(most) - 3
    if x < after:
        return
    x = canvas.put(x, y, least, style) + 1
    canvas.picture(x, y, paint(np.tile(np.linspace(0, 1, _WIDTH), (2, 1)), palette))
    canvas.put(x + _WIDTH + 1, y, most, style)
