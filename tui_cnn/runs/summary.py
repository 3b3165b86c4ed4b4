"""A run in one line of numbers: what lists and comparisons show, and `--json` prints."""

from functools import lru_cache
from typing import Any

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.about import About, read_about
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.machine import digest
from tui_cnn.runs.outcome import Outcome, outcome
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.recipes import RecipeName, recipe_name
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.runs.state import State


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run, summed up.

    Attributes:
        network: the name of what is trained; parameters and MACs (for one image) are None where it cannot be read.
        digest: the same for networks that compute the same, whatever they are called; None where it cannot be read.
        recipe_name: `tutorial`, `quick` or `custom`; None where the recipe cannot be read, as is `recipe` then.
        epochs_done, epochs: how many are done, and of how many.
        best_accuracy: the best on the validation images; test_accuracy: on the test images, at the end.
        seconds: spent training; seconds_per_epoch: the mean; predicted_seconds: the prediction for an epoch.
        memory: the most that the worker held in RAM, in bytes, as far as is known.
        outcome: how it ended, and what to do; None while it is trained.
    """

    id: str
    network: str
    path: str
    state: State
    about: About
    parameters: int | None
    macs: int | None
    digest: str | None
    recipe_name: RecipeName | None
    recipe: Recipe | None
    epochs_done: int
    epochs: int | None
    best_epoch: int | None
    best_accuracy: float | None
    test_accuracy: float | None
    test_loss: float | None
    seconds: float
    seconds_per_epoch: float | None
    predicted_seconds: float | None
    memory: int | None
    precision: str | None
    device: str | None
    outcome: Outcome | None

    def to_builtins(self) -> dict[str, Any]:
        """Write it as plain data, for JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def summarize(run: RunDirectory, snapshot: Snapshot | None = None) -> Summary:
    """Sum up a run, as it stands now or in a snapshot."""
    snapshot = snapshot or Follower(run).poll()
    network, params, macs, same = _figures(run, _written(run))
    try:
        recipe = run.recipe()
    except FormatError:
        recipe = None
    started, finished, epochs, best = snapshot.started, snapshot.finished, snapshot.epochs, snapshot.best
    return Summary(
        id=run.id,
        network=network,
        path=str(run.path),
        state=snapshot.state,
        about=read_about(run),
        parameters=params,
        macs=macs,
        digest=same,
        recipe_name=recipe_name(recipe) if recipe else None,
        recipe=recipe,
        epochs_done=len(epochs),
        epochs=recipe.epochs if recipe else None,
        best_epoch=best.epoch if best else None,
        best_accuracy=max((epoch.val_accuracy for epoch in epochs if epoch.val_accuracy is not None), default=None),
        test_accuracy=finished.test_accuracy if finished else None,
        test_loss=finished.test_loss if finished else None,
        seconds=snapshot.elapsed,
        seconds_per_epoch=sum(epoch.seconds for epoch in epochs) / len(epochs) if epochs else None,
        predicted_seconds=started.predicted_seconds if started else None,
        memory=(finished and finished.peak_memory) or max((epoch.memory for epoch in epochs), default=None),
        precision=started.precision if started else None,
        device=started.device if started else None,
        outcome=outcome(run, snapshot),
    )


def _written(run: RunDirectory) -> int:
    try:
        return run.network_file.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1024)
def _figures(run: RunDirectory, _written: int) -> tuple[str, int | None, int | None, str | None]:
    """Name a run's network, count its parameters and MACs, and digest it: once, because it is written once."""
    try:
        analysis = analyze(run.network())
    except FormatError:
        return run.name, None, None, None
    network = analysis.network
    return network.name, analysis.totals.params, analysis.totals.macs, digest(network)
