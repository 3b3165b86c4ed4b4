"""Copies of unsaved designs, so that a crash or a closed terminal loses nothing."""

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.runs.directory import home


class Copy(msgspec.Struct, frozen=True):
    """An unsaved design: the network, what its file held (or the preset), and the file, empty if it had none."""

    network: Network
    saved: Network
    file: str


class Recovery:
    """The recovery copy of this process, and those that other processes left behind."""

    def __init__(self) -> None:
        self._directory = home() / "recovery"
        self._own = self._directory / f"{os.getpid()}-{time.time_ns()}.json"
        self._lock = Lock()
        self._ended = False

    def keep(self, copy: Copy | None) -> None:
        """Write the copy of an unsaved design, or remove it where there is nothing to lose.

        Raises:
            OSError: it cannot be written.
        """
        with self._lock:
            if copy is None or self._ended:
                self._own.unlink(missing_ok=True)
                return
            self._directory.mkdir(parents=True, exist_ok=True)
            write_atomic(self._own, msgspec.json.encode(copy))

    def end(self) -> None:
        """Remove the copy, and keep none that a thread may still be about to write."""
        self._ended = True
        with suppress(OSError):
            self.keep(None)

    def left_behind(self) -> list[Path]:
        """List the copies of processes that no longer live, the newest first."""
        paths = sorted(self._directory.glob("*-*.json"), key=lambda path: path.name.partition("-")[2], reverse=True)
        return [path for path in paths if path != self._own and not _alive(path)]


def read_copy(path: Path) -> Copy | None:
    """Read a copy; None where it is damaged or gone."""
    try:
        return read_json(path, Copy)
    except FormatError:
        return None


def _alive(path: Path) -> bool:
    import psutil

    pid = path.name.partition("-")[0]
    try:
        return pid.isdecimal() and psutil.pid_exists(int(pid))
    except OverflowError:  # no process has such a number
        return False
