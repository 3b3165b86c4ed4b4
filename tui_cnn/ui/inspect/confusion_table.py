"""The confusion matrix and the numbers of classes, in cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.i18n import _
from tui_cnn.insight.calibration import Reliability
from tui_cnn.insight.colours import Palette, paint
from tui_cnn.insight.confusion import PerClass
from tui_cnn.ui.toolkit.cells import left, right
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, on

CELL = 4
_SHADE = 0.85
_BAR = 14
_NAME = 12


def draw_confusion(
    canvas: Canvas,
    x: int,
    y: int,
    counts: npt.NDArray[Any],
    shares: npt.NDArray[Any] | None,
    names: Sequence[str],
    room: int,
    chosen: tuple[int, int],
    palette: Palette,
    dim: Style,
    mark: Style,
) -> None:
    """Draw the counts (classes, classes), or where there are any, the shares in per cent; mistakes are shaded.

    `room`: cells for the names beside the rows.
    """
    short = [name[: CELL - 1] for name in names]
    for column, name in enumerate(short):
        canvas.put(x + room + column * CELL, y, right(name, CELL), mark if column == chosen[1] else dim)
    off = counts * (1 - np.eye(len(counts)))
    shades = paint(np.sqrt(off / max(1.0, float(off.max()))) * _SHADE, palette)
    for row, name in enumerate(names):
        canvas.put(x, y + 1 + row, name, mark if row == chosen[0] else dim, room=room - 1)
        for column in range(len(counts)):
            value = counts[row, column]
            text = f"{value}" if shares is None else f"{shares[row, column] * 100:.0f}"
            text = "·" if not value else text
            shade = shades[row, column]
            style = Style() if row == column else on(shade)
            if not value:
                style = dim
            canvas.put(
                x + room + column * CELL, y + 1 + row, text.rjust(CELL), mark if (row, column) == chosen else style
            )


def draw_classes(
    canvas: Canvas,
    x: int,
    y: int,
    found: PerClass,
    names: Sequence[str],
    chosen: int,
    tones: tuple[Style, Style, Style],
) -> None:
    """Write precision, recall and F1 of each class, with F1 as a bar; `tones`: words, the bar, what is chosen.

    Without `names` the lines stand beside something that has them already.
    """
    dim, tone, mark = tones
    head = _NAME if names else 0
    canvas.put(x, y, " " * head + right(_("precision"), 10) + right(_("recall"), 8) + right(_("F1"), 7), dim)
    for row in range(len(found.f1)):
        if names:
            canvas.put(x, y + 1 + row, names[row], mark if row == chosen else None, room=_NAME - 1)
        text = f"{found.precision[row]:>10.3f}{found.recall[row]:>8.3f}{found.f1[row]:>7.3f} "
        end = canvas.put(x + head, y + 1 + row, text, mark if row == chosen and not names else None)
        canvas.put(end, y + 1 + row, bar(float(found.f1[row]), min(_BAR, max(0, canvas.width - end - 1))), tone)


def draw_reliability(
    canvas: Canvas, x: int, y: int, found: Reliability, width: int, tones: tuple[Style, Style, Style]
) -> None:
    """Draw for each bin of confidence how often the network is right; `tones`: words, the bar, the mark of the mean.

    The mark stands where the bar would end if the network were as often right as it is sure.
    """
    dim, tone, mark = tones
    canvas.put(x, y, left(_("confidence"), 11) + right(_("accuracy"), 8) + right(_("images"), 8), dim)
    room = max(4, width - 29)
    for row in range(len(found.lower)):
        line = y + 1 + row
        canvas.put(x, line, f"{found.lower[row]:.1f}–{found.lower[row] + 0.1:.1f}", dim)
        if not found.images[row]:
            continue
        canvas.put(x + 11, line, f"{found.accuracy[row]:>8.3f}{found.images[row]:>8,}")
        canvas.put(x + 28, line, bar(float(found.accuracy[row]), room), tone)
        if np.isfinite(found.confidence[row]):
            canvas.put(x + 28 + min(room - 1, int(found.confidence[row] * room)), line, "│", mark)
