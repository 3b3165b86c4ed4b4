"""A convolution as pictures: the image with the window on it, the kernel, and the output as far as it has come."""

from typing import NamedTuple

import numpy as np
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.windows import Image, Windows
from tui_cnn.ui.draw.lab_grid import Marks, Numbers, Tones, grid
from tui_cnn.ui.draw.lab_halves import halves
from tui_cnn.ui.draw.lab_sums import channel_names

WIDEST_NUMBERS = 16
"""Pictures with more columns than this are drawn in half-blocks."""

_MOST_MAPS = 2


class CellCursor(NamedTuple):
    """The cell that is typed into: of the image or of the kernel, (row, column, channel), and what has been typed."""

    of: str
    place: tuple[int, int, int]
    typed: str = ""


def pictures(
    convolution: Convolution, place: int, filter_: int, tones: Tones, cursor: CellCursor | None = None
) -> RenderableType:
    """Draw everything side by side; with several channels each has its kernel below it."""
    laid, depth = convolution.windows, convolution.image.shape[2]
    images = [_channel(convolution, laid, place, channel, tones, cursor) for channel in range(depth)]
    kernels = [_kernel(convolution, filter_, channel, tones, cursor) for channel in range(depth)]
    large = convolution.image.shape[1] > WIDEST_NUMBERS
    if large:
        patch = convolution.step(place, filter_).patch
        under = [_patch(patch[..., channel], tones) for channel in range(depth)]
        kernels = [Group(patch, Text(), kernel) for patch, kernel in zip(under, kernels, strict=True)]
    table = Table.grid(padding=(0, 3, 0, 0))
    maps = _maps(convolution, place, filter_, tones)
    if depth == 1:
        table.add_row(images[0], kernels[0], *maps)
    else:
        stacks = [Group(image, Text(), kernel) for image, kernel in zip(images, kernels, strict=True)]
        table.add_row(*stacks, Group(*(part for drawn in maps for part in (drawn, Text()))))
    return table


def window_mask(laid: Windows, padded: Image, row: int, column: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which pixels of the padded image lie under the taps of the window."""
    mask = np.zeros(padded.shape[:2], bool)
    mask[np.ix_(laid.down.taps(row), laid.across.taps(column))] = True
    return mask


def titled(title: str, note: str, drawn: RenderableType, tones: Tones) -> Group:
    """Put a title with a note over a picture."""
    words = Text.assemble((title, Style(bold=True)), (f" {note}", Style(color=tones.muted.rich_color)), no_wrap=True)
    return Group(words, drawn)


def picture(values: Numbers, tones: Tones, marks: Marks, large: bool) -> Text:
    """Draw a channel as numbers, or in half-blocks where it is large."""
    if large:
        return halves(values, tones, marks.window, marks.shown, marks.click)
    return grid(values, tones, marks)


def _channel(
    convolution: Convolution, laid: Windows, place: int, channel: int, tones: Tones, cursor: CellCursor | None
) -> Group:
    padded = laid.padded(convolution.image)
    row, column = convolution.place(place)
    down, across = laid
    border = (down.before, down.after, across.before, across.after)
    typed = ""
    at = None
    if cursor and cursor.of == "image" and cursor.place[2] == channel:
        at, typed = (cursor.place[0] + down.before, cursor.place[1] + across.before), cursor.typed
    marks = Marks(window_mask(laid, padded, row, column), border, cursor=at, typed=typed)
    drawn = picture(padded[..., channel], tones, marks, convolution.image.shape[1] > WIDEST_NUMBERS)
    height, width, depth = convolution.image.shape
    title = _("Image") if depth == 1 else channel_names(depth)[channel]
    zeros = "" if not any(border) else _(" and zeros: {rows}×{columns}").format(rows=len(padded), columns=len(padded[0]))
    return titled(title, f"{height}×{width}{zeros}", drawn, tones)


def _kernel(convolution: Convolution, filter_: int, channel: int, tones: Tones, cursor: CellCursor | None) -> Group:
    kernels = convolution.kernels
    at, typed = None, ""
    editing = cursor is not None and cursor.of == "kernel"
    if cursor and editing and cursor.place[2] == channel:
        at, typed = cursor.place[:2], cursor.typed
    turned = convolution.true and not editing
    values = (convolution.turned if turned else kernels)[..., channel, filter_]
    drawn = grid(values, tones, Marks(cursor=at, typed=typed), largest=float(np.abs(kernels).max()))
    count = kernels.shape[3]
    title = _("Kernel") if count == 1 else _("Kernel {n} of {count}").format(n=filter_ + 1, count=count)
    note = f"{values.shape[0]}×{values.shape[1]}"
    return titled(title, _("{size}, turned").format(size=note) if turned else note, drawn, tones)


def _patch(values: Numbers, tones: Tones) -> Group:
    return titled(_("Window"), "", grid(values, tones), tones)


def _maps(convolution: Convolution, place: int, filter_: int, tones: Tones) -> list[RenderableType]:
    """Draw the map of the chosen filter and the next, and say how many more there are."""
    output = convolution.output()
    rows, columns, count = output.shape
    large = columns > WIDEST_NUMBERS
    first = min(filter_, max(0, count - _MOST_MAPS))
    here = np.zeros((rows, columns), bool)
    here[convolution.place(place)] = True
    drawn: list[RenderableType] = []
    for number in range(first, min(count, first + _MOST_MAPS)):
        marks = Marks(here if number == filter_ else None, shown=place + 1, click="screen.jump({})")
        title = _("Output") if count == 1 else _("Map {n}").format(n=number + 1)
        size = f"{rows}×{columns}" if count == 1 else _("of {size}").format(size=f"{rows}×{columns}×{count}")
        drawn.append(titled(title, size, picture(output[..., number], tones, marks, large), tones))
    return drawn
