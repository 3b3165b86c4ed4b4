"""The worker's side of `events.jsonl`."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from tui_cnn.runs.events import AnyEvent, encode

_RESERVE = 64 * 1024
"""Bytes reserved on the disk, so that a full disk can be reported."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """Appends events to a file, each as one write of a whole line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reserve = path.with_suffix(".reserve")
        self._end_torn_line()
        self._reserve.write_bytes(os.urandom(_RESERVE))  # zeros might take no room

    def write(self, event: AnyEvent) -> None:
        """Append an event; readers see it at once.

        Raises:
            OSError: the file cannot be written. Where the disk is full, the reserve is freed for the next event.
        """
        with self._path.open("r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            line = encode(event)
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            except OSError as error:
                file.truncate(end)
                if error.errno in _FULL:
                    self.close()
                raise

    def close(self) -> None:
        """Free the reserve."""
        with suppress(OSError):
            self._reserve.unlink(missing_ok=True)

    def _end_torn_line(self) -> None:
        """End a line that a killed worker may have left torn, so that the next event is not lost with it."""
        with self._path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read() != b"\n":
                    file.write(b"\n")
