"""A search as it stands at one moment: the sum of its events, and whether a coordinator holds its lock."""

import time
from collections.abc import Iterable
from typing import Literal

import msgspec

from tui_cnn.runs.lock import is_held
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import (
    AnySearchEvent,
    SearchFailed,
    SearchFinished,
    SearchStarted,
    SearchStopped,
    TrialEnded,
    TrialLaunched,
    TrialPlanned,
    read_events,
)
from tui_cnn.search.plan import Goal

SearchState = Literal["new", "running", "stopped", "finished", "failed", "interrupted"]


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A trial as recorded: its runs by their seeds, and its end; None while it is trained, or waits to be resumed."""

    planned: TrialPlanned
    runs: dict[int, str] = {}
    ended: TrialEnded | None = None

    def goals(self, goals: Iterable[Goal]) -> tuple[float, ...] | None:
        """Return what a finished trial reached of each goal; None where it did not come to that."""
        if self.ended is None or self.ended.outcome != "finished" or self.ended.accuracy is None:
            return None
        planned, ended = self.planned, self.ended
        reached: dict[Goal, float] = {
            "accuracy": self.ended.accuracy,
            "params": planned.params,
            "macs": planned.macs,
            "memory": planned.memory,
            "seconds": ended.seconds,
        }
        return tuple(reached[goal] for goal in goals)


class SearchHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What a search has come to. `elapsed`: seconds in which a coordinator was at it."""

    state: SearchState
    trials: tuple[TrialRecord, ...] = ()
    started: SearchStarted | None = None
    finished: SearchFinished | None = None
    failed: SearchFailed | None = None
    elapsed: float = 0.0


class HistorySum:
    """The sum of events, in their order."""

    def __init__(self, events: Iterable[AnySearchEvent] = ()) -> None:
        self._trials: dict[int, TrialRecord] = {}
        self._started: SearchStarted | None = None
        self._end: SearchStopped | SearchFinished | SearchFailed | None = None
        self._elapsed = 0.0
        self._latest = 0.0
        for event in events:
            self.add(event)

    def add(self, event: AnySearchEvent) -> None:
        """Add the next event."""
        if isinstance(event, SearchStarted):
            self._started, self._end, self._latest = event, None, event.time
        self._elapsed += max(0.0, event.time - self._latest)
        self._latest = event.time
        if isinstance(event, SearchStopped | SearchFinished | SearchFailed):
            self._end = event
        record_event(self._trials, event)

    def history(self, *, held: bool, trials: tuple[TrialRecord, ...] | None = None) -> SearchHistory:
        """Return what they come to, where a coordinator holds the lock, or not; `trials` where they are known."""
        state: SearchState = "new" if self._started is None else "interrupted"
        match self._end:
            case SearchStopped():
                state = "stopped"
            case SearchFinished():
                state = "finished"
            case SearchFailed():
                state = "failed"
        since = max(0.0, time.time() - self._latest) if held and self._started else 0.0
        return SearchHistory(
            state="running" if held else state,
            trials=tuple(self._trials.values()) if trials is None else trials,
            started=self._started,
            finished=self._end if isinstance(self._end, SearchFinished) else None,
            failed=self._end if isinstance(self._end, SearchFailed) else None,
            elapsed=self._elapsed + since,
        )


def read_history(search: SearchDirectory) -> SearchHistory:
    """Read what a search has come to."""
    held = is_held(search.lock_file)  # first: a coordinator that ends between the two has then written why
    return HistorySum(read_events(search.events_file)).history(held=held)


def record_event(trials: dict[int, TrialRecord], event: AnySearchEvent) -> None:
    """Bring the trials, by their numbers, up to an event; one that is not of a trial changes nothing."""
    match event:
        case TrialPlanned():
            trials.setdefault(event.trial, TrialRecord(planned=event))
        case TrialLaunched(trial=number) if number in trials:
            runs = {**trials[number].runs, event.seed: event.run}
            trials[number] = msgspec.structs.replace(trials[number], runs=runs)
        case TrialEnded(trial=number) if number in trials and trials[number].ended is None:
            trials[number] = msgspec.structs.replace(trials[number], ended=event)


def best_trial(trials: Iterable[TrialRecord]) -> TrialRecord | None:
    """Return the finished trial of the highest accuracy; of equal ones the one with fewest parameters."""
    finished = [trial for trial in trials if trial.goals(("accuracy",)) is not None]
    return max(finished, key=lambda trial: (trial.goals(("accuracy",)), -trial.planned.params), default=None)


def pareto_front(trials: Iterable[TrialRecord], goals: tuple[Goal, ...]) -> list[TrialRecord]:
    """Return the finished trials than which no other is better in one goal and as good in all."""
    scored = [(trial, _losses(reached, goals)) for trial in trials if (reached := trial.goals(goals)) is not None]
    return [
        trial
        for trial, losses in scored
        if not any(
            other != losses and all(mine >= theirs for mine, theirs in zip(losses, other, strict=True))
            for _trial, other in scored
        )
    ]


def _losses(reached: tuple[float, ...], goals: tuple[Goal, ...]) -> tuple[float, ...]:
    """Turn what is the better the higher round, so that lower is better of all."""
    return tuple(-value if goal == "accuracy" else value for value, goal in zip(reached, goals, strict=True))
