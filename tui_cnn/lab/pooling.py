"""Pooling, one place of its window at a time; and how shifting an image changes its results, and those of strides."""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.data.images import shift
from tui_cnn.i18n import _
from tui_cnn.lab.scene import LabArrays, image_of
from tui_cnn.lab.settings import PoolingKind, PoolingSettings
from tui_cnn.lab.windows import Image, Padding, WindowError, Windows, windows

_MOST_WEIGHTS = 7
"""Rows and columns of a window's weights."""


class Pooled(NamedTuple):
    """The result of one position of the window, for one channel (depth-wise: for one group of channels).

    Attributes:
        patch: what is under the window, (height, width); NaN where it hangs over the border.
        kept: which values it is made of, of the same shape: the largest, or all of an average.
        weights: by which the values of a weighted average are multiplied, of the same shape; 0 beyond the border.
    """

    row: int
    column: int
    patch: NDArray[np.float64]
    kept: NDArray[np.bool_]
    value: float
    weights: NDArray[np.float64] | None = None


class Pooling(NamedTuple):
    """A window that keeps one number of the pixels under it; depth-wise, it runs over the channels of each pixel.

    A weighted average has `weights`, (height, width), which are the size of its window, too.
    """

    image: Image
    kind: PoolingKind = "max"
    size: tuple[int, int] = (2, 2)
    strides: tuple[int, int] = (2, 2)
    padding: Padding = "valid"
    depth: int = 2
    weights: NDArray[np.float64] | None = None

    @property
    def is_sliding(self) -> bool:
        """Whether the window goes over the image in strides."""
        return self.kind in ("max", "average", "weighted-average")

    @property
    def windows(self) -> Windows:
        """The places of the window; a global one has a single place.

        Raises:
            WindowError: it has none, or, depth-wise, the channels make no whole groups, which TensorFlow refuses, too.
        """
        height, width, channels = self.image.shape
        if self.kind in ("global-max", "global-average"):
            return windows(self.image, (height, width))
        if self.kind == "depth-max":
            if channels % self.depth:
                message = _("{channels} channels cannot be pooled in groups of {size}")
                raise WindowError(message.format(channels=channels, size=self.depth))
            return windows(self.image, (1, 1))
        size = self.size if self.weights is None else (self.weights.shape[0], self.weights.shape[1])
        return windows(self.image, size, self.strides, self.padding)

    @property
    def channels(self) -> int:
        """Channels of what comes out."""
        channels: int = self.image.shape[2]
        return channels // self.depth if self.kind == "depth-max" else channels

    @property
    def steps(self) -> int:
        """How many places the window has."""
        return prod(self.windows.shape)

    def step(self, index: int, channel: int = 0) -> Pooled:
        """Work out one place for one channel of the output."""
        laid = self.windows
        row, column = divmod(index, laid.shape[1])
        patch = laid.patch(laid.padded(self.image, np.nan), row, column)
        if self.kind == "depth-max":
            window = patch[:, 0, channel * self.depth : (channel + 1) * self.depth]
        else:
            window = patch[:, :, channel]
        if self.kind in ("average", "global-average"):
            return Pooled(row, column, window, ~np.isnan(window), float(np.nanmean(window)))
        if self.weights is not None:
            weights = np.where(np.isnan(window), 0.0, self.weights)
            value = float(np.nansum(weights * window) / weights.sum())
            return Pooled(row, column, window, weights > 0, value, weights)
        largest = np.unravel_index(int(np.nanargmax(window)), window.shape)
        kept = np.zeros(window.shape, bool)
        kept[largest] = True
        return Pooled(row, column, window, kept, float(window[largest]))

    def output(self) -> Image:
        """Work out all places of all channels: (height, width, channels)."""
        laid = self.windows
        taken = laid.patches(laid.padded(self.image, np.nan))
        over = (2, 3)
        if self.kind == "depth-max":
            made: Image = taken.reshape(*laid.shape, self.channels, self.depth).max(axis=3)
        elif self.kind in ("average", "global-average"):
            made = np.nanmean(taken, axis=over)
        elif self.weights is not None:
            weights = np.where(np.isnan(taken), 0.0, self.weights[..., np.newaxis])
            made = np.nansum(weights * taken, axis=over) / weights.sum(axis=over)
        else:
            made = np.nanmax(taken, axis=over)
        return made


def pooling_weights(settings: PoolingSettings) -> NDArray[np.float64] | None:
    """Read the weights of a weighted average, (height, width): all rows, or one that is multiplied by itself.

    Raises:
        WindowError: they are no table of up to 7×7, their sum is 0, or with zeros some windows may have none.
    """
    if settings.kind != "weighted-average":
        return None
    rows = [[float(weight) for weight in row.split(",")] for row in settings.weights.split("/")]
    if len({len(row) for row in rows}) > 1 or max(len(rows), len(rows[0])) > _MOST_WEIGHTS:
        message = _("weights {weights}: type one row, such as 1,2,1, or up to 7 rows of the same length, 1,2/3,4")
        raise WindowError(message.format(weights=settings.weights))
    weights = np.outer(rows[0], rows[0]) if len(rows) == 1 else np.array(rows)
    if not weights.any() or (settings.padding == "same" and not weights.all()):
        message = _("weights {weights}: their sum must not be 0, and with same padding none of them")
        raise WindowError(message.format(weights=settings.weights))
    return weights


def shifted(image: Image, down: int, across: int) -> Image:
    """Move an image, with zeros where nothing comes from."""
    return shift(image, across, down)


def subsampled(image: Image, strides: tuple[int, int]) -> Image:
    """Keep every so many-th pixel, as a stride does, to compare with pooling."""
    kept: Image = image[:: strides[0], :: strides[1]]
    return kept


class ShiftedPooling(NamedTuple):
    """The results for a shifted image.

    Attributes:
        pooling: the pooling of the shifted image.
        pooled, strided: (rows, columns, channels); `strided` is None where the kind of pooling has no strides.
        pooled_changed, strided_changed: which values differ from those of the image before.
        pooled_change, strided_change: how far, see `relative_change`: 0 if not at all.
    """

    pooling: Pooling
    pooled: Image
    strided: Image | None
    pooled_changed: NDArray[np.bool_]
    strided_changed: NDArray[np.bool_] | None
    pooled_change: float
    strided_change: float | None


def relative_change(before: Image, after: Image) -> float:
    """Return the length of the difference of two arrays, as a share of the length of the first; 0 if that is 0.

    How many values differ at all says little: the average of a window nearly always does, by nearly nothing.
    """
    length = float(np.linalg.norm(before))
    return float(np.linalg.norm(after - before)) / length if length else 0.0


def moved(settings: PoolingSettings, arrays: LabArrays) -> ShiftedPooling:
    """Pool the image before and after it is shifted.

    Raises:
        WindowError: the window has no place, or its weights cannot be used.
    """
    image = image_of(settings, arrays)
    depth = min(settings.depth, image.shape[2])
    weights = pooling_weights(settings)
    before = Pooling(image, settings.kind, settings.pool_size, settings.strides, settings.padding, depth, weights)
    after = before._replace(image=shifted(before.image, settings.down, settings.right))
    pooled, pooled_before = after.output(), before.output()
    changed, change = pooled != pooled_before, relative_change(pooled_before, pooled)
    if not after.is_sliding:
        return ShiftedPooling(after, pooled, None, changed, None, change, None)
    strided, strided_before = (subsampled(each.image, settings.strides) for each in (after, before))
    strided_changed, strided_change = strided != strided_before, relative_change(strided_before, strided)
    return ShiftedPooling(after, pooled, strided, changed, strided_changed, change, strided_change)


def kept_pixels(pooling: Pooling, places: int) -> tuple[Image, Image]:
    """Return which pixels the first so many positions of the window covered, and which of these they kept.

    Both are 1 or 0, of the shape of the image with the padding around it.
    """
    laid = pooling.windows
    padded = laid.padded(pooling.image, np.nan)
    covered, selected = np.zeros_like(padded), np.zeros_like(padded)
    for place in range(places):
        row, column = divmod(place, laid.shape[1])
        taps = np.ix_(laid.down.taps(row), laid.across.taps(column))
        for channel in range(pooling.channels):
            step = pooling.step(place, channel)
            if pooling.kind == "depth-max":
                under = slice(channel * pooling.depth, (channel + 1) * pooling.depth)
                covered[row, column, under] = 1
                selected[row, column, under] = step.kept[0]
            else:
                covered[..., channel][taps] = 1
                selected[..., channel][taps] = np.maximum(selected[..., channel][taps], step.kept)
    return covered, selected
