"""Data sets of images with labels, in the four-file form of MNIST."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tui_cnn.data import idx
from tui_cnn.data.files import CLASS_NAMES, FASHION_MNIST, DataError, DataFiles, find_files
from tui_cnn.data.fitting import validation_count
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
    return _summarized(directory)[0]


def load(directory: Path | None = None) -> Dataset:
    """Read the data set in `directory`, or Fashion-MNIST.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    summary, files, train_labels, test_labels = _summarized(directory)
    train_images, test_images = idx.read(files.train_images), idx.read(files.test_images)
    return Dataset(summary.name, train_images, train_labels, test_images, test_labels, summary.class_names)


def load_test(directory: Path | None = None) -> TestSet:
    """Read only the images to test on, which is quick.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    summary, files, _labels, test_labels = _summarized(directory)
    return TestSet(summary.name, idx.read(files.test_images), test_labels, summary.class_names)


def split(count: int, share: float, seed: int, limit: int | None = None) -> tuple[Indices, Indices]:
    """Split `count` training images into those to train on and those to validate on, by their indices.

    The images are shuffled by the seed; the first `limit` of them are used; `share` of those, rounded, become the
    validation set, though one is always left to train on.
    """
    shuffled = np.random.default_rng(seed).permutation(count).astype(np.int32)[:limit]
    held_out = validation_count(len(shuffled), share)
    return shuffled[held_out:], shuffled[:held_out]


def untrained_classes(directory: Path | None, share: float, seed: int, limit: int | None) -> tuple[str, ...]:
    """Name the classes of which no image is trained on, once those to validate on are split off.

    Raises:
        DataError: a file is missing or damaged, or the files do not belong together.
    """
    summary, _files, labels, _test = _summarized(directory)
    train, _validation = split(len(labels), share, seed, limit)
    counts = np.bincount(labels[train], minlength=summary.class_count)
    return tuple(name for name, count in zip(summary.class_names, counts, strict=True) if not count)


def _summarized(directory: Path | None) -> tuple[DatasetSummary, DataFiles, Labels, Labels]:
    """Summarize a data set; return its files, and the labels to train and to test on, counted from 0.

    EMNIST's letters are labelled from 1. A class that nothing belongs to would cost the network a unit that can
    never be right, so labels that begin at 1 are counted from 1.
    """
    files = find_files(directory or FASHION_MNIST)
    train_labels, test_labels = _read_labels(files.train_labels), _read_labels(files.test_labels)
    first = 1 if min(train_labels.min(), test_labels.min()) == 1 else 0
    train_count, *train_shape = _image_shape(files.train_images, train_labels)
    test_count, *test_shape = _image_shape(files.test_images, test_labels)
    if train_shape != test_shape:
        message = _("has images of {test}, but the training images are {train}; use the files of one data set")
        sizes = {"test": "×".join(map(str, test_shape)), "train": "×".join(map(str, train_shape))}
        raise DataError(f"{files.test_images}: " + message.format(**sizes))
    last = int(max(train_labels.max(), test_labels.max()))
    name = directory.resolve().name if directory else "Fashion-MNIST"
    class_names = tuple(map(str, range(first, last + 1))) if directory else CLASS_NAMES
    height, width = train_shape
    summary = DatasetSummary(name, (height, width), class_names, train_count, test_count)
    return summary, files, train_labels - first, test_labels - first


def _read_labels(path: Path) -> Labels:
    labels = idx.read(path)
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise DataError(f"{path}: " + _("must contain labels: one byte per image"))
    if not labels.size:
        raise DataError(f"{path}: " + _("has no labels; download it again"))
    return labels.astype(np.int32)


def _image_shape(path: Path, labels: Labels) -> tuple[int, ...]:
    header = idx.read_header(path)
    if len(header.shape) != 3 or header.dtype != np.uint8 or 0 in header.shape[1:]:
        message = _("must contain grey images (bytes: images × rows × columns), but contains {dtype} of {shape}")
        shape = "×".join(map(str, header.shape))
        raise DataError(f"{path}: " + message.format(dtype=header.dtype.name, shape=shape))
    if header.shape[0] != len(labels):
        message = _("has {images:,} images but {labels:,} labels; use the files of one data set")
        raise DataError(f"{path}: " + message.format(images=header.shape[0], labels=len(labels)))
    return header.shape
