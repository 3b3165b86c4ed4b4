"""The test images that a training of another program was given for its run: kept with it, to be looked at later.

A network of another program takes numbers, not images. They are kept only where bytes give these very numbers by one of
the scales that we know. `images.npz` holds `images` (n, height, width, channels) and `labels` (n,).
"""

import io
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.atomic import write_atomic
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.input_options import PixelScale
from tui_cnn.data.source import Labels, Pixels
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.arrays import read_arrays
from tui_cnn.runs.directory import RunDirectory

MOST_BYTES = 64 << 20
"""Bytes of images that are kept; of larger test sets none is."""
_SCALES: dict[PixelScale, tuple[float, float]] = {"0..1": (255.0, 0.0), "-1..1": (127.5, 1.0), "none": (1.0, 0.0)}
"""What the bytes are divided by, and what is subtracted then."""
_NEAR = 1e-5
_CHUNK = 1024


class ScaledImages(NamedTuple):
    """Images (n, height, width, channels) as bytes, and how these become the numbers that a network was given."""

    images: Pixels
    scale: PixelScale


def as_images(numbers: npt.NDArray[Any]) -> ScaledImages | None:
    """Find the bytes that a network's input (n, height, width[, channels]) was made of; None: it is no images of ours.

    Grey ones have one channel or no axis for it, colours have three.
    """
    if numbers.ndim == 3:
        numbers = numbers[..., np.newaxis]
    if numbers.ndim != 4 or numbers.shape[-1] not in (1, 3) or not numbers.size or numbers.size > MOST_BYTES:
        return None
    if numbers.dtype == np.uint8:
        return ScaledImages(np.ascontiguousarray(numbers), "none")
    if numbers.dtype.kind not in "fiu":
        return None
    for scale, (divisor, less) in _SCALES.items():
        if (images := _bytes(numbers, divisor, less)) is not None:
            return ScaledImages(images, scale)
    return None


def _bytes(numbers: npt.NDArray[Any], divisor: float, less: float) -> Pixels | None:
    images = np.empty(numbers.shape, np.uint8)
    for first in range(0, len(numbers), _CHUNK):
        part = numbers[first : first + _CHUNK].astype(np.float32)
        with np.errstate(all="ignore"):
            found = np.rint((part + less) * divisor)
            if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 255):
                return None
            if np.abs(found / divisor - less - part).max() > _NEAR:
                return None
        images[first : first + _CHUNK] = found
    return images


def class_numbers(labels: npt.NDArray[Any]) -> Labels | None:
    """Read the class of each image from what Keras trains with: numbers (n,) or (n, 1), or one-hot rows (n, classes).

    None: they are neither.
    """
    if labels.ndim == 2 and labels.shape[1] > 1:
        hot = labels.argmax(axis=1)
        return hot.astype(np.int32) if (labels.sum(axis=1) == 1).all() and (labels.max(axis=1) == 1).all() else None
    flat = labels.reshape(-1) if labels.ndim == 1 or (labels.ndim == 2 and labels.shape[1] == 1) else None
    if flat is None or flat.dtype.kind not in "iufb" or not flat.size or not np.isfinite(flat).all():
        return None
    return flat.astype(np.int32) if (flat >= 0).all() and (flat == np.floor(flat)).all() else None


def save_images(run: RunDirectory, images: Pixels, labels: Labels) -> None:
    """Keep test images with a run.

    Raises:
        OSError: they cannot be written.
    """
    data = io.BytesIO()
    np.savez(data, images=images, labels=labels)
    write_atomic(run.recorded_images_file, data.getvalue())


def load_images(run: RunDirectory, outputs: int) -> TestSet | None:
    """Read the test images that were recorded with a run of so many `outputs`; None: there are none.

    Raises:
        FormatError: the file is damaged.
    """
    path = run.recorded_images_file
    if not path.exists():
        return None
    damaged = FormatError(path, _("is damaged; delete it, or record the training again"))
    images, labels = read_arrays(path, "images", "labels", largest=2 * MOST_BYTES, damaged=damaged)
    sound = images.ndim == 4 and images.dtype == np.uint8 and labels.dtype == np.int32
    if not sound or labels.shape != images.shape[:1] or not labels.size or labels.min() < 0 or labels.max() > 1 << 20:
        raise damaged
    classes = max(outputs, int(labels.max()) + 1)
    names = run.output_names()
    return TestSet(run.name, images, labels, (*names, *map(str, range(len(names), classes))))
