"""A worker that loads TensorFlow before there is a run to train, so that training begins at once."""

import os
import subprocess
import threading

import msgspec

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import start_worker
from tui_cnn.runs.runtime import Runtime


class PrewarmedWorker:
    """A worker for a run of a certain runtime. Without a run, it ends with this process, or when closed.

    Raises:
        RunError: it cannot be started.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        pipe = subprocess.PIPE
        settings = msgspec.json.encode(runtime).decode()
        self._worker = start_worker("spare", settings, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._loaded = threading.Event()
        self._assigned = False
        threading.Thread(target=self._wait_until_loaded, daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it has loaded all, still lives, and has no run yet."""
        return self._loaded.is_set() and not self._assigned and self._worker.poll() is None

    @property
    def loading(self) -> bool:
        """Whether it will be ready."""
        return not self._loaded.is_set()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._worker.pid

    def wait(self, seconds: float) -> bool:
        """Wait at most so many seconds until it is ready; return whether it is."""
        self._loaded.wait(seconds)
        return self.ready

    def assign(self, run: RunDirectory) -> "subprocess.Popen[bytes] | None":
        """Let it train a run; return its process, or None if it has ended."""
        if not self.ready or self._worker.stdin is None:
            return None
        self._assigned = True
        try:
            self._worker.stdin.write(os.fsencode(run.path) + b"\n")
            self._worker.stdin.close()
        except OSError:
            return None
        return self._worker

    def close(self) -> None:
        """End it, unless it has a run."""
        if not self._assigned and self._worker.stdin is not None:
            self._assigned = True
            self._worker.stdin.close()

    def _wait_until_loaded(self) -> None:
        assert self._worker.stdout is not None
        with self._worker.stdout as output:
            if not output.readline():  # it has ended
                self._worker.wait()
            self._loaded.set()
