"""An ONNX file without its weights: the large arrays in it are skipped before it is parsed.

So a file of any size is read in the memory that its graph needs. Arrays of few bytes are kept: shapes, axes, factors.
What stands in files of its own ("external data") is never read.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_cnn.extras import what_is_missing
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import opened
from tui_cnn.i18n import _

if TYPE_CHECKING:
    import onnx

_LARGEST_ARRAY = 4096
"""Bytes: a larger one is no shape."""
_LARGEST = 64_000_000
"""Bytes of what is left of a file without its arrays."""
_MOST_FIELDS = 5_000_000
_DEEPEST = 40
"""Messages within each other; a graph within a graph takes three."""

_WITHIN: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""The messages of ONNX that arrays may be in, and what their fields are: onnx.proto of ONNX 1.18."""

_ARRAYS = (4, 5, 6, 7, 9, 10, 11)
"""The fields of a tensor that hold its values."""

_DOCUMENTATION: dict[str, tuple[int, ...]] = {"model": (6, 14, 20), "graph": (10, 16), "node": (6, 9), "tensor": (12,)}


class DamagedError(ValueError):
    """It is no ONNX file, or one beyond all bounds."""


def require_onnx(source: Path | str) -> None:
    """Refuse what needs the package onnx where that is not installed.

    Raises:
        FormatError: it is not; the text says how to install it, whatever the installation of cnn-tui is.
    """
    if missing := what_is_missing("onnx", "ONNX"):
        raise FormatError(source, missing)


def load(path: Path) -> "onnx.ModelProto":
    """Read a file; of its arrays, those that are large have no values.

    Raises:
        FormatError: it cannot be read, is no ONNX file, or is too large; or onnx is not installed.
    """
    require_onnx(path)
    with opened(path) as file:
        reason = _("not a file") if not path.is_file() else "" if path.stat().st_size else _("it is empty")
        if reason:  # a device may have no end
            raise FormatError(path, _("is not a valid ONNX file: {reason}").format(reason=reason))
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                small = without_arrays(data)
        except (ValueError, OSError) as error:
            raise FormatError(path, _("is not a valid ONNX file: {reason}").format(reason=error)) from None
    return parse(small, path)


def parse(data: bytes, source: Path | str) -> "onnx.ModelProto":
    """Read the bytes of a file; `source` names it in errors.

    Raises:
        FormatError: it is no ONNX file.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model: onnx.ModelProto = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise FormatError(source, _("is not a valid ONNX file: {reason}").format(reason=error)) from None
    if not model.graph.node:
        raise FormatError(source, _("is not a valid ONNX file: {reason}").format(reason=_("it has no operators")))
    return model


def without_arrays(data: Any) -> bytes:
    """Copy the bytes of a model, but for large arrays and documentation.

    Raises:
        DamagedError: they are no model, or one beyond all bounds.
    """
    return _Skimmer(data).copy()


class _Skimmer:
    def __init__(self, data: Any) -> None:
        self._data = data
        self._fields = self._kept = 0

    def copy(self) -> bytes:
        return self._message("model", 0, len(self._data), 0)

    def _message(self, kind: str, start: int, end: int, depth: int) -> bytes:
        if depth > _DEEPEST:
            raise DamagedError(_("is nested too deeply"))
        kept, arrays, size = bytearray(), bytearray(), 0
        within, left_out = _WITHIN[kind], _DOCUMENTATION.get(kind, ())
        for number, begin, content, stop in self._read(start, end):
            if kind == "tensor" and number in _ARRAYS:
                size += stop - begin
                if size <= _LARGEST_ARRAY:
                    arrays += self._data[begin:stop]
            elif number in within and content > begin:
                inner = self._message(within[number], content, stop, depth + 1)
                kept += _varint(number << 3 | 2) + _varint(len(inner)) + inner
            elif number not in left_out:
                self._count(stop - begin)
                kept += self._data[begin:stop]
        if size <= _LARGEST_ARRAY:
            self._count(size)
            kept += arrays
        return bytes(kept)

    def _count(self, size: int) -> None:
        self._kept += size
        if self._kept > _LARGEST:
            message = _("more than {size:,} bytes besides its weights")
            raise DamagedError(message.format(size=_LARGEST))

    def _read(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield number, start, start of the content and end of each field; the first two are the same for a number."""
        place = start
        while place < end:
            self._fields += 1
            if self._fields > _MOST_FIELDS:
                raise DamagedError(_("more than {count:,} fields").format(count=_MOST_FIELDS))
            begin = place
            key, place = self._number(place, end)
            content = begin
            match key & 7:
                case 0:
                    _value, place = self._number(place, end)
                case 1:
                    place += 8
                case 5:
                    place += 4
                case 2:
                    length, content = self._number(place, end)
                    place = content + length
                case _:
                    raise DamagedError(_("damaged at byte {place:,}").format(place=begin))
            if place > end:
                raise DamagedError(_("damaged at byte {place:,}").format(place=begin))
            yield key >> 3, begin, content, place

    def _number(self, place: int, end: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 70, 7):
            if place >= end:
                break
            byte = self._data[place]
            place += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value, place
        raise DamagedError(_("damaged at byte {place:,}").format(place=place))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
