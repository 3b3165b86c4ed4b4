"""Follows the weights of the inspected run: a training writes new ones."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.ui.inspect.run_weights import RunWeights, read_weights, runs_with_weights


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

            def read() -> None:
                self._read(run, test)

            self._screen.run_worker(read, thread=True, exclusive=True, group="weights")

    def _read(self, run: RunDirectory | None, test: Any) -> None:
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
