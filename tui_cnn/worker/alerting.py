"""The worker's alerts, sent with the screen closed or open: how a run has ended, and that it makes no progress."""

import threading
import traceback

from tui_cnn.runs.alert_delivery import deliver
from tui_cnn.runs.alerts import Outcome, StallDetector, alert, ending
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.snapshot import Follower, Snapshot

_LOOK_EVERY = 30.0
"""Seconds between two looks for a stall."""


def ending_of(snapshot: Snapshot, status: int) -> Outcome | None:
    """Tell how a worker that exits with this status has ended a run; one that could not write it down has failed."""
    if status:
        return ending(snapshot) if snapshot.failed else "failed"
    return "finished" if snapshot.finished else None


def announce(run: RunDirectory, outcome: Outcome) -> None:
    """Send an alert about a run; whatever happens, the run is as it was. A search reports once, for all its trials."""
    if not run.path.exists() or run.is_trial:
        return
    try:
        deliver(alert(run, outcome, Follower(run).poll()), run.log_file)
    except Exception:  # an alert is never worth a run
        traceback.print_exc()


class StallWatch:
    """Looks for a stall of a run in a thread, between `with` and its end."""

    def __init__(self, run: RunDirectory, every: float = _LOOK_EVERY) -> None:
        self._run = run
        self._every = every
        self._ended = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_details: object) -> None:
        self._ended.set()

    def _watch(self) -> None:
        detector, follower = StallDetector(self._every), Follower(self._run)
        while not self._ended.wait(self._every):
            if detector.check(self._run, follower.poll()):
                announce(self._run, "stalled")
