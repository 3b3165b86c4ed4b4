"""HDF5 files: text attributes, and arrays by their path; only what stands in the file itself, and within bounds.

Read by pyfive, which is Python throughout, and not by h5py. Both were given 1,500 damaged copies of a model: inside the
C library of h5py two never came to an end, and nothing in the process can interrupt it; it also follows external links,
virtual data sets and external raw storage to other files, which is how CVE-2026-1669 reads what is not the sender's.
pyfive ended on all of them, opens no other file, and asks for every byte through `_Bounded`, which counts: a circle of
nodes or links comes to its end there, and so does a size that is not true. What it does not see to is checked here, as
the data is read: an array that lies elsewhere (pyfive gives zeros), a shape larger than what is stored, a chunk larger
than any sensible one (pyfive took 2 GB for a chunk of 2 GB in a file of 9 kB), and data that are packed far more than
weights can be.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, takewhile
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _

if TYPE_CHECKING:
    import numpy as np

SIGNATURE = b"\x89HDF\r\n\x1a\n"

_METADATA = 40_000_000
"""Bytes of everything but arrays; a model of 5,000 layers has about 10 million."""
_MOST = 100_000
"""Groups and arrays."""
_DEEPEST = 40
_KEPT = 100
_LARGEST_CHUNK = 1 << 26
_DENSEST = 20
"""Weights are all but incompressible."""
_NOWHERE = 0xFFFF_FFFF_FFFF_FFFF
_COMPACT, _CONTIGUOUS, _CHUNKED = range(3)


class _Refused(ValueError):  # noqa: N818  # never leaves this module
    pass


class Tensor(NamedTuple):
    """An array in a file: its path, its shape, and the type of its numbers."""

    path: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


class Hdf5:
    """An open file. What is damaged in it, or lies elsewhere, is a FormatError of each method."""

    def __init__(self, file: IO[bytes], source: Path | str) -> None:
        with _errors(source):
            import pyfive

            self._source, self._size = source, file.seek(0, 2)
            file.seek(0)
            if file.read(len(SIGNATURE)) != SIGNATURE:
                raise _Refused(_("it has no HDF5 signature"))
            self._bytes = _Bounded(file)
            self._file = pyfive.File(self._bytes)
        self._groups: Any = pyfive.Group
        self._kept: dict[str, Any] = {"": self._file}
        self._visited = 0

    def texts(self, group: str, name: str) -> list[str]:
        """Return an attribute of texts, or of one; none where there is no such attribute or group.

        Keras writes a long one in pieces: `name0`, `name1` …
        """
        with self._asked():
            try:
                attributes = self._get(group).attrs
            except KeyError:
                return []
            pieces = takewhile(attributes.__contains__, (f"{name}{number}" for number in count()))
            return [text for key in ([name] if name in attributes else pieces) for text in _texts(attributes[key])]

    def tensors(self, group: str = "") -> list[Tensor]:
        """List the arrays in a group, and in the groups in it, in the order of the file; text is none."""
        with self._asked():
            return list(self._walk(self._get(group), group, 0))

    def read(self, path: str) -> "np.ndarray[Any, Any]":
        """Read an array."""
        with self._asked():
            return self._read(path)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Answer one question: each has the same bounds."""
        self._bytes.left, self._visited = _METADATA, 0
        with _errors(self._source):
            yield

    def _read(self, path: str) -> "np.ndarray[Any, Any]":
        import numpy as np

        data = self._get(path)
        kind = data.dtype
        wanted = prod(data.shape) * kind.itemsize
        if kind.hasobject or data.id.layout_class not in (_COMPACT, _CONTIGUOUS, _CHUNKED):
            raise _Refused(_("{path} is not an array in this file").format(path=path))
        if data.id.layout_class == _CONTIGUOUS and wanted:
            if data.id.data_offset == _NOWHERE:
                raise _Refused(_("{path} is not an array in this file").format(path=path))
            self._bytes.left = self._size + _METADATA
            self._bytes.seek(data.id.data_offset)
            found = self._bytes.read(wanted) if wanted <= self._size else b""
            if len(found) < wanted:
                raise _Refused(_("{path} is larger than the file").format(path=path))
            return np.frombuffer(found, kind).reshape(data.shape)
        chunk = prod(data.chunks or (0,)) * kind.itemsize
        if wanted > self._size * _DENSEST + _LARGEST_CHUNK or chunk > _LARGEST_CHUNK:
            raise _Refused(_("{path} is larger than the file").format(path=path))
        self._bytes.left = wanted + self._size + _METADATA
        return np.asarray(data[...])

    def _walk(self, group: Any, path: str, depth: int) -> Iterator[Tensor]:
        if depth > _DEEPEST:
            raise RecursionError
        for name in group:
            self._visited += 1
            if self._visited > _MOST:
                raise _Refused(_("more than {count:,} arrays").format(count=_MOST))
            found = group.get_lazy_view(name)
            inner = f"{path}/{name}" if path else name
            if isinstance(found, self._groups):
                yield from self._walk(found, inner, depth + 1)
            elif found is not None and not found.dtype.hasobject:
                yield Tensor(inner, tuple(found.shape), found.dtype.name)
            self._file._dataobjects_cache.clear()  # it would keep all that was ever looked at

    def _get(self, path: str) -> Any:
        """Return a group or an array; the groups on the way to it are kept for the next."""
        if path in self._kept:
            return self._kept[path]
        above, _slash, name = path.rpartition("/")
        group = self._get(above)
        found = group.get_lazy_view(name) if isinstance(group, self._groups) else None
        if found is None:
            raise KeyError(path)
        if isinstance(found, self._groups):
            if len(self._kept) > _KEPT:
                self._kept = {"": self._file}
            self._kept[path] = found
        return found


@contextmanager
def _errors(source: Path | str) -> Iterator[None]:
    """Turn whatever a damaged file makes of its reader into a FormatError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        reason = str(error) if isinstance(error, _Refused) else _("damaged, or with links to other files")
        raise FormatError(source, _("is not a valid HDF5 file: {reason}").format(reason=reason)) from None


class _Bounded(io.RawIOBase):
    """Reads bytes for pyfive, and no more than a bound in all; it has no file that could be opened again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.left = file, _METADATA

    def read(self, size: int = -1) -> bytes:
        """Read some bytes: all that are asked for, unless the file ends."""
        self.left -= size + 64 if size >= 0 else self.left + 1
        if self.left < 0:
            raise _Refused(_("its structure is too large"))
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)


def _texts(value: Any) -> list[str]:
    """Return an attribute as texts, which HDF5 has as text or as bytes, one or many."""
    if isinstance(value, bytes):
        return [value.rstrip(b"\0").decode()]
    if isinstance(value, str):
        return [value]
    listed = value.tolist() if hasattr(value, "tolist") else []
    if isinstance(listed, list):
        return [text for item in listed for text in _texts(item)]
    return _texts(listed) if isinstance(listed, str | bytes) else []
