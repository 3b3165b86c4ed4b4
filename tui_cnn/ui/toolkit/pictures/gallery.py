"""Many small pictures of one size in rows, each with words below it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from textual import events

from tui_cnn.ui.toolkit.numbers import left
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, colours, magnify, shrink
from tui_cnn.ui.toolkit.pictures.drawing import TONES, Cell, Drawing, Styles, Tone, within

_GAP = 2
_NARROWEST = 5
_ENOUGH = 20
_MOST_REDUCED = 4
_MOST_TIMES = 12


class Tile(NamedTuple):
    """A picture (height, width, 3), and the words below it, a line each; what is too long is cut."""

    pixels: Pixels
    words: tuple[str, ...] = ()
    tone: Tone = "dim"


@dataclass(frozen=True, eq=False)
class Tiles:
    """What a gallery shows.

    Attributes:
        count: how many pictures there are.
        size: (height, width) of each.
        tile: makes one of them, for words of so many cells; called for those in view.
        describe: says what the tooltip of one is; its words where it is left out.
        words: lines of words below each.
        narrowest: cells that the words need.
        enough: so many are to be in view before pictures are made smaller.
    """

    count: int
    size: tuple[int, int]
    tile: Callable[[int, int], Tile]
    describe: Callable[[int], str] | None = None
    words: int = 1
    narrowest: int = _NARROWEST
    enough: int = _ENOUGH


_NO_TILES = Tiles(0, (1, 1), lambda _index, _width: Tile(np.zeros((1, 1, 3), np.uint8)))


class Grid(NamedTuple):
    """How pictures are laid out: each `width` cells and `lines` lines, its words among them, from `first` on.

    They are `times` as large as they are, or their pixels the means of `reduced` by `reduced`.
    """

    columns: int
    rows: int
    width: int
    lines: int
    first: int
    times: int = 1
    reduced: int = 1

    @property
    def room(self) -> int:
        """How many are in view."""
        return self.columns * self.rows


def lay_out(tiles: Tiles, selected: int, room: tuple[int, int]) -> Grid:
    """Lay out pictures in `room` (lines, cells), as large as all of them fit, else as large as enough of them do."""
    for times in range(_MOST_TIMES, 0, -1):
        grid = _grid(tiles, selected, room, times, 1)
        if grid.room >= tiles.count and grid.lines <= room[0]:
            return grid
    for reduced in range(1, _MOST_REDUCED):
        grid = _grid(tiles, selected, room, 1, reduced)
        enough = grid.room >= min(tiles.count, tiles.enough) and grid.lines <= room[0]
        if enough or -(-min(tiles.size) // reduced) <= _NARROWEST:
            return grid
    return _grid(tiles, selected, room, 1, _MOST_REDUCED)


def _grid(tiles: Tiles, selected: int, room: tuple[int, int], times: int, reduced: int) -> Grid:
    height, width = (-(-side // reduced) * times for side in tiles.size)
    width, lines = max(width, tiles.narrowest), -(-height // 2) + tiles.words
    columns = max(1, min(tiles.count, (room[1] + _GAP - 1) // (width + _GAP)))
    rows = max(1, room[0] // lines)
    first = within(selected // columns - rows // 2, -(-tiles.count // columns) - rows + 1) * columns
    return Grid(columns, rows, width, lines, first, times, reduced)


def draw_gallery(
    canvas: Canvas, tiles: Tiles, grid: Grid, selected: int | None, hovered: int | None, styles: Styles
) -> None:
    """Draw the pictures in view; the selected one has a bar at its side."""
    for index in range(grid.first, min(tiles.count, grid.first + grid.room)):
        row, column = divmod(index - grid.first, grid.columns)
        x, y = 1 + column * (grid.width + _GAP), row * grid.lines
        pixels, words, tone = tiles.tile(index, grid.width)
        reduced = np.asarray(np.round(shrink(colours(pixels), grid.reduced)), np.uint8)
        canvas.picture(x, y, magnify(reduced, grid.times))
        style = styles.of(tone)
        if index == selected:
            style = styles.selected
            for line in range(grid.lines):
                canvas.put(x - 1, y + line, "▐", styles.bar)
        elif index == hovered:
            style = styles.hovered
        below = y + grid.lines - tiles.words
        for line, text in enumerate(words[: tiles.words]):
            text = left(text, grid.width) if index in (selected, hovered) else text
            canvas.put(x, below + line, text, style, room=grid.width)


class Gallery(Drawing):
    """Pictures of one size, as large as they fit; a click selects one, a click on the selected one opens it.

    ::

        gallery = Gallery(id="maps")                         # TCSS: height: 1fr
        scale = scale_of(values)                             # (height, width, maps)
        gallery.show(
            Tiles(count, (height, width), lambda map, width: Tile(scale.paint(values[..., map]), (f"map {map}",))),
            selected=3,
        )

        @on(Gallery.Selected, "#maps")
        def _select(self, event: Gallery.Selected) -> None:
            self.go_to(map=event.index)

    Where there are more than fit, those around the selected one are in view; `Gallery.LaidOut` says how many.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
    tiles = _NO_TILES
    _announced: Grid | None = None

    class LaidOut(Drawing.CellMessage):
        """Another number of pictures is in view: `grid` tells how many, and in how many columns."""

        def __init__(self, drawing: "Gallery", grid: Grid) -> None:
            super().__init__(drawing, (grid.first, 0))
            self.grid = grid

    def show(self, tiles: Tiles | None, selected: int | None = None) -> None:
        """Show other pictures."""
        self.tiles = tiles or _NO_TILES
        self.selected = None if selected is None else (selected, 0)
        self.redraw()
        self._announce()

    @property
    def grid(self) -> Grid:
        """How the pictures are laid out in the widget as large as it is."""
        return lay_out(self.tiles, self._selected or 0, (self.size.height, self.size.width))

    @property
    def in_view(self) -> int:
        """How many pictures are in view."""
        return min(self.grid.room, self.tiles.count)

    def natural_height(self, width: int) -> int:
        """Return the lines that all pictures take at their own size."""
        grid = lay_out(self.tiles, 0, (10_000, width))
        return max(1, -(-self.tiles.count // grid.columns) * grid.lines)

    def draw(self, canvas: Canvas) -> None:
        """Draw the pictures in view."""
        hovered = self.hovered[0] if self.hovered else None
        draw_gallery(canvas, self.tiles, self.grid, self._selected, hovered, self.tones)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the index of the picture."""
        grid = self.grid
        row, column = y // grid.lines, (x - 1) // (grid.width + _GAP)
        index = grid.first + row * grid.columns + column
        inside = row < grid.rows and 0 <= column < grid.columns and index < self.tiles.count
        return (index, 0) if inside else None

    def describe(self, cell: Cell) -> str:
        """Say what a picture is."""
        if self.tiles.describe is not None:
            return self.tiles.describe(cell[0])
        return " ".join(self.tiles.tile(cell[0], 40).words)

    def on_resize(self, event: events.Resize | None = None) -> None:
        """Lay out anew."""
        super().on_resize()
        self._announce()

    @property
    def _selected(self) -> int | None:
        return None if self.selected is None else self.selected[0]

    def _announce(self) -> None:
        grid = self.grid
        if self.tiles.count and self.size and grid != self._announced:
            self._announced = grid
            self.post_message(self.LaidOut(self, grid))
