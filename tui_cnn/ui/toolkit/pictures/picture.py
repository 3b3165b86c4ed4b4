"""An image or a map of values as half-blocks, as large as it fits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, Region, colours, fit_into, frame, magnify, shrink_to
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing, within

Sampling = Literal["area", "nearest"]
"""How an image becomes smaller: a pixel is the mean of those that it stands for, or one of them."""

FrameTone = Literal["cursor", "frame", "second-frame"]


@dataclass(frozen=True, eq=False)
class Raster:
    """What a picture shows.

    Attributes:
        pixels: (height, width), (height, width, 1) or (height, width, 3), 0 to 255.
        values: (height, width, ...): what the mouse is told of; the pixels themselves where there are none.
        frames: regions of it, each with the name of its colour.
        sampling: how it is made smaller where it does not fit.
        describe: says what the tooltip of (row, column) is; where it is left out, the place and the value.
    """

    pixels: npt.NDArray[Any]
    values: npt.NDArray[Any] | None = None
    frames: Sequence[tuple[Region, FrameTone]] = ()
    sampling: Sampling = "area"
    describe: Callable[[int, int], str] | None = None


_ROOM_FOR_NOTE = 4
"""Lines from which on one is left for what is said below a smaller image."""

_EMPTY = Raster(np.zeros((0, 0), np.uint8))


class Fit(NamedTuple):
    """How an image fits: each pixel `times` as large, or the mean of an area of `reduced` by `reduced` of them."""

    times: int
    reduced: float
    height: int
    width: int

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return -(-self.height // 2)


def fit(size: tuple[int, int], room: tuple[int, int], most: int = 16) -> Fit:
    """Fit an image of (height, width) into (lines, cells), at most `most` times as large."""
    height, width = size
    lines, cells = max(1, room[0]), max(1, room[1])
    if height <= 2 * lines and width <= cells:
        times = min(most, fit_into(size, (lines, cells)))
        return Fit(times, 1, height * times, width * times)
    reduced = max(height / (2 * lines), width / cells)
    return Fit(1, reduced, *(max(1, round(length / reduced)) for length in size))


def fitted(raster: Raster, fitting: Fit, rgb: dict[FrameTone, tuple[int, int, int]]) -> Pixels:
    """Make the image as large as it fits, with its frames."""
    pixels = colours(raster.pixels)
    if fitting.reduced > 1:
        size = fitting.height, fitting.width
        if raster.sampling == "area":
            pixels = shrink_to(pixels, size)
        else:
            lengths = zip(size, pixels.shape[:2], strict=True)
            pixels = pixels[np.ix_(*(np.arange(small) * length // small for small, length in lengths))]
    large = magnify(pixels, fitting.times)
    for region, tone in raster.frames:
        top, left, bottom, right = (int(edge / fitting.reduced) for edge in region)
        if fitting.times == 1 and (top, left) == (bottom, right):  # no room for a frame around it
            large = large.copy()
            large[top, left] = rgb[tone]
        else:
            large = frame(large, (top, left, bottom, right), rgb[tone], fitting.times)
    return large


class Picture(Drawing):
    """An image, as large as it fits; the mouse shows the value of a pixel, a click selects it.

    Below one that is shown smaller than it is, a line says how much.

    ::

        picture = Picture(id="subject")                      # TCSS: height: 1fr; content-align: center top
        picture.show(Raster(image))                          # uint8, grey or RGB
        picture.show(Raster(scale.paint(heat), heat, frames=[((3, 4, 3, 4), "cursor")]))

        @on(Picture.Selected, "#subject")
        def _select(self, event: Picture.Selected) -> None:
            row, column = event.cell                         # of the image, not of the screen
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--cursor", "drawing--frame", "drawing--second-frame"}
    raster = _EMPTY

    def __init__(self, *, most: int = 16, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._most = most

    def show(self, raster: Raster | None) -> None:
        """Show another image, or none."""
        before, self.raster = self.raster, raster or _EMPTY
        self.redraw(layout=_size(before) != _size(self.raster))

    def _fit(self) -> Fit:
        size, (width, lines) = _size(self.raster), self.size
        whole = fit(size, (lines, width), self._most)
        return whole if whole.reduced == 1 or lines < _ROOM_FOR_NOTE else fit(size, (lines - 1, width), self._most)

    def natural_height(self, width: int) -> int:
        """Return the lines of the image, as wide as there is room, and of what is said below it."""
        fitting = fit(_size(self.raster), (10_000, width), self._most)
        return max(1, fitting.lines + (fitting.reduced > 1))

    def draw(self, canvas: Canvas) -> None:
        """Draw the image where `content-align` says."""
        fitting = self._fit()
        rgb = {tone: self.rgb(f"drawing--{tone}") for _region, tone in self.raster.frames}
        x, y = self._corner(fitting)
        canvas.picture(x, y, fitted(self.raster, fitting, rgb))
        note = _("at {percent} %").format(percent=round(100 / fitting.reduced))
        if fitting.reduced > 1 and y + fitting.lines < canvas.height and x + cell_len(note) <= canvas.width:
            canvas.put(x, y + fitting.lines, note, self.tones.dim)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the pixel (row, column)."""
        fitting = self._fit()
        left, top = self._corner(fitting)
        row, column = (2 * (y - top), x - left)
        if not (0 <= row < fitting.height and 0 <= column < fitting.width):
            return None
        height, width = _size(self.raster)
        share = fitting.reduced / fitting.times
        return within(int(row * share), height), within(int(column * share), width)

    def describe(self, cell: Cell) -> str:
        """Say where a pixel is, and its value."""
        if self.raster.describe is not None:
            return self.raster.describe(*cell)
        values = self.raster.pixels if self.raster.values is None else self.raster.values
        value = ", ".join(f"{number:.4g}" for number in np.atleast_1d(values[cell])).replace("-", "−")
        return _("row {row}, column {column}").format(row=cell[0], column=cell[1]) + f": {value}"

    def _corner(self, fitting: Fit) -> tuple[int, int]:
        """Return the cell (x, y) of the upper left corner."""
        horizontal, vertical = self.styles.content_align
        right, below = self.size.width - fitting.width, self.size.height - fitting.lines
        x = {"center": right // 2, "right": right}.get(horizontal, 0)
        y = {"middle": below // 2, "bottom": below}.get(vertical, 0)
        return max(0, x), max(0, y)


def _size(raster: Raster) -> tuple[int, int]:
    return raster.pixels.shape[0], raster.pixels.shape[1]
