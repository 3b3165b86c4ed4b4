"""Worker processes: how each is started, and one that waits for a run."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import msgspec

import tui_cnn
from tui_cnn.confinement import is_served
from tui_cnn.errors import UserError
from tui_cnn.extras import what_is_missing
from tui_cnn.i18n import _
from tui_cnn.runs.dated import DatedDirectory
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError, ended_by_signal, is_out_of_memory, unstartable
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.runtime import Runtime
from tui_cnn.runs.shared_workers import sockets_passed_on

PACKAGES = Path(tui_cnn.__file__).parents[1]
"""Workers import modules from here, so that they run the same version of this program."""


_TIMEOUT = 60.0
"""Seconds that a process has to acquire its lock; it needs a fraction of one."""
_INTERVAL = 0.01


def require_tensorflow() -> None:
    """Make sure that a worker can do its work.

    Raises:
        RunError: TensorFlow is not installed.
    """
    if missing := what_is_missing("train", _("this")):
        raise RunError(missing)


def worker_command(*arguments: str) -> tuple[str, ...]:
    """Return the command `python -m tui_cnn.worker` with these arguments.

    Raises:
        RunError: TensorFlow is not installed.
    """
    require_tensorflow()
    return sys.executable, "-m", "tui_cnn.worker", *arguments


def start_worker(
    *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int | IO[Any], stderr: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Start a worker, as `start_detached` does.

    Raises:
        RunError: it cannot be started.
    """
    return start_detached(worker_command(*arguments), _("the worker"), stdin=stdin, stdout=stdout, stderr=stderr)


def start_detached(
    command: tuple[str, ...], name: str, *, stdin: int, stdout: int | IO[Any], stderr: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that nothing that ends this process or its terminal ends it.

    Of a served app, it stays in the app's, which has no terminal: all that a person starts has one share of the
    processor, however much that is. `name` is what it is called on the screen.

    Raises:
        RunError: it cannot be started.
    """
    try:
        process = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=PACKAGES,
            start_new_session=not is_served(), process_group=0 if is_served() else None, pass_fds=sockets_passed_on(),
        )  # fmt: skip
    except OSError as error:
        raise unstartable(name, command[0], error) from None
    # Without a wait, an ended process would stay behind as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def run_worker(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a worker to its end, with what is `given` to it on its standard input; what it writes is kept."""
    return subprocess.run(
        worker_command(*arguments),
        input=given,
        capture_output=True,
        cwd=PACKAGES,
        pass_fds=sockets_passed_on(),
        check=False,
    )


def why_failed(errors: bytes, status: int) -> str:
    """Say why a worker ended with a status: what ended it, or the last line that it wrote on its standard error."""
    if status < 0:  # what it wrote before has nothing to do with it
        return _("the worker exited ({reason})").format(reason=ended_by_signal(-status))
    text = errors.decode("utf-8", "replace")
    if is_out_of_memory(text):
        return _("not enough memory; close other programs, then try again")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else _("the worker exited with status {status}").format(status=status)


def has_started(
    process: subprocess.Popen[bytes], directory: DatedDirectory, events_size: int, too_late: UserError
) -> bool:
    """Wait until a process holds the lock of its directory, or has ended; return whether it has held it.

    One that has written events beyond the first `events_size` bytes has held it, and ended since.

    Raises:
        UserError: `too_late`; the process is killed.
    """
    deadline = time.monotonic() + _TIMEOUT
    while not is_held(directory.lock_file):
        if process.poll() is not None:
            return file_size(directory.events_file) > events_size
        if time.monotonic() > deadline:
            process.kill()
            raise too_late
        time.sleep(_INTERVAL)
    return True


def file_size(file: Path) -> int:
    """Return the bytes of a file; 0 where there is none."""
    return file.stat().st_size if file.exists() else 0


class PrewarmedWorker:
    """A worker that loads TensorFlow before there is a run, so that one of this runtime begins at once.

    Without a run, it ends with this process, or when closed.

    Raises:
        RunError: it cannot be started.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        pipe = subprocess.PIPE
        settings = msgspec.json.encode(runtime).decode()
        self._worker = start_worker("prewarm", settings, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
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

    def assign(self, run: RunDirectory) -> subprocess.Popen[bytes] | None:
        """Let it train a run; return its process, or None if it has ended."""
        if not self.ready:
            return None
        self._assigned = True
        assert self._worker.stdin is not None
        try:
            self._worker.stdin.write(os.fsencode(run.path) + b"\n")
            self._worker.stdin.close()
        except OSError:
            return None
        return self._worker

    def close(self) -> None:
        """End it, unless it has a run."""
        if not self._assigned:
            self._assigned = True
            assert self._worker.stdin is not None
            self._worker.stdin.close()

    def _wait_until_loaded(self) -> None:
        assert self._worker.stdout is not None
        with self._worker.stdout as output:
            if not output.readline():  # it has ended
                self._worker.wait()
            self._loaded.set()
