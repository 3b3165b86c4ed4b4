"""The weights of a run on the disk, and who follows them: a training writes new ones."""

from collections.abc import Callable
from typing import Any, NamedTuple

from textual.screen import Screen

from tui_cnn.data.dataset import TestSet, load_test
from tui_cnn.data.errors import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.inspection.source import Source, stamp
from tui_cnn.runs.kept_checkpoints import kept_checkpoints
from tui_cnn.runs.lock import is_held


class RunWeights(NamedTuple):
    """The weights of a run as they are now, and the images to try them on.

    Attributes:
        stamp: when they were written; None: there are none.
        kept: the steps whose weights were kept, too.
    """

    run: RunDirectory
    source: Source
    stamp: int | None
    test: TestSet
    kept: tuple[int, ...]


def read_weights(run: RunDirectory, test: TestSet | None) -> RunWeights:
    """Find the weights of a run; `test` is its test set, if that is known. Reads files: to be called in a thread.

    Raises:
        FormatError: the recipe cannot be read.
        DataError: the test set cannot be read.
    """
    source = source_of(run)
    test = test or load_test(run.recipe().directory)
    return RunWeights(run, source, stamp(source), test, tuple(kept_checkpoints(run)))


def source_of(run: RunDirectory) -> Source:
    """Take the best weights of a run, or the last while it is still training."""
    training = is_held(run.lock_file)
    return Source(str(run.path), "last" if training or not run.best_file.exists() else "best")


def runs_with_weights() -> list[RunDirectory]:
    """List the runs that can be inspected, newest first."""
    return [run for run in list_runs() if run.best_file.exists() or run.checkpoint_file.exists()]


class WeightsWatcher:
    """Reads in a thread which weights there are; whoever made it is called with what is new.

    Attributes:
        run: the run that is followed; None: the newest one that has weights is looked for.
        weights: those that were read last.
    """

    def __init__(
        self,
        screen: Screen[Any],
        *,
        changed: Callable[[RunWeights], None],
        failed: Callable[[str], None],
        listed: Callable[[list[RunDirectory]], None],
    ) -> None:
        self._screen = screen
        self._changed = changed
        self._failed = failed
        self._listed = listed
        self.run: RunDirectory | None = None
        self.weights: RunWeights | None = None

    def follow(self, run: RunDirectory | None) -> None:
        """Follow another run."""
        self.run, self.weights = run, None
        self.check()

    def check(self) -> None:
        """Read which weights there are now, unless the screen is out of sight."""
        if self._screen.is_current:
            run, test = self.run, self.weights.test if self.weights else None
            self._screen.run_worker(lambda: self._read(run, test), thread=True, exclusive=True, group="weights")

    def _read(self, run: RunDirectory | None, test: TestSet | None) -> None:
        call = self._screen.app.call_from_thread
        if run is None:
            call(self._take_runs, runs_with_weights())
            return
        try:
            weights = read_weights(run, test)
        except (DataError, FormatError) as error:
            call(self._failed, str(error))
        else:
            call(self._take, weights)

    def _take_runs(self, runs: list[RunDirectory]) -> None:
        if self.run is None:
            self._listed(runs)

    def _take(self, weights: RunWeights) -> None:
        if weights.run == self.run and not (self.weights and weights[:3] == self.weights[:3]):
            self.weights = weights
            self._changed(weights)
