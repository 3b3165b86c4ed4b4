"""The commands to a worker: from the run's `desired` file, or from a signal of the system."""

import time
from pathlib import Path
from typing import Any

from tui_cnn.runs.desired import Desired, read_desired

_INTERVAL = 0.1


class Control:
    """The command as it stands, read at most ten times a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._terminated = False
        self._read_at = float("-inf")
        self._command: Desired = "run"

    def terminate(self, *_signal: Any) -> None:
        """Stop, whatever the file says; a signal handler."""
        self._terminated = True

    def command(self) -> Desired:
        """Return the command."""
        if self._terminated:
            return "stop"
        if time.monotonic() - self._read_at >= _INTERVAL:
            self._read_at = time.monotonic()
            self._command = read_desired(self._path)
        return self._command

    def wait_while_paused(self) -> Desired:
        """Wait until the command is not `pause` any more; return it."""
        while (command := self.command()) == "pause":
            time.sleep(_INTERVAL)
        return command
