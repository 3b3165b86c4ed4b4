"""Noticing that another program has changed the file of the network."""

from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network


class FileState(NamedTuple):
    """What a file holds: a network, or what is wrong with it; neither, if the file no longer exists."""

    path: Path
    network: Network | None = None
    problem: str = ""


class FileWatch:
    """Reads a file only when its time, size or place on the disk differs from the last time."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._signature: tuple[int, int, int] | None = None
        self._reading = Lock()

    def changed(self, path: Path | None) -> FileState | None:
        """Return what `path` holds if that may have changed; for use in a thread."""
        if not self._reading.acquire(blocking=False):
            return None
        try:
            signature = _signature(path) if path else None
            if (path, signature) == (self._path, self._signature):
                return None
            known = self._path == path and self._signature is not None
            self._path, self._signature = path, signature
            if path is None or (signature is None and not known):
                return None
            return read(path) if signature else FileState(path)
        finally:
            self._reading.release()

    def forget(self) -> None:
        """Take the file for changed at the next call."""
        self._signature = (0, 0, 0)


def read(path: Path) -> FileState:
    """Read what a file holds now."""
    try:
        return FileState(path, find_network(str(path.absolute()))[0])
    except FormatError as error:
        return FileState(path, problem=error.problem) if _signature(path) else FileState(path)


def _signature(path: Path) -> tuple[int, int, int] | None:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
    return None
