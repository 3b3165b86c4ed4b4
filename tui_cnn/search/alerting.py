"""Alerts of a search, by the user's settings for runs: that it has finished, has failed, or is stalled."""

import os
import threading
import traceback
from collections.abc import Callable

from tui_cnn.i18n import _
from tui_cnn.runs.alert_delivery import deliver
from tui_cnn.runs.alerts import Alert, Outcome, StallDetector
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import Ending, SearchFailed, SearchFinished
from tui_cnn.search.history import best_trial, read_history
from tui_cnn.search.winner import accuracy_on_test

_LOOK_EVERY = 30.0
"""Seconds between two looks for a stall."""


def outcome_of(ending: Ending) -> Outcome | None:
    """Tell which alert the end of a search is worth; None: its user has stopped it."""
    match ending:
        case SearchFinished():
            return "finished"
        case SearchFailed():
            return "failed"
    return None


def search_alert(search: SearchDirectory, outcome: Outcome | None = None) -> Alert | None:
    """Make the alert about a search, or, without an outcome, about its end; the accuracy is its best trial's.

    None: it has no outcome that is worth an alert, such as being stopped by its user.
    """
    history = read_history(search)
    if outcome is None and history.state in ("finished", "failed", "interrupted"):
        outcome = history.state
    if outcome is None:
        return None
    best = best_trial(history.trials) if outcome == "finished" else None
    name = _("search {name}").format(name=search.name)
    reason = history.failed.error if history.failed else ""
    accuracy = None if best is None else accuracy_on_test(best)
    return Alert(search.id, name, outcome, accuracy, os.fspath(search.path), reason)


def announce(search: SearchDirectory, outcome: Outcome) -> None:
    """Send an alert about a search. It never raises."""
    try:
        if (made := search_alert(search, outcome)) is not None:
            deliver(made, search.log_file)
    except Exception:  # an alert is never worth a search
        traceback.print_exc()


class SearchWatch:
    """Looks in a thread, between `with` and its end, whether anything grows: `size` counts the bytes of all events."""

    def __init__(self, search: SearchDirectory, size: Callable[[], int], every: float = _LOOK_EVERY) -> None:
        self._search = search
        self._size = size
        self._every = every
        self._ended = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_details: object) -> None:
        self._ended.set()

    def _watch(self) -> None:
        detector = StallDetector(self._every)
        while not self._ended.wait(self._every):
            if detector.is_stalled(self._size()):
                announce(self._search, "stalled")
