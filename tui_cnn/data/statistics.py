"""What the images of a data set are like: mean and spread of their channels, and which of them look the same."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.data.source import Pixels

_SIDE = 8
"""Rows and columns of differences in a hash: 64 bits."""

Channels = tuple[float, ...]


class Moments:
    """The mean and the standard deviation of each channel over images of any size; grey counts as so many alike."""

    def __init__(self, channels: int) -> None:
        self._count = 0
        self._sums = np.zeros((2, channels))

    def add(self, image: Pixels) -> None:
        """Add images (..., height, width, channels)."""
        values = image.reshape(-1, image.shape[-1])
        # Whole numbers are added up exactly, in whatever order images come.
        levels = np.stack([np.bincount(column, minlength=256) for column in values.T])
        numbers = np.arange(256)
        self._sums += np.stack([levels @ numbers, levels @ numbers**2])
        self._count += len(values)

    @property
    def mean(self) -> Channels:
        """Of each channel, 0 to 255."""
        return tuple((self._sums[0] / max(1, self._count)).tolist())

    @property
    def deviation(self) -> Channels:
        """Of each channel, the square root of the mean squared distance to the mean; 1 where all are alike."""
        mean, squares = self._sums / max(1, self._count)
        deviation = np.sqrt(np.maximum(squares - mean**2, 0))
        return tuple(np.where(deviation > 0, deviation, 1.0).tolist())


def difference_hash(image: Pixels) -> int:
    """Return 64 bits that say where an image gets lighter from left to right: much the same for images that look alike.

    Krawetz, "Kind of Like That", 2013: grey, 9×8 pixels, a bit for each pixel and its right neighbour.
    """
    from PIL import Image

    grey = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).convert("L")
    small = np.asarray(grey.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX), np.int16)
    return int.from_bytes(np.packbits(small[:, 1:] > small[:, :-1]).tobytes())


class Pair(NamedTuple):
    """Two images by their places that look the same; `distance` is in how many bits of the hash they differ."""

    first: int
    second: int
    distance: int


def near_duplicates(hashes: npt.NDArray[np.uint64], most: int = 1000) -> Sequence[Pair]:
    """Find pairs of images with the same hash."""
    order = np.argsort(hashes, kind="stable")
    same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    return [Pair(int(order[at]), int(order[at + 1]), 0) for at in same[:most]]
