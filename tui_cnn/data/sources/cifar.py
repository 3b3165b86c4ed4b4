"""CIFAR-10 and CIFAR-100, in their binary and in their Python versions: colour images of 32 × 32.

Krizhevsky's page of the data sets describes them. Binary: for each image a byte for the label (CIFAR-100: one for the
coarse and one for the fine label), then 1,024 bytes of red, of green, of blue, in row-major order; the names of the
classes are in a text file, one a line. Python: a pickled dictionary with `data`, n × 3,072 bytes in the same order, and
a list `labels` (CIFAR-100: `fine_labels`); the names are in another one.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tui_cnn.data.files import DataError, naming
from tui_cnn.data.source import ArraySource, Part, Pixels, part_codes
from tui_cnn.data.sources.arrays import label_values, number_classes
from tui_cnn.data.sources.listing import fingerprint, natural
from tui_cnn.data.sources.pickled import read_pickled, text
from tui_cnn.i18n import _

_PIXELS = 3 * 32 * 32
_RECORDS_AT_ONCE = 4096
_LONGEST_NAMES = 1 << 16


class CifarVersion(NamedTuple):
    """How one of the four versions is stored.

    Attributes:
        train: matches the names of the files to train on.
        test: the name of the file to test on.
        names: the name of the file with the names of the classes.
        names_key: its key in a pickle; empty for a text file.
        labels_key: the key of the labels in a pickle.
        label_bytes: bytes before an image; the last one is its label. 0: a pickle.
    """

    train: re.Pattern[str]
    test: str
    names: str
    class_count: int
    names_key: str = ""
    labels_key: str = ""
    label_bytes: int = 0


_VERSIONS = (
    CifarVersion(re.compile(r"data_batch_\d+\.bin"), "test_batch.bin", "batches.meta.txt", 10, label_bytes=1),
    CifarVersion(re.compile(r"train\.bin"), "test.bin", "fine_label_names.txt", 100, label_bytes=2),
    CifarVersion(re.compile(r"data_batch_\d+"), "test_batch", "batches.meta", 10, "label_names", "labels"),
    CifarVersion(re.compile("train"), "test", "meta", 100, "fine_label_names", "fine_labels"),
)


def cifar_version(names: Iterable[str]) -> CifarVersion | None:
    """Return the version that files of these names are of; None: of none."""
    files = set(names)
    for version in _VERSIONS:
        train = any(version.train.fullmatch(name) for name in files)
        if train and (version.class_count == 10 or {version.test, version.names} & files):
            return version
    return None


class CifarSource(ArraySource):
    """The batches to train on, in their order, and those to test on."""

    def __init__(self, directory: Path, name: str, version: CifarVersion) -> None:
        """Read the labels, and the names of the classes.

        Raises:
            DataError: a file is damaged.
        """
        self.name = name
        self.image_shape = (32, 32, 3)
        self._version = version
        train = [path for path in directory.iterdir() if version.train.fullmatch(path.name) and path.is_file()]
        self._files: dict[Part, list[Path]] = {"train": sorted(train, key=lambda path: natural(path.name))}
        if (directory / version.test).is_file():
            self._files["test"] = [directory / version.test]
        self.class_names = self._class_names(directory / version.names)
        labels = {path: self._labels(path) for paths in self._files.values() for path in paths}
        self.labels = np.concatenate(list(labels.values()))
        counts = [(part, sum(len(labels[path]) for path in paths)) for part, paths in self._files.items()]
        self.parts = part_codes(counts)
        self.fingerprint = fingerprint("cifar", list(labels))

    def read_part(self, part: Part) -> Pixels:
        """Read all images of a part: (n, 32, 32, 3)."""
        planes = np.concatenate([self._planes(path) for path in self._files[part]])
        return np.ascontiguousarray(planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))

    def _labels(self, path: Path) -> Any:
        """Read the labels of a file, (n,), from 0."""
        labels = self._pickled(path)[1] if self._version.labels_key else self._records(path, only_labels=True)
        with naming(path):
            (numbers,), _names = number_classes([label_values(labels)], self.class_names)
        return numbers

    def _planes(self, path: Path) -> Pixels:
        """Read the images of a file, (n, 3072)."""
        if self._version.labels_key:
            return self._pickled(path)[0]
        return self._records(path)[:, self._version.label_bytes :]

    def _records(self, path: Path, *, only_labels: bool = False) -> Pixels:
        """Read a binary file: (n, bytes of labels + 3072), or only the labels, (n,)."""
        size = self._version.label_bytes + _PIXELS
        label = self._version.label_bytes - 1
        chunks = []
        with naming(path), path.open("rb") as file:
            while chunk := file.read(size * _RECORDS_AT_ONCE):
                if len(chunk) % size:
                    message = _("is incomplete: it ends within an image ({size:,} bytes each); download it again")
                    raise DataError(message.format(size=size))
                records = np.frombuffer(chunk, np.uint8).reshape(-1, size)
                chunks.append(records[:, label].copy() if only_labels else records)
        if not chunks:
            raise DataError(f"{path}: " + _("is empty; download it again"))
        return np.concatenate(chunks)

    def _pickled(self, path: Path) -> tuple[Pixels, Any]:
        """Read a pickled file: images, (n, 3072), and labels, (n,)."""
        batch = read_pickled(path)
        images, labels = batch.get("data"), batch.get(self._version.labels_key)
        if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.shape[1:] != (_PIXELS,):
            raise DataError(f"{path}: " + _("has no images of CIFAR (data: n × 3,072 bytes)"))
        if isinstance(labels, list) and all(isinstance(label, int) and abs(label) < 1 << 31 for label in labels):
            labels = np.array(labels, np.int64)
        if not isinstance(labels, np.ndarray) or labels.shape[:1] != images.shape[:1] or not len(labels):
            message = _("has no label for each of {images:,} images ({key}: a list of numbers); download it again")
            raise DataError(f"{path}: " + message.format(images=len(images), key=self._version.labels_key))
        return images, labels

    def _class_names(self, path: Path) -> tuple[str, ...]:
        """Read the names of the classes; they are numbers if the file with the names is not there."""
        if not path.is_file():
            return tuple(map(str, range(self._version.class_count)))
        if self._version.names_key:
            names = read_pickled(path).get(self._version.names_key)
            found = [text(name) for name in names if isinstance(name, str | bytes)] if isinstance(names, list) else []
        else:
            found = _lines(path)
        if len(found) != self._version.class_count:
            message = _("has names for {found} classes; expected {count}")
            raise DataError(f"{path}: " + message.format(found=len(found), count=self._version.class_count))
        return tuple(found)


def _lines(path: Path) -> list[str]:
    """Read the lines of a short text that are not empty."""
    with naming(path), path.open("rb") as file:
        content = file.read(_LONGEST_NAMES)
    return [line.strip() for line in content.decode("utf-8", "backslashreplace").splitlines() if line.strip()]
