"""Many small pictures in rows, each with a word or two under it."""

from collections.abc import Callable
from typing import NamedTuple

from rich.style import Style

from tui_cnn.ui.toolkit.cells import left
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels

_GAP = 2
_NARROWEST = 5
_ENOUGH = 20
_MOST_TIMES = 4


class Grid(NamedTuple):
    """How pictures are laid out: each `width` cells and `lines` lines, its words among them, from `first` on."""

    columns: int
    rows: int
    width: int
    lines: int
    first: int
    words: int = 1

    @property
    def room(self) -> int:
        """How many are in view."""
        return self.columns * self.rows


class Tile(NamedTuple):
    """A picture, the style of the words under it, and these, a line each."""

    pixels: Pixels
    style: Style | None
    words: tuple[str, ...]


def grid(
    size: tuple[int, int],
    count: int,
    chosen: int,
    room: tuple[int, int],
    narrowest: int = _NARROWEST,
    words: int = 1,
) -> Grid:
    """Lay out `count` pictures of `size` (height, width) in `room` (lines, cells), the chosen one in view.

    None is narrower than `narrowest` cells, for the `words` lines under it.
    """
    width, lines = max(size[1], narrowest), (size[0] + 1) // 2 + words
    columns = max(1, (room[1] + _GAP - 1) // (width + _GAP))
    rows = max(1, room[0] // lines)
    row = chosen // columns
    last = max(0, -(-count // columns) - rows)
    first = max(0, min(last, row - rows // 2)) * columns
    return Grid(columns, rows, width, lines, first, words)


def reduction(size: tuple[int, int], count: int, room: tuple[int, int]) -> int:
    """Tell how many times smaller pictures have to be for enough to be in view, as far as they can still be read."""
    for times in range(1, _MOST_TIMES):
        smaller = (-(-size[0] // times), -(-size[1] // times))
        if grid(smaller, count, 0, room).room >= min(count, _ENOUGH) or min(smaller) <= _NARROWEST:
            return times
    return _MOST_TIMES


def enlargement(
    size: tuple[int, int], count: int, room: tuple[int, int], narrowest: int = _NARROWEST, words: int = 1
) -> int:
    """Tell how many times larger pictures can be drawn with all of them in view; at least once."""
    for times in range(_MOST_TIMES, 1, -1):
        laid = grid((size[0] * times, size[1] * times), count, 0, room, narrowest, words)
        if laid.room >= count and laid.lines <= room[0]:
            return times
    return 1


def draw_gallery(
    canvas: Canvas, top: int, laid: Grid, count: int, chosen: int, tile: Callable[[int], Tile], mark: Style
) -> None:
    """Draw the pictures that are in view; the chosen one has a bar at its side, in the style of `mark`."""
    for place in range(laid.first, min(count, laid.first + laid.room)):
        row, column = divmod(place - laid.first, laid.columns)
        x, y = 1 + column * (laid.width + _GAP), top + row * laid.lines
        drawn = tile(place)
        canvas.picture(x, y, drawn.pixels)
        below = y + laid.lines - laid.words
        if place == chosen:
            for line in range(laid.lines):
                canvas.put(x - 1, y + line, "▐", Style(color=mark.bgcolor or mark.color))
        for line, word in enumerate(drawn.words):
            if place == chosen:
                canvas.put(x, below + line, left(word, laid.width), mark)
            else:
                canvas.put(x, below + line, word, drawn.style, room=laid.width)
