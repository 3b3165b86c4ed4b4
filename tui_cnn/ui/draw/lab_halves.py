"""A larger picture: in half-blocks, two pixels in a cell, or in blocks of two cells a pixel where there is room."""

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
    *,
    large: bool = False,
) -> Text:
    """Draw a picture: black to white where no value is negative, and else in the colours below and above zero.

    What is under the window is tinted; pixels that are not `shown` yet are dots. A `large` picture takes four times
    the room.
    """
    rows, columns = values.shape
    lowest, largest = float(values.min(initial=0)), float(np.abs(values).max(initial=0)) or 1.0
    shown = values.size if shown is None else shown

    def colour(row: int, column: int) -> Color | None:
        if row >= rows or row * columns + column >= shown:
            return None
        framed = window is not None and bool(window[row, column])
        return _colour(values[row, column], lowest < 0, largest, tones, framed)

    lines = []
    for row in range(0, rows, 1 if large else 2):
        line = Text()
        for column in range(columns):
            meta = {"@click": click.format(row * columns + column)} if click else None
            upper, lower = colour(row, column), None if large else colour(row + 1, column)
            line.append(*(_block(upper, tones, meta) if large else _cell(upper, lower, tones, meta)))
        lines.append(line)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


def _block(colour: Color | None, tones: Tones, meta: dict[str, str] | None) -> tuple[str, Style]:
    if colour is None:
        return " ·", Style(color=tones.muted.rich_color, dim=True, meta=meta)
    return "██", Style(color=colour.rich_color, meta=meta)


def _cell(upper: Color | None, lower: Color | None, tones: Tones, meta: dict[str, str] | None) -> tuple[str, Style]:
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
