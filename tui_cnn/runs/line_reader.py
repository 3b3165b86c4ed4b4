"""A file that another process appends lines to."""

from pathlib import Path


class LineReader:
    """Reads what is new, in whole lines: a torn one at the end is left for the next time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def read(self) -> bytes:
        """Return the new lines, each with its newline; nothing if there are none, or the file cannot be read."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                whole, newline, _torn = file.read().rpartition(b"\n")
        except OSError:
            return b""
        lines = whole + newline
        self._read += len(lines)
        return lines
