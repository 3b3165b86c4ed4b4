"""Alerts: that a run has finished, failed, diverged, was interrupted or is stalled; as one line, and as fields."""

import os
from typing import Literal

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, read_about
from tui_cnn.runs.snapshot import ACTIVE, Snapshot
from tui_cnn.visible import visible

Outcome = Literal["finished", "failed", "diverged", "interrupted", "stalled"]

STALLED_AFTER = 600.0
"""Seconds without an event after which a run that trains counts as stalled; usually there are several a second."""


class Alert(msgspec.Struct, frozen=True):
    """What happened to a run.

    Attributes:
        run, name, path: its id, its title or its network's name, and its directory.
        outcome: one of five words, the same in every language.
        accuracy: that on the test images, 0 to 1; None: they were not tested.
        reason: why it failed.
    """

    run: str
    name: str
    outcome: Outcome
    accuracy: float | None
    path: str
    reason: str = ""

    @property
    def line(self) -> str:
        """It in a sentence, without anything that acts on a terminal."""
        tested = self.accuracy is not None
        sentences = {
            "finished": _("{name} finished: test accuracy {accuracy}") if tested else _("{name} finished"),
            "failed": _("{name} failed: {reason}"),
            "diverged": _("{name} diverged: the loss is no longer a number"),
            "interrupted": _("{name} was interrupted: its worker ended"),
            "stalled": _("{name} is stalled: no progress for {minutes} minutes"),
        }
        return sentences[self.outcome].format(
            name=visible(self.name),
            accuracy=self.written_accuracy,
            reason=visible(self.reason),
            minutes=round(STALLED_AFTER / 60),
        )

    @property
    def written_accuracy(self) -> str:
        """The accuracy as text: `0.9123`; empty: it is not known."""
        return "" if self.accuracy is None else f"{self.accuracy:.4f}"

    @property
    def fields(self) -> dict[str, str]:
        """What may stand in a command, by its placeholder."""
        return {
            "run": self.run,
            "name": self.name,
            "outcome": self.outcome,
            "accuracy": self.written_accuracy,
            "path": self.path,
        }


def alert(run: RunDirectory, outcome: Outcome, snapshot: Snapshot) -> Alert:
    """Describe what happened to a run."""
    name = read_about(run).title or run.name
    accuracy = snapshot.finished.test_accuracy if snapshot.finished else None
    reason = snapshot.failed.error if snapshot.failed else ""
    return Alert(run.id, name, outcome, accuracy, os.fspath(run.path), reason)


def ending(snapshot: Snapshot) -> Outcome | None:
    """Tell how a run has ended by its events; None: it has not, or it was stopped on command, which needs no alert."""
    if snapshot.finished is not None:
        return "finished"
    if snapshot.failed is not None:
        return "diverged" if snapshot.failed.diverged else "failed"
    if snapshot.state in ACTIVE or snapshot.stopped or snapshot.imported is not None:
        return None
    return "interrupted"


class StallDetector:
    """Notices that the events of a run do not grow while it trains.

    It counts looks, not the hours of a clock: a machine that slept is not a stalled run.
    """

    def __init__(self, interval: float, limit: float = STALLED_AFTER) -> None:
        """Look every `interval` seconds for a stall of `limit` seconds."""
        self._most = limit / interval
        self._size: int | None = None
        self._looks = 0

    def check(self, run: RunDirectory, snapshot: Snapshot) -> bool:
        """Check a run; return True once for each stall, which ends with the next event."""
        try:
            size = run.events_file.stat().st_size
        except OSError:
            size = 0
        return self.is_stalled(size if snapshot.state == "running" else None)

    def is_stalled(self, size: int | None) -> bool:
        """As `check`, by the size of what is to grow; None: nothing is to grow now."""
        if size != self._size or size is None:
            self._size, self._looks = size, 0
            return False
        self._looks += 1
        return self._most <= self._looks < self._most + 1
