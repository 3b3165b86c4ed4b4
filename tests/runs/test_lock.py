"""The lock between workers."""

import threading

import filelock
import pytest

from tui_cnn.runs import lock
from tui_cnn.runs.errors import RunError


def test_one_worker_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "_PATIENCE", 0.05)
    path = tmp_path / "lock"
    assert not lock.is_held(path)
    with lock.held(path):
        assert lock.is_held(path)
        with pytest.raises(RunError, match="another process is training it"), lock.held(path):
            pass
    assert not lock.is_held(path)


def test_a_reader_that_looks_does_not_turn_a_worker_away(tmp_path):
    import fcntl

    path = tmp_path / "lock"
    path.touch()
    with path.open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        threading.Timer(0.2, fcntl.flock, (reader, fcntl.LOCK_UN)).start()
        with lock.held(path):
            assert lock.is_held(path)


def test_the_lock_is_one_that_filelock_sees(tmp_path):
    with lock.held(tmp_path / "lock"), pytest.raises(filelock.Timeout):
        filelock.FileLock(tmp_path / "lock").acquire(timeout=0)
