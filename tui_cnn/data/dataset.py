"""Data sets as a training, an inspection or a prediction takes them: images of one shape, in parts, with labels."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import TypeGuard

import numpy as np

from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.data.input_options import Fit, PixelScale
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.source import PARTS, ArraySource, ImageShape, ImageSource, Labels, Parts, Pixels
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.splitting import assigned_parts, missing_classes, split
from tui_cnn.data.statistics import Channels, Moments
from tui_cnn.data.store import Progress, Store, build_store, open_store, store_of
from tui_cnn.i18n import _

_MOST_BYTES = 1 << 30
"""Arrays that are larger are mapped, not read whole."""
_CHUNK = 4096
"""Images that are looked at together."""
_LOOKED_AT = 5
"""Images that tell whether a data set is in colour before it is decoded."""


@dataclass(frozen=True)
class DatasetSummary:
    """What a data set holds, by its files' names and headers, without decoding the images.

    Attributes:
        image_shape: (height, width, channels); None: they differ, or nobody has looked yet.
        class_names: one for each class, by its number.
        train_count, validation_count, test_count: images that the files assign to each part. Those to validate on are
            taken from those to train on, where they assign none.
        in_colour: whether the images are in colour; of those that differ some, at least of the few that are looked at.
    """

    name: str
    image_shape: ImageShape | None
    class_names: tuple[str, ...]
    train_count: int
    validation_count: int
    test_count: int
    in_colour: bool

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images (n, height, width, channels), 0 to 255, perhaps mapped, and the number of the class of each, from 0.

    Attributes:
        train_images, train_labels: to train and to validate on.
        validation_count: how many of these, the last ones, the files assign to validation.
    """

    name: str
    class_names: tuple[str, ...]
    train_images: Pixels
    train_labels: Labels
    validation_count: int
    test_images: Pixels
    test_labels: Labels
    store: Store | None = None

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def image_shape(self) -> ImageShape:
        """(height, width, channels)."""
        _count, height, width, channels = self.train_images.shape
        return height, width, channels

    @cached_property
    def moments(self) -> tuple[Channels, Channels]:
        """Mean and standard deviation of each channel over the training images, 0 to 255."""
        moments = Moments(self.image_shape[2])
        training = len(self.train_labels) - self.validation_count
        for begin in range(0, training, _CHUNK):
            moments.add(self.train_images[begin : min(begin + _CHUNK, training)])
        return moments.mean, moments.deviation

    def scaling(self, scale: PixelScale) -> Scaling:
        """Return how pixels are scaled, with what that has to learn from the training images."""
        return Scaling(scale, *(self.moments if scale == "standardize" else ()))

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digits of the test images and their labels: the same test set has the same, wherever it is."""
        return _digest(self.store, self.test_images, self.test_labels)

    def split(
        self, share: float, seed: int | None, limit: int | None = None, *, unstratified: int = 0
    ) -> tuple[Labels, Labels]:
        """Split the training images as `splitting.split` does; what the files assign to validation is validated on."""
        given = self.validation_count
        return split(self.train_labels, share, seed, limit, unstratified=unstratified, given=given)


@dataclass(frozen=True, eq=False)
class TestSet:
    """The images to test on, (n, height, width, channels), 0 to 255; the class of each, (n,); the names of classes.

    `missing` says why there are none, where the data set cannot be read any more.
    """

    __test__ = False  # not a test of pytest

    name: str
    images: Pixels
    labels: Labels
    class_names: tuple[str, ...]
    store: Store | None = None
    missing: str = ""

    @cached_property
    def digest(self) -> str:
        """That of its data set."""
        return _digest(self.store, self.images, self.labels)


def is_used_directly(
    source: ImageSource, shape: tuple[int, ...] | None = None, how: Fit = "pad"
) -> TypeGuard[ArraySource]:
    """Tell whether a source holds arrays that can be used as they are, perhaps for a network's input `shape`."""
    if not isinstance(source, ArraySource) or len(source) * prod(source.image_shape) > _MOST_BYTES:
        return False
    return shape is None or fitted_shape(source.image_shape, shape, how) == source.image_shape


def summarize(path: Path | None = None) -> DatasetSummary:
    """Summarize the data set at `path` (None: Fashion-MNIST) without decoding its images.

    Raises:
        DataError: it is none, a file is damaged, or the files do not belong together.
    """
    source = find_source(path)
    counts = np.bincount(assigned_parts(source), minlength=len(PARTS))
    shape = source.image_shape
    if shape is None and (store := open_store(store_of(source), source)) is not None:
        shape = store.shape
        counts = np.bincount(store.parts, minlength=len(PARTS))
        in_colour = bool((store.records["channels"] > 1).any())
    else:
        in_colour = shape[2] > 1 if shape else _has_colour(source)
    train, validation, test = counts.tolist()
    return DatasetSummary(source.name, shape, source.class_names, train, validation, test, in_colour)


@lru_cache(maxsize=8)
def _has_colour(source: ImageSource) -> bool:
    """Tell whether one of a few images is in colour."""
    for number in np.linspace(0, len(source) - 1, _LOOKED_AT, dtype=int).tolist():
        with suppress(DataError):
            if source.read(number).shape[2] > 1:
                return True
    return False


def load(
    path: Path | None = None,
    shape: tuple[int, ...] | None = None,
    how: Fit = "pad",
    progress: Progress | None = None,
) -> Dataset:
    """Read the data set at `path` (None: Fashion-MNIST), its images brought to what a network's input `shape` needs.

    Images that are not arrays already, or do not fit as they are, are decoded into a store at the first time.

    Raises:
        DataError: it is none, a file is damaged, the files do not belong together, or the images cannot be fitted.
    """
    source = find_source(path)
    if is_used_directly(source, shape, how):
        return _read(source)
    longest = max(shape[:2]) if shape and len(shape) > 1 else 1
    store = build_store(source, str(path or ""), longest, progress)
    images = store.fitted(fitted_shape(store.shape, shape or store.shape or (), how), how, progress)
    return _parted(source, images, store.labels, store.parts, store)


def load_test(path: Path | None = None, shape: tuple[int, ...] | None = None, how: Fit = "pad") -> TestSet:
    """Read only the images to test on, as `load` does; which is quick where they are arrays in a file of their own.

    Raises:
        DataError: as `load`.
    """
    source = find_source(path)
    test = PARTS.index("test")
    if is_used_directly(source, shape, how) and (source.parts == test).any():
        return TestSet(source.name, source.images_of("test"), source.labels[source.parts == test], source.class_names)
    data = load(path, shape, how)
    return TestSet(data.name, data.test_images, data.test_labels, data.class_names, data.store)


def check_parts(name: str, train: int, test: int) -> None:
    """Make sure that a data set has images to train on and to test on, so many of each.

    Raises:
        DataError: it has none.
    """
    if not train:
        raise DataError(f"{name}: " + _("has no images to train on that can be read"))
    if not test:
        message = _("has no images to test on, and too few to hold some out: add a folder test, or 3 images of a class")
        raise DataError(f"{name}: {message}")


def untrained_classes(
    path: Path | None, share: float, seed: int | None, limit: int | None, *, unstratified: int = 0
) -> tuple[str, ...]:
    """Name the classes of which no image is trained on, once those to validate on are split off as `split` does.

    Raises:
        DataError: it is no data set.
    """
    return _untrained(find_source(path), share, seed, limit, unstratified)


@lru_cache(maxsize=8)
def _untrained(
    source: ImageSource, share: float, seed: int | None, limit: int | None, unstratified: int
) -> tuple[str, ...]:
    """Split, once: it is asked for again and again while a run is set up."""
    parts = assigned_parts(source)
    given = source.labels[parts == PARTS.index("validation")]
    labels = np.concatenate([source.labels[parts == PARTS.index("train")], given])
    train, _validation = split(labels, share, seed, limit, unstratified=unstratified, given=len(given))
    return missing_classes(labels[train], source.class_names)


def _digest(store: Store | None, images: Pixels, labels: Labels) -> str:
    if store is not None:
        return store.summary.digest
    hashed = blake2b(np.ascontiguousarray(images).data, digest_size=16)
    hashed.update(labels.astype("<i4").tobytes())
    return hashed.hexdigest()


def _read(source: ArraySource) -> Dataset:
    """Read all images of a source."""
    name, class_names, codes = source.name, source.class_names, np.unique(source.parts).tolist()
    if codes == [PARTS.index("train"), PARTS.index("test")]:  # no copies
        train, test = (source.labels[source.parts == code] for code in codes)
        return Dataset(name, class_names, source.images_of("train"), train, 0, source.images_of("test"), test)
    images = np.concatenate([source.images_of(PARTS[max(0, code)]) for code in codes])
    parts = assigned_parts(source)
    order = np.argsort(parts, kind="stable")
    return _parted(source, images[order], source.labels[order], parts[order], None)


def _parted(source: ImageSource, images: Pixels, labels: Labels, parts: Parts, store: Store | None) -> Dataset:
    """Make a data set of images in the order of their parts."""
    validation, test = np.searchsorted(parts, [PARTS.index("validation"), PARTS.index("test")]).tolist()
    training = images[:test], labels[:test], test - validation
    return Dataset(source.name, source.class_names, *training, images[test:], labels[test:], store)
