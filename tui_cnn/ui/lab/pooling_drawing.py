"""Pooling as pictures: what the window keeps and throws away, and what is left, beside plain strides."""

from typing import NamedTuple

import numpy as np
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.shifting import ShiftedPooling, kept_pixels
from tui_cnn.lab.windows import Image
from tui_cnn.ui.lab.convolution_drawing import FEW, Way, above, fitted, picture, titled, ways, window_mask
from tui_cnn.ui.lab.grid import Fit, Marks, Numbers, Tones, number
from tui_cnn.ui.lab.sums import channel_names, facts_table


def pictures(moved: ShiftedPooling, place: int, tones: Tones, room: tuple[int, int], name: str = "") -> Table:
    """Draw the picture, what pooling makes of it, and what strides alone make of it."""
    seen, left = kept_pixels(moved.pooling, place + 1)
    scene = _Scene(moved, place, tones, name, seen, left, Fit(), large=False)

    def draw(way: Way) -> list[Text]:
        return _columns(scene._replace(fit=way.fit, large=way.large, name=name if way.named else ""))

    return fitted(draw, room, ways(moved.pooling.image, room))


class _Scene(NamedTuple):
    moved: ShiftedPooling
    place: int
    tones: Tones
    name: str
    seen: Image
    left: Image
    fit: Fit
    large: bool


def _columns(scene: _Scene) -> list[Text]:
    pooling = scene.moved.pooling
    depth = pooling.image.shape[2]
    images = [_input(scene, channel) for channel in range(depth)]
    outputs = [_output(scene, channel) for channel in range(pooling.channels)]
    if depth == 1:
        return [*images, *outputs, *_strided(scene)]
    if pooling.channels < depth:
        return [*images, above(outputs)]
    return [above([image, output]) for image, output in zip(images, outputs, strict=True)]


def told(moved: ShiftedPooling, place: int) -> Table:
    """Say what the window holds and gives, the size that comes out, and what the move has changed."""
    pooling, table = moved.pooling, facts_table()
    names = channel_names(pooling.image.shape[2])
    for channel in range(pooling.channels):
        step = pooling.step(place, channel)
        values = [number(float(value)) for value in step.patch.flat if not np.isnan(value)]
        shown = ", ".join(values[:16]) + (", …" if len(values) > 16 else "")
        average = "average" in pooling.kind
        label = _("window") if pooling.channels == 1 else names[channel]
        written = Text((_("average of {values}") if average else _("maximum of {values}")).format(values=shown))
        table.add_row(label, written.append(" = ").append(number(step.value), "bold"))
    down, across = pooling.windows
    size = down.formula() if down == across else f"{down.formula()}   {across.formula()}"
    if pooling.kind in ("max", "average"):
        table.add_row(_("size"), size)
    share = moved.pooled.size / pooling.image.size
    left = _("{after} of {before} values ({share:.0%}); pooling has no parameters")
    table.add_row(_("remaining"), left.format(after=moved.pooled.size, before=pooling.image.size, share=share))
    table.add_row(_("moved"), changes(moved))
    return table


def changes(moved: ShiftedPooling) -> Text:
    """Count what a move of the picture has changed."""
    count = _("pooling: {changed} of {all} values changed")
    text = count.format(changed=int(moved.pooled_changed.sum()), all=moved.pooled_changed.size)
    if moved.strided_changed is not None:
        strides = _("strides only: {changed} of {all}")
        text += "; " + strides.format(changed=int(moved.strided_changed.sum()), all=moved.strided_changed.size)
    return Text(text)


def _input(scene: _Scene, channel: int) -> Text:
    pooling, tones = scene.moved.pooling, scene.tones
    laid = pooling.windows
    padded = laid.padded(pooling.image, np.nan)
    row, column = divmod(scene.place, laid.shape[1])
    down, across = laid
    seen, left = scene.seen[..., channel] > 0, scene.left[..., channel] > 0
    marks = Marks(
        window_mask(laid, padded, row, column),
        (down.before, down.after, across.before, across.after),
        grey=True,
        dim=seen & ~left,
        strong=left if "average" not in pooling.kind else None,
    )
    height, width, depth = pooling.image.shape
    values = np.nan_to_num(padded[..., channel]) if scene.large else padded[..., channel]
    title = _("Image") if depth == 1 else channel_names(depth)[channel]
    note = f"{scene.name if depth == 1 else ''} {height}×{width}".strip()
    return titled(title, note, picture(values, tones, marks, scene.large, scene.fit), tones)


def _output(scene: _Scene, channel: int) -> Text:
    values, changed = scene.moved.pooled[..., channel], scene.moved.pooled_changed[..., channel]
    here = np.zeros(values.shape, bool)
    here.flat[scene.place] = True
    marks = Marks(here, strong=changed, shown=scene.place + 1, grey=True, click="screen.jump({})")
    return _small(_("Pooled"), values, marks, scene)


def _strided(scene: _Scene) -> list[Text]:
    strided, changed = scene.moved.strided, scene.moved.strided_changed
    if strided is None or changed is None:
        return []
    return [_small(_("Strides only"), strided[..., 0], Marks(strong=changed[..., 0], grey=True), scene)]


def _small(title: str, values: Numbers, marks: Marks, scene: _Scene) -> Text:
    rows, columns = values.shape
    drawn = picture(values, scene.tones, marks, scene.large and columns > FEW, scene.fit)
    return titled(title, f"{rows}×{columns}", drawn, scene.tones)
