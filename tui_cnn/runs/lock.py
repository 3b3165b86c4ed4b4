"""The locks that workers hold for as long as they live; the system releases them however a worker ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_cnn.config import home
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

_PATIENCE = 5.0
"""Seconds for which a worker tries: a reader that tests the lock holds it for an instant."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a run.

    Raises:
        RunError: another process holds it.
    """
    import filelock

    lock = filelock.FileLock(path, thread_local=False)  # who releases it may be another thread
    try:
        lock.acquire(timeout=_PATIENCE, poll_interval=0.01)
    except filelock.Timeout:
        message = _("{run}: another process is training it; wait, or stop it")
        raise RunError(message.format(run=path.parent.name)) from None
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Return whether a worker holds the lock. Readers do not affect each other."""
    if sys.platform == "win32":
        import filelock

        try:
            filelock.FileLock(path).acquire(timeout=0).lock.release()
        except filelock.Timeout:
            return True
        return False
    import fcntl

    if not path.is_file():  # to open a named pipe would wait for ever
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def is_training() -> bool:
    """Return whether a run of the queue is being trained."""
    return is_held(home() / "queue" / "training")
