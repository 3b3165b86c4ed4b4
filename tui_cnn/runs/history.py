"""Histories of trainings in other programs' files as runs: epochs, and nothing to look into."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import Epoch, Imported, encode
from tui_cnn.runs.origin import Origin, make_foreign

MOST_EPOCHS = 100_000
"""Epochs of a training: as many as a recipe can have."""
_ACCURACIES = (
    *("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"),
    *("sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"),
)


class History(NamedTuple):
    """What a file tells of a training: its epochs, in order."""

    name: str
    file: Path
    program: str
    epochs: Sequence[Epoch]


def accuracy_name(names: Iterable[str]) -> str:
    """Find what is an accuracy among the metrics of Keras, but not those of validation; empty: none is."""
    training = [name for name in names if not name.startswith("val_")]
    known = next((name for name in _ACCURACIES if name in training), "")
    return known or next((name for name in training if name.endswith(("accuracy", "_acc"))), "")


def with_best(epochs: Sequence[Epoch]) -> list[Epoch]:
    """Mark the epochs that were the best so far, by accuracy, else by loss, on the validation images."""
    from msgspec.structs import replace

    marked, highest, lowest = [], -1.0, float("inf")
    by_accuracy = any(epoch.val_accuracy is not None for epoch in epochs)
    for epoch in epochs:
        if by_accuracy:
            best = epoch.val_accuracy is not None and epoch.val_accuracy > highest
            highest = max(highest, epoch.val_accuracy if epoch.val_accuracy is not None else -1.0)
        else:
            best = epoch.val_loss is not None and epoch.val_loss < lowest
            lowest = min(lowest, epoch.val_loss if epoch.val_loss is not None else lowest)
        marked.append(replace(epoch, best=best))
    return marked


def import_history(history: History) -> RunDirectory:
    """Make a run of a history.

    Raises:
        RunError: it cannot be written.
    """
    lacking = _("has neither a network nor weights: it was imported from a history ({program})")
    reason = lacking.format(program=history.program)
    file = str(history.file.absolute())
    origin = Origin(program=history.program, file=file, no_network=reason, no_weights=reason)

    def fill(run: RunDirectory) -> None:
        with run.events_file.open("wb") as events:
            events.write(encode(Imported(file=file)))
            events.writelines(encode(epoch) for epoch in with_best(history.epochs))

    return make_foreign(re.sub(r"[/\\]", "-", history.name), None, origin, fill)
