"""A convolution as pictures: the image with the window on it, the kernel, and the output as far as it has come."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.windows import Image, Windows
from tui_cnn.ui.lab.grid import FITS, LARGE, TIGHT, Fit, Marks, Numbers, Tones, grid
from tui_cnn.ui.lab.half_blocks import halves
from tui_cnn.ui.lab.sums import channel_names

WIDEST_NUMBERS = 16
"""Pictures with more columns than this are drawn in half-blocks."""

_MOST_MAPS = 2
_GAP = 2

_WIDEST_PATCH = 5

FEW = 8
"""So many columns of what comes out of a large picture are still drawn as numbers."""

_BETWEEN = 18
"""Cells for a kernel between two large pictures."""


class Names(NamedTuple):
    """What the picture and the kernel are called."""

    image: str = ""
    kernel: str = ""


class CellCursor(NamedTuple):
    """The cell that is typed into: of the image or of the kernel, (row, column, channel), and what has been typed."""

    of: str
    place: tuple[int, int, int]
    typed: str = ""


def pictures(
    convolution: Convolution,
    place: int,
    filter_: int,
    tones: Tones,
    room: tuple[int, int],
    names: Names | None = None,
    cursor: CellCursor | None = None,
) -> Table:
    """Draw everything side by side, the numbers as large as the room allows: (columns, lines).

    With several channels each has its kernel below it.
    """
    scene = _Scene(convolution, place, filter_, tones, names or Names(), cursor, Fit(), large=False, kept={})

    def draw(way: Way) -> list[Text]:
        shown = scene.names if way.named else Names()
        return _columns(scene._replace(fit=way.fit, large=way.large, names=shown))

    return fitted(draw, room, ways(convolution.image, room))


class Way(NamedTuple):
    """A way to draw: how roomy, whether large pictures are without numbers, and whether titles have names in them."""

    fit: Fit
    large: bool
    named: bool = False


def ways(image: Image, room: tuple[int, int]) -> tuple[Way, ...]:
    """List the ways that are worth trying for an image, the best first."""
    rows, columns, _channels = image.shape
    roomy = room[0] >= 4 * columns + _BETWEEN and room[1] > rows
    large = tuple(Way(fit, True) for fit in (LARGE if roomy else TIGHT))
    return (*(Way(fit, False) for fit in FITS), *large) if columns <= WIDEST_NUMBERS else large


def fitted(draw: Callable[[Way], list[Text]], room: tuple[int, int], tried: tuple[Way, ...]) -> Table:
    """Put drawings side by side, the first way that has room, (columns, lines), and else the last.

    Names stand in the titles only where there is room for them, too.
    """

    def has_room(columns: list[Text], way: Way) -> bool:
        lines = max(column.plain.count("\n") + 1 for column in columns)
        wide = sum(map(_width, columns)) + _GAP * (len(columns) - 1)
        return wide <= room[0] and (way.fit.lines == 1 or lines <= room[1])

    columns: list[Text] = []
    for way in tried:
        columns = draw(way)
        if has_room(columns, way):
            named = draw(way._replace(named=True))
            return beside(named if has_room(named, way) else columns)
    return beside(columns)


def beside(columns: list[Text]) -> Table:
    """Put drawings side by side; none is cut where they are too wide together."""
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for column in columns:
        table.add_column(no_wrap=True, min_width=_width(column))
    table.add_row(*columns)
    return table


def above(parts: list[Text]) -> Text:
    """Put drawings on each other, a line apart."""
    return Text("\n\n").join(parts)


class _Scene(NamedTuple):
    convolution: Convolution
    place: int
    filter: int
    tones: Tones
    names: Names
    cursor: CellCursor | None
    fit: Fit
    large: bool
    kept: dict[tuple[str, int, int], Text]
    """Large pictures that were drawn while another way was tried."""


def _columns(scene: _Scene) -> list[Text]:
    depth = scene.convolution.image.shape[2]
    kernels = [_kernel(scene, channel) for channel in range(depth)]
    maps = _maps(scene)
    if scene.large and depth == 3 and scene.convolution.image.min() >= 0:
        return [_in_colours(scene), above(_windows(scene)), above(kernels), above(maps)]
    images = [_channel(scene, channel) for channel in range(depth)]
    if scene.large:
        kernels = [above([seen, kernel]) for seen, kernel in zip(_windows(scene), kernels, strict=True)]
    if depth == 1:
        return [images[0], kernels[0], *maps]
    return [*(above([image, kernel]) for image, kernel in zip(images, kernels, strict=True)), above(maps)]


def _windows(scene: _Scene) -> list[Text]:
    """Draw what is under the window, a drawing a channel."""
    image = scene.convolution.image
    patch = scene.convolution.step(scene.place, scene.filter).patch
    brightest, depth = float(np.abs(image).max()), image.shape[2]
    names = channel_names(depth) if depth == 3 else [_("Window")] * depth
    return [
        titled(name, "", _patch(patch[..., channel], scene, brightest), scene.tones)
        for channel, name in enumerate(names)
    ]


def _patch(values: Numbers, scene: _Scene, brightest: float) -> Text:
    """Draw what is under the window: a large one as a picture."""
    if values.shape[1] > _WIDEST_PATCH:
        return halves(values, scene.tones, large=True, largest=brightest)
    return grid(values, scene.tones, Marks(grey=True), scene.fit, brightest)


def _width(drawn: Text) -> int:
    return max(line.cell_len for line in drawn.split("\n"))


def window_mask(laid: Windows, padded: Image, row: int, column: int) -> NDArray[np.bool_]:
    """Return which pixels of the padded image lie under the taps of the window."""
    mask: NDArray[np.bool_] = np.zeros(padded.shape[:2], bool)
    mask[np.ix_(laid.down.taps(row), laid.across.taps(column))] = True
    return mask


def titled(title: str, note: str, drawn: Text, tones: Tones) -> Text:
    """Put a title with a note over a picture."""
    words = Text.assemble((title, Style(bold=True)), (f" {note}" if note else "", Style(color=tones.muted.rich_color)))
    return words.append("\n").append_text(drawn)


def picture(values: Numbers, tones: Tones, marks: Marks, large: bool, fit: Fit) -> Text:
    """Draw a channel as numbers, or in half-blocks where it is large."""
    if large:
        return halves(values, tones, marks, large=fit.lines > 1)
    return grid(values, tones, marks, fit)


def _kept(scene: _Scene, what: str, number: int, values: Numbers, marks: Marks, large: bool) -> Text:
    """Draw a channel or a map; a large one, which no way draws otherwise, only once."""
    if not large:
        return picture(values, scene.tones, marks, large, scene.fit)
    key = (what, number, scene.fit.lines)
    if key not in scene.kept:
        scene.kept[key] = picture(values, scene.tones, marks, large, scene.fit)
    return scene.kept[key].copy()


def _channel(scene: _Scene, channel: int) -> Text:
    padded, marks, size = _laid_out(scene, channel)
    depth = scene.convolution.image.shape[2]
    title = _("Image") if depth == 1 else channel_names(depth)[channel]
    name = f"{scene.names.image} " if scene.names.image and depth == 1 else ""
    drawn = _kept(scene, "image", channel, padded[..., channel], marks, scene.large)
    return titled(title, f"{name}{size}", drawn, scene.tones)


def _in_colours(scene: _Scene) -> Text:
    """Draw the three channels as one picture."""
    padded, marks, size = _laid_out(scene, scene.cursor.place[2] if scene.cursor else 0)
    name = f"{scene.names.image} " if scene.names.image else ""
    brightest = float(padded.max())
    large = scene.fit.lines > 1
    drawn = halves(padded.mean(axis=2), scene.tones, marks, large=large, largest=brightest, rgb=padded)
    return titled(_("Image"), f"{name}{size}×3", drawn, scene.tones)


def _laid_out(scene: _Scene, channel: int) -> tuple[Image, Marks, str]:
    """Return the image with its zeros, what stands out in a channel of it, and its size in words."""
    convolution, cursor = scene.convolution, scene.cursor
    laid = convolution.windows
    padded = laid.padded(convolution.image)
    down, across = laid
    border = (down.before, down.after, across.before, across.after)
    at, typed = None, ""
    if cursor and cursor.of == "image" and cursor.place[2] == channel:
        at, typed = (cursor.place[0] + down.before, cursor.place[1] + across.before), cursor.typed
    mask = window_mask(laid, padded, *convolution.place(scene.place))
    height, width, _depth = convolution.image.shape
    zeros = _(", padded {rows}×{columns}").format(rows=len(padded), columns=len(padded[0])) if any(border) else ""
    return padded, Marks(mask, border, cursor=at, typed=typed, grey=True), f"{height}×{width}{zeros}"


def _kernel(scene: _Scene, channel: int) -> Text:
    kernels, cursor = scene.convolution.kernels, scene.cursor
    typing = cursor is not None and cursor.of == "kernel"
    at, typed = None, ""
    if cursor and typing and cursor.place[2] == channel:
        at, typed = cursor.place[:2], cursor.typed
    turned = scene.convolution.true and not typing
    values = (scene.convolution.turned if turned else kernels)[..., channel, scene.filter]
    drawn = grid(values, scene.tones, Marks(cursor=at, typed=typed), scene.fit, float(np.abs(kernels).max()))
    height, width, depth, count = kernels.shape
    title = (
        _("Kernel") if count == 1 or depth > 1 else _("Kernel {n} of {count}").format(n=scene.filter + 1, count=count)
    )
    note = "" if scene.large and count > 1 else f"{height}×{width}"
    if count > 1 and depth > 1:
        note = _("{n} of {count}").format(n=scene.filter + 1, count=count)
    elif scene.names.kernel and depth == count == 1 and not scene.large:
        note = f"{scene.names.kernel} {note}"
    return titled(title, _("{size}, flipped").format(size=note).lstrip(", ") if turned else note, drawn, scene.tones)


def _maps(scene: _Scene) -> list[Text]:
    """Draw the map of the chosen filter and the next, and say in the title how many there are."""
    output = scene.convolution.output()
    rows, columns, count = output.shape
    most = 1 if scene.large else _MOST_MAPS
    first = min(scene.filter, max(0, count - most))
    here = np.zeros((rows, columns), bool)
    here[scene.convolution.place(scene.place)] = True
    drawn = []
    for number in range(first, min(count, first + most)):
        marks = Marks(here if number == scene.filter else None, shown=scene.place + 1, click="screen.jump({})")
        title = _("Output") if count == 1 else _("Map {n}").format(n=number + 1)
        size = f"{rows}×{columns}" if count == 1 else _("of {size}").format(size=f"{rows}×{columns}×{count}")
        shown = _kept(scene, "map", number, output[..., number], marks, scene.large and columns > FEW)
        drawn.append(titled(title, size, shown, scene.tones))
    return drawn
