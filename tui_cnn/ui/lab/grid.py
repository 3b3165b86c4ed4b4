"""A grid of numbers: a background for each by its size, a frame around those under the window, dots for those to come.

What the colours say, the digits, the signs and the frame say too.
"""

from itertools import product
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

_TINT = 0.3
"""How far what is under the window is tinted."""

_BRIGHTEST = 0.45
"""How far black and white are from each other where numbers must be read on them."""


class Tones(NamedTuple):
    """The colours of the Lab's pictures: of the ground, the words, numbers above and below zero, and the window.

    Where `plain`, large pictures are made of characters.
    """

    ground: Color
    words: Color
    muted: Color
    above: Color
    below: Color
    window: Color
    plain: bool = False


class Fit(NamedTuple):
    """How many cells a number takes at least, how many decimals it may have, and how many lines it stands in."""

    cell: int = 2
    digits: int = 2
    lines: int = 1


FITS = (Fit(5, lines=2), Fit(3, lines=2), Fit(3), Fit(2), Fit(1), Fit(1, 1))
"""From roomy to tight."""

TIGHT = FITS[3:]
"""Those for beside pictures in half-blocks, which take the room."""

LARGE = FITS[1:2]
"""The one for beside pictures in blocks of two cells a pixel."""


class Marks(NamedTuple):
    """What stands out in a grid.

    Attributes:
        window: (rows, columns) under the window; a frame goes around them.
        border: how many rows and columns of padding are before and after: (top, bottom, left, right).
        dim: (rows, columns), True for what is thrown away.
        strong: (rows, columns), True for what is kept.
        shown: so many cells are filled in, line by line; the others are dots. None: all.
        cursor: the cell that is typed into.
        typed: what has been typed into it so far.
        grey: whether the numbers are the brightness of a picture: their background goes from black to white.
        click: the action that a click on a cell runs, with the cell's number in it: `screen.jump({})`.
    """

    window: NDArray[np.bool_] | None = None
    border: tuple[int, int, int, int] = (0, 0, 0, 0)
    dim: NDArray[np.bool_] | None = None
    strong: NDArray[np.bool_] | None = None
    shown: int | None = None
    cursor: tuple[int, int] | None = None
    typed: str = ""
    grey: bool = False
    click: str = ""


def number(value: float, digits: int = 2) -> str:
    """Write a number as short as it can be, with a true minus: `3`, `−5`, `0.11`; a dot for what is no number."""
    if np.isnan(value):
        return "·"
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def cell_width(values: Numbers, digits: int = 2) -> int:
    """Return how many cells the longest number takes."""
    return max((len(number(value, digits)) for value in values.flat), default=1)


def grid(values: Numbers, tones: Tones, marks: Marks | None = None, fit: Fit | None = None, largest: float = 0) -> Text:
    """Draw the numbers, a line a row, with a gap before each and at the end for the frame.

    `largest` is the number whose background is the deepest; the largest of the grid if it is 0.
    """
    marks, fit = marks or Marks(), fit or Fit()
    longest = cell_width(values, fit.digits)
    width = max(fit.cell, longest)
    largest = largest or float(np.abs(np.nan_to_num(values)).max(initial=0)) or 1.0
    rows, columns = values.shape
    window = np.zeros((rows, columns + 2), bool)
    if marks.window is not None:
        window[:, 1:-1] = marks.window
    lines = []
    for row, half in product(range(rows), range(fit.lines)):
        line = Text()
        for column in range(columns + 1):
            before, here = window[row, column], window[row, column + 1]
            style = _style(values, row, min(column, columns - 1), largest, tones, marks)
            side = Style(color=tones.window.rich_color, bgcolor=style.bgcolor if column < columns else None, bold=True)
            first = not half and not _goes_on(window, row - 1, column, before, here)
            last = half == fit.lines - 1 and not _goes_on(window, row + 1, column, before, here)
            line.append(" " if before == here else _frame(here, first, last), side)
            if column < columns:
                words = _words(values, row, column, marks, fit.digits).rjust(longest).center(width)[-width:]
                line.append(" " * width if half else words, style + Style(underline=False) if half else style)
        lines.append(line)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


def _goes_on(window: NDArray[np.bool_], row: int, column: int, before: bool, here: bool) -> bool:
    """Tell whether a side of the window goes on in another row."""
    return 0 <= row < len(window) and (window[row, column], window[row, column + 1]) == (before, here)


def _frame(opens: bool, first: bool, last: bool) -> str:
    """Return a piece of the frame: of its left side where it opens, else of its right."""
    pieces = ("[" if last else "┌", "└" if last else "│") if opens else ("]" if last else "┐", "┘" if last else "│")
    return pieces[0] if first else pieces[1]


def heat(value: float, largest: float, tones: Tones) -> Color:
    """Return the background of a number: the ground for 0, the deepest for the largest."""
    share = min(1.0, abs(value) / largest) * _DEEPEST
    return tones.ground.blend(tones.above if value > 0 else tones.below, share)


def brightness(value: float, largest: float, tones: Tones) -> Color:
    """Return the background of a pixel: white is lighter than black, in dark themes and in light ones."""
    share = max(0.0, min(1.0, value / largest))
    dark = tones.ground.brightness < tones.words.brightness
    return tones.ground.blend(tones.words, _BRIGHTEST * (share if dark else 1 - share))


def _words(values: Numbers, row: int, column: int, marks: Marks, digits: int) -> str:
    if marks.cursor == (row, column) and marks.typed:
        return marks.typed
    if marks.shown is not None and row * values.shape[1] + column >= marks.shown:
        return "·"
    return number(values[row, column], digits)


def _style(values: Numbers, row: int, column: int, largest: float, tones: Tones, marks: Marks) -> Style:
    rows, columns = values.shape
    top, bottom, left, right = marks.border
    index = row * columns + column
    meta = {"@click": marks.click.format(index)} if marks.click else None
    if marks.cursor == (row, column):
        return Style(reverse=True, bold=True, meta=meta)
    value = values[row, column]
    framed = marks.window is not None and bool(marks.window[row, column])
    to_come = marks.shown is not None and index >= marks.shown
    padding = not (top <= row < rows - bottom and left <= column < columns - right)
    if to_come or padding or (marks.dim is not None and marks.dim[row, column]) or np.isnan(value):
        tint = tones.ground.blend(tones.window, _TINT).rich_color if framed else None
        return Style(color=tones.muted.rich_color, bgcolor=tint, dim=not (to_come or framed), meta=meta)
    ground = brightness(value, largest, tones) if marks.grey else heat(value, largest, tones)
    strong = marks.strong is not None and bool(marks.strong[row, column])
    if framed:
        ground = ground.blend(tones.window, _TINT)
    bold = strong or framed
    return Style(
        color=tones.words.rich_color, bgcolor=ground.rich_color, bold=bold, underline=strong or None, meta=meta
    )
