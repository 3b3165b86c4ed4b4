"""Arrays of any usual form as images and labels: channels first or last, flat, floats; one-hot labels, strings."""

from collections.abc import Sequence
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.data.files import DataError
from tui_cnn.data.source import ImageShape, Labels, Pixels
from tui_cnn.data.sources.listing import natural, readable
from tui_cnn.i18n import _

MOST_CLASSES = 10_000
Numbers = npt.NDArray[Any]


class ImageLayout(NamedTuple):
    """How images stand in an array: the shape of each, (height, width, channels), and where the channels are."""

    shape: ImageShape
    channels_first: bool = False

    def arrange(self, images: Numbers) -> Numbers:
        """Return the array as (n, height, width, channels)."""
        return np.moveaxis(images, 1, -1) if self.channels_first else images.reshape(len(images), *self.shape)


def image_layout(shape: tuple[int, ...]) -> ImageLayout:
    """Return how images stand in an array of `shape`: (n, pixels of a square), (n, h, w), (n, h, w, c), (n, c, h, w).

    Raises:
        DataError: these are no images.
    """
    if 0 not in shape[1:]:
        match shape:
            case (_n, pixels) if isqrt(pixels) ** 2 == pixels:
                return ImageLayout((isqrt(pixels), isqrt(pixels), 1))
            case (_n, height, width):
                return ImageLayout((height, width, 1))
            case (_n, height, width, (1 | 3) as channels):
                return ImageLayout((height, width, channels))
            case (_n, (1 | 3) as channels, height, width):
                return ImageLayout((height, width, channels), channels_first=True)
    message = _("has images of shape {shape}; expected n×height×width, with 1 or 3 channels first or last")
    raise DataError(message.format(shape=times(shape)))


def white(images: Numbers) -> float:
    """Return the value that stands for white in an array of images: 1 or 255.

    Raises:
        DataError: the values have another range.
    """
    if images.dtype == np.uint8:
        return 255.0
    if images.dtype.kind == "b" or not images.size:
        return 1.0
    least, most = float(images.min()), float(images.max())
    if not (least >= 0 and most <= 255):  # neither holds for NaN
        message = _("has values from {least:g} to {most:g}; expected 0 to 255, or 0 to 1")
        raise DataError(message.format(least=least, most=most))
    return 1.0 if images.dtype.kind == "f" and most <= 1 else 255.0


def to_bytes(images: Numbers, white: float) -> Pixels:
    """Bring values from 0 to `white` to 0 to 255, rounded, an image at a time: floats take much memory."""
    if images.dtype == np.uint8:
        return np.ascontiguousarray(images)
    pixels = np.empty(images.shape, np.uint8)
    for image, values in zip(pixels, images, strict=True):
        image[...] = np.clip(np.round(values.astype(np.float64) * (255 / white)), 0, 255)
    return pixels


def label_values(labels: Numbers) -> Numbers:
    """Return labels of any usual form as (n,) whole numbers from 0, or as (n,) strings.

    Raises:
        DataError: they are no labels.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "biuf" and _is_one_hot(labels):
        return np.asarray(labels.argmax(axis=1))
    if labels.ndim != 1 or labels.dtype.kind not in "biufUS":
        message = _("has labels of shape {shape} and type {dtype}; expected a whole number or a name for each image")
        raise DataError(message.format(shape=times(labels.shape), dtype=labels.dtype.name))
    if labels.dtype.kind == "S":
        return np.array([readable(name) for name in labels.tolist()], np.str_)
    if labels.dtype.kind == "U":
        return labels
    wrong = (labels != np.trunc(labels)) | ~np.isfinite(labels) if labels.dtype.kind == "f" else labels < 0
    wrong |= (labels < 0) | (labels >= MOST_CLASSES + 1)
    if wrong.any():
        place = int(wrong.argmax())
        message = _("has the label {label} at [{place}]; labels are whole numbers from 0 to {most:,}")
        raise DataError(message.format(label=labels[place], place=place, most=MOST_CLASSES - 1))
    return labels.astype(np.int64)


def number_classes(parts: Sequence[Numbers], names: Sequence[str] = ()) -> tuple[list[Labels], tuple[str, ...]]:
    """Number the classes of all parts together: the labels of each part from 0, and the names of the classes.

    Numbers that begin at 1, as those of EMNIST's letters, are counted from 1: a class that nothing belongs to would
    cost the network a unit that can never be right. Strings are sorted as people do.

    Args:
        parts: for each part what `label_values` returns.
        names: what the classes are called, by their numbers, where the files have names for them.

    Raises:
        DataError: a label is too large.
    """
    if any(labels.dtype.kind == "U" for labels in parts):
        texts = [labels.astype(np.str_) for labels in parts]
        classes = sorted({name for labels in texts for name in np.unique(labels).tolist()}, key=natural)
        numbers = {name: number for number, name in enumerate(classes)}
        return [np.array([numbers[name] for name in labels.tolist()], np.int32) for labels in texts], tuple(classes)
    filled = [labels for labels in parts if labels.size]
    first = 1 if filled and min(int(labels.min()) for labels in filled) == 1 else 0
    last = max((int(labels.max()) for labels in filled), default=0)
    if names and last != len(names):
        first = 0
    if names and last - first >= len(names):
        message = _("has the label {label}, but names for {count} classes; labels are counted from 0")
        raise DataError(message.format(label=last, count=len(names)))
    called = tuple(names) or tuple(map(str, range(first, last + 1)))
    return [(labels - first).astype(np.int32) for labels in parts], called


def times(shape: tuple[int, ...]) -> str:
    """Write a shape: `3×28×28`."""
    return "×".join(map(str, shape)) or "1"


def _is_one_hot(labels: Numbers) -> bool:
    return bool(((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all())
