"""When a worker may train: the commands to it, and its place in the queue of runs."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock

from tui_cnn.config import home
from tui_cnn.confinement import is_served
from tui_cnn.runs.directory import Desired, RunDirectory, read_desired
from tui_cnn.runs.events import Queued
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.turns import TRAINING, has_turn
from tui_cnn.worker.journal import Journal

_INTERVAL = 0.1


class Control:
    """The command as it stands: from the run's `desired` file, read at most ten times a second, or from a signal."""

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


class QueueSlot:
    """The right of a run to train: acquired before it trains, released while it is paused and when it ends.

    One trains at a time on a machine, the others wait in the order in which they were made. A worker that waits holds a
    lock in the home's `queue`, named by when its run was made and its id; the one that trains holds the lock `training`
    beside them. The system releases the locks however a worker ends.
    """

    def __init__(self, run: RunDirectory, journal: Journal, control: Control) -> None:
        self._run = run
        self._journal = journal
        self._control = control
        self._directory = home() / "queue"
        self._training = filelock.FileLock(self._directory / TRAINING)
        self._queued: filelock.FileLock | None = None

    def acquire(self) -> bool:
        """Wait until it is the run's turn, or the command is to train now; return False if it is to stop.

        Raises:
            OSError: the home cannot be written.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        made = self._run.network_file.stat().st_mtime_ns  # two may be of one second
        self._queued = filelock.FileLock(self._directory / f"{made:020d} {self._run.id}")
        self._queued.acquire()
        reported: str | None = None
        while (behind := self._behind()) is not None:
            if behind != reported:
                reported = behind
                self._journal.write(Queued(behind=behind))
            match self._control.command():
                case "stop":
                    self.release()
                    return False
                case "now" if not is_served():
                    self.release()
                    break
            time.sleep(_INTERVAL)
        if reported is not None:
            self._journal.write(Queued(behind=None))
        return True

    def release(self) -> None:
        """Let the next run train, or leave the queue."""
        self._leave_queue()
        self._training.release()

    def _behind(self) -> str | None:
        """Begin to train if it is this run's turn: return None then, else the id of the run to wait for."""
        assert self._queued is not None
        own = Path(self._queued.lock_file).name
        names = sorted(path.name for path in self._directory.iterdir() if not path.name.startswith(TRAINING))
        if earlier := [name for name in names if name < own and is_held(self._directory / name)]:
            return earlier[-1].partition(" ")[2]
        if not has_turn(self._run.id):
            return ""
        holder = self._directory / f"{TRAINING}.id"
        try:
            self._training.acquire(timeout=0)
        except filelock.Timeout:
            with suppress(OSError):
                return holder.read_text("utf-8", "replace").strip()
            return ""
        holder.write_text(self._run.id)
        self._leave_queue()
        return None

    def _leave_queue(self) -> None:
        if self._queued is not None:
            with suppress(OSError):
                Path(self._queued.lock_file).unlink(missing_ok=True)
            self._queued.release()
            self._queued = None
