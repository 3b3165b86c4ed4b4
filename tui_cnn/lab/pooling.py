"""Pooling, one place of its window at a time."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.lab.windows import Image, Padding, Windows, windows

Kind = Literal["max", "average", "global max", "global average", "depth max"]


class Pooled(NamedTuple):
    """The result of one position of the window, for one channel (depth-wise: for one group of channels).

    Attributes:
        patch: what is under the window, (height, width); NaN where it hangs over the border.
        kept: which values it is made of, of the same shape: the largest, or all of an average.
    """

    row: int
    column: int
    patch: NDArray[np.float64]
    kept: NDArray[np.bool_]
    value: float


class Pooling(NamedTuple):
    """A window that keeps one number of the pixels under it; depth-wise, it runs over the channels of each pixel."""

    image: Image
    kind: Kind = "max"
    size: tuple[int, int] = (2, 2)
    strides: tuple[int, int] = (2, 2)
    padding: Padding = "valid"
    depth: int = 2

    @property
    def windows(self) -> Windows:
        """The places of the window; a global one has a single place.

        Raises:
            WindowError: it has none.
        """
        height, width, _channels = self.image.shape
        if self.kind in ("global max", "global average"):
            return windows(self.image, (height, width))
        if self.kind == "depth max":
            return windows(self.image, (1, 1))
        return windows(self.image, self.size, self.strides, self.padding)

    @property
    def channels(self) -> int:
        """Channels of what comes out; depth-wise, those that make no whole group are left out."""
        channels: int = self.image.shape[2]
        return channels // self.depth if self.kind == "depth max" else channels

    @property
    def steps(self) -> int:
        """How many places the window has."""
        down, across = self.windows.shape
        return down * across

    def step(self, index: int, channel: int = 0) -> Pooled:
        """Work out one place for one channel of the output."""
        laid = self.windows
        row, column = divmod(index, laid.shape[1])
        patch = laid.patch(laid.padded(self.image, np.nan), row, column)
        if self.kind == "depth max":
            window = patch[:, 0, channel * self.depth : (channel + 1) * self.depth]
        else:
            window = patch[:, :, channel]
        if self.kind in ("average", "global average"):
            return Pooled(row, column, window, ~np.isnan(window), float(np.nanmean(window)))
        largest = np.unravel_index(int(np.nanargmax(window)), window.shape)
        kept = np.zeros(window.shape, bool)
        kept[largest] = True
        return Pooled(row, column, window, kept, float(window[largest]))

    def output(self) -> Image:
        """Work out all places of all channels: (height, width, channels)."""
        rows, columns = self.windows.shape
        values = [[self.step(index, channel).value for channel in range(self.channels)] for index in range(self.steps)]
        return np.array(values).reshape(rows, columns, self.channels)


def shifted(image: Image, down: int, across: int) -> Image:
    """Move an image, with zeros where nothing comes from."""
    height, width, _channels = image.shape
    moved = np.zeros_like(image)
    rows, columns = max(0, height - abs(down)), max(0, width - abs(across))
    top, left = max(0, down), max(0, across)
    moved[top : top + rows, left : left + columns] = image[
        max(0, -down) : max(0, -down) + rows, max(0, -across) : max(0, -across) + columns
    ]
    return moved


def subsampled(image: Image, strides: tuple[int, int]) -> Image:
    """Keep every so many-th pixel, as a stride does, to compare with pooling."""
    kept: Image = image[:: strides[0], :: strides[1]]
    return kept
