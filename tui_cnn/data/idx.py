"""IDX files, the format of MNIST and its relatives: a magic number, the size of each axis, then the values.

The format is described at the foot of http://yann.lecun.com/exdb/mnist/: two zero bytes, the element type, the
number of axes, a big-endian 32-bit size for each axis, and the values in row-major order, big-endian.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.config import home
from tui_cnn.data.files import DataError, unreadable
from tui_cnn.i18n import _

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_LARGEST = 4 << 30
"""Bytes of values; a header that claims more is damaged, or its data set is not one for this program."""
_MOST_AXES = 32  # numpy's own limit, before its version 2
_CHUNK = 1 << 20


class Header(NamedTuple):
    """The header of an IDX file: the type of its values and the size of each axis."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of values that must follow."""
        return prod(self.shape) * self.dtype.itemsize


def read_header(path: Path) -> Header:
    """Read only the header of an IDX file, gzipped or not.

    Raises:
        DataError: the file cannot be read or is not IDX.
    """
    with _opened(path) as file:
        return _header(file, path)


def read(path: Path) -> npt.NDArray[Any]:
    """Read an IDX file, gzipped or not, into an array of native byte order.

    Raises:
        DataError: the file cannot be read, is not IDX, or holds more or less than its header says.
    """
    with _opened(path) as file:
        header = _header(file, path)
        values = bytearray()
        for chunk in _chunks(file, header, path):
            values += chunk
    return _native(np.frombuffer(values, header.dtype), header)


def read_mapped(path: Path) -> npt.NDArray[Any]:
    """Read an IDX file as `read` does, its values into a nameless file, so that memory holds what is looked at.

    They are in memory where that file cannot be written.

    Raises:
        DataError: as `read`.
    """
    room = home()
    try:
        with TemporaryFile(dir=room if room.is_dir() else None) as kept:
            with _opened(path) as file:
                header = _header(file, path)
                kept.writelines(_chunks(file, header, path))
            kept.flush()
            return _native(np.asarray(np.memmap(kept, header.dtype, "r")), header)
    except (OSError, ValueError, DataError):  # no room, nothing to map, or damage, which is told then
        return read(path)


def _chunks(file: BinaryIO, header: Header, path: Path) -> Iterator[bytes]:
    """Read the values; a header may claim what it likes: no more comes than the file really holds."""
    found = 0
    while found <= header.size and (chunk := file.read(_CHUNK)):
        found += len(chunk)
        yield chunk
    if found < header.size:
        message = _("is incomplete: expected {expected:,} bytes of values, got {found:,}; download it again")
        raise _wrong(path, message.format(expected=header.size, found=found))
    if found > header.size:
        message = _("is damaged: it has more than {expected:,} bytes of values; download it again")
        raise _wrong(path, message.format(expected=header.size))


def _native(values: npt.NDArray[Any], header: Header) -> npt.NDArray[Any]:
    return values.reshape(header.shape).astype(header.dtype.newbyteorder("="), copy=False)


def _header(file: BinaryIO, path: Path) -> Header:
    magic = file.read(4)
    if not magic:
        raise _wrong(path, _("is empty; download it again"))
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 0 < magic[3] <= _MOST_AXES:
        message = _("is not an IDX file: it starts with {found}, not with 00 00, a type and the number of axes")
        raise _wrong(path, message.format(found=magic.hex(" ")))
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise _wrong(path, _("ends within its header; download it again"))
    shape = tuple(int.from_bytes(sizes[at : at + 4]) for at in range(0, len(sizes), 4))
    header = Header(np.dtype(_TYPES[magic[2]]), shape)
    if prod(max(size, 1) for size in shape) * header.dtype.itemsize > _LARGEST:
        message = _("is damaged: it declares {shape} values, more than can be read; download it again")
        raise _wrong(path, message.format(shape="×".join(map(str, shape))))
    return header


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacking it if its first bytes are those of gzip, whatever its name."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == _GZIP
            with gzip.open(raw) if packed else raw as file:
                yield file  # type: ignore[misc]  # GzipFile reads like a BinaryIO
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _wrong(path, _("is a damaged gzip file ({reason}); download it again").format(reason=error)) from None
    except OSError as error:
        raise _wrong(path, unreadable(error)) from None


def _wrong(path: Path, problem: str) -> DataError:
    return DataError(f"{path}: {problem}")
