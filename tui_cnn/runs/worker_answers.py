"""Workers that answer one request in lines of JSON, as soon as each answer is known."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from tui_cnn.runs.errors import RunError
from tui_cnn.runs.process import start_worker, why_failed

T = TypeVar("T")


class WorkerAnswers(Generic[T]):
    """Starts such workers, one after the other. Each ends with its last answer, or when this is closed."""

    def __init__(self, decoder: msgspec.json.Decoder[T]) -> None:
        self._decoder = decoder
        self._worker: subprocess.Popen[bytes] | None = None
        self._closed = threading.Event()

    def ask(self, *arguments: str, given: bytes = b"") -> Iterator[T]:
        """Start a worker, write to it what is `given`, and yield its answers; once this is closed, do nothing.

        Raises:
            RunError: TensorFlow is not installed, or the worker cannot be started or fails.
        """
        if self._closed.is_set():
            return
        with tempfile.TemporaryFile() as errors:  # a pipe that nobody reads could fill up
            pipe = subprocess.PIPE
            worker = self._worker = start_worker(*arguments, stdin=pipe, stdout=pipe, stderr=errors)
            if self._closed.is_set():  # while it was started
                worker.kill()
            assert worker.stdin is not None
            assert worker.stdout is not None
            try:
                with worker.stdin as standard_input:
                    standard_input.write(given)
            except OSError:  # it has ended; why, is read with its answers
                pass
            with worker.stdout as output:
                for line in output:
                    yield self._decoder.decode(line)
            if worker.wait() and not self._closed.is_set():
                errors.seek(0)
                raise RunError(why_failed(errors.read(), worker.returncode))

    def close(self) -> None:
        """End the worker; start no other."""
        self._closed.set()
        if self._worker is not None and self._worker.poll() is None:
            self._worker.kill()
