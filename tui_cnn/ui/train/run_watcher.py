"""What the Train screen knows of a run at one moment: read in a thread, handed on as one immutable value."""

from typing import NamedTuple

import psutil

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory, read_about
from tui_cnn.runs.origin import Origin, read_origin
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot
from tui_cnn.runs.summary import Outcome, damage_lines, outcome
from tui_cnn.visible import visible

_EACH = 2
"""The worker's process is measured at every second reading: its share of the processor is a mean over that time."""


class Vitals(NamedTuple):
    """What the worker's process takes: per cent of one core (several make more than 100), and bytes of RAM."""

    cpu: float
    memory: int


class Watched(NamedTuple):
    """A run as it stands, with what was read beside its events."""

    snapshot: Snapshot
    vitals: Vitals | None
    outcome: Outcome | None
    recipe: Recipe | None
    title: str
    analysis: Analysis | None
    class_names: tuple[str, ...]
    origin: Origin | None = None
    damage: tuple[str, ...] = ()


class RunWatcher:
    """Reads one run again and again, from one thread at a time."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self.follower = Follower(run)
        self._process: psutil.Process | None = None
        self._vitals: Vitals | None = None
        self._readings = 0
        self._recipe: Recipe | None = None
        self._analysis: Analysis | None = None
        self._names: tuple[str, ...] | None = None
        self._origin: Origin | None = None
        self._watched: Watched | None = None

    def read(self) -> Watched:
        """Read what is new; the same object as before where nothing has changed."""
        snapshot = self.follower.poll()
        if self._names is None:
            self._read_once()
        vitals = self._measure(snapshot)
        before = self._watched
        if before is None or snapshot is not before.snapshot or vitals != before.vitals:
            ended = outcome(self.run, snapshot)
            title = visible(read_about(self.run).title)
            damaged = damage_lines(self.run, snapshot)
            names = self._names or _numbers(snapshot)
            self._watched = Watched(
                snapshot, vitals, ended, self._recipe, title, self._analysis, names, self._origin, damaged
            )
        assert self._watched is not None
        return self._watched

    def _read_once(self) -> None:
        from tui_cnn.data.dataset import summarize

        self._names = ()
        try:
            self._origin = read_origin(self.run)
            if self._origin is not None:  # its recipe is known in part
                self._names = self.run.output_names()
                if not self._origin.no_network:
                    self._analysis = analyze(self.run.network())
                return
            self._analysis = analyze(self.run.network())
            self._recipe = self.run.recipe()
            self._names = summarize(self._recipe.directory).class_names
        except (FormatError, DataError):
            return

    def _measure(self, snapshot: Snapshot) -> Vitals | None:
        """Ask the system about the worker; nothing is known of one that has left the run."""
        pid = snapshot.started.pid if snapshot.started and snapshot.state in ACTIVE else None
        self._readings += 1
        try:
            if pid is None:
                self._process = self._vitals = None
            elif self._process is None or self._process.pid != pid:
                self._process = psutil.Process(pid)
                self._process.cpu_percent()  # the first call only begins to measure
                self._vitals = None
            elif self._readings % _EACH == 0:
                with self._process.oneshot():
                    self._vitals = Vitals(self._process.cpu_percent(), self._process.memory_info().rss)
        except psutil.Error:
            self._process = self._vitals = None
        return self._vitals


def _numbers(snapshot: Snapshot) -> tuple[str, ...]:
    """Name classes by their numbers, where they have no names."""
    ends = [snapshot.finished.confusion] if snapshot.finished else []
    confusion = next((found for found in (*ends, *(epoch.confusion for epoch in snapshot.epochs)) if found), ())
    return tuple(map(str, range(len(confusion))))
