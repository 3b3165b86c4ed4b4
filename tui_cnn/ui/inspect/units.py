"""Units of a layer without maps: bars with numbers; where there are too many, numbers; or else a pixel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.insight.colours import Scale
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.drawing import Drawing, Tone
from tui_cnn.ui.toolkit.pictures.legend import two_decimals
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_FIELD = 22


class Units(NamedTuple):
    """What is drawn.

    Attributes:
        values: (units,).
        numbers: which unit each is, (units,).
        names: of the classes, by their numbers, where the units are classes; else empty.
        dead: whether each has the same value for whatever image, (units,).
        selected: the place of the selected one.
        row: how many belong together, as a row of the image that was flattened; 0: none do.
        cells: how many belong to one cell of the maps that were flattened.
    """

    values: npt.NDArray[Any]
    numbers: npt.NDArray[np.int64]
    names: Sequence[str]
    dead: npt.NDArray[np.bool_]
    selected: int
    row: int = 0
    cells: int = 0

    @classmethod
    def of(
        cls,
        scene: Scene,
        values: npt.NDArray[np.float64],
        order: npt.NDArray[np.int64],
        names: Sequence[str],
        dead: npt.NDArray[np.bool_],
    ) -> "Units":
        """Put the units of the scene's layer in an order; those of a flattened image stand as they did in it."""
        before = scene.opened.layers[scene.layer - 1].shape if scene.layer else scene.opened.input_shape
        kind = ALL_TYPES[scene.info.kind]
        flattened = kind.flattens and kind.is_reshaping and bool((order == np.arange(len(order))).all())
        row, cells = (prod(before[1:]), before[-1]) if flattened else (0, 0)
        selected = int(np.flatnonzero(order == scene.channel)[0])
        return cls(values[order], order, names, dead[order], selected, row, cells)


def unit_grid(units: Units, room: tuple[int, int]) -> tuple[Literal["bars", "numbers", "pixels"], int]:
    """Choose the richest form that fits into (lines, cells), and its columns."""
    lines, width = max(1, room[0]), max(1, room[1])
    count = len(units.values)
    bars = 1 if units.names else max(1, min(count, width // _FIELD))
    if -(-count // bars) <= lines:
        return "bars", bars
    longest = max((len(two_decimals(float(end))) for end in (units.values.min(), units.values.max())), default=1)
    numbers = max(1, width // (longest + 1))
    if -(-count // numbers) <= lines:
        return "numbers", min(numbers, count)
    row = units.row if units.row <= width else units.cells
    return "pixels", min(row or width, width)


class UnitsChart(Vertical):
    """Units in the form that fits; a click on one selects it."""

    DEFAULT_CSS = "UnitsChart > * { height: 1fr; }"

    @dataclass
    class Chosen(Message):
        """A unit was clicked."""

        unit: int

    _units: Units | None = None
    _room = (1, 1)

    def compose(self) -> ComposeResult:
        """Lay out the three forms; one of them is in view."""
        yield Bars(id="bars")
        yield Matrix(id="numbers")
        yield Picture(id="pixels")

    @property
    def columns(self) -> int:
        """How many units stand beside each other."""
        return 1 if self._units is None else unit_grid(self._units, self._room)[1]

    def show(self, units: Units, scale: Scale, room: tuple[int, int]) -> None:
        """Show units in (lines, cells)."""
        self._units, self._room = units, room
        form, columns = unit_grid(units, self._room)
        for drawing in self.query(Drawing):
            drawing.display = drawing.id == form
        if form == "bars":
            self.query_one(Bars).show(_bars(units, columns), units.selected)
            return
        down = -(-len(units.values) // columns)
        laid = np.full((down, columns), np.nan)
        laid.flat[: len(units.values)] = units.values
        row, column = divmod(units.selected, columns)

        def describe(row: int, column: int) -> str:
            place = row * columns + column
            return f"{units.numbers[place]}: {_text(units.values[place])}" if place < len(units.values) else ""

        if form == "numbers":
            content = MatrixContent(laid, _text, scale, widest_cell=8, describe=describe)
            self.query_one(Matrix).show(content, (row, column))
        else:
            cursor = (row, column, row, column)
            self.query_one(Picture).show(Raster(scale.paint(laid), laid, [(cursor, "cursor")], describe=describe))

    @on(Drawing.Selected)
    @on(Drawing.Opened)
    def _select(self, event: Drawing.Selected) -> None:
        event.stop()
        place = event.index if isinstance(event.drawing, Bars) else event.cell[0] * self.columns + event.cell[1]
        if self._units is not None and place < len(self._units.values):
            self.post_message(self.Chosen(int(self._units.numbers[place])))


def _bars(units: Units, columns: int) -> BarRows:
    most = float(np.abs(units.values).max(initial=0.0)) or 1.0
    bars = []
    for place, value in enumerate(units.values.tolist()):
        number = int(units.numbers[place])
        name = units.names[number] if units.names else f"{number}"
        tones: tuple[Tone, Tone] = ("bad", "bad") if units.dead[place] else ("dim", "text")
        bar_tone: Tone = "dim" if value < 0 else "bar"
        bars.append(Bar(name, abs(value) / most, two_decimals(value), tones[0], bar_tone, tones[1]))
    return BarRows(bars, column=0 if columns == 1 else _FIELD)


def _text(value: float) -> str:
    return "" if np.isnan(value) else two_decimals(value)
