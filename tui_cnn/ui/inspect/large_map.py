"""One map as large as it fits, with a cursor, and the values around it."""

from typing import Any

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale
from tui_cnn.ui.toolkit.pictures.legend import two_decimals
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_AROUND = 2


class LargeMap(Horizontal):
    """The map, and beside it, or below where there is no room, the values around the cursor."""

    DEFAULT_CSS = """
    LargeMap {
        & > Picture { width: 1fr; height: 1fr; }
        & > Vertical { width: 36; height: auto; margin-left: 2; }
        & Static { height: 1; color: $foreground 70%; }
        & Matrix { height: 15; }
    }
    """

    class Chosen(Message):
        """A cell of the map was clicked."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row = row
            self.column = column

    _cell = (0, 0)

    def compose(self) -> ComposeResult:
        """Lay out the map, and the values."""
        yield Picture()
        with Vertical():
            yield Static(markup=False)
            yield Matrix()

    def show(self, values: npt.NDArray[Any], scale: Scale, cell: tuple[int, int]) -> None:
        """Show a map (height, width) with a frame around a cell."""
        self._cell = cell
        row, column = cell
        frames = [((row, column, row, column), "cursor")]
        self.query_one(Picture).show(Raster(scale.paint(values), values, frames=frames))  # type: ignore[arg-type]
        self.query_one(Static).update(_("row {row}, column {column}").format(row=row, column=column))
        around = np.pad(values, _AROUND, constant_values=np.nan)
        shown = around[row : row + 2 * _AROUND + 1, column : column + 2 * _AROUND + 1]
        numbers = MatrixContent(shown, _text, scale, widest_cell=7)
        self.query_one(Matrix).show(numbers, (_AROUND, _AROUND))

    @on(Picture.Selected)
    @on(Picture.Opened)
    def _select(self, event: Picture.Selected) -> None:
        event.stop()
        self.post_message(self.Chosen(*event.cell))

    @on(Matrix.Selected)
    def _select_beside(self, event: Matrix.Selected) -> None:
        event.stop()
        row, column = event.cell
        if isinstance(event.drawing, Matrix):
            self.post_message(self.Chosen(self._cell[0] + row - _AROUND, self._cell[1] + column - _AROUND))


def _text(value: float) -> str:
    return "·" if np.isnan(value) else two_decimals(value)
