"""A look at a whole data set before anything is trained on it: counts, sizes, colours, and what is wrong with it."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from tui_cnn.atomic import write_atomic
from tui_cnn.data.dataset import Dataset, is_used_directly, load
from tui_cnn.data.source import PARTS, ImageSource, Labels, Part, Parts, Pixels, Skipped
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.statistics import Channels, Hashes, difference_hashes, similar_images
from tui_cnn.data.store import Progress, Store, build_store, open_store, read_record, store_of
from tui_cnn.i18n import _

_CHUNK = 4096
_MOST_SIZES = 5
_VERSION = 1
"""Of the report: one of another version is made anew."""


class SizeCount(NamedTuple):
    """How many images have a height and a width."""

    height: int
    width: int
    images: int


class Sizes(msgspec.Struct, frozen=True):
    """Heights and widths of images before they are brought to a network's input.

    Attributes:
        common: the most frequent ones, the first of them first.
        distinct: how many different ones there are.
        smallest, largest: by the number of pixels.
        side: the median of the shorter sides.
    """

    common: tuple[SizeCount, ...]
    distinct: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    side: int

    @property
    def extent(self) -> str:
        """The sizes as a text: `28×28`, or `75×61 to 196×198`."""
        low, high = ("×".join(map(str, size)) for size in (self.smallest, self.largest))
        return low if self.distinct == 1 else _("{low} to {high}").format(low=low, high=high)


class Alike(msgspec.Struct, frozen=True):
    """Two images that look the same: their keys, parts and classes; and places, for those who have the images.

    `difference` is the mean difference of small versions of them, in levels of 0 to 255; 0 where they are equal.
    """

    first: str
    second: str
    parts: tuple[Part, Part]
    classes: tuple[str, str]
    difference: float
    places: tuple[int, int]

    @property
    def leaks(self) -> bool:
        """Whether one is trained on and the other is to test or to validate on: the result will be too good."""
        return self.parts[0] != self.parts[1]

    @property
    def contradicts(self) -> bool:
        """Whether they are of different classes."""
        return self.classes[0] != self.classes[1]


class Report(msgspec.Struct, frozen=True):
    """What is known of a data set.

    Attributes:
        counts: images of each class, by part.
        grey: images that are grey, of all.
        mean, deviation: of each channel over the training images, 0 to 255.
        unreadable: images that cannot be decoded, and why.
        skipped: files that are not used, and why.
        alike: pairs of images that look the same, those that differ least first.
    """

    version: int
    name: str
    path: str
    digest: str
    class_names: tuple[str, ...]
    counts: dict[Part, tuple[int, ...]]
    sizes: Sizes
    grey: int
    mean: Channels
    deviation: Channels
    unreadable: tuple[Skipped, ...]
    skipped: tuple[Skipped, ...]
    alike: tuple[Alike, ...]

    @property
    def images(self) -> int:
        """How many images there are."""
        return sum(sum(counts) for counts in self.counts.values())

    @property
    def leaks(self) -> tuple[Alike, ...]:
        """The pairs of which one is trained on and the other is to validate or to test on."""
        return tuple(pair for pair in self.alike if pair.leaks)

    @property
    def imbalance(self) -> float:
        """How many times larger the largest class to train on is than the smallest."""
        training = self.counts["train"]
        return max(training) / max(1, min(training))


@dataclass(frozen=True, eq=False)
class Examined:
    """A report, and the images that it is about.

    Attributes:
        labels, parts: (n,), of the images, as `ImageSource` has them.
        image: returns an image by its place, (height, width, channels), as it was decoded.
    """

    report: Report
    labels: Labels
    parts: Parts
    image: Callable[[int], Pixels]

    def of_class(self, label: int, part: Part = "train") -> list[int]:
        """Return the places of the images of a class in a part."""
        chosen = (self.labels == label) & (self.parts == PARTS.index(part))
        return [int(place) for place in np.flatnonzero(chosen)]


class _Measures(NamedTuple):
    """What depends on every pixel."""

    hashes: Hashes
    moments: tuple[Channels, Channels]
    digest: str


class _Images(NamedTuple):
    """What a report is made of, wherever the images are; they are measured only where there is no report yet."""

    labels: Labels
    parts: Parts
    image: Callable[[int], Pixels]
    key: Callable[[int], str]
    sizes: Sizes
    grey: int
    measure: Callable[[], _Measures]
    unreadable: tuple[Skipped, ...] = ()


def examine(path: Path | None, progress: Progress | None = None) -> Examined:
    """Look at all images of the data set at `path` (None: Fashion-MNIST), which may take a while at the first time.

    Raises:
        DataError: it is none, or cannot be read.
    """
    source = find_source(path)
    if is_used_directly(source):
        images = _of_arrays(load(path))
    else:
        images = _of_store(build_store(source, str(path or ""), progress=progress))
    report = _read_report(source)
    if report is None:
        report = _report(source, str(path or ""), images)
        _write_report(source, report)
    return Examined(report, images.labels, images.parts, images.image)


def is_examined(path: Path | None) -> bool:
    """Tell whether `examine` has been called before, so that it takes no time.

    Raises:
        DataError: it is none, or cannot be read.
    """
    source = find_source(path)
    is_decoded = is_used_directly(source) or open_store(store_of(source), source) is not None
    return is_decoded and _read_report(source) is not None


def _report(source: ImageSource, path: str, images: "_Images") -> Report:
    measures = images.measure()
    counts = {
        part: tuple(np.bincount(images.labels[images.parts == code], minlength=len(source.class_names)).tolist())
        for code, part in enumerate(PARTS)
    }
    return Report(
        version=_VERSION,
        name=source.name,
        path=path,
        digest=measures.digest,
        class_names=source.class_names,
        counts=counts,
        sizes=images.sizes,
        grey=images.grey,
        mean=measures.moments[0],
        deviation=measures.moments[1],
        unreadable=images.unreadable,
        skipped=tuple(source.skipped),
        alike=_alike(images, measures.hashes, source.class_names),
    )


def _report_file(source: ImageSource) -> Path:
    return store_of(source) / "report.json"


def _read_report(source: ImageSource) -> Report | None:
    report = read_record(_report_file(source), Report)
    return report if report and report.version == _VERSION else None


def _write_report(source: ImageSource, report: Report) -> None:
    """Keep a report for the next time, if that can be done."""
    file = _report_file(source)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, msgspec.json.encode(report))


def _of_arrays(data: Dataset) -> _Images:
    height, width, channels = data.image_shape
    training = len(data.train_labels)
    count = training + len(data.test_labels)
    codes = [training - data.validation_count, data.validation_count, len(data.test_labels)]

    def image(place: int) -> Pixels:
        pixels: Pixels = data.train_images[place] if place < training else data.test_images[place - training]
        return pixels

    def measure() -> _Measures:
        hashes = [
            difference_hashes(images[begin : begin + _CHUNK])
            for images in (data.train_images, data.test_images)
            for begin in range(0, len(images), _CHUNK)
        ]
        return _Measures(np.concatenate(hashes), data.moments, data.digest)

    return _Images(
        labels=np.concatenate([data.train_labels, data.test_labels]),
        parts=np.repeat(np.arange(3, dtype=np.int8), codes),
        image=image,
        key=lambda place: f"train[{place}]" if place < training else f"test[{place - training}]",
        sizes=Sizes((SizeCount(height, width, count),), 1, (height, width), (height, width), min(height, width)),
        grey=count if channels == 1 else 0,
        measure=measure,
    )


def _of_store(store: Store) -> _Images:
    heights, widths = (store.records[name].tolist() for name in ("full_height", "full_width"))
    counted = Counter(zip(heights, widths, strict=True))
    by_pixels = sorted(counted, key=lambda size: size[0] * size[1])
    common = tuple(SizeCount(*size, count) for size, count in counted.most_common(_MOST_SIZES))
    return _Images(
        labels=store.labels,
        parts=store.parts,
        image=store.image,
        key=store.key,
        sizes=Sizes(common, len(counted), by_pixels[0], by_pixels[-1], int(np.median(np.minimum(heights, widths)))),
        grey=int((store.records["channels"] == 1).sum()),
        measure=lambda: _Measures(
            store.records["hash"], (store.summary.mean, store.summary.deviation), store.summary.digest
        ),
        unreadable=store.summary.failed,
    )


def _alike(images: _Images, hashes: Hashes, class_names: tuple[str, ...]) -> tuple[Alike, ...]:
    found = []
    for pair in similar_images(hashes, images.image):
        places = pair.first, pair.second
        equal = np.array_equal(images.image(pair.first), images.image(pair.second))
        first, second = (PARTS[images.parts[place]] for place in places)
        one, other = (class_names[images.labels[place]] for place in places)
        difference = 0.0 if equal else max(pair.difference, 0.01)
        keys = images.key(places[0]), images.key(places[1])
        found.append(Alike(*keys, (first, second), (one, other), round(difference, 2), places))
    return tuple(sorted(found, key=lambda each: each.difference))
