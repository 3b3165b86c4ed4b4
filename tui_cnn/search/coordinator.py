"""The coordinator: asks the brain, trains as many trials at a time as it may, prunes them, and records how each ended.

What is recorded in `events.jsonl`, and the runs themselves, are all that it goes by: killed at any moment, another
continues with the same trials. A trial is recorded before its run is made, a run names its trial from the moment when
it is there, and only one process can hold the lock of a run: so none is lost, and none is trained twice. Who trains
the runs, here or on a cluster, is the business of its hands.
"""

import os
import signal
import time

import msgspec

from tui_cnn.data.dataset import summarize
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, read_desired
from tui_cnn.runs.machine import digest
from tui_cnn.runs.recipe import dumps_recipe
from tui_cnn.search.alerting import SearchWatch
from tui_cnn.search.brains import needs_optuna, open_brain
from tui_cnn.search.directory import SearchDirectory, runs_of
from tui_cnn.search.enumeration import Draw, Known
from tui_cnn.search.events import (
    Ending,
    SearchFailed,
    SearchFinished,
    SearchJournal,
    SearchStarted,
    SearchStopped,
    TrialEnded,
    TrialLaunched,
    TrialPlanned,
)
from tui_cnn.search.hands import Hands, open_hands
from tui_cnn.search.history import TrialRecord, read_history, record_event
from tui_cnn.search.limits import Costs, costs, violations
from tui_cnn.search.space import Variation
from tui_cnn.search.trials import ActiveTrial
from tui_cnn.search.winner import evaluate_winner

_INTERVAL = 0.1
"""Seconds between two polls of the trials."""
_DRAWS_AT_A_TIME = 100
_BEGUN_AT_A_TIME = 20
"""Trials that begin between two polls of the others, which are to be pruned within seconds."""
_MOST_REFUSED = 20_000
_MOST_REFUSED_BY_OPTUNA = 2_000
"""Candidates in a row that do not fit, or were trained before, after which no more is expected."""
_MOST_FAILURES = 3
"""Trials in a row that fail, after which the next would fail, too."""


class Coordinator:
    """Runs a search to its end, or until it is to stop. The caller holds the lock of the search.

    Raises:
        SearchError: its plan is invalid, or a package is missing.
        FormatError, DataError: a file of it, or the data set, cannot be read.
    """

    def __init__(self, search: SearchDirectory, hands: Hands, scheduler: str = "") -> None:
        self._search = search
        self._plan = search.plan()
        self._space = self._plan.space_on(search.network())
        self._limits = self._plan.parsed_limits
        self._classes = summarize(self._plan.recipe.directory).class_count
        self._hands = hands
        self._scheduler = scheduler
        history = read_history(search)
        self._records = {record.planned.trial: record for record in history.trials}
        self._begun = time.monotonic() - history.elapsed
        self._brain = open_brain(search, self._plan, self._space, tuple(map(self._known, history.trials)))
        self._journal = SearchJournal(search.events_file)
        self._waiting: list[ActiveTrial] = []
        self._active: list[ActiveTrial] = []
        self._trained = {
            self._key(self._space.build(record.planned.values)): record.planned.trial for record in history.trials
        }
        self._tried = {msgspec.json.encode(record.planned.values) for record in history.trials}
        self._refused = 0
        self._last = max(self._records, default=0)
        self._failures = 0
        self._epochs = sum(record.ended.epochs for record in history.trials if record.ended)
        self._has_ended = False
        self._exhausted = False
        self._terminated = False

    def run(self) -> Ending:
        """Run the search; return how it ended."""
        signal.signal(signal.SIGTERM, self._terminate)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        jobs, threads = self._hands.slots(), self._hands.threads
        self._journal.write(SearchStarted(pid=os.getpid(), jobs=jobs, threads=threads, scheduler=self._scheduler))
        self._recover()
        while not self._is_to_stop():
            self._follow()
            if self._failures >= _MOST_FAILURES:
                return self._end(SearchFailed(error=self._last_error()))
            self._fill()
            if not self._active and (self._exhausted or self._is_spent()):
                evaluate_winner(self._records.values())
                return self._end(SearchFinished(reason="budget" if self._is_spent() else "exhausted"))
            if not self._has_ended:
                time.sleep(_INTERVAL)
        return self._end(SearchStopped())

    def event_bytes(self) -> int:
        """Return how many bytes of events there are, of the search and of what is trained: they grow all the time."""
        files = [self._search.events_file, *(trial.events_file for trial in list(self._active))]
        return sum(file.stat().st_size for file in files if file is not None and file.exists())

    def _terminate(self, *_signal: object) -> None:
        self._terminated = True

    def _is_to_stop(self) -> bool:
        return self._terminated or read_desired(self._search.desired_file) == "stop"

    def _end(self, event: Ending) -> Ending:
        """Stop what is still trained, wait for its checkpoints, and record why the search ends."""
        for trial in self._active:
            trial.stop()
        while any(trial.is_training for trial in self._active):
            time.sleep(_INTERVAL)
        self._hands.close()
        self._journal.write(event)
        return event

    def _recover(self) -> None:
        """Continue the trials of an earlier coordinator; record runs that it made and could not record any more."""
        made = runs_of(self._search)
        for (number, seed), run in made.items():
            record = self._records.get(number)
            if record is None:
                continue
            if seed not in record.runs:
                self._record(TrialLaunched(trial=number, seed=seed, run=run.id))
            if record.ended is not None:  # it was pruned
                self._hands.stop(run)
        for number, record in self._records.items():
            if record.ended is None:
                runs = {seed: run for (trial, seed), run in made.items() if trial == number}
                self._waiting.append(self._trial(record.planned, self._space.build(record.planned.values), runs))

    def _follow(self) -> None:
        """Let each active trial continue; record those that have ended."""
        self._has_ended = False
        for trial in list(self._active):
            ended = trial.poll()
            pruned = self._pruned(trial)  # also of one that has ended: its last epochs came with its end
            if (outcome := ended or pruned) is not None:
                self._close(trial, outcome)

    def _pruned(self, trial: ActiveTrial) -> TrialEnded | None:
        """Report new epochs to the brain; return how the trial ends if it is to be pruned."""
        reports = [self._brain.report(trial.planned.draw, epoch, accuracy) for epoch, accuracy in trial.new_epochs()]
        return trial.prune() if any(reports) else None

    def _close(self, trial: ActiveTrial, ended: TrialEnded) -> None:
        self._active.remove(trial)
        self._has_ended = True
        self._record(ended)
        self._epochs += ended.epochs
        known = self._known(self._records[ended.trial])
        self._brain.record(known.number, known.goals, pruned=known.pruned)
        if ended.outcome == "pruned":
            trial.stop()
        self._failures = self._failures + 1 if ended.outcome == "failed" else 0

    def _fill(self) -> None:
        """Begin trials where there is room: first those that an earlier coordinator began."""
        slots = min(self._hands.slots(), len(self._active) + _BEGUN_AT_A_TIME)
        while len(self._active) < slots:
            if self._waiting:
                self._active.append(self._waiting.pop(0))
            elif self._exhausted or self._is_spent():
                return
            elif trial := self._propose():
                self._active.append(trial)
            else:
                return

    def _is_spent(self) -> bool:
        """Return whether the budget allows no more trials."""
        budget, most = self._plan.budget, self._plan.trials
        return (
            (most is not None and len(self._records) >= most)
            or (budget.minutes is not None and time.monotonic() - self._begun >= 60 * budget.minutes)
            or (budget.epochs is not None and self._epochs_done() >= budget.epochs)
        )

    def _epochs_done(self) -> int:
        return self._epochs + sum(trial.epochs for trial in self._active)

    def _propose(self) -> ActiveTrial | None:
        """Plan the next candidate that fits; None where the brain has none, or not yet after some draws."""
        for _number in range(_DRAWS_AT_A_TIME):
            draw = self._brain.ask()
            if draw is None:
                self._exhausted = True
                return None
            self._tried.add(msgspec.json.encode(draw.values))
            setup = self._space.build(draw.values)
            found = costs(setup, self._classes)
            if unmet := violations(self._limits, found):
                self._brain.refuse(draw.number, unmet)
            elif (earlier := self._trained.get(key := self._key(setup))) is not None:
                self._brain.record(draw.number, self._records[earlier].goals(self._plan.goals))
            else:
                self._refused = 0
                trial = self._plan_trial(draw, setup, found)
                self._trained[key] = trial.planned.trial
                return trial
            self._refused += 1
            if self._is_worn_out():
                self._exhausted = True
                return None
        return None

    def _is_worn_out(self) -> bool:
        """Return whether all candidates were tried, or so many in a row were in vain that no more is expected."""
        most = _MOST_REFUSED_BY_OPTUNA if needs_optuna(self._plan) else _MOST_REFUSED
        count = self._space.count
        # A grid ends by itself, and random draws of an earlier coordinator are not known here.
        return self._refused >= most or (count is not None and self._plan.brain != "grid" and len(self._tried) >= count)

    def _plan_trial(self, draw: Draw, setup: Variation, found: Costs) -> ActiveTrial:
        self._last += 1
        planned = TrialPlanned(
            trial=self._last,
            draw=draw.number,
            values=draw.values,
            params=found.params or 0,
            macs=found.macs or 0,
            memory=found.memory or 0,
        )
        self._record(planned)
        return self._trial(planned, setup, {})

    def _trial(self, planned: TrialPlanned, setup: Variation, runs: dict[int, RunDirectory]) -> ActiveTrial:
        return ActiveTrial(self._hands, self._search, planned, setup, self._plan.seeds, runs, self._record)

    def _key(self, setup: Variation) -> tuple[str, str]:
        """Name what a candidate trains, whatever values it came from, and how."""
        return digest(setup.network), dumps_recipe(setup.recipe)

    def _known(self, record: TrialRecord) -> Known:
        ended, goals = record.ended, record.goals(self._plan.goals)
        pruned = ended is not None and ended.outcome == "pruned"
        return Known(record.planned.draw, ended is not None, goals, pruned)

    def _record(self, event: TrialPlanned | TrialLaunched | TrialEnded) -> None:
        """Write an event of a trial, and keep it."""
        self._journal.write(event)
        record_event(self._records, event)

    def _last_error(self) -> str:
        errors = [record.ended.error for record in self._records.values() if record.ended and record.ended.error]
        message = _("{count} trials in a row failed, the last one: {error}")
        return message.format(count=self._failures, error=errors[-1])


def coordinate(
    search: SearchDirectory, jobs: int | None = None, scheduler: str = "", memory: float | None = None
) -> Ending:
    """Run a search here, or on the cluster of a Dask `scheduler`; return how it ended, which is recorded.

    `memory`: the bytes that a run will take, as far as they are known.

    Raises:
        UserError: what that is.
    """
    try:
        coordinator = Coordinator(search, open_hands(search, jobs, scheduler, memory), scheduler)
        with SearchWatch(search, coordinator.event_bytes):
            return coordinator.run()
    except OSError:
        raise
    except Exception as error:
        SearchJournal(search.events_file).write(SearchFailed(error=str(error) or type(error).__name__))
        raise
