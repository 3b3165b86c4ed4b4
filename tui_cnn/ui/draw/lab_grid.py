"""A grid of numbers: a background for each by its size, brackets around those under the window, dots for those to come.

What the colours say, the digits, the signs and the brackets say too.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text
from textual.color import Color

Numbers = NDArray[np.float64]
"""(rows, columns)."""

_DEEPEST = 0.62
"""How far the largest number's background goes from the ground to its colour."""


class Tones(NamedTuple):
    """The colours of the Lab's pictures: of the ground, the words, numbers above and below zero, and the window."""

    ground: Color
    words: Color
    muted: Color
    above: Color
    below: Color
    window: Color


class Marks(NamedTuple):
    """What stands out in a grid.

    Attributes:
        window: (rows, columns) under the window; brackets go around them.
        border: how many rows and columns of padding are before and after: (top, bottom, left, right).
        dim: (rows, columns), True for what is thrown away.
        strong: (rows, columns), True for what is kept.
        shown: so many cells are filled in, line by line; the others are dots. None: all.
        cursor: the cell that is typed into.
        typed: what has been typed into it so far.
        click: the action that a click on a cell runs, with the cell's number in it: `screen.jump({})`.
    """

    window: NDArray[np.bool_] | None = None
    border: tuple[int, int, int, int] = (0, 0, 0, 0)
    dim: NDArray[np.bool_] | None = None
    strong: NDArray[np.bool_] | None = None
    shown: int | None = None
    cursor: tuple[int, int] | None = None
    typed: str = ""
    click: str = ""


def number(value: float) -> str:
    """Write a number as short as it can be, with a true minus: `3`, `−5`, `0.11`; a dot for what is no number."""
    if np.isnan(value):
        return "·"
    text = f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def cell_width(values: Numbers) -> int:
    """Return how many cells the longest number takes."""
    return max((len(number(value)) for value in values.flat), default=1)


def grid(values: Numbers, tones: Tones, marks: Marks | None = None, width: int = 0, largest: float = 0) -> Text:
    """Draw the numbers, a line a row; each is `width` cells wide, with a gap on each side for the brackets.

    `largest` is the number whose background is the deepest; the largest of the grid if it is 0.
    """
    marks = marks or Marks()
    width = max(width, cell_width(values))
    largest = largest or float(np.abs(np.nan_to_num(values)).max(initial=0)) or 1.0
    rows, columns = values.shape
    window = np.zeros((rows, columns + 2), bool)
    if marks.window is not None:
        window[:, 1:-1] = marks.window
    bracket = Style(color=tones.window.rich_color, bold=True)
    lines = []
    for row in range(rows):
        line = Text()
        for column in range(columns + 1):
            before, here = window[row, column], window[row, column + 1]
            line.append("[" if here and not before else "]" if before and not here else " ", bracket)
            if column < columns:
                line.append_text(_cell(values, row, column, width, largest, tones, marks))
        lines.append(line)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


def _cell(values: Numbers, row: int, column: int, width: int, largest: float, tones: Tones, marks: Marks) -> Text:
    rows, columns = values.shape
    top, bottom, left, right = marks.border
    index = row * columns + column
    meta = {"@click": marks.click.format(index)} if marks.click else None
    if marks.cursor == (row, column):
        words = (marks.typed or number(values[row, column])).rjust(width)[-width:]
        return Text(words, Style(reverse=True, bold=True, meta=meta))
    if marks.shown is not None and index >= marks.shown:
        return Text("·".rjust(width), Style(color=tones.muted.rich_color, meta=meta))
    text = number(values[row, column]).rjust(width)
    if not (top <= row < rows - bottom and left <= column < columns - right):
        return Text(text, Style(color=tones.muted.rich_color, dim=True, meta=meta))
    if marks.dim is not None and marks.dim[row, column]:
        return Text(text, Style(color=tones.muted.rich_color, dim=True, meta=meta))
    ground = heat(values[row, column], largest, tones)
    strong = marks.strong is not None and bool(marks.strong[row, column])
    bold = strong or (marks.window is not None and bool(marks.window[row, column]))
    style = Style(color=tones.words.rich_color, bgcolor=ground.rich_color, bold=bold, underline=strong, meta=meta)
    return Text(text, style)


def heat(value: float, largest: float, tones: Tones) -> Color:
    """Return the background of a number: the ground for 0, the deepest for the largest."""
    share = min(1.0, abs(value) / largest) * _DEEPEST
    return tones.ground.blend(tones.above if value > 0 else tones.below, share)
