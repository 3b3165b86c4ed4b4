"""What the images of a data set are like: mean and spread of their channels, and which of them look the same."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.data.source import Pixels

Channels = tuple[float, ...]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]

_HASH = 8, 9
"""Rows and columns that a hash is made of: 64 differences of neighbours."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BANDS = 4
"""A hash is cut into so many parts: two that differ in fewer bits have one part in common."""
_NEIGHBOURS = 32
"""Hashes with a part in common that one is compared with."""
_THUMBNAIL = 16
_MOST_BITS = 3
_MOST_LEVELS = 6.0
"""Images that look the same differ in no more bits of their hash, and by no more levels of 0 to 255 in the mean of
their thumbnails."""


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


def difference_hashes(images: Pixels) -> Hashes:
    """Return 64 bits for each of some images (n, height, width, channels): nearly the same for those that look alike.

    They say where an image gets lighter from left to right (Krawetz, "Kind of Like That", 2013): the image is made
    grey, and 8×9 pixels; each bit is whether a pixel is darker than its neighbour to the right.
    """
    reduced = _reduced(images, *_HASH)
    small = np.rint(reduced[..., 0] if images.shape[-1] == 1 else reduced @ _LUMA)
    bits = np.packbits(small[:, :, 1:] > small[:, :, :-1], axis=None).reshape(len(images), -1)
    return bits.view(">u8")[:, 0].astype(np.uint64)


def thumbnails(images: Iterable[Pixels]) -> Floats:
    """Return images of any size, one after the other, as (n, 16, 16, 3), 0 to 255."""
    small = [_reduced(image[np.newaxis], _THUMBNAIL, _THUMBNAIL) for image in images]
    return np.concatenate([np.broadcast_to(each, (*each.shape[:3], 3)) for each in small])


class SimilarPair(NamedTuple):
    """Two images that look the same, by their places; `difference` is in levels of 0 to 255, in the mean."""

    first: int
    second: int
    difference: float


def similar_images(hashes: Hashes, image: Callable[[int], Pixels], most: int = 10_000) -> list[SimilarPair]:
    """Find images that look the same, those that differ least first, at most so many pairs.

    Args:
        hashes: those of all images, `difference_hashes`.
        image: returns an image by its place, (height, width, channels).
        most: pairs that are compared by their pixels.
    """
    pairs = _near(hashes)
    first, second = pairs[np.argsort(_bits(hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]]), kind="stable")][:most].T
    places, inverse = np.unique(np.concatenate([first, second]), return_inverse=True)
    if not len(places):
        return []
    small = thumbnails(map(image, places.tolist()))
    one, other = small[inverse[: len(first)]], small[inverse[len(first) :]]
    differences = np.abs(one - other).mean(axis=(1, 2, 3))
    order = np.argsort(differences, kind="stable")
    alike = order[differences[order] <= _MOST_LEVELS]
    found = zip(first[alike].tolist(), second[alike].tolist(), differences[alike].tolist(), strict=True)
    return [SimilarPair(*each) for each in found]


def _near(hashes: Hashes) -> npt.NDArray[np.int64]:
    """Return pairs of places (n, 2), each the smaller one first, whose hashes differ in a few bits."""
    found: list[npt.NDArray[np.int64]] = []
    width = 64 // _BANDS
    for band in range(_BANDS):
        part = (hashes >> np.uint64(band * width)) & np.uint64((1 << width) - 1)
        order = np.lexsort((hashes, part))
        for step in range(1, min(_NEIGHBOURS, len(hashes) - 1) + 1):
            one, other = order[:-step], order[step:]
            same = part[one] == part[other]
            if not same.any():
                break
            one, other = one[same], other[same]
            near = _bits(hashes[one] ^ hashes[other]) <= _MOST_BITS
            found.append(np.sort(np.stack([one[near], other[near]], axis=1), axis=1))
    if not found:
        return np.zeros((0, 2), np.int64)
    return np.unique(np.concatenate(found), axis=0)


def _bits(values: Hashes) -> npt.NDArray[np.int64]:
    """Count the bits that are set."""
    bits = np.unpackbits(values.view(np.uint8).reshape(len(values), 8), axis=1)
    return np.asarray(bits.sum(axis=1, dtype=np.int64))


def _reduced(images: Pixels, rows: int, columns: int) -> Floats:
    """Make images (n, height, width, channels) smaller or larger, each pixel the mean of the area that it covers."""
    _count, height, width, _channels = images.shape
    by_rows = np.einsum("rh,nhwc->nrwc", _weights(height, rows), images.astype(np.float32), optimize=True)
    reduced: Floats = np.einsum("cw,nrwk->nrck", _weights(width, columns), by_rows, optimize=True)
    return reduced


@lru_cache(maxsize=256)
def _weights(length: int, parts: int) -> Floats:
    """Return how much each place along an axis counts in each part, (parts, length): by area; rows add up to 1."""
    edges = np.linspace(0, length, parts + 1)
    begins = np.arange(length)
    overlap = np.minimum(edges[1:, np.newaxis], begins + 1) - np.maximum(edges[:-1, np.newaxis], begins)
    return np.asarray(np.maximum(overlap, 0) * parts / length, np.float32)
