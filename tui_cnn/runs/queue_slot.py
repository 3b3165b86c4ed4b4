"""The queue of runs: one trains at a time on a machine, the others wait in the order in which they were made.

A worker that waits holds a lock in the home's `queue`, named by when its run was made and its id; the one that trains
holds the lock `training` beside them. The system releases the locks however a worker ends.
"""

from contextlib import suppress

from tui_cnn.runs.directory import RunDirectory, home
from tui_cnn.runs.lock import is_held

_TRAINING = "training"


def is_training() -> bool:
    """Return whether a run of the queue is being trained."""
    return is_held(home() / "queue" / _TRAINING)


class QueueSlot:
    """One run's place in the queue, until it is released.

    Raises:
        OSError: the home cannot be written.
    """

    def __init__(self, run: RunDirectory) -> None:
        import filelock

        self._directory = home() / "queue"
        self._directory.mkdir(parents=True, exist_ok=True)
        self._id = run.id
        self._name = f"{run.network_file.stat().st_mtime_ns:020d} {run.id}"  # two may be of one second
        self._queued = filelock.FileLock(self._directory / self._name)
        self._training = filelock.FileLock(self._directory / _TRAINING)
        self._queued.acquire()

    def try_acquire(self) -> str | None:
        """Begin to train if it is this run's turn: return None then, else the id of the run to wait for."""
        import filelock

        if earlier := self._earlier():
            return earlier[-1].partition(" ")[2]
        try:
            self._training.acquire(timeout=0)
        except filelock.Timeout:
            return self._holder()
        (self._directory / f"{_TRAINING}.id").write_text(self._id)
        self._leave_queue()
        return None

    def release(self) -> None:
        """Let the next run train, or leave the queue."""
        self._leave_queue()
        self._training.release()

    def _leave_queue(self) -> None:
        if self._queued.is_locked:
            with suppress(OSError):
                (self._directory / self._name).unlink(missing_ok=True)
            self._queued.release()

    def _earlier(self) -> list[str]:
        names = sorted(path.name for path in self._directory.iterdir() if not path.name.startswith(_TRAINING))
        return [name for name in names if name < self._name and is_held(self._directory / name)]

    def _holder(self) -> str:
        with suppress(OSError):
            return (self._directory / f"{_TRAINING}.id").read_text("utf-8").strip()
        return ""
