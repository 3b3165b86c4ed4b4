"""Hands on this machine: a worker process for each run, which outlives the coordinator."""

from contextlib import suppress

from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot

_MOST_DEATHS = 3
"""How often a worker may be killed without an epoch in between, before its run counts as one that cannot be trained."""


class LocalRun:
    """A run that is trained here: its worker is started again if it is killed, even while it starts.

    Raises:
        RunError: the worker cannot be started.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._follower = Follower(run)
        self._deaths = 0
        self._epochs_at_death = -1
        self._start()

    def poll(self) -> Snapshot:
        """Return how it stands.

        Raises:
            RunError: its worker was killed again and again, or its directory is gone.
        """
        run, snapshot = self._follower.run, self._follower.poll()
        if snapshot.state in ACTIVE or snapshot.finished or snapshot.failed or snapshot.stopped:
            return snapshot
        if not run.path.exists():
            raise RunError(_("{run}: the directory of the run was deleted").format(run=run.id))
        if self._has_died_too_often():
            message = _("{run}: its worker was killed {count} times in the same epoch; see {log}")
            raise RunError(message.format(run=run.id, count=self._deaths, log=run.log_file))
        self._start()
        return self._follower.poll()

    def _start(self) -> None:
        """Start a worker, unless one is at the run, or it has finished."""
        while True:
            snapshot = self._follower.poll()
            if snapshot.finished or snapshot.state in ACTIVE:
                return
            try:
                launch.resume(self._follower.run, now=True)
            except RunError:
                if self._has_died_too_often():
                    raise
            else:
                return

    def _has_died_too_often(self) -> bool:
        """Count a death; return whether these are too many without an epoch in between."""
        epochs = len(self._follower.poll().epochs)
        self._deaths = self._deaths + 1 if epochs == self._epochs_at_death else 1
        self._epochs_at_death = epochs
        return self._deaths > _MOST_DEATHS


class LocalHands:
    """So many runs at a time on this machine, each on so many threads."""

    def __init__(self, jobs: int, threads: int) -> None:
        self.threads = threads
        self._jobs = jobs
        self._runs: dict[str, LocalRun] = {}

    def slots(self) -> int:
        """Return the number of jobs."""
        return self._jobs

    def start(self, run: RunDirectory) -> None:
        """Start a worker, unless one is at the run."""
        self._runs[run.id] = LocalRun(run)

    def progress(self, run: RunDirectory) -> Snapshot:
        """Return how a run stands; one that was stopped, or has ended, is only looked at."""
        started = self._runs.get(run.id)
        if started is None:
            return Follower(run).poll()
        snapshot = started.poll()
        if snapshot.finished or snapshot.failed or snapshot.stopped:
            del self._runs[run.id]
        return snapshot

    def stop(self, run: RunDirectory) -> bool:
        """Write the command, which the worker reads."""
        self._runs.pop(run.id, None)
        return stop_run(run)

    def close(self) -> None:
        """Leave the workers to themselves: each saves a checkpoint, and ends."""


def stop_run(run: RunDirectory) -> bool:
    """Let the worker of a run save a checkpoint, and end; return whether one was at it."""
    with suppress(RunError):
        launch.stop(run)
        return True
    return False
