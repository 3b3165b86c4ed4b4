"""A spare worker, which loads TensorFlow while one still looks at the settings, so that training begins at once."""

import os
import subprocess
import threading

import msgspec

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import start_worker
from tui_cnn.runs.runtime import Runtime


class Spare:
    """A worker for a run of a certain runtime. Unless it is given one, it ends with this process, or when closed.

    Raises:
        RunError: it cannot be started.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        pipe = subprocess.PIPE
        told = msgspec.json.encode(runtime).decode()
        self._worker = start_worker("spare", told, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._said = threading.Event()
        self._given = False
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it has loaded all, still lives, and has no run yet."""
        return self._said.is_set() and not self._given and self._worker.poll() is None

    @property
    def loading(self) -> bool:
        """Whether it will be ready."""
        return not self._said.is_set()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._worker.pid

    def wait(self, seconds: float) -> bool:
        """Wait until it is ready, at most so many seconds; tell whether it is."""
        self._said.wait(seconds)
        return self.ready

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
            if not said.readline():  # it has ended, and is no zombie once that is known
                self._worker.wait()
            self._said.set()
