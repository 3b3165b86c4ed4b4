"""A table of numbers, each on its colour, with names at its edges; cells grow as far as there is room."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.style import Style

from tui_cnn.insight.colours import Scale
from tui_cnn.ui.toolkit.numbers import left, right
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on
from tui_cnn.ui.toolkit.pictures.drawing import TONES, Cell, Drawing, Styles, Tone
from tui_cnn.ui.toolkit.pictures.legend import two_decimals

_SHORTEST_NAME = 6
MOST_LINES = 3
"""Lines that a row takes at most, unless another number is given."""
_TINT = 0.4
_NARROW = 5

Rgb = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class MatrixContent:
    """What a matrix shows.

    Attributes:
        values: (rows, columns).
        text: writes one of them.
        scale: the colours of the cells; None: they have none.
        shades: (rows, columns): what the colours stand for, where it is not the values; NaN: no colour.
        tones: cells that are written in another style, (rows, columns) each; the last one counts.
        window: cells under a window, (rows, columns): they are tinted, their numbers bold, and a frame is around them
            where there is room between the numbers; that of the last column takes one cell more.
        labels: what is written in a cell in place of its number.
        row_names, column_names: what stands at the edges, if anything.
        widest_cell: cells that a number may take at most.
        most_lines: lines that a row may take at most.
        describe: says what the tooltip of (row, column) is.
    """

    values: npt.NDArray[Any]
    text: Callable[[float], str] = two_decimals
    scale: Scale | None = None
    shades: npt.NDArray[Any] | None = None
    tones: Mapping[Tone, npt.NDArray[np.bool_]] = field(default_factory=dict)
    window: npt.NDArray[np.bool_] | None = None
    labels: Mapping[Cell, str] = field(default_factory=dict)
    row_names: Sequence[str] = ()
    column_names: Sequence[str] = ()
    widest_cell: int = 9
    most_lines: int = MOST_LINES
    describe: Callable[[int, int], str] | None = None

    def label(self, cell: Cell) -> str:
        """Return what is written in a cell."""
        return self.labels[cell] if cell in self.labels else self.text(float(self.values[cell]))

    def words(self, cell: Cell, width: int) -> str:
        """Return a cell's label at the right of `width` cells, with a blank behind it where these are many."""
        return right(self.label(cell), width - (width > _NARROW))


class MatrixLayout(NamedTuple):
    """Cells of the names at the left, cells and lines of a number, whether it is written at all, lines above."""

    names: int
    cell: int
    lines: int
    written: bool
    top: int


def lay_out_matrix(numbers: MatrixContent, room: tuple[int, int]) -> MatrixLayout:
    """Lay out a matrix in (lines, cells): as large as it fits; without its numbers where these have no room."""
    rows, columns = numbers.values.shape
    top = bool(numbers.column_names)
    longest = max((cell_len(numbers.text(value)) for value in numbers.values.ravel().tolist()), default=1)
    names = max((cell_len(name) for name in numbers.row_names), default=-1) + 1
    columns = max(1, columns)
    if names and names + columns * (longest + 1) > room[1]:
        names = min(names, max(_SHORTEST_NAME, room[1] - columns * (longest + 1)))
    cell = min(max(longest + 1, numbers.widest_cell), (room[1] - names) // columns)
    written = cell > longest or (cell == longest and numbers.scale is not None)
    lines = max(1, min(numbers.most_lines, (room[0] - top) // max(1, rows), (cell + 1) // 2))
    return MatrixLayout(names, max(1, cell), lines, written, int(top))


def draw_matrix(
    canvas: Canvas,
    numbers: MatrixContent,
    laid: MatrixLayout,
    selected: Cell | None,
    hovered: Cell | None,
    styles: Styles,
    tint: Rgb = (255, 176, 0),
) -> None:
    """Draw the names and the numbers; `tint` is the colour of the window."""
    rows, columns = numbers.values.shape
    shades = numbers.values if numbers.shades is None else numbers.shades
    colours = None if numbers.scale is None else numbers.scale.paint(shades)
    window = np.zeros(shades.shape, np.bool_) if numbers.window is None else numbers.window
    if colours is not None:
        tinted = np.round((1 - _TINT) * colours + _TINT * np.array(tint))
        colours = np.asarray(np.where(window[..., np.newaxis], tinted, colours), np.uint8)
    chosen_row, chosen_column = selected or (-1, -1)
    for column, name in enumerate(numbers.column_names):
        words = right(left(name, min(cell_len(name), laid.cell - 1)), laid.cell)
        style = styles.selected if column == chosen_column else styles.dim
        canvas.put(laid.names + column * laid.cell, 0, words, style, room=laid.cell)
    for row in range(rows):
        y = laid.top + row * laid.lines
        middle = (laid.lines - 1) // 2
        if laid.names:
            style = styles.selected if row == chosen_row else styles.dim
            canvas.put(0, y + middle, left(numbers.row_names[row], laid.names - 1), style)
        for column in range(columns):
            style = _ground(numbers, colours, (row, column), styles)
            if window[row, column]:
                style = style + (Style(bold=True) if colours is not None else styles.hovered)
            if (row, column) == selected:
                style = styles.selected
            elif (row, column) == hovered:
                style = style + Style(underline=True, bold=True)
            text = numbers.words((row, column), laid.cell)
            for line in range(laid.lines):
                words = left(text, laid.cell) if line == middle and laid.written else " " * laid.cell
                canvas.put(laid.names + column * laid.cell, y + line, words, style)
    if laid.written:
        _draw_frame(canvas, numbers, laid, window, colours, styles)


def _draw_frame(
    canvas: Canvas,
    numbers: MatrixContent,
    laid: MatrixLayout,
    window: npt.NDArray[np.bool_],
    colours: npt.NDArray[np.uint8] | None,
    styles: Styles,
) -> None:
    """Draw the sides of the window, each in the blank before a number: `┌ │ └`, or `[` where it is a line high."""
    columns = window.shape[1]
    sides = np.diff(np.pad(window.astype(int), ((1, 1), (1, 1))), axis=1)  # 1: opens, -1: closes
    for row, column in np.argwhere(sides[1:-1]).tolist():
        if column < columns and not numbers.words((row, column), laid.cell).startswith(" "):
            continue
        side = sides[row + 1, column]
        goes_up, goes_down = sides[row, column] == side, sides[row + 2, column] == side
        style = _ground(numbers, colours, (row, column), styles) if column < columns else styles.text
        for line in range(laid.lines):
            begins, ends = not goes_up and line == 0, not goes_down and line == laid.lines - 1
            place = ("│", "└┘", "┌┐", "[]")[2 * begins + ends]
            y = laid.top + row * laid.lines + line
            canvas.put(laid.names + column * laid.cell, y, place[0 if side > 0 else -1], style + Style(bold=True))


def _ground(numbers: MatrixContent, colours: npt.NDArray[np.uint8] | None, cell: Cell, styles: Styles) -> Style:
    style = styles.text
    shades = numbers.values if numbers.shades is None else numbers.shades
    if colours is not None and not np.isnan(shades[cell]):
        style = on(colours[cell])
    for tone, mask in numbers.tones.items():
        if mask[cell]:
            style = style + styles.of(tone) if colours is None else styles.of(tone)
    return style


class Matrix(Drawing):
    """A table of numbers on their colours; a click selects a cell, a click on the selected one opens it.

    ::

        matrix = Matrix(id="confusion")                      # TCSS: height: auto
        scale = scale_of(counts, signed=False)
        matrix.show(MatrixContent(counts, str, scale, row_names=names, column_names=names), selected=(0, 2))

        @on(Matrix.Selected, "#confusion")
        def _select(self, event: Matrix.Selected) -> None:
            row, column = event.cell
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES | {"drawing--window"}
    DEFAULT_CSS = "Matrix > .drawing--window { color: #ffb000; }"
    numbers = MatrixContent(np.zeros((0, 0)))

    def show(self, numbers: MatrixContent | None, selected: Cell | None = None) -> None:
        """Show other numbers."""
        before, self.numbers = self.numbers, numbers or MatrixContent(np.zeros((0, 0)))
        self.selected = selected
        self.redraw(layout=before.values.shape != self.numbers.values.shape)

    @property
    def layout_of_cells(self) -> MatrixLayout:
        """How the numbers are laid out in the widget as large as it is."""
        return lay_out_matrix(self.numbers, (self.size.height, self.size.width))

    def natural_height(self, width: int) -> int:
        """Return a line for each row, and one for the names above."""
        return max(1, len(self.numbers.values) + bool(self.numbers.column_names))

    def draw(self, canvas: Canvas) -> None:
        """Draw the table."""
        laid, tint = self.layout_of_cells, self.rgb("drawing--window")
        draw_matrix(canvas, self.numbers, laid, self.selected, self.hovered, self.tones, tint)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return (row, column)."""
        laid = self.layout_of_cells
        if x < laid.names or y < laid.top:
            return None
        row, column = (y - laid.top) // laid.lines, (x - laid.names) // laid.cell
        rows, columns = self.numbers.values.shape
        return (row, column) if row < rows and column < columns else None

    def describe(self, cell: Cell) -> str:
        """Say the number, with its names."""
        if self.numbers.describe is not None:
            return self.numbers.describe(*cell)
        all_names = (self.numbers.row_names, self.numbers.column_names)
        names = [names[place] for names, place in zip(all_names, cell, strict=True) if names]
        return " · ".join([*names, self.numbers.text(float(self.numbers.values[cell]))])
