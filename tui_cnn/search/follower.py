"""Following a search as it is written: its new events only, and what the runs of its trials have come to."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from tui_cnn.config import home
from tui_cnn.errors import UserError
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import Follower, LineReader, Snapshot
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import AnySearchEvent
from tui_cnn.search.history import HistorySum, SearchHistory, TrialRecord
from tui_cnn.search.plan import SearchPlan

_CURVES_A_POLL = 100
"""Runs of ended trials whose curves are read at a time: thousands come piece by piece."""

_decoder: msgspec.json.Decoder[AnySearchEvent] = msgspec.json.Decoder(AnySearchEvent)


class RunCurve(NamedTuple):
    """Validation accuracies after the epochs of a run, and the best of them."""

    accuracies: tuple[float, ...] = ()
    best: float | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A trial now: what is recorded of it, and what its runs have come to.

    Attributes:
        state: how it ended, or the state of the run that is trained.
        accuracy: the best validation accuracy so far, the mean over its runs.
        epochs, seconds: the sums over its runs.
        curve: validation accuracies after the epochs of its first run; empty until they are read.
        by_seed: the best validation accuracy of each of its runs, as far as they are read.
    """

    record: TrialRecord
    state: str
    accuracy: float | None
    epochs: int
    seconds: float
    curve: tuple[float, ...] = ()
    by_seed: tuple[float, ...] = ()

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self.record.planned.trial

    @property
    def is_finished(self) -> bool:
        """Whether it was trained to its end, so that its accuracy counts."""
        return self.state == "finished" and self.accuracy is not None


class SearchSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A search at one moment. `plan` is None where `problem` says why it cannot be read."""

    search: SearchDirectory
    history: SearchHistory
    trials: tuple[Trial, ...]
    plan: SearchPlan | None
    problem: str = ""


class HistoryReader:
    """Reads the history of a search, each time what is new of its events."""

    def __init__(self, search: SearchDirectory) -> None:
        self.search = search
        self._lines = LineReader(search.events_file)
        self._sum = HistorySum()
        self._history: SearchHistory | None = None
        self.changed: set[int] = set()
        """The trials of which something was new at the last reading."""

    def read(self) -> SearchHistory:
        """Return the history: the same object as before where nothing has changed, but for the time."""
        held = is_held(self.search.lock_file)  # first: a coordinator that ends between the two has then written why
        self.changed = set()
        is_new = self._history is None
        for line in self._lines.lines():
            with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
                event = _decoder.decode(line)
                self._sum.add(event)
                is_new = True
                if (trial := getattr(event, "trial", None)) is not None:
                    self.changed.add(trial)
        if is_new or self._history is None:
            self._history = self._sum.history(held=held)
        elif held or self._history.state == "running":
            trials = self._history.trials
            self._history = self._sum.history(held=held, trials=trials)
        return self._history


class SearchFollower:
    """Follows one search, from one thread at a time."""

    def __init__(self, search: SearchDirectory) -> None:
        self.search = search
        self._reader = HistoryReader(search)
        self._trials: dict[int, Trial] = {}
        self._active: dict[str, Follower] = {}
        self._curves: dict[str, RunCurve] = {}
        self._unread: dict[int, None] = {}
        self._plan: SearchPlan | None = None
        self._problem = ""
        self._plan_written: float = -1
        self._snapshot: SearchSnapshot | None = None

    def poll(self, wanted: Sequence[int] = ()) -> SearchSnapshot:
        """Return the search as it stands; the curves of the trials `wanted` are read before those of the others."""
        self._read_plan()
        history = self._reader.read()
        changed = self._reader.changed | {number for number, trial in self._trials.items() if not trial.record.ended}
        changed |= self._read_curves(wanted)
        records = {record.planned.trial: record for record in history.trials} if changed else {}
        for number in sorted(changed & records.keys()):
            self._update(records[number])
        before = self._snapshot
        trials = before.trials if before else ()
        if (
            before is None
            or len(self._trials) != len(trials)
            or any(self._trials[number] is not trial for number, trial in zip(self._trials, trials, strict=True))
        ):
            trials = tuple(self._trials.values())
        now = (history, trials, self._plan, self._problem)
        if before is None or any(
            one is not other
            for one, other in zip(now, (before.history, before.trials, before.plan, before.problem), strict=True)
        ):
            self._snapshot = SearchSnapshot(
                search=self.search, history=history, trials=trials, plan=self._plan, problem=self._problem
            )
        assert self._snapshot is not None
        return self._snapshot

    def _read_plan(self) -> None:
        try:
            written = self.search.plan_file.stat().st_mtime
        except OSError:
            written = 0.0
        if written != self._plan_written:
            self._plan_written = written
            try:
                self._plan, self._problem = self.search.plan(), ""
            except UserError as error:
                self._plan, self._problem = None, str(error)

    def _read_curves(self, wanted: Iterable[int]) -> set[int]:
        """Read the curves of some trials that have ended; return which."""
        read: set[int] = set()
        for number in [*wanted, *reversed(self._unread)]:
            if number in self._unread and number not in read:
                for run in self._trials[number].record.runs.values():
                    self._curves[run] = _curve(Follower(RunDirectory(home() / "runs" / run)).poll())
                read.add(number)
                if len(read) >= _CURVES_A_POLL:
                    break
        for number in read:
            del self._unread[number]
        return read

    def _update(self, record: TrialRecord) -> None:
        """Bring a trial up to what is recorded of it, and to its runs where it is still trained."""
        number, ended = record.planned.trial, record.ended
        before = self._trials.get(number)
        if ended is not None:
            runs = [self._curves.get(run) for run in record.runs.values()]
            if before is None or not before.record.ended:
                for run in record.runs.values():
                    self._active.pop(run, None)
                if record.runs:
                    self._unread[number] = None
            known = [run for run in runs if run is not None]
            trial = Trial(
                record=record,
                state=ended.outcome,
                accuracy=ended.accuracy,
                epochs=ended.epochs,
                seconds=ended.seconds,
                curve=known[0].accuracies if known else before.curve if before else (),
                by_seed=tuple(run.best for run in known if run.best is not None),
            )
        else:
            trial = self._trained(record)
        if trial != before:
            self._trials[number] = trial

    def _trained(self, record: TrialRecord) -> Trial:
        state, epochs, seconds, found = "queued", 0, 0.0, []
        for run in record.runs.values():
            follower = self._active.setdefault(run, Follower(RunDirectory(home() / "runs" / run)))
            snapshot = follower.poll()
            state, epochs, seconds = snapshot.state, epochs + len(snapshot.epochs), seconds + snapshot.elapsed
            self._curves[run] = _curve(snapshot)
            found.append(self._curves[run])
        best = tuple(run.best for run in found if run.best is not None)
        return Trial(
            record=record,
            state="running" if state == "finished" else state,  # its next seed follows
            accuracy=sum(best) / len(best) if best else None,
            epochs=epochs,
            seconds=seconds,
            curve=found[0].accuracies if found else (),
            by_seed=best,
        )


def _curve(snapshot: Snapshot) -> RunCurve:
    accuracies = (epoch.val_accuracy for epoch in snapshot.epochs)
    return RunCurve(tuple(each for each in accuracies if each is not None), snapshot.best_accuracy)
