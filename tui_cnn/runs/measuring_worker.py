"""A worker that measures: it reads one request, writes each result as a line of JSON, and ends."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from tui_cnn.runs.errors import RunError
from tui_cnn.runs.process import start_worker, why_failed

Result = TypeVar("Result")


class MeasuringWorker(Generic[Result]):
    """Starts such a worker, whose lines hold a `result` each; it ends with its last one, or when this is closed."""

    def __init__(self, result: Any) -> None:
        self._result = result
        self._worker: subprocess.Popen[bytes] | None = None
        self._closed = threading.Event()

    def results(self, *arguments: str, request: bytes = b"") -> Iterator[Result]:
        """Start a worker with these arguments, and yield its results as soon as they come; none once this is closed.

        Raises:
            RunError: TensorFlow is not installed, the worker cannot be started, or it failed.
        """
        if self._closed.is_set():
            return
        pipe = subprocess.PIPE
        with tempfile.TemporaryFile() as errors:  # a pipe that nobody reads could fill up
            worker = self._worker = start_worker(*arguments, stdin=pipe, stdout=pipe, stderr=errors)
            if self._closed.is_set():  # meanwhile, by another thread
                worker.kill()
            assert worker.stdin is not None
            assert worker.stdout is not None
            with suppress(OSError):  # it has ended; why, is read with its output
                worker.stdin.write(request)
                worker.stdin.close()
            with worker.stdout as output:
                for line in output:
                    yield msgspec.json.decode(line, type=self._result)
            if worker.wait() and not self._closed.is_set():
                errors.seek(0)
                raise RunError(why_failed(errors.read(), worker.returncode))

    def close(self) -> None:
        """End the worker."""
        self._closed.set()
        if self._worker is not None and self._worker.poll() is None:
            self._worker.kill()
