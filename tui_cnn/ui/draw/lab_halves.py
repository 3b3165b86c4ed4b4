"""A larger picture in half-blocks: two pixels in a cell, one above the other."""

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text
from textual.color import Color

from tui_cnn.ui.draw.lab_grid import Numbers, Tones

_WHITE, _BLACK = Color(238, 238, 238), Color(12, 12, 12)


def halves(
    values: Numbers,
    tones: Tones,
    window: NDArray[np.bool_] | None = None,
    shown: int | None = None,
    click: str = "",
) -> Text:
    """Draw a picture: black to white where no value is negative, and else in the colours below and above zero.

    What is under the window is tinted; pixels that are not `shown` yet are dots.
    """
    rows, columns = values.shape
    lowest, largest = float(values.min(initial=0)), float(np.abs(values).max(initial=0)) or 1.0
    lines = []
    for row in range(0, rows, 2):
        line = Text()
        for column in range(columns):
            index = row * columns + column
            pair = [
                _colour(values[y, column], lowest < 0, largest, tones, window is not None and bool(window[y, column]))
                if y < rows and (shown is None or y * columns + column < shown)
                else None
                for y in (row, row + 1)
            ]
            meta = {"@click": click.format(index)} if click else None
            line.append(*_cell(pair, tones, meta))
        lines.append(line)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


def _cell(pair: list[Color | None], tones: Tones, meta: dict[str, str] | None) -> tuple[str, Style]:
    upper, lower = pair
    if upper is None and lower is None:
        return "·", Style(color=tones.muted.rich_color, dim=True, meta=meta)
    if upper is None:
        return "▄", Style(color=(lower or tones.ground).rich_color, bgcolor=tones.ground.rich_color, meta=meta)
    return "▀", Style(color=upper.rich_color, bgcolor=(lower or tones.ground).rich_color, meta=meta)


def _colour(value: float, signed: bool, largest: float, tones: Tones, framed: bool) -> Color:
    share = min(1.0, abs(value) / largest)
    if signed:
        colour = tones.ground.blend(tones.above if value > 0 else tones.below, share)
    else:
        colour = _BLACK.blend(_WHITE, share)
    return colour.blend(tones.window, 0.5) if framed else colour
