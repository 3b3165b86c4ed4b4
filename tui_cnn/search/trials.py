"""A trial that is trained: its runs, one seed after the other, each in a worker of its own."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preflight import check
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot
from tui_cnn.search.directory import SearchDirectory, make_trial_run
from tui_cnn.search.events import Outcome, TrialEnded, TrialLaunched, TrialPlanned
from tui_cnn.search.space import Variation

_MOST_DEATHS = 3
"""How often a worker may be killed without an epoch in between, before its trial counts as failed."""


class EpochResult(NamedTuple):
    """The validation accuracy after an epoch of the trial's first run."""

    epoch: int
    accuracy: float


class _Result(NamedTuple):
    accuracy: float | None
    epochs: int
    seconds: float


class ActiveTrial:
    """Trains a trial. A run that is there already is continued, one that has finished counts as it is.

    Args:
        setup: what it trains, and how; each run has another seed.
        runs: those that are there, by their seeds.
        record: is called with each run that is made.
    """

    def __init__(
        self,
        search: SearchDirectory,
        planned: TrialPlanned,
        setup: Variation,
        seeds: tuple[int, ...],
        runs: dict[int, RunDirectory],
        record: Callable[[TrialLaunched], None],
    ) -> None:
        self.planned = planned
        self._search = search
        self._setup = setup
        self._seeds = seeds
        self._runs = runs
        self._record = record
        self._results: list[_Result] = []
        self._follower: Follower | None = None
        self._snapshot: Snapshot | None = None
        self._reported = 0
        self._deaths = 0
        self._epochs_at_death = -1

    @property
    def epochs(self) -> int:
        """Epochs that its runs have done, all together."""
        current = len(self._snapshot.epochs) if self._snapshot is not None and self._follower is not None else 0
        return current + sum(result.epochs for result in self._results)

    def poll(self) -> TrialEnded | None:
        """Start or resume what is to be trained next; return how the trial ended, once it has."""
        try:
            return self._advance()
        except (RunError, FormatError) as error:
            return self._ended("failed", str(error))

    def new_epochs(self) -> Iterator[EpochResult]:
        """Yield what is new of the first run; the others of a trial come only to their end."""
        if self._snapshot is None or self._results:
            return
        for epoch in self._snapshot.epochs[self._reported :]:
            self._reported += 1
            if epoch.val_accuracy is not None:
                yield EpochResult(epoch.epoch, epoch.val_accuracy)

    def prune(self) -> TrialEnded:
        """Return how it ends; `stop` it once that is recorded."""
        return self._ended("pruned")

    def stop(self) -> None:
        """Let its worker save a checkpoint, and end."""
        if self._follower is not None:
            stop_run(self._follower.run)

    @property
    def is_training(self) -> bool:
        """Whether a worker is at one of its runs."""
        return self._follower is not None and self._follower.poll().state in ACTIVE

    def _advance(self) -> TrialEnded | None:
        if self._follower is None:
            self._begin(self._seeds[len(self._results)])
        assert self._follower is not None
        run, snapshot = self._follower.run, self._follower.poll()
        self._snapshot = snapshot
        if snapshot.finished is not None:
            self._results.append(_result(snapshot))
            self._follower = None
            return self._ended("finished") if len(self._results) == len(self._seeds) else None
        if snapshot.state in ACTIVE:
            return None
        if not run.path.exists():
            message = _("{run}: the directory of the run was deleted")
            return self._ended("failed", message.format(run=run.id))
        if snapshot.failed is not None:
            return self._ended("failed", f"{snapshot.failed.error} {snapshot.failed.advice}")
        if snapshot.stopped:
            return self._ended("stopped")
        return self._revive(run, len(snapshot.epochs))

    def _begin(self, seed: int) -> None:
        run = self._runs.get(seed)
        if run is None:
            recipe = msgspec.structs.replace(self._setup.recipe, seed=seed)
            checked = check(self._setup.network, recipe)
            run = make_trial_run(self._search, self.planned, seed, Variation(checked.network, checked.recipe))
            self._record(TrialLaunched(trial=self.planned.trial, seed=seed, run=run.id))
        self._follower = Follower(run)
        snapshot = self._follower.poll()
        if snapshot.finished is None and snapshot.state not in ACTIVE:
            launch.resume(run, now=True)

    def _revive(self, run: RunDirectory, epochs: int) -> TrialEnded | None:
        """Resume a run whose worker was killed, unless it never comes any further."""
        self._deaths = self._deaths + 1 if epochs == self._epochs_at_death else 1
        self._epochs_at_death = epochs
        if self._deaths > _MOST_DEATHS:
            message = _("{run}: its worker was killed {count} times in the same epoch; see {log}")
            return self._ended("failed", message.format(run=run.id, count=self._deaths, log=run.log_file))
        launch.resume(run, now=True)
        return None

    def _ended(self, outcome: Outcome, error: str = "") -> TrialEnded:
        results = list(self._results)
        if outcome != "finished" and self._follower is not None and self._snapshot is not None:
            results.append(_result(self._snapshot))
        accuracies = [result.accuracy for result in results if result.accuracy is not None]
        return TrialEnded(
            trial=self.planned.trial,
            outcome=outcome,
            accuracy=sum(accuracies) / len(accuracies) if accuracies else None,
            epochs=sum(result.epochs for result in results),
            seconds=sum(result.seconds for result in results),
            error=error,
        )


def _result(snapshot: Snapshot) -> _Result:
    return _Result(snapshot.best_accuracy, len(snapshot.epochs), snapshot.elapsed)


def stop_run(run: RunDirectory) -> None:
    """Let the worker of a run save a checkpoint, and end; nothing where none is at it."""
    with suppress(RunError):
        launch.stop(run)
