"""NumPy's `.npz`: arrays of images and labels, under any of their usual names.

x_train, y_train, x_test, y_test as Keras stores its data sets; train_images, train_labels, val_images, … as MedMNIST
does (Yang et al., 2023); images and labels, X and y, data and target, without parts.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tui_cnn.data.files import DataError, naming
from tui_cnn.data.source import PARTS, ArraySource, Part, Pixels, part_codes
from tui_cnn.data.sources.arrays import ImageLayout, image_layout, label_values, number_classes, times, to_bytes, white
from tui_cnn.data.sources.listing import fingerprint, part_named
from tui_cnn.i18n import _

_LARGEST = 4 << 30
"""Bytes of values in one array."""
_SUSPECT, _SUSPECT_RATIO = 256 << 20, 300
"""An array of so many bytes, packed so many times smaller, is no array of images."""
_LONGEST_HEADER = 10_000
_CHUNK = 1 << 20

_IMAGE_NAMES = ("x", "images", "image", "img", "imgs", "data")
_LABEL_NAMES = ("y", "labels", "label", "targets", "target")
_CLASS_NAMES = frozenset(("class_names", "classes", "label_names", "target_names"))
_WORDS = re.compile(r"[a-z0-9]+")


class ArrayHeader(NamedTuple):
    """What is known of an array in the file before its values are read; `offset`: bytes until they begin."""

    member: zipfile.ZipInfo
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    offset: int

    @property
    def size(self) -> int:
        """Bytes of values."""
        return prod(self.shape) * self.dtype.itemsize


class NpzSource(ArraySource):
    """Images and labels in one `.npz` file. Nothing in it is unpickled."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the headers and the labels.

        Raises:
            DataError: the file is damaged, or its arrays are no images with labels.
        """
        self.name = name
        self._path = path
        with _opened(path) as archive:
            headers = [_read_header(archive, member) for member in archive.infolist()]
            self._images, labels = self._paired([header for header in headers if header])
            values = [_located(header.name, label_values, _read(archive, header)) for header in labels.values()]
            named = next((header for header in headers if header and header.name.casefold() in _CLASS_NAMES), None)
            names = label_values(_read(archive, named)).tolist() if named and named.dtype.kind in "US" else ()
            numbers, self.class_names = number_classes(values, names)
            self._layouts = {part: _layout(header) for part, header in self._images.items()}
            self._check(numbers)
        self.labels = np.concatenate(numbers)
        self.parts = part_codes(zip(self._images, map(len, numbers), strict=True))
        self.image_shape = next(iter(self._layouts.values())).shape
        self.fingerprint = fingerprint("npz", [path])

    def read_part(self, part: Part) -> Pixels:
        """Read all images of a part: (n, height, width, channels)."""
        wanted = None if None in self._images else part
        with _opened(self._path) as archive:
            header = self._images[wanted]
            images = self._layouts[wanted].arrange(_read(archive, header))
            highest = _located(header.name, white, images)
            return to_bytes(images, highest if wanted in (None, "train") else max(highest, self._white))

    @cached_property
    def _white(self) -> float:
        """What is white in the images to train on; those to test on may all be darker."""
        header = self._images.get("train") or next(iter(self._images.values()))
        with _opened(self._path) as archive:
            return 255.0 if header.dtype == np.uint8 else _located(header.name, white, _read(archive, header))

    def _paired(
        self, headers: list[ArrayHeader]
    ) -> tuple[dict[Part | None, ArrayHeader], dict[Part | None, ArrayHeader]]:
        """Find the images and the labels of each part, in the order of the parts."""
        images, labels = _by_part(headers, _IMAGE_NAMES), _by_part(headers, _LABEL_NAMES)
        parts: list[Part | None] = [part for part in PARTS if part in images and part in labels]
        if "train" not in parts:
            parts = [None] if None in images and None in labels else []
        if not parts:
            message = _("needs arrays x_train and y_train, or images and labels, but has {names}")
            if not headers:
                raise DataError(_("is an archive without arrays; unpack it and specify its directory"))
            names = ", ".join(header.name for header in headers[:20])
            raise DataError(message.format(names=names))
        return {part: images[part] for part in parts}, {part: labels[part] for part in parts}

    def _check(self, numbers: list[npt.NDArray[np.int32]]) -> None:
        """Refuse parts that do not fit together."""
        shapes = {layout.shape for layout in self._layouts.values()}
        if len(shapes) > 1:
            message = _("has images of different sizes in its parts ({sizes}); use one size")
            raise DataError(message.format(sizes=", ".join(times(layout.shape) for layout in self._layouts.values())))
        for header, labels in zip(self._images.values(), numbers, strict=True):
            if header.shape[0] != len(labels):
                message = _("has {images:,} images but {labels:,} labels in {name}")
                raise DataError(message.format(images=header.shape[0], labels=len(labels), name=header.name))
        if not len(numbers[0]):
            raise DataError(_("has no images to train on"))


def _by_part(headers: list[ArrayHeader], kinds: tuple[str, ...]) -> dict[Part | None, ArrayHeader]:
    """Return the arrays of a kind by their parts; of several the one whose name comes first among `kinds`."""
    found: dict[Part | None, ArrayHeader] = {}
    for kind in kinds:
        for header in headers:
            words = _words(header.name)
            parts = [part for word in words if (part := part_named(word))]
            if kind in words and len(words) == len(parts) + 1 <= 2:
                found.setdefault(parts[0] if parts else None, header)
    return found


def _words(name: str) -> list[str]:
    return _WORDS.findall(name.casefold())


def _layout(header: ArrayHeader) -> ImageLayout:
    if header.dtype.kind not in "biuf":
        message = _("has images of type {dtype} in {name}; expected numbers")
        raise DataError(message.format(dtype=header.dtype.name, name=header.name))
    return cast("ImageLayout", _located(header.name, image_layout, header.shape))


def _located(name: str, function: Any, argument: Any) -> Any:
    """Call a function for an array; an error names it."""
    with naming(name):
        return function(argument)


def _read_header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> ArrayHeader | None:
    """Read the header of an array, some hundred bytes; None for what is no array.

    Raises:
        DataError: it declares more than it holds, or than can be read.
    """
    name, _dot, suffix = member.filename.rpartition(".")
    if suffix != "npy":
        return None
    with archive.open(member) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that Python 2 wrote
        try:
            version = np.lib.format.read_magic(file)
            read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
            shape, fortran, dtype = read(file, _LONGEST_HEADER)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise
        except Exception:  # the header is Python's source text: numpy's reader raises errors of many types
            raise DataError(_("has a damaged array: {name}").format(name=name)) from None
        header = ArrayHeader(member, name, shape, dtype, fortran, file.tell())
    if dtype.hasobject:
        if not set(_words(name)) & {*_IMAGE_NAMES, *_LABEL_NAMES}:
            return None
        message = _("has Python objects in {name}, which are not read; save numbers or strings")
        raise DataError(message.format(name=name))
    if min(shape, default=0) < 0 or header.offset + header.size != member.file_size:
        message = _("is damaged: {name} declares {shape} values of {dtype}, but holds {bytes:,} bytes")
        declared = {"shape": times(shape), "dtype": dtype.name, "bytes": member.file_size - header.offset}
        raise DataError(message.format(name=name, **declared))
    if header.size > _LARGEST or _is_bomb(member):
        message = _("unpacks to {bytes:,} bytes in {name}, more than can be read; use a folder of images")
        raise DataError(message.format(bytes=header.size, name=name))
    return header


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(_SUSPECT, _SUSPECT_RATIO * member.compress_size)


def _read(archive: zipfile.ZipFile, header: ArrayHeader) -> npt.NDArray[Any]:
    """Read an array; memory grows only with what the file really holds."""
    values = bytearray()
    with archive.open(header.member) as file:
        file.read(header.offset)
        while chunk := file.read(_CHUNK):
            values += chunk
    if len(values) != header.size:
        raise EOFError
    array = np.frombuffer(values, header.dtype) if header.size else np.empty(0, header.dtype)
    return array.reshape(header.shape, order="F" if header.fortran else "C")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the file; all errors name it."""
    with naming(path):
        try:
            with zipfile.ZipFile(path) as archive:
                yield archive
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, UnicodeDecodeError):
            raise DataError(_("is a damaged .npz file; save it again")) from None
