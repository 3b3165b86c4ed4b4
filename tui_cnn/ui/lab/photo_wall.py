"""Pictures of one size side by side, each with its title and a line of numbers: as many as there is room for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.style import Style

from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number
from tui_cnn.lab.photo import size_within
from tui_cnn.ui.toolkit.numbers import whole_words
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, magnify
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing

_GAP = 1
_WORDS = 2
"""Lines of words of a picture."""
_NARROWEST = 26
"""Cells that the words of a picture need."""
_MOST_TIMES = 8
_ENOUGH = 400
"""Pixels of a picture below which fewer and larger ones are better."""

Caption = Sequence[tuple[str, Style | None]]
"""Pieces of text, each in its style; None: the usual one."""


@dataclass(frozen=True, eq=False)
class WallPicture:
    """A picture (rows, columns, 3), its words, and the values (rows, columns) or (rows, columns, 3) of its pixels."""

    title: str
    pixels: Pixels
    values: npt.NDArray[Any]
    caption: Caption = ()


class WallPlan(NamedTuple):
    """How pictures stand: in `columns` and `rows`, each of `size` (rows, columns) pixels, drawn `times` as large."""

    columns: int
    rows: int
    pictures: int
    size: tuple[int, int]
    times: int

    @property
    def width(self) -> int:
        """Cells of a picture."""
        return max(_NARROWEST, self.size[1] * self.times)

    @property
    def lines(self) -> int:
        """Lines of a picture with its words."""
        return -(-self.size[0] * self.times // 2) + _WORDS

    @property
    def height(self) -> int:
        """Lines of all pictures."""
        return self.rows * (self.lines + _GAP) - _GAP

    @property
    def area(self) -> int:
        """How much of the screen a picture takes, in pixels as large as half a cell."""
        return self.size[0] * self.size[1] * self.times**2

    @property
    def worth(self) -> int:
        """How well the room is used: by the pixels of all pictures, or where these would be too small, of one."""
        return self.area * (self.pictures if self.area >= _ENOUGH else 1)


def plan(size: tuple[int, int], room: tuple[int, int], most: int) -> WallPlan:
    """Lay out pictures of at most `size` (rows, columns) in (lines, cells): 2 to `most`, which use it best."""
    plans = [_plan(size, room, count, columns) for count in range(most, 1, -1) for columns in range(1, count + 1)]
    return max(plans, key=lambda plan: (plan.worth, -abs(plan.columns * plan.rows - plan.pictures)))


def _plan(size: tuple[int, int], room: tuple[int, int], count: int, columns: int) -> WallPlan:
    rows = -(-count // columns)
    width = (room[1] + _GAP) // columns - _GAP
    lines = (room[0] + _GAP) // rows - _GAP - _WORDS
    if width < _NARROWEST or lines < 1:
        return WallPlan(columns, rows, count, (1, 1), 1)
    fitted = size_within(size, (2 * lines, width))
    times = max(1, min(_MOST_TIMES, 2 * lines // fitted[0], width // fitted[1]))
    return WallPlan(columns, rows, count, fitted, times)


class PhotoWall(Drawing):
    """The pictures; the row of a cell counts on from one picture to the next, see `picture_of`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--dim", "drawing--selected"}
    pictures: Sequence[WallPicture] = ()
    chosen = 0
    plan = WallPlan(1, 1, 1, (1, 1), 1)

    def show(self, pictures: Sequence[WallPicture], laid: WallPlan, chosen: int) -> None:
        """Show other pictures; the title of the `chosen` one is marked."""
        self.pictures, self.plan, self.chosen = pictures, laid, chosen
        self.redraw(layout=True)

    def natural_height(self, width: int) -> int:
        """Return the lines of all pictures."""
        return self.plan.height

    def draw(self, canvas: Canvas) -> None:
        """Draw the pictures with their words."""
        for place, picture in enumerate(self.pictures):
            x, y = self._corner(place)
            title = whole_words(picture.title, self.plan.width - 2)
            title = f" {title} " if place == self.chosen else title
            canvas.put(x, y, title, self.tones.selected if place == self.chosen else self.tones.bold)
            canvas.picture(x, y + 1, magnify(picture.pixels, self.plan.times))
            end = x + self.plan.width
            for text, style in picture.caption:
                if x + cell_len(text) <= end:
                    x = canvas.put(x, y + self.plan.lines - 1, text, self.tones.dim if style is None else style)

    def _corner(self, place: int) -> tuple[int, int]:
        """Return the cell (x, y) at which a picture with its words begins."""
        row, column = divmod(place, self.plan.columns)
        return column * (self.plan.width + _GAP), row * (self.plan.lines + _GAP)

    def picture_of(self, cell: Cell) -> int:
        """Return which picture a cell is of."""
        return cell[0] // self.plan.size[0]

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the pixel: its row counted through all pictures, and its column."""
        for place in range(len(self.pictures)):
            left, top = self._corner(place)
            row, column = 2 * (y - top - 1) // self.plan.times, (x - left) // self.plan.times
            if 0 <= row < self.plan.size[0] and 0 <= column < self.plan.size[1]:
                return place * self.plan.size[0] + row, column
        return None

    def describe(self, cell: Cell) -> str:
        """Say which pixel it is, and its value."""
        row, column = cell[0] % self.plan.size[0], cell[1]
        values = np.atleast_1d(self.pictures[self.picture_of(cell)].values[row, column])
        value = ", ".join(number(float(each)) for each in values)
        return _("row {row}, column {column}: {value}").format(row=row + 1, column=column + 1, value=value)
