"""The four files of MNIST and its relatives, grey or in colour, and Fashion-MNIST, which ships with the program."""

from pathlib import Path

import numpy as np

from tui_cnn.data import idx
from tui_cnn.data.files import CLASS_NAMES, FASHION_MNIST, DataError, find_files
from tui_cnn.data.source import ArraySource, ImageShape, Labels, Part, Pixels, part_codes
from tui_cnn.data.sources.arrays import number_classes, times
from tui_cnn.data.sources.listing import fingerprint
from tui_cnn.i18n import _


class IdxSource(ArraySource):
    """A training set and a test set, each of a file of images and a file of labels."""

    def __init__(self, directory: Path, name: str) -> None:
        """Read the labels, and the headers of the images.

        Raises:
            DataError: a file is missing or damaged, or the files do not belong together.
        """
        self.name = name
        files = find_files(directory)
        self._files = {"train": files.train_images, "test": files.test_images}
        given = [_read_labels(files.train_labels), _read_labels(files.test_labels)]
        labels, self.class_names = number_classes(given, CLASS_NAMES if directory == FASHION_MNIST else ())
        self.image_shape = _image_shape(files.train_images, labels[0])
        test_shape = _image_shape(files.test_images, labels[1])
        if test_shape != self.image_shape:
            message = _("has images of {test}, but the training images are {train}; use the files of one data set")
            sizes = {"test": _size(test_shape), "train": _size(self.image_shape)}
            raise DataError(f"{files.test_images}: " + message.format(**sizes))
        self.labels = np.concatenate(labels)
        self.parts = part_codes([("train", len(labels[0])), ("test", len(labels[1]))])
        self.fingerprint = fingerprint("idx", files)

    def read_part(self, part: Part) -> Pixels:
        """Read all images of a part: (n, height, width, channels). Screens keep those to test on."""
        images: Pixels = (idx.read_mapped if part == "test" else idx.read)(self._files[part])
        return images.reshape(len(images), *self.image_shape)


def _read_labels(path: Path) -> Labels:
    labels = idx.read(path)
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise DataError(f"{path}: " + _("must contain labels: one byte per image"))
    if not labels.size:
        raise DataError(f"{path}: " + _("has no labels; download it again"))
    return labels.astype(np.int32)


def _image_shape(path: Path, labels: Labels) -> ImageShape:
    header = idx.read_header(path)
    count, *sizes = header.shape
    if len(sizes) == 2:
        sizes.append(1)
    if header.dtype != np.uint8 or len(sizes) != 3 or sizes[2] not in (1, 3) or 0 in sizes:
        message = _(
            "must contain images (bytes: images × rows × columns, or × 3 in colour), but contains {dtype} of {shape}"
        )
        raise DataError(f"{path}: " + message.format(dtype=header.dtype.name, shape=times(header.shape)))
    if count != len(labels):
        message = _("has {images:,} images but {labels:,} labels; use the files of one data set")
        raise DataError(f"{path}: " + message.format(images=count, labels=len(labels)))
    height, width, channels = sizes
    return height, width, channels


def _size(shape: ImageShape) -> str:
    """Write the shape of an image; one channel goes without saying."""
    return times(shape[:2] if shape[2] == 1 else shape)
