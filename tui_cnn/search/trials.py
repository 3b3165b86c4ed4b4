"""A trial that is trained: its runs, one seed after the other."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Epoch
from tui_cnn.runs.preflight import check
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot
from tui_cnn.search.directory import SearchDirectory, make_trial_run
from tui_cnn.search.events import Outcome, TrialEnded, TrialLaunched, TrialPlanned
from tui_cnn.search.hands import Hands
from tui_cnn.search.space import Variation


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
        hands: Hands,
        search: SearchDirectory,
        planned: TrialPlanned,
        setup: Variation,
        seeds: tuple[int, ...],
        runs: dict[int, RunDirectory],
        record: Callable[[TrialLaunched], None],
    ) -> None:
        self.planned = planned
        self._hands = hands
        self._search = search
        self._setup = setup
        self._seeds = seeds
        self._runs = runs
        self._record = record
        self._results: list[_Result] = []
        self._run: RunDirectory | None = None
        self._snapshot: Snapshot | None = None
        self._first_epochs: Sequence[Epoch] = ()
        self._reported = 0

    @property
    def epochs(self) -> int:
        """Epochs that its runs have done, all together."""
        current = len(self._snapshot.epochs) if self._snapshot is not None and self._run is not None else 0
        return current + sum(result.epochs for result in self._results)

    def poll(self) -> TrialEnded | None:
        """Start or resume what is to be trained next; return how the trial ended, once it has."""
        try:
            return self._advance()
        except (RunError, FormatError) as error:
            return self._ended("failed", str(error))

    def new_epochs(self) -> Iterator[EpochResult]:
        """Yield what is new of the first run; the others of a trial come only to their end."""
        for epoch in self._first_epochs[self._reported :]:
            self._reported += 1
            if epoch.val_accuracy is not None:
                yield EpochResult(epoch.epoch, epoch.val_accuracy)

    def prune(self) -> TrialEnded:
        """Return how it ends; `stop` it once that is recorded."""
        return self._ended("pruned")

    def stop(self) -> None:
        """Let its worker save a checkpoint, and end."""
        if self._run is not None:
            self._hands.stop(self._run)

    @property
    def events_file(self) -> Path | None:
        """The events of the run that is trained."""
        return None if self._run is None else self._run.events_file

    @property
    def is_training(self) -> bool:
        """Whether one of its runs is trained."""
        return self._run is not None and self._hands.progress(self._run).state in ACTIVE

    def _advance(self) -> TrialEnded | None:
        if self._run is None:
            self._run = self._made(self._seeds[len(self._results)])
            snapshot = Follower(self._run).poll()
            if snapshot.finished is None:
                self._hands.start(self._run)
                snapshot = self._hands.progress(self._run)
        else:
            snapshot = self._hands.progress(self._run)
        self._snapshot = snapshot
        if not self._results:
            self._first_epochs = snapshot.epochs
        if snapshot.finished is not None:
            self._results.append(_result(snapshot))
            self._run = None
            return self._ended("finished") if len(self._results) == len(self._seeds) else None
        if snapshot.state in ACTIVE:
            return None
        if snapshot.failed is not None:
            return self._ended("failed", f"{snapshot.failed.error} {snapshot.failed.advice}")
        return self._ended("stopped") if snapshot.stopped else None

    def _made(self, seed: int) -> RunDirectory:
        """Return the run with a seed; make it if it is not there."""
        run = self._runs.get(seed)
        if run is None:
            asked = self._setup.recipe.threads
            recipe = msgspec.structs.replace(self._setup.recipe, seed=seed, threads=asked or self._hands.threads)
            checked = check(self._setup.network, recipe)
            trained = Variation(checked.network, checked.recipe)
            run = make_trial_run(self._search, self.planned, seed, trained, shares_cores=asked is None)
            self._record(TrialLaunched(trial=self.planned.trial, seed=seed, run=run.id))
        return run

    def _ended(self, outcome: Outcome, error: str = "") -> TrialEnded:
        results = list(self._results)
        if outcome != "finished" and self._run is not None and self._snapshot is not None:
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
