"""Pooling as pictures: what the window keeps and throws away, and what is left, beside plain strides."""

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.moving import Moved, kept
from tui_cnn.lab.windows import Image
from tui_cnn.ui.draw.lab_convolution import WIDEST_NUMBERS, picture, titled, window_mask
from tui_cnn.ui.draw.lab_grid import Marks, Tones, number
from tui_cnn.ui.draw.lab_sums import channel_names, facts_table


def pictures(moved: Moved, place: int, tones: Tones) -> RenderableType:
    """Draw the picture, what pooling makes of it, and what strides alone make of it."""
    pooling = moved.pooling
    depth = pooling.image.shape[2]
    seen, left = kept(pooling, place + 1)
    columns = [_input(moved, place, channel, seen, left, tones) for channel in range(depth)]
    outputs = [_output(moved, place, channel, tones) for channel in range(pooling.channels)]
    strides = [_strided(moved.strided, moved.strided_changed, channel, tones) for channel in range(depth)]
    table = Table.grid(padding=(0, 3, 0, 0))
    if depth == 1:
        table.add_row(columns[0], *outputs, *(drawn for drawn in strides if drawn))
        return table
    table.add_row(*columns)
    table.add_row("")
    table.add_row(*outputs)
    return table


def told(moved: Moved, place: int) -> Table:
    """Say what the window holds and gives, the size that comes out, and what the move has changed."""
    pooling, table = moved.pooling, facts_table()
    names = channel_names(pooling.image.shape[2])
    for channel in range(pooling.channels):
        step = pooling.step(place, channel)
        values = [number(float(value)) for value in step.patch.flat if not np.isnan(value)]
        shown = ", ".join(values[:16]) + (", …" if len(values) > 16 else "")
        average = "average" in pooling.kind
        label = _("window") if pooling.channels == 1 else names[channel]
        written = Text((_("average of {values}") if average else _("largest of {values}")).format(values=shown))
        table.add_row(label, written.append(" = ").append(number(step.value), "bold"))
    down, across = pooling.windows
    size = down.formula() if down == across else f"{down.formula()}   {across.formula()}"
    if pooling.kind in ("max", "average"):
        table.add_row(_("size"), size)
    share = moved.pooled.size / pooling.image.size
    left = _("{after} of {before} numbers are left ({share:.0%}); pooling has no parameters")
    table.add_row(_("left"), left.format(after=moved.pooled.size, before=pooling.image.size, share=share))
    table.add_row(_("moved"), changes(moved))
    return table


def changes(moved: Moved) -> Text:
    """Count what a move of the picture has changed."""
    count = _("pooling: {changed} of {all} values changed")
    text = count.format(changed=int(moved.pooled_changed.sum()), all=moved.pooled_changed.size)
    if moved.strided_changed is not None:
        strides = _("strides alone: {changed} of {all}")
        text += "; " + strides.format(changed=int(moved.strided_changed.sum()), all=moved.strided_changed.size)
    return Text(text)


def _input(moved: Moved, place: int, channel: int, seen: Image, left: Image, tones: Tones) -> Group:
    pooling = moved.pooling
    laid = pooling.windows
    padded = laid.padded(pooling.image, np.nan)
    row, column = divmod(place, laid.shape[1])
    down, across = laid
    strong = left[..., channel] > 0 if "average" not in pooling.kind else None
    marks = Marks(
        window_mask(laid, padded, row, column),
        (down.before, down.after, across.before, across.after),
        dim=(seen[..., channel] > 0) & ~(left[..., channel] > 0),
        strong=strong,
    )
    height, width, depth = pooling.image.shape
    large = width > WIDEST_NUMBERS
    values = np.nan_to_num(padded[..., channel]) if large else padded[..., channel]
    title = _("Image") if depth == 1 else channel_names(depth)[channel]
    return titled(title, f"{height}×{width}", picture(values, tones, marks, large), tones)


def _output(moved: Moved, place: int, channel: int, tones: Tones) -> Group:
    values = moved.pooled[..., channel]
    here = np.zeros(values.shape, bool)
    here.flat[place] = True
    marks = Marks(here, strong=moved.pooled_changed[..., channel], shown=place + 1, click="screen.jump({})")
    large = values.shape[1] > WIDEST_NUMBERS
    size = f"{values.shape[0]}×{values.shape[1]}"
    return titled(_("Pooled"), size, picture(values, tones, marks, large), tones)


def _strided(strided: Image | None, changed: np.ndarray | None, channel: int, tones: Tones) -> Group | None:
    if strided is None or changed is None:
        return None
    values = strided[..., channel]
    large = values.shape[1] > WIDEST_NUMBERS
    size = f"{values.shape[0]}×{values.shape[1]}"
    return titled(
        _("Strides alone"), size, picture(values, tones, Marks(strong=changed[..., channel]), large), tones
    )
