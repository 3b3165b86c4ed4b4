"""A convolution as arrays: the image with the window on it, the kernel, and the output as far as it has come."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tui_cnn.i18n import _
from tui_cnn.insight.colours import scale_of
from tui_cnn.lab.convolution import Convolution
from tui_cnn.ui.lab.stage import WIDEST_NUMBERS, Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.sums import channel_names

_MOST_MAPS = 2

_WIDEST_WINDOW = 5
"""Columns of the window up to which it is drawn as numbers beside a large image."""


class Names(NamedTuple):
    """What the image and the kernel are called."""

    image: str = ""
    kernel: str = ""


class CellCursor(NamedTuple):
    """The cell that is edited: of `image` or `kernel`, (row, column, channel), or of the number of a `place`."""

    of: str
    place: tuple[int, int, int] = (0, 0, 0)
    typed: str = ""


def convolution_arrays(
    convolution: Convolution, place: int, filter_: int, names: Names | None = None, cursor: CellCursor | None = None
) -> ShownArrays:
    """Return the arrays of a convolution, its window at a place; with several channels each has its kernel below it.

    Raises:
        WindowError: the window has no place.
    """
    made = _Views(convolution, place, filter_, names or Names(), cursor)
    depth = convolution.image.shape[2]
    kernels = [made.kernel(channel) for channel in range(depth)]
    large = convolution.windows.border.shape[1] > WIDEST_NUMBERS
    windows = [made.window(channel) for channel in range(depth)] if large else []
    maps = made.maps(1 if large else _MOST_MAPS)
    if large and depth == 3 and convolution.image.min() >= 0:
        return ShownArrays([[made.image_in_colours()], windows, kernels], [maps])
    images = [made.image(channel) for channel in range(depth)]
    if depth > 1:
        columns = zip(images, windows, kernels, strict=True) if large else zip(images, kernels, strict=True)
        return ShownArrays(list(columns), [maps])
    return ShownArrays([images, [*windows, *kernels]], [[each] for each in maps])


class _Views(NamedTuple):
    convolution: Convolution
    place: int
    filter: int
    names: Names
    cursor: CellCursor | None

    def image(self, channel: int) -> ShownArray:
        """Return a channel of the image, with its zeros."""
        convolution = self.convolution
        laid, depth = convolution.windows, convolution.image.shape[2]
        offset = laid.down.before, laid.across.before
        cursor, typed = self._edited("image", channel, offset)
        return ShownArray(
            Part("image", channel),
            laid.padded(convolution.image)[..., channel],
            _("Image") if depth == 1 else channel_names(depth)[channel],
            self._image_size(),
            image_scale(convolution.image),
            self.names.image if depth == 1 else "",
            pale=laid.border if laid.border.any() else None,
            window=laid.mask(*convolution.place(self.place)),
            cursor=cursor,
            typed=typed,
            offset=offset,
        )

    def image_in_colours(self) -> ShownArray:
        """Return the three channels as one image."""
        padded = self.convolution.windows.padded(self.convolution.image)
        pixels = np.round(255 * padded / (padded.max() or 1)).astype(np.uint8)
        return replace(
            self.image(self.cursor.place[2] if self.cursor else 0),
            values=padded.mean(axis=2),
            title=_("Image"),
            size=f"{self._image_size()}×3",
            name=self.names.image,
            rgb=pixels,
        )

    def window(self, channel: int) -> ShownArray:
        """Return what is under the window."""
        image, depth = self.convolution.image, self.convolution.image.shape[2]
        patch = self.convolution.step(self.place, self.filter).patch[..., channel]
        title = channel_names(depth)[channel] if depth == 3 else _("Window")
        return ShownArray(Part("window", channel), patch, title, "", image_scale(image), widest_numbers=_WIDEST_WINDOW)

    def kernel(self, channel: int) -> ShownArray:
        """Return a channel of the kernel; while it is edited, as it was before it was flipped."""
        kernels = self.convolution.kernels
        height, width, depth, count = kernels.shape
        flipped = self.convolution.true and not (self.cursor and self.cursor.of == "kernel")
        cursor, typed = self._edited("kernel", channel, (0, 0))
        title, size, name = _("Kernel"), f"{height}×{width}", ""
        if count > 1 and depth == 1:
            title = _("Kernel {n} of {count}").format(n=self.filter + 1, count=count)
        elif count > 1:
            size = _("{n} of {count}").format(n=self.filter + 1, count=count)
        elif depth == 1:
            name = self.names.kernel
        return ShownArray(
            Part("kernel", channel),
            (self.convolution.turned if flipped else kernels)[..., channel, self.filter],
            title,
            _("{size}, flipped").format(size=size) if flipped else size,
            scale_of(kernels, signed=True),
            name,
            cursor=cursor,
            typed=typed,
        )

    def maps(self, most: int) -> list[ShownArray]:
        """Return the map of the shown filter and the next; the title says how many there are."""
        output = self.convolution.output()
        rows, columns, count = output.shape
        known = (np.arange(rows * columns) <= self.place).reshape(rows, columns)
        here = np.zeros((rows, columns), bool)
        here[self.convolution.place(self.place)] = True
        first = min(self.filter, max(0, count - most))
        size = f"{rows}×{columns}" if count == 1 else _("of {size}").format(size=f"{rows}×{columns}×{count}")
        return [
            ShownArray(
                Part("output", number),
                output[..., number],
                _("Output") if count == 1 else _("Map {n}").format(n=number + 1),
                size,
                scale_of(output),
                known=known,
                window=here if number == self.filter else None,
            )
            for number in range(first, min(count, first + most))
        ]

    def _image_size(self) -> str:
        height, width, _depth = self.convolution.image.shape
        rows, columns = self.convolution.windows.border.shape
        size = f"{height}×{width}"
        if (rows, columns) == (height, width):
            return size
        return size + _(", padded {rows}×{columns}").format(rows=rows, columns=columns)

    def _edited(self, of: str, channel: int, offset: tuple[int, int]) -> tuple[tuple[int, int] | None, str]:
        """Return which cell of an array is edited, and what has been typed."""
        if self.cursor is None or self.cursor.of != of or self.cursor.place[2] != channel:
            return None, ""
        row, column, _channel = self.cursor.place
        return (row + offset[0], column + offset[1]), self.cursor.typed
