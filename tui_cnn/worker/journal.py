"""The worker's side of `events.jsonl`."""

import os
from pathlib import Path

from tui_cnn.runs.events import AnyEvent, encode


class Journal:
    """Appends events to a file, each as one write of a whole line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mend()

    def write(self, event: AnyEvent) -> None:
        """Append an event; readers see it at once.

        Raises:
            OSError: the file cannot be written.
        """
        with self._path.open("ab", buffering=0) as file:
            file.write(encode(event))

    def _mend(self) -> None:
        """End the line that a worker may have left torn when it was killed, lest the next event be lost with it."""
        with self._path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read() != b"\n":
                    file.write(b"\n")
