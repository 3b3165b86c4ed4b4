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
from tui_cnn.lab.scene import image_name
from tui_cnn.lab.settings import PoolingSettings
from tui_cnn.lab.windows import WindowError, Windows
from tui_cnn.ui.lab.actions import STEPPER
from tui_cnn.ui.lab.stage import Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.stepper import Stepper
from tui_cnn.ui.lab.sums import channel_names, drawn_of, facts_table

_MOST_SHIFT = 12
_MOST_VALUES, _MOST_TERMS = 16, 25


class PoolingStepper(Stepper[PoolingSettings]):
    """Pooling, a place at a time, beside strides alone."""

    BINDINGS = [*STEPPER.bindings()]  # noqa: RUF012  # as Textual declares it

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
        return pooling_arrays(self.moved, self.place, image_name(self.settings))

    def program(self, library: Library) -> str:
        """Write the pooling as a program, of the image as it is shifted."""
        return pooling_code(self.moved.pooling, library)

    def facts(self, width: int) -> RenderableType:
        """Write what is kept and what a move has changed."""
        return pooling_facts(self.moved, self.place)


def pooling_arrays(moved: ShiftedPooling, place: int, name: str = "") -> ShownArrays:
    """Return the image, what pooling makes of it, and what strides alone make of it."""
    pooling, depth = moved.pooling, moved.pooling.image.shape[2]
    drawn, results = _drawn(pooling)
    seen, left = kept_pixels(pooling, place + 1)
    laid, (height, width) = pooling.windows, pooling.image.shape[:2]
    padded = laid.padded(pooling.image, np.nan)
    scale = image_scale(pooling.image)
    mask = laid.mask(*divmod(place, laid.shape[1]))
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
            offset=(laid.down.before, laid.across.before),
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
