"""A larger picture: in half-blocks, two pixels in a cell, or in blocks of two cells a pixel where there is room.

Where there are no blocks, a cell is a character as dense as its pixels are light, and the window is in reverse.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text
from textual.color import Color

from tui_cnn.ui.lab.grid import Marks, Numbers, Tones

_RAMP = " .:-=+*#%@"
_WHITE, _BLACK = Color(238, 238, 238), Color(12, 12, 12)
_UNDER, _CHANGED, _DIM = 0.5, 0.4, 0.6
"""How far pixels under the window, changed ones, and those thrown away go to another colour."""


def halves(
    values: Numbers,
    tones: Tones,
    marks: Marks | None = None,
    *,
    large: bool = False,
    largest: float = 0,
    rgb: NDArray[np.float64] | None = None,
) -> Text:
    """Draw a picture: black to white where no value is negative, and else in the colours below and above zero.

    What is under the window is tinted; so is what is strong, unless something is dim. A `large` picture takes four
    times the room. `largest` is the value that is white; the largest of all if it is 0. With `rgb`, (rows, columns,
    3), 0 to `largest`, the pixels have these colours.
    """
    marks = marks or Marks()
    shown = values.size if marks.shown is None else marks.shown
    extent = largest or float(np.abs(values).max(initial=0)) or 1.0
    scene = _Picture(values, tones, marks, shown, float(values.min(initial=0)) < 0, extent, rgb)
    tall = 1 if large else 2
    lines = []
    for row in range(0, values.shape[0], tall):
        line = Text()
        for column in range(values.shape[1]):
            index = row * values.shape[1] + column
            meta = {"@click": marks.click.format(index)} if marks.click else None
            if tones.plain:
                line.append(*scene.character(row, column, tall, meta))
            elif large:
                line.append(*_block(scene.colour(row, column), tones, meta))
            else:
                line.append(*_cell(scene.colour(row, column), scene.colour(row + 1, column), tones, meta))
        lines.append(line)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


class _Picture(NamedTuple):
    values: Numbers
    tones: Tones
    marks: Marks
    shown: int
    signed: bool
    largest: float
    rgb: NDArray[np.float64] | None

    def colour(self, row: int, column: int) -> Color | None:
        """Return the colour of a pixel; None where there is none yet."""
        rows, columns = self.values.shape
        if row >= rows or row * columns + column >= self.shown:
            return None
        tones, marks, here = self.tones, self.marks, (row, column)
        if here == marks.cursor:
            return tones.window
        found = self._of_value(float(self.values[here])) if self.rgb is None else self._of_channels(self.rgb[here])
        if marks.dim is not None and marks.dim[here]:
            found = found.blend(tones.ground, _DIM)
        if marks.window is not None and marks.window[here]:
            return found.blend(tones.window, _UNDER)
        if marks.dim is None and marks.strong is not None and marks.strong[here]:
            return found.blend(tones.above, _CHANGED)
        return found

    def _of_value(self, value: float) -> Color:
        share = min(1.0, abs(value) / self.largest)
        if self.signed:
            return self.tones.ground.blend(self.tones.above if value > 0 else self.tones.below, share)
        return _BLACK.blend(_WHITE, share)

    def _of_channels(self, channels: NDArray[np.float64]) -> Color:
        red, green, blue = (round(255 * max(0.0, min(1.0, value / self.largest))) for value in channels.tolist())
        return Color(red, green, blue)

    def character(self, row: int, column: int, tall: int, meta: dict[str, str] | None) -> tuple[str, Style]:
        """Return the sign for the pixels of a cell, as dense as they are far up between the least and the largest."""
        wide = 3 - tall
        if row * self.values.shape[1] + column >= self.shown:
            return "·".rjust(wide), Style(dim=True, meta=meta)
        least, most = float(self.values.min()), float(self.values.max())
        mean = float(self.values[row : row + tall, column].mean())
        sign = _RAMP[round((mean - least) / (most - least or 1) * (len(_RAMP) - 1))]
        window, cursor = self.marks.window, self.marks.cursor
        here = window is not None and bool(window[row : row + tall, column].any())
        typed = cursor is not None and cursor[1] == column and row <= cursor[0] < row + tall
        return sign * wide, Style(reverse=here or typed, meta=meta)


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
