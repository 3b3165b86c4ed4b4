"""ShownArrays side by side, their cells as large as the room allows: few columns as numbers, many as half-blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product
from math import ceil
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, is_signed, scale_of
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.question import Cover
from tui_cnn.ui.toolkit.pictures.canvas import Region
from tui_cnn.ui.toolkit.pictures.drawing import Cell, scale_for
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.pictures.picture import FrameTone, Picture, Raster

WIDEST_NUMBERS = 16
"""ShownArrays with more columns than this are drawn as pictures."""

_GAP = 2
_FEW = 8
"""Columns of what comes out of a picture up to which it is drawn as numbers."""
_NARROW = 5
"""Cells of a number up to which there is no blank behind it."""

_STRONG, _DROPPED = (255, 80, 80), (0, 0, 0)
_SHARE = 0.45
"""How far pixels that stand out go to another colour."""

Mask = npt.NDArray[np.bool_]


class Part(NamedTuple):
    """Which array it is, and its channel or filter.

    Its role: `image`, `window`, `kernel`, `output` or `strides`; of pooling also `weights`; of a transposed
    convolution also `product` and `overlap`; of a step of learning also `target`, `prediction`, `error`, `gradient`,
    `next` and `hidden`.
    """

    role: str
    channel: int = 0


@dataclass(frozen=True, eq=False)
class ShownArray:
    """An array to be shown.

    Attributes:
        part: what it is.
        values: (rows, columns); NaN: a blank.
        title, name, size: what stands above it; `name` only where there is room.
        scale: the colours.
        known: (rows, columns), False where a number is still to come.
        pale: cells without a colour: padding, and what is thrown away.
        strong: cells that stand out.
        window: cells under the window, which has a frame.
        cursor, typed: the cell that is edited, and what has been typed into it so far.
        rgb: (rows, columns, 3), 0 to 255: the colours where it is a picture.
        offset: rows and columns of padding before the first pixel.
        widest_numbers: columns up to which it is drawn as numbers.
    """

    part: Part
    values: npt.NDArray[np.float64]
    title: str
    size: str
    scale: Scale
    name: str = ""
    known: Mask | None = None
    pale: Mask | None = None
    strong: Mask | None = None
    window: Mask | None = None
    cursor: Cell | None = None
    typed: str = ""
    rgb: npt.NDArray[np.uint8] | None = None
    offset: Cell = (0, 0)
    widest_numbers: int = WIDEST_NUMBERS

    @property
    def is_picture(self) -> bool:
        """Whether it is too wide for numbers."""
        return bool(self.values.shape[1] > self.widest_numbers)

    def longest(self, digits: int) -> int:
        """Return how many cells its longest number takes, one that is still to come as well."""
        if digits not in self._longest:  # asked for each size that is tried
            lengths = (len(number(value, digits)) for value in self.values.ravel().tolist())
            self._longest[digits] = max(lengths, default=1)
        return self._longest[digits]

    @cached_property
    def _longest(self) -> dict[int, int]:
        return {}

    def cell(self, fit: "StageSize") -> int:
        """Return how many cells a number takes, with the blank before it and, where these are many, another behind."""
        longest = self.longest(fit.digits)
        cell = max(fit.cell, longest + 1)
        return max(cell, longest + 2) if cell > _NARROW else cell

    def describe(self, row: int, column: int) -> str:
        """Say which cell it is, counted from 1, and its value."""
        place = _("row {row}, column {column}: {value}")
        text = number(float(self._shown[row, column]), 4)
        return place.format(row=row + 1 - self.offset[0], column=column + 1 - self.offset[1], value=text)

    @property
    def _shown(self) -> npt.NDArray[np.float64]:
        return self.values if self.known is None else np.where(self.known, self.values, np.nan)

    def numbers(self, fit: "StageSize") -> MatrixContent:
        """Return what a matrix shows."""
        shown = self._shown
        longest, cell = self.longest(fit.digits), self.cell(fit)
        lead = max(cell > _NARROW, (cell - longest) // 2 - (cell <= _NARROW))
        pale = np.isnan(shown) if self.pale is None else self.pale | np.isnan(shown)
        tones = {"dim": pale} | ({} if self.strong is None else {"selected": self.strong & ~np.isnan(shown)})
        return MatrixContent(
            shown,
            lambda value: (" " * lead + number(value, fit.digits).rjust(longest)).ljust(cell - 1),
            self.scale,
            np.where(pale, np.nan, shown),
            tones,  # type: ignore[arg-type]  # the names are tones
            self.window,
            {self.cursor: self.typed} if self.cursor and self.typed else {},
            widest_cell=cell,
            most_lines=fit.lines,
            describe=self.describe,
        )

    def raster(self) -> Raster:
        """Return what a picture shows."""
        pixels = self.scale.paint(self._shown) if self.rgb is None else self.rgb
        for mask, colour in ((self.strong, _STRONG), (self.pale, _DROPPED)):
            if mask is not None:
                mixed = np.round((1 - _SHARE) * pixels + _SHARE * np.array(colour))
                pixels = np.asarray(np.where(mask[..., np.newaxis], mixed, pixels), np.uint8)
        frames: list[tuple[Region, FrameTone]] = []
        if self.window is not None and self.window.any():
            frames.append((_around(self.window), "second-frame"))
        if self.cursor is not None:
            frames.append(((*self.cursor, *self.cursor), "cursor"))
        return Raster(pixels, self._shown, frames)

    def words(self, *, named: bool) -> Content:
        """Return what stands above it."""
        rest = f" {self.name} {self.size}" if named and self.name else f" {self.size}" if self.size else ""
        return Content.assemble((self.title, "bold"), (rest, "$foreground 70%"))


def image_scale(values: npt.NDArray[np.float64]) -> Scale:
    """Return the scale of an image: from black to white, unless there are values below zero."""
    signed = is_signed(values)
    scale = scale_of(values, signed=signed)
    return scale if signed else scale._replace(palette="grey")


def _around(mask: Mask) -> Region:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]), int(columns[-1])


Columns = Sequence[Sequence[ShownArray]]
"""Columns of arrays that stand on each other."""


class ShownArrays(NamedTuple):
    """What is shown: what goes in, and what comes out, which may stand below it."""

    inputs: Columns
    outputs: Columns

    @property
    def all(self) -> list[ShownArray]:
        """Every one of them."""
        return [array for column in (*self.inputs, *self.outputs) for array in column]


class StageSize(NamedTuple):
    """How large: cells and lines of a number, decimals; how many times as large as they are pictures are drawn."""

    cell: int
    lines: int
    digits: int = 2
    times: float = 1
    stacked: bool = False
    named: bool = False


_NUMBERS = ((13, 6), (11, 5), (9, 4), (9, 3), (8, 3), (7, 3), (6, 3), (5, 2), (4, 2), (3, 1), (2, 1), (1, 1))
"""Cells and lines of a number, from the largest to the smallest, which has one decimal less."""
_PICTURES = (4, 3, 2, 1, 0.5)


def fit_into(arrays: ShownArrays, room: tuple[int, int]) -> StageSize:
    """Choose the largest way in which all have room, (columns, lines); if there is none, the smallest."""
    pictures = any(array.is_picture for array in arrays.all)
    numbers = [way for way in _NUMBERS if way[0] <= _NARROW or not pictures]  # pictures take the room
    ways = [
        StageSize(cell, lines, min(cell, 2), times, stacked)
        for times, (cell, lines), stacked in product(_PICTURES if pictures else (1,), numbers, (False, True))
    ]
    fits = (way for way in ways if _has_room(arrays, way, room))
    flat = (way for way in ways if way.lines == 1 and not way.stacked)
    scrolls = (way for way in flat if _has_room(arrays, way, (room[0], 10_000)))
    fit = next(chain(fits, scrolls), ways[-2])
    named = fit._replace(named=True)
    return named if _has_room(arrays, named, room) else fit


def size_of(array: ShownArray, fit: StageSize) -> tuple[int, int]:
    """Return the columns and lines of an array; its title, which may be wider, stands above it."""
    rows, columns = array.values.shape
    if array.is_picture:
        return ceil(columns * fit.times), ceil(rows * fit.times / 2)
    return columns * array.cell(fit) + 1, rows * fit.lines


def words_of(array: ShownArray, fit: StageSize) -> Content:
    """Return the title of an array, with its name where there is room for it."""
    named = array.words(named=True)
    roomy = fit.named or named.cell_length <= size_of(array, fit)[0]
    return named if roomy else array.words(named=False)


def _has_room(arrays: ShownArrays, fit: StageSize, room: tuple[int, int]) -> bool:
    sizes = [_size_of_columns(columns, fit) for columns in arrays if columns]
    if not sizes:
        return True
    widths, heights = zip(*sizes, strict=True)
    if fit.stacked:
        size = max(widths), sum(heights) + len(heights) - 1
    else:
        size = sum(widths) + _GAP * (len(widths) - 1), max(heights)
    return bool(size[0] <= room[0] and size[1] <= room[1])


def _size_of_columns(columns: Columns, fit: StageSize) -> tuple[int, int]:
    widths = [
        max(max(size_of(array, fit)[0], words_of(array, fit).cell_length) for array in column) for column in columns
    ]
    heights = [sum(size_of(array, fit)[1] + 2 for array in column) - 1 for column in columns]
    return sum(widths) + _GAP * (len(columns) - 1), max(heights)


def beside_pictures(arrays: ShownArrays) -> ShownArrays:
    """Draw what comes out as pictures, too, where an image is one, unless it has few columns."""
    if not any(array.is_picture for column in arrays.inputs for array in column):
        return arrays
    outputs = [[replace(array, widest_numbers=_FEW) for array in column] for column in arrays.outputs]
    return ShownArrays(arrays.inputs, outputs)


def covered(arrays: ShownArrays, cover: Cover, place: int) -> ShownArrays:
    """Leave out, or blank, what a question asks for: `place` is that of its window."""

    def shown(array: ShownArray) -> ShownArray:
        if array.part.role not in ("output", "strides"):
            return array
        places = np.arange(array.values.size).reshape(array.values.shape)
        return replace(array, known=places < place if cover == "value" else None, strong=None)

    hidden = {
        "output": ("output", "strides", "overlap"),
        "kernel": ("kernel",),
        "value": ("strides", "gradient", "next"),
    }[cover]
    sides = [
        [left for column in side if (left := [shown(array) for array in column if array.part.role not in hidden])]
        for side in arrays
    ]
    return ShownArrays(*sides)


class Stage(Container):
    """Shows arrays; what is clicked is one of its matrices and pictures, which say in `part` what they are of."""

    DEFAULT_CSS = """
    Stage {
        width: auto;
        height: auto;
        layout: horizontal;
        & Container { width: auto; height: auto; }
        & .columns { layout: horizontal; }
        & #inputs { margin-right: 2; }
        & .column { margin-right: 2; }
        & .column:last-child { margin-right: 0; }
        & Static { width: auto; height: 1; }
        & .below { margin-top: 1; }
        &.-stacked { layout: vertical; }
        &.-stacked #inputs { margin: 0 0 1 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._views: Mapping[Part, NumberView | PictureView] = {}
        self._structure: list[list[list[tuple[Part, bool]]]] = []

    async def show(self, arrays: ShownArrays, room: tuple[int, int]) -> None:
        """Show arrays in (columns, lines)."""
        structure = [[[(array.part, array.is_picture) for array in column] for column in side] for side in arrays]
        if structure != self._structure:
            await self._rebuild(arrays)
            self._structure = structure
        if not arrays.all:
            return
        fit = fit_into(arrays, room)
        self.set_class(fit.stacked, "-stacked")
        for array in arrays.all:
            view = self._views[array.part]
            view.styles.width, view.styles.height = size_of(array, fit)
            view.title.update(words_of(array, fit))
            view.show_array(replace(array, scale=scale_for(self.app, array.scale)), fit)

    async def _rebuild(self, arrays: ShownArrays) -> None:
        self._views = {
            array.part: PictureView(array.part) if array.is_picture else NumberView(array.part) for array in arrays.all
        }
        sides = [
            Container(*map(self._column, side), id=id_, classes="columns")
            for side, id_ in zip(arrays, ("inputs", "outputs"), strict=True)
            if side
        ]
        async with self.batch():
            await self.remove_children()
            await self.mount_all(sides)

    def _column(self, column: Sequence[ShownArray]) -> Container:
        views = [self._views[array.part] for array in column]
        for view in views[1:]:
            view.title.add_class("below")
        return Container(*(part for view in views for part in (view.title, view)), classes="column")


class NumberView(Matrix):
    """An array as numbers."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part
        self.title = Static()

    def show_array(self, array: ShownArray, fit: StageSize) -> None:
        """Show another array."""
        self.show(array.numbers(fit), array.cursor)


class PictureView(Picture):
    """An array as a picture."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part
        self.title = Static()
        self._array: ShownArray | None = None

    def show_array(self, array: ShownArray, fit: StageSize) -> None:
        """Show another array, in the size that the widget has."""
        self._array = array
        self.show(array.raster())

    def describe(self, cell: Cell) -> str:
        """Say which pixel it is, and its value."""
        return self._array.describe(*cell) if self._array is not None else ""
