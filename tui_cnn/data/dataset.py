"""Data sets of images with labels, in the four-file form of MNIST."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tui_cnn.data import fashion_mnist, idx
from tui_cnn.data.errors import DataError
from tui_cnn.data.files import DataFiles, find_files
from tui_cnn.data.validation_split import validation_count
from tui_cnn.i18n import _

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True)
class DatasetSummary:
    """What a data set holds, by its labels and its headers, without reading the images.

    Attributes:
        image_shape: (height, width) in pixels.
        class_names: one for each class, by its number.
    """

    name: str
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    train_count: int
    test_count: int

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Grey images (n, height, width), 0 to 255, and the number of the class of each, counted from 0."""

    name: str
    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels
    class_names: tuple[str, ...]

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def image_shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        _count, height, width = self.train_images.shape
        return height, width


@dataclass(frozen=True, eq=False)
class TestSet:
    """The images to test on: (n, height, width), 0 to 255, the class of each, (n,), and the names of the classes."""

    __test__ = False  # not a test of pytest

    name: str
    images: Images
    labels: Labels
    class_names: tuple[str, ...]


def summarize(directory: Path | None = None) -> DatasetSummary:
    """Summarize the data set in `directory` (None: Fashion-MNIST) without reading its images.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    files = find_files(directory or fashion_mnist.DIRECTORY)
    train_labels, test_labels, first = _labels(files)
    shapes = [_image_shape(path) for path in (files.train_images, files.test_images)]
    for (count, *_pixels), labels, path in zip(
        shapes, (train_labels, test_labels), (files.train_images, files.test_images), strict=True
    ):
        if count != len(labels):
            message = _("has {images:,} images but {labels:,} labels; use the files of one data set")
            raise DataError(f"{path}: " + message.format(images=count, labels=len(labels)))
    (train_count, height, width), (test_count, *test_shape) = shapes
    if [height, width] != test_shape:
        message = _("has images of {test}, but the training images are {train}; use the files of one data set")
        sizes = {"test": "×".join(map(str, test_shape)), "train": f"{height}×{width}"}
        raise DataError(f"{files.test_images}: " + message.format(**sizes))
    count = 1 + int(max(train_labels.max(), test_labels.max()))
    name, class_names = fashion_mnist.NAME, fashion_mnist.CLASS_NAMES
    if directory is not None:
        name, class_names = directory.resolve().name, tuple(str(first + number) for number in range(count))
    return DatasetSummary(name, (height, width), class_names, train_count, test_count)


def load(directory: Path | None = None) -> Dataset:
    """Read the data set in `directory`, or Fashion-MNIST.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    summary = summarize(directory)
    files = find_files(directory or fashion_mnist.DIRECTORY)
    train_labels, test_labels, _first = _labels(files)
    return Dataset(
        name=summary.name,
        train_images=idx.read(files.train_images),
        train_labels=train_labels,
        test_images=idx.read(files.test_images),
        test_labels=test_labels,
        class_names=summary.class_names,
    )


def load_test(directory: Path | None = None) -> TestSet:
    """Read only the images to test on, which is quick.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    summary = summarize(directory)
    files = find_files(directory or fashion_mnist.DIRECTORY)
    _train, labels, _first = _labels(files)
    return TestSet(summary.name, idx.read(files.test_images), labels, summary.class_names)


def split(count: int, share: float, seed: int, limit: int | None = None) -> tuple[Indices, Indices]:
    """Split `count` training images into those to train on and those to validate on, by their indices.

    The images are shuffled by the seed; the first `limit` of them are used; `share` of those, rounded, become the
    validation set, though one is always left to train on.
    """
    shuffled = np.random.default_rng(seed).permutation(count).astype(np.int32)[:limit]
    held_out = validation_count(len(shuffled), share)
    return shuffled[held_out:], shuffled[:held_out]


def _labels(files: DataFiles) -> tuple[Labels, Labels, int]:
    """Read both files of labels, counted from 0, and the number that the files call the first class.

    EMNIST's letters are labelled from 1. A class that nothing belongs to would cost the network a unit that can
    never be right, so labels that begin at 1 are counted from 1.
    """
    train, test = (_read_labels(path) for path in (files.train_labels, files.test_labels))
    first = 1 if min(train.min(), test.min()) == 1 else 0
    return train - first, test - first, first


def _read_labels(path: Path) -> Labels:
    labels = idx.read(path)
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise DataError(f"{path}: " + _("must contain labels: one byte per image"))
    if not labels.size:
        raise DataError(f"{path}: " + _("has no labels; download it again"))
    return labels.astype(np.int32)


def _image_shape(path: Path) -> tuple[int, ...]:
    header = idx.read_header(path)
    if len(header.shape) != 3 or header.dtype != np.uint8 or 0 in header.shape[1:]:
        message = _("must contain grey images (bytes: images × rows × columns), but contains {dtype} of {shape}")
        shape = "×".join(map(str, header.shape))
        raise DataError(f"{path}: " + message.format(dtype=header.dtype.name, shape=shape))
    return header.shape
