"""The learning curves of a run as comma-separated values."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from tui_cnn.runs.snapshot import Snapshot

COLUMNS = (
    "kind",
    "epoch",
    "step",
    "seconds",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "images_per_second",
    "gradient_norm",
)


def write_curves(snapshot: Snapshot, file: TextIO) -> None:
    """Write a row for each point of the curve (`running`: means over the epoch so far) and each epoch, in order.

    `seconds` are those of training so far for a point, and those that it took for an epoch.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = sorted((*_points(snapshot), *_epochs(snapshot)), key=lambda row: (row[2], row[0] == "epoch"))
    writer.writerows(rows)


def _points(snapshot: Snapshot) -> Iterator[tuple[Any, ...]]:
    for at in snapshot.curve:
        means = (at.loss, at.accuracy, None, None)
        yield (
            "running",
            at.epoch,
            at.step,
            at.elapsed,
            *means,
            at.learning_rate,
            at.images_per_second,
            at.gradient_norm,
        )


def _epochs(snapshot: Snapshot) -> Iterator[tuple[Any, ...]]:
    steps = snapshot.started.steps_per_epoch if snapshot.started else 0
    for epoch in snapshot.epochs:
        means = (epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy)
        pace = (epoch.learning_rate, epoch.images_per_second, epoch.gradient_norm)
        yield ("epoch", float(epoch.epoch), epoch.epoch * steps, epoch.seconds, *means, *pace)
