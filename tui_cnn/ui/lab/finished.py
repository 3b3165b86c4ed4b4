"""The learner's runs that have finished, as questions about results see them."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from tui_cnn.data.files import CLASS_NAMES
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.lab.questions.question import FinishedRun, ValidatedEpoch
from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.machine import digest
from tui_cnn.runs.predictions import load_predictions
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import summarize


def finished_runs() -> tuple[FinishedRun, ...]:
    """List the runs on Fashion-MNIST that were tested, the newest first. Reads files."""
    return tuple(_finished())


def _finished() -> Iterator[FinishedRun]:
    for run in list_runs():
        snapshot = Follower(run).poll()
        summary = summarize(run, snapshot)
        if (
            summary.state == "finished"
            and summary.test_accuracy is not None
            and summary.parameters is not None
            and summary.recipe is not None
            and not summary.recipe.data
        ):
            name, same = summary.about.title or run.id, _presets().get(summary.digest or "", "")
            yield FinishedRun(
                name,
                summary.network,
                same,
                summary.parameters,
                summary.test_accuracy,
                _reader(run),
                {field.name: format_value(field, getattr(summary.recipe, field.name)) for field in fields(Recipe)},
                tuple(
                    ValidatedEpoch(epoch.accuracy, epoch.val_accuracy, epoch.val_loss)
                    for epoch in snapshot.epochs
                    if epoch.accuracy is not None and epoch.val_accuracy is not None and epoch.val_loss is not None
                ),
                run.id,
                summary.epochs_done,
            )


@cache
def _presets() -> dict[str, str]:
    return {digest(preset(name)): name for name in preset_names()}


def _reader(run: RunDirectory) -> Callable[[], Mapping[int, tuple[str, str]]]:
    def read() -> dict[int, tuple[str, str]]:
        try:
            kept = load_predictions(run)
        except FormatError:
            kept = None
        if kept is None:
            return {}
        pairs = zip(kept.labels.tolist(), kept.predicted.tolist(), strict=True)
        most = len(CLASS_NAMES)
        return {
            number: (CLASS_NAMES[label], CLASS_NAMES[predicted])
            for number, (label, predicted) in enumerate(pairs)
            if label != predicted and max(label, predicted) < most
        }

    return read
