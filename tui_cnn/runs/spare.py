"""A spare worker, which loads TensorFlow while one still looks at the settings, so that training begins at once."""

import os
import subprocess
import threading

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import start_worker
from tui_cnn.runs.recipe import Recipe


class Spare:
    """A worker without a run. It ends when it is closed, or when this process does, unless it was given a run.

    Raises:
        RunError: it cannot be started.
    """

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._worker = start_worker("spare", stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._said_ready = threading.Event()
        self._given = False
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it has loaded all, still lives, and has no run yet."""
        return self._said_ready.is_set() and not self._given and self._worker.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._worker.pid

    def wait(self, seconds: float) -> bool:
        """Wait until it is ready, at most so many seconds; tell whether it is."""
        self._said_ready.wait(seconds)
        return self.ready

    def suits(self, recipe: Recipe) -> bool:
        """Tell whether it can train by a recipe: what TensorFlow must know before it begins, it knows by default."""
        return recipe.device == "auto" and recipe.threads is None and not recipe.deterministic

    def give(self, run: RunDirectory) -> "subprocess.Popen[bytes] | None":
        """Let it train a run; return its process, or None if it is no more."""
        if not self.ready or self._worker.stdin is None:
            return None
        self._given = True
        try:
            self._worker.stdin.write(os.fsencode(run.path) + b"\n")
            self._worker.stdin.close()
        except OSError:
            return None
        return self._worker

    def close(self) -> None:
        """End it, unless it has a run."""
        if not self._given and self._worker.stdin is not None:
            self._given = True
            self._worker.stdin.close()

    def _listen(self) -> None:
        assert self._worker.stdout is not None
        with self._worker.stdout as said:
            if said.readline():
                self._said_ready.set()
