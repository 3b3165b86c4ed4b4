"""What the worker is asked to do: by the run's `desired` file, or by a signal of the system."""

import time
from pathlib import Path
from typing import Any

from tui_cnn.runs.desired import Desired, read_desired

_EVERY = 0.1


class Control:
    """The wish as it stands, looked up at most ten times a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._terminated = False
        self._looked = float("-inf")
        self._wish: Desired = "run"

    def terminate(self, *_signal: Any) -> None:
        """Wish to stop, whatever the file says; made to be a signal's handler."""
        self._terminated = True

    def wish(self) -> Desired:
        """Tell what is wished."""
        if self._terminated:
            return "stop"
        if time.monotonic() - self._looked >= _EVERY:
            self._looked = time.monotonic()
            self._wish = read_desired(self._path)
        return self._wish

    def wait(self) -> Desired:
        """Wait until something else than a pause is wished, and tell what: `stop`, or to go on in some way."""
        while (wish := self.wish()) == "pause":
            time.sleep(_EVERY)
        return wish
