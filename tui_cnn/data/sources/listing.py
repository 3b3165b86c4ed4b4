"""Files listed: their names in little memory, in natural order, with a fingerprint of names, sizes and times.

Names are bytes, since the name of a file may hold any; what a person sees of them is Unicode.
"""

import os
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import overload

from tui_cnn.data.files import naming
from tui_cnn.data.source import Part, Skipped
from tui_cnn.i18n import _

_PART_NAMES: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
_NO_DATA = frozenset((b"thumbs.db", b"desktop.ini", b"__macosx"))
_MOST_LISTED = 1_000
_DIGITS = re.compile(r"([0-9]+)")


def part_named(name: str) -> Part | None:
    """Return the part that a name of a folder, a file or a column stands for; None: it is another name."""
    return _PART_NAMES.get(name.strip().casefold())


def is_ignored(name: bytes) -> bool:
    """Return whether a file or folder is hidden, or one that the system keeps everywhere, such as Thumbs.db."""
    return name.startswith(b".") or name.lower() in _NO_DATA


def readable(name: bytes) -> str:
    r"""Return a file's name as Unicode, composed: the same on all systems; other bytes are written as `\xff`."""
    return unicodedata.normalize("NFC", name.decode("utf-8", "backslashreplace"))


def natural(name: str) -> tuple[tuple[str | tuple[int, str], ...], str]:
    """Return what sorts names as people do: `a2` before `a10`, `B` after `a`."""
    pieces = enumerate(_DIGITS.split(name.casefold()))
    return tuple(_whole(piece) if place % 2 else piece for place, piece in pieces), name


def _whole(digits: str) -> tuple[int, str]:
    """Return what sorts whole numbers of any length."""
    digits = digits.lstrip("0")
    return len(digits), digits


class Names(Sequence[bytes]):
    """Names of files one after the other in one block of memory, since there may be a million."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])

    def append(self, name: bytes) -> None:
        """Add a name."""
        self._text += name
        self._ends.append(len(self._text))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        return bytes(self._text[self._ends[number] : self._ends[number + 1]])


class Fingerprint:
    """Hexadecimal digits for files, by their names, sizes and times, in whatever order they are added."""

    def __init__(self, kind: str) -> None:
        self._sum = 0
        self._kind = kind

    def add(self, name: bytes, size: int, changed: int) -> None:
        """Add a file: `changed` in nanoseconds."""
        entry = blake2b(b"%b\0%d\0%d" % (name, size, changed), digest_size=16)
        self._sum += int.from_bytes(entry.digest())

    def add_file(self, path: Path) -> None:
        """Add a file by its name."""
        with naming(path):
            state = path.stat()
        self.add(os.fsencode(path.name), state.st_size, state.st_mtime_ns)

    @property
    def digits(self) -> str:
        """The digits: 32."""
        return blake2b(f"{self._kind} {self._sum}".encode(), digest_size=16).hexdigest()


def fingerprint(kind: str, paths: Sequence[Path]) -> str:
    """Return the fingerprint of some files.

    Raises:
        DataError: one cannot be found.
    """
    files = Fingerprint(kind)
    for path in paths:
        files.add_file(path)
    return files.digits


class SkippedFiles:
    """What is not used: the first thousand one by one, and how many more."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self._more = 0

    def add(self, key: str, reason: str) -> None:
        """Add a file and why it is not used."""
        if len(self._listed) < _MOST_LISTED:
            self._listed.append(Skipped(key, reason))
        else:
            self._more += 1

    def all(self) -> tuple[Skipped, ...]:
        """Return them all."""
        more = Skipped("…", _("{count:,} more files are not used").format(count=self._more))
        return (*self._listed, more) if self._more else tuple(self._listed)


def entries(directory: Path | bytes) -> Iterator["os.DirEntry[bytes]"]:
    """Yield what is in a directory, in any order, but for what the system keeps there.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(os.fsencode(directory)) as found:
        yield from (entry for entry in found if not is_ignored(entry.name))


def is_directory(entry: "os.DirEntry[bytes]") -> bool:
    """Return whether an entry is a directory or a link to one; a link that leads nowhere is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(entry: "os.DirEntry[bytes]") -> bool:
    """Return whether an entry is a file that can be read to its end, or a link to one: no pipe, no device."""
    try:
        return entry.is_file()
    except OSError:
        return False


def identity(path: bytes) -> tuple[int, int]:
    """Return what is the same for all the paths to one directory."""
    state = os.stat(path)  # noqa: PTH116 - the path is bytes
    return state.st_dev, state.st_ino
