"""The pooling stepper: what a window keeps, and what a small move of the image does to it."""

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.insight.colours import scale_of
from tui_cnn.lab.code import Library
from tui_cnn.lab.numbers import number, product
from tui_cnn.lab.pooling import Pooling, ShiftedPooling, kept_pixels, moved
from tui_cnn.lab.pooling_code import pooling_code
from tui_cnn.lab.scene import image_name, type_pixel
from tui_cnn.lab.settings import PoolingSettings
from tui_cnn.lab.windows import WindowError, Windows
from tui_cnn.ui.lab.actions import POOLING, STEPPER, TYPING
from tui_cnn.ui.lab.stage import Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.sums import channel_names, drawn_of, facts_table
from tui_cnn.ui.lab.typing_stepper import CellCursor, TypingStepper
from tui_cnn.ui.toolkit.pictures.drawing import Cell

_MOST_SHIFT = 12
_MOST_VALUES, _MOST_TERMS = 16, 25


_EXAMPLES = (
    ("6×6", PoolingSettings()),
    ("max(29, 15, 0, 100) = 100", PoolingSettings(image="four-numbers")),
    ("(29 + 15 + 0 + 100) / 4 = 36", PoolingSettings(image="four-numbers", kind="average")),
)
"""Examples by name; the last two are the worked one of the course."""


class PoolingStepper(TypingStepper[PoolingSettings]):
    """Pooling, a place at a time, beside strides alone."""

    BINDINGS = [*STEPPER.bindings(), *TYPING.bindings(), *POOLING.bindings()]  # noqa: RUF012  # as Textual declares it
    EXAMPLES = _EXAMPLES

    def compute(self) -> None:
        """Pool the image as it was and as it is moved."""
        try:
            self._moved: ShiftedPooling | WindowError = moved(self.settings, self.images.arrays(self.settings))
        except WindowError as error:
            self._moved = error

    @property
    def moved(self) -> ShiftedPooling:
        """What is shown.

        Raises:
            WindowError: the window has no place.
        """
        if isinstance(self._moved, WindowError):
            raise self._moved
        return self._moved

    @property
    def windows(self) -> Windows:
        """The places of the window."""
        return self.moved.pooling.windows

    def action_shift(self, down: int, right: int) -> None:
        """Move the image."""
        moves = (self.settings.down + down, self.settings.right + right)
        down, right = (max(-_MOST_SHIFT, min(move, _MOST_SHIFT)) for move in moves)
        self.set_settings(msgspec.structs.replace(self.settings, down=down, right=right))

    def arrays(self) -> ShownArrays:
        """Return the image and what is left of it."""
        return pooling_arrays(self.moved, self.place, image_name(self.settings), self.cursor)

    def program(self, library: Library) -> str:
        """Write the pooling as a program, of the image as it is shifted."""
        return pooling_code(self.moved.pooling, library)

    def facts(self, width: int) -> RenderableType:
        """Write what is kept and what a move has changed."""
        table = pooling_facts(self.moved, self.place)
        if self.cursor is not None:
            value = float(self.moved.pooling.image[self.cursor.place])
            table.add_row(_("typing"), Text(self.cursor.help(value), "bold"))
        return table

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of what can be typed, offer the image: there is no kernel."""
        return (action != "edit" or parameters == ("image",)) and super().check_action(action, parameters)

    def action_next_example(self) -> None:
        """Show the next example from its first place."""
        super().action_next_example()
        self.place, self.running = 0, False

    def action_edit(self, of: str) -> None:
        """Begin to type into the image, which goes back to where it was before it was shifted."""
        self.set_settings(msgspec.structs.replace(self.settings, down=0, right=0))
        if self.steps:
            self.edit(CellCursor(of, (0, 0, self._channels[0])))

    def moved_cursor(self, cursor: CellCursor, down: int, across: int) -> CellCursor:
        """Move the cursor within the image."""
        return cursor.moved(self.moved.pooling.image.shape, self._channels, down, across)

    def put_number(self, cursor: CellCursor, value: float) -> None:
        """Put a number into the image."""
        arrays = self.images.arrays(self.settings)
        settings, self.images.typed = type_pixel(self.settings, arrays, cursor.place, value)
        self.set_settings(settings)

    def click_cell(self, part: Part, cell: Cell) -> None:
        """Edit a number of the image while that is edited; else go to a place."""
        down, across = self.windows
        row, column = cell[0] - down.before, cell[1] - across.before
        if self.cursor is None or part.role != "image":
            super().click_cell(part, cell)
        elif 0 <= row < down.n and 0 <= column < across.n:
            self.edit(CellCursor("image", (row, column, part.channel)))

    @property
    def _channels(self) -> list[int]:
        return _drawn(self.moved.pooling)[0]


def pooling_arrays(moved: ShiftedPooling, place: int, name: str = "", edited: CellCursor | None = None) -> ShownArrays:
    """Return the image, what pooling makes of it, and what strides alone make of it."""
    pooling, depth = moved.pooling, moved.pooling.image.shape[2]
    drawn, results = _drawn(pooling)
    seen, left = kept_pixels(pooling, place + 1)
    laid, (height, width) = pooling.windows, pooling.image.shape[:2]
    padded = laid.padded(pooling.image, np.nan)
    scale = image_scale(pooling.image)
    mask, offset = laid.mask(*divmod(place, laid.shape[1])), (laid.down.before, laid.across.before)
    cursors = {channel: edited.within("image", channel, offset) if edited else (None, "") for channel in drawn}
    images = [
        ShownArray(
            Part("image", channel),
            padded[..., channel],
            _("Image") if depth == 1 else channel_names(depth)[channel],
            f"{height}×{width}",
            scale,
            name if depth == 1 else "",
            pale=(seen[..., channel] > 0) & (left[..., channel] == 0),
            window=mask,
            cursor=cursors[channel][0],
            typed=cursors[channel][1],
            offset=offset,
        )
        for channel in drawn
    ]
    rows, columns = laid.shape
    places = np.arange(rows * columns).reshape(rows, columns)
    outputs = [
        ShownArray(
            Part("output", channel),
            moved.pooled[..., channel],
            _("Pooled"),
            f"{rows}×{columns}",
            scale,
            known=places <= place,
            strong=moved.pooled_changed[..., channel],
            window=places == place,
        )
        for channel in results
    ]
    weights = [] if pooling.weights is None else [[_weights(pooling)]]
    if len(drawn) == 1:
        if moved.strided is not None and moved.strided_changed is not None:
            values, changed = moved.strided[..., drawn[0]], moved.strided_changed[..., drawn[0]]
            size = "{}×{}".format(*values.shape)
            outputs.append(ShownArray(Part("strides"), values, _("Strides only"), size, scale, strong=changed))
        return ShownArrays([images, *weights], [[each] for each in outputs])
    if len(results) < len(drawn):
        return ShownArrays([[image] for image in images], [outputs])
    return ShownArrays([[image, output] for image, output in zip(images, outputs, strict=True)], weights)


def _weights(pooling: Pooling) -> ShownArray:
    assert pooling.weights is not None
    rows, columns = pooling.weights.shape
    return ShownArray(
        Part("weights"), pooling.weights, _("Weights"), f"{rows}×{columns}", scale_of(pooling.weights, signed=True)
    )


def _weighted(patch: NDArray[np.float64], weights: NDArray[np.float64], value: float) -> Text:
    """Write a weighted average out: `(3·1 + 0·2 + 1·1) / 4 = 1`, without what weighs nothing or is outside."""
    terms = [product(pixel, weight) for pixel, weight in zip(patch.flat, weights.flat, strict=True) if weight]
    listed = " + ".join(terms[:_MOST_TERMS]) + (" + …" if len(terms) > _MOST_TERMS else "")
    return Text(f"({listed}) / {number(float(weights.sum()))} = ").append(number(value), "bold")


def _drawn(pooling: Pooling) -> tuple[list[int], list[int]]:
    """List the channels of the image and of what comes out that are drawn."""
    drawn = drawn_of(pooling.image)
    if pooling.kind != "depth-max":
        return drawn, drawn
    if len(drawn) == pooling.image.shape[2]:
        return drawn, list(range(pooling.channels))
    group = min(drawn[0] // pooling.depth, pooling.channels - 1)
    return list(range(group * pooling.depth, (group + 1) * pooling.depth)), [group]


def pooling_facts(moved: ShiftedPooling, place: int) -> Table:
    """Say what the window holds and gives, the size that comes out, and what the move has changed."""
    pooling, table = moved.pooling, facts_table()
    names = channel_names(pooling.image.shape[2])
    _inputs, results = _drawn(pooling)
    for channel in results:
        step = pooling.step(place, channel)
        values = [number(float(value)) for value in step.patch.flat if not np.isnan(value)]
        label = _("window") if len(results) == 1 else names[channel]
        if step.weights is not None:
            table.add_row(label, _weighted(step.patch, step.weights, step.value))
            continue
        listed = ", ".join(values[:_MOST_VALUES]) + (", …" if len(values) > _MOST_VALUES else "")
        result = _("average of {values}") if "average" in pooling.kind else _("maximum of {values}")
        table.add_row(label, Text(result.format(values=listed) + " = ").append(number(step.value), "bold"))
    down, across = pooling.windows
    if pooling.is_sliding:
        table.add_row(_("size"), down.formula() if down == across else f"{down.formula()}   {across.formula()}")
    share = moved.pooled.size / pooling.image.size
    remaining = _("{after} of {before} values ({share:.0%}); pooling has no parameters")
    table.add_row(_("remaining"), remaining.format(after=moved.pooled.size, before=pooling.image.size, share=share))
    text = _("values changed by: pooling {share:.0%}").format(share=moved.pooled_change)
    if moved.strided_change is not None:
        text += "; " + _("strides only {share:.0%}").format(share=moved.strided_change)
    table.add_row(_("moved"), text)
    return table
