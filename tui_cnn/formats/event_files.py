"""TensorBoard's event files: the scalars in them, read without TensorFlow.

A file is a sequence of records (TFRecord): the length in 8 bytes, little-endian, its checksum, the data, their
checksum; each checksum is a CRC-32C, masked as TensorFlow does it (`tensorflow/core/lib/hash/crc32c.h`). The data are
an `Event` in the wire format of protocol buffers (`tensorflow/core/util/event.proto`, `framework/summary.proto`,
`tensor.proto`).
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import opened
from tui_cnn.i18n import _

_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8
_LARGEST = 1 << 20
"""Bytes of a record that is read; larger ones, of graphs and images, are passed over."""
_LONGEST = 1 << 34
"""Bytes: no record is longer."""
_LONGEST_TAG = 500


class Scalar(NamedTuple):
    """A number that was logged: under which tag, at which step, when (seconds since 1970)."""

    tag: str
    step: int
    time: float
    value: float


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        crc = byte
        for _bit in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
        entries.append(crc)
    return tuple(entries)


_TABLE = _table()


def masked_crc(data: bytes) -> int:
    """Return the CRC-32C (Castagnoli) of some bytes, rotated and added to, as TensorFlow masks it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def read_scalars(path: Path) -> Iterator[Scalar]:
    """Yield the scalars of a file in its order. A record at the end that is not whole yet is left out.

    Raises:
        FormatError: it cannot be read, is no event file, or a checksum is wrong.
    """
    with opened(path) as file:
        for data in _records(file, path):
            try:
                yield from _scalars(data)
            except (ValueError, IndexError, struct.error):
                raise FormatError(path, _("has a record that is no event of TensorBoard")) from None


def _records(file: IO[bytes], path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    at = 0
    while len(header := file.read(12)) == 12:
        length, checksum = struct.unpack("<QI", header)
        if masked_crc(header[:8]) != checksum or length > _LONGEST:
            if not at:
                raise FormatError(path, _("is not an event file of TensorBoard"))
            raise _damaged(path, at)
        if at + 16 + length > size:  # it is still being written
            return
        if length > _LARGEST:
            file.seek(length + 4, 1)
        else:
            data, checksum = file.read(length), file.read(4)
            if len(data) != length or len(checksum) != 4:
                return
            if struct.pack("<I", masked_crc(data)) != checksum:
                raise _damaged(path, at)
            yield data
        at += 16 + length


def _damaged(path: Path, at: int) -> FormatError:
    return FormatError(path, _("is damaged at byte {place}: a checksum is wrong; copy it again").format(place=at))


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number of each field and its value: a whole number, or the bytes of anything else.

    Raises:
        ValueError, IndexError: it is no protocol buffer.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                yield key >> 3, value
                continue
            case 1:
                length = 8
            case 2:
                length, at = _varint(data, at)
            case 5:
                length = 4
            case _:
                raise ValueError(key)
        if at + length > len(data):
            raise ValueError(length)
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value & (1 << 64) - 1, at
        shift += 7
    raise ValueError(value)


def _scalars(data: bytes) -> Iterator[Scalar]:
    """Read an `Event`: field 1 is the time, 2 the step, 5 the summary."""
    time, step, summaries = 0.0, 0, []
    for number, value in _fields(data):
        match number, value:
            case 1, bytes():
                (time,) = struct.unpack("<d", value)
            case 2, int():
                step = value - (1 << 64) if value >> 63 else value
            case 5, bytes():
                summaries.append(value)
    for summary in summaries:
        for number, value in _fields(summary):
            if number == 1 and isinstance(value, bytes) and (found := _value(value)) is not None:
                yield Scalar(found[0], step, time, found[1])


def _value(data: bytes) -> tuple[str, float] | None:
    """Read a `Summary.Value`: field 1 is the tag, 2 a float, 8 a tensor; None where it is no scalar."""
    tag, read = "", None
    for number, value in _fields(data):
        match number, value:
            case 1, bytes():
                tag = value[:_LONGEST_TAG].decode("utf-8", "replace")
            case 2, bytes():
                (read,) = struct.unpack("<f", value)
            case 8, bytes():
                read = _tensor(value)
    return None if read is None else (tag, read)


def _tensor(data: bytes) -> float | None:
    """Read a `TensorProto` of one floating-point number; None where it is something else."""
    kind, values = 0, []
    for number, value in _fields(data):
        match number, value:
            case 1, int():
                kind = value
            case ((4 | 5 | 6), bytes()):  # the content as it is in memory, floats, doubles
                values.append(value)
            case 13, (int() | bytes()):  # half precision, each as a whole number, or packed
                bits = value if isinstance(value, int) else _varint(value, 0)[0]
                values.append(struct.pack("<H", bits & 0xFFFF))
    if len(values) != 1:
        return None
    match kind, len(values[0]):
        case (1, 4):  # DT_FLOAT
            return float(struct.unpack("<f", values[0])[0])
        case (2, 8):  # DT_DOUBLE
            return float(struct.unpack("<d", values[0])[0])
        case (19, 2):  # DT_HALF
            return float(struct.unpack("<e", values[0])[0])
        case (14, 2):  # DT_BFLOAT16: the upper half of a float
            return float(struct.unpack("<f", b"\0\0" + values[0])[0])
    return None
