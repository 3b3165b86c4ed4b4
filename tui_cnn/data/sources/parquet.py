"""Parquet files as Hugging Face stores images: a column of encoded images, a column of labels, names in the schema.

An image is a struct of `bytes` and `path`, or bytes alone. The schema's metadata holds, under `huggingface`, JSON with
the features of the data set: which columns are images and class labels, and the names of the classes.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.data.decoding import decode
from tui_cnn.data.files import DataError, naming
from tui_cnn.data.source import ImageSource, Part, Pixels, part_codes
from tui_cnn.data.sources.arrays import label_values, number_classes
from tui_cnn.data.sources.listing import SkippedFiles, fingerprint
from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _

_IMAGES = ("image", "img", "images", "picture", "photo")
_LABELS = ("label", "fine_label", "labels", "class", "target")
_LARGEST = 2 << 30
"""Bytes of encoded images in a row group, which is read whole."""
_ROW_GROUPS_IN_MEMORY = 2
_NOT_LABELLED = -1
"""What Hugging Face stores where a label is not published."""


class ImageColumns(NamedTuple):
    """The columns of a data set, and the names of its classes, where the schema has them."""

    image: str
    label: str
    class_names: tuple[str, ...]


class ParquetSource(ImageSource):
    """Images in the rows of one or several files; a row group is read when an image of it is asked for."""

    def __init__(self, files: Sequence[tuple[Part | None, Path]], name: str, unused: Sequence[Path] = ()) -> None:
        """Read the labels.

        Args:
            files: each with the part that it holds.
            name: what to call the data set.
            unused: files of no part, where the others are of one.

        Raises:
            DataError: a file is damaged, or has no images with labels; or pyarrow is not installed.
        """
        self.name = name
        self._paths = [path for _part, path in files]
        self._columns = []
        self._row_groups: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._lock = Lock()
        skipped = SkippedFiles()
        for path in unused:
            skipped.add(path.name, _("is not a train, validation or test file"))
        labels, rows = [], []
        for path in self._paths:
            with _opened(path) as file:
                columns = _image_columns(file.schema_arrow)
                values, labelled = _labels(file, columns.label)
                if without := file.metadata.num_rows - len(labelled):
                    skipped.add(path.name, _("images without a label: {count:,}").format(count=without))
            self._columns.append(columns)
            labels.append(values)
            rows.append(labelled)
        counts = [len(labelled) for labelled in rows]
        if not sum(counts):
            raise DataError(f"{self._paths[0]}: " + _("has no images with labels"))
        names = next((columns.class_names for columns in self._columns if columns.class_names), ())
        with naming(self._paths[0]):
            numbers, self.class_names = number_classes([values for values in labels if len(values)], names)
        self.labels = np.concatenate(numbers)
        self.parts = part_codes((part, count) for (part, _path), count in zip(files, counts, strict=True))
        self._files = np.repeat(np.arange(len(files)), counts)
        self._rows = np.concatenate(rows)
        self.skipped = skipped.all()
        self.fingerprint = fingerprint("parquet", self._paths)

    def key(self, number: int) -> str:
        """Return the file and the row in it."""
        return f"{self._paths[self._files[number]].name}[{self._rows[number]}]"

    def read(self, number: int) -> Pixels:
        """Decode one image."""
        file, row = int(self._files[number]), int(self._rows[number])
        with self._lock:
            begin, images = self._row_group(file, row)
        value = images[row - begin].as_py()
        content = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(content, bytes):
            raise DataError(_("has no bytes of an image"))
        return decode(BytesIO(content))

    def _row_group(self, number: int, row: int) -> tuple[int, Any]:
        """Return the images of the row group that a row of a file is in, and its first row; the last ones are kept."""
        for (file_number, begin), images in self._row_groups.items():
            if file_number == number and begin <= row < begin + len(images):
                return begin, images
        path, column = self._paths[number], self._columns[number].image
        with _opened(path) as file:
            begin, group = 0, 0
            while row >= begin + (count := file.metadata.row_group(group).num_rows):
                begin, group = begin + count, group + 1
            if _size(file.metadata.row_group(group), column) > _LARGEST:
                message = _("has a row group of more than {size} GiB; write the file again with smaller ones")
                raise DataError(message.format(size=_LARGEST >> 30))
            images = file.read_row_group(group, columns=[column]).column(0)
        self._row_groups[number, begin] = images
        if len(self._row_groups) > _ROW_GROUPS_IN_MEMORY:
            self._row_groups.popitem(last=False)
        return begin, images


def _image_columns(schema: Any) -> ImageColumns:
    """Find the columns: by the features that Hugging Face stores, else by their usual names."""
    features = _features(schema.metadata or {})

    def column(kind: str, usual: tuple[str, ...]) -> str | None:
        declared = [name for name in schema.names if features.get(name, {}).get("_type") == kind]
        found = declared or [name for name in schema.names if name.casefold() in usual]
        places = {name: usual.index(name.casefold()) for name in found if name.casefold() in usual}
        return min(found, key=lambda name: places.get(name, len(usual)), default=None)

    image, label = column("Image", _IMAGES), column("ClassLabel", _LABELS)
    if image is None or label is None:
        message = _("needs the columns image and label, but has {names}")
        raise DataError(message.format(names=", ".join(schema.names[:20])))
    names = features.get(label, {}).get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        names = []
    return ImageColumns(image, label, tuple(names))


def _features(metadata: dict[bytes, bytes]) -> dict[str, dict[str, Any]]:
    """Return what Hugging Face's metadata holds about each column; nothing, if there is none."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {name: feature for name, feature in features.items() if isinstance(feature, dict)}
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return {}


def _labels(file: Any, column: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Read the labels of a file, and the rows that they are in."""
    values = file.read(columns=[column]).column(0)
    rows = np.flatnonzero(values.is_valid().to_numpy())
    labels = values.drop_null().to_numpy()
    if labels.dtype.kind == "O" and all(isinstance(label, str) for label in labels):
        labels = labels.astype(np.str_)
    if labels.dtype.kind == "i":
        labelled = labels != _NOT_LABELLED
        labels, rows = labels[labelled], rows[labelled]
    return label_values(labels), rows


def _size(row_group: Any, column: str) -> int:
    """Return the bytes of a column's values in a row group."""
    chunks = map(row_group.column, range(row_group.num_columns))
    return sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema.split(".")[0] == column)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file; all errors name it."""
    if missing := what_is_missing("parquet", "Parquet"):
        raise DataError(f"{path}: {missing}")
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield file
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise DataError(f"{path}: " + _("file not found; check the path")) from None
    # Arrow raises errors of many types for a damaged file.
    except Exception:
        raise DataError(f"{path}: " + _("is a damaged Parquet file; download it again")) from None
