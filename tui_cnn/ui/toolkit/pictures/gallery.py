"""Many small pictures of one size in rows, each with words below it; a line says so where not all are in view."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import left, whole_parts, whole_words
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, colours, magnify, shrink
from tui_cnn.ui.toolkit.pictures.drawing import TONES, Cell, Drawing, Styles, Tone, within

_GAP = 2
_NARROWEST = 5
_ENOUGH = 20
_MOST_REDUCED, _SMALLEST = 4, 12
"""So many times smaller a picture becomes at most, and more only as long as its longer side has so many pixels."""
_MOST_TIMES = 12


class Tile(NamedTuple):
    """A picture (height, width, 3), and the words below it, a line each; those that do not fit are left out."""

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
        pages: whether keys bring the others into view.
    """

    count: int
    size: tuple[int, int]
    tile: Callable[[int, int], Tile]
    describe: Callable[[int], str] | None = None
    words: int = 1
    narrowest: int = _NARROWEST
    enough: int = _ENOUGH
    pages: bool = True


_NO_TILES = Tiles(0, (1, 1), lambda _index, _width: Tile(np.zeros((1, 1, 3), np.uint8)))


class Grid(NamedTuple):
    """How pictures are laid out: each `width` cells and `lines` lines, its words among them, from `first` on.

    They are `times` as large as they are, or their pixels the means of `reduced` by `reduced`. Where `noted`, a line
    below says that not all are in view, or that they are made smaller.
    """

    columns: int
    rows: int
    width: int
    lines: int
    first: int
    times: int = 1
    reduced: int = 1
    noted: bool = False

    @property
    def room(self) -> int:
        """How many are in view."""
        return self.columns * self.rows

    def height(self, count: int) -> int:
        """Return the lines that so many pictures take."""
        return -(-count // self.columns) * self.lines + self.noted

    def note(self, tiles: Tiles) -> str:
        """Say how many pictures are in view, and how much smaller they are."""
        count, shown = tiles.count, min(self.room, tiles.count - self.first)
        parts = [_("{shown} of {count} shown").format(shown=f"{shown:,}", count=f"{count:,}")] if shown < count else []
        parts += [_("at {percent} %").format(percent=round(100 / self.reduced))] if self.reduced > 1 else []
        parts += [_("PgUp/PgDn: more")] if shown < count and tiles.pages else []
        return " · ".join(parts)


def lay_out(tiles: Tiles, selected: int, room: tuple[int, int]) -> Grid:
    """Lay out pictures in `room` (lines, cells), as large as all of them fit, else as large as enough of them do."""
    grid = _largest(tiles, selected, room)
    if grid.room >= tiles.count and grid.reduced == 1:
        return grid
    less = room[0] - 1, room[1]
    kept = _grid(tiles, selected, less, grid.times, grid.reduced)
    return (kept if kept.lines <= less[0] else _largest(tiles, selected, less))._replace(noted=True)


def _largest(tiles: Tiles, selected: int, room: tuple[int, int]) -> Grid:
    for times in range(_MOST_TIMES, 0, -1):
        grid = _grid(tiles, selected, room, times, 1)
        if grid.room >= tiles.count and _fits(tiles, grid, room):
            return grid
    most = max(_MOST_REDUCED, -(-max(tiles.size) // _SMALLEST))
    for reduced in range(1, most):
        grid = _grid(tiles, selected, room, 1, reduced)
        enough = grid.room >= min(tiles.count, tiles.enough) and _fits(tiles, grid, room)
        if enough or -(-min(tiles.size) // reduced) <= _NARROWEST:
            return grid
    return _grid(tiles, selected, room, 1, most)


def _fits(tiles: Tiles, grid: Grid, room: tuple[int, int]) -> bool:
    """Tell whether a picture fits whole; one blank is before it."""
    return grid.lines <= room[0] and -(-tiles.size[1] // grid.reduced) * grid.times < room[1]


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
            text = whole_words(text, grid.width)
            text = left(text, grid.width) if index in (selected, hovered) else text
            canvas.put(x, below + line, text, style)
    if grid.noted:
        note = whole_parts(grid.note(tiles), canvas.width - 1, " · ")
        canvas.put(1, canvas.height - 1, left(note, canvas.width), styles.dim)


class Gallery(Drawing):
    """Pictures of one size, as large as they fit; a click selects one, a click on the selected one opens it.

    ::

        gallery = Gallery(id="maps")                         # TCSS: height: 1fr
        scale = scale_of(values, signed=True)                # (height, width, maps)
        gallery.show(
            Tiles(count, (height, width), lambda map, width: Tile(scale.paint(values[..., map]), (f"map {map}",))),
            selected=3,
        )

        @on(Gallery.Selected, "#maps")
        def _select(self, event: Gallery.Selected) -> None:
            self.go_to(map=event.index)

    Where there are more than fit, those around the selected one are in view, and `page` shows others.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
    tiles = _NO_TILES
    _paged: int | None = None
    """A picture that is in view in place of the selected one."""

    def show(self, tiles: Tiles | None, selected: int | None = None) -> None:
        """Show other pictures."""
        before, self.tiles = self.tiles, tiles or _NO_TILES
        if before.count != self.tiles.count or self._selected != selected:
            self._paged = None
        self.selected = None if selected is None else (selected, 0)
        self.redraw()

    def page(self, by: int) -> None:
        """Bring the next pictures into view, or those before."""
        grid = self.grid
        self._paged = within(grid.first + by * grid.room + grid.rows // 2 * grid.columns, self.tiles.count)
        self.redraw()

    @property
    def grid(self) -> Grid:
        """How the pictures are laid out in the widget as large as it is."""
        place = self._paged if self._paged is not None else self._selected or 0
        return lay_out(self.tiles, place, (self.size.height, self.size.width))

    def natural_height(self, width: int) -> int:
        """Return the lines that all pictures take at their own size."""
        grid = lay_out(self.tiles, 0, (10_000, width))
        return max(1, grid.height(self.tiles.count))

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

    @property
    def _selected(self) -> int | None:
        return None if self.selected is None else self.selected[0]
