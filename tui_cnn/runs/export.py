"""What other programs read of a network and its runs: models of Keras and ONNX, and curves as comma-separated values.

Models are written by a worker, in its process.
"""

import csv
from pathlib import Path
from typing import Any, TextIO

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.origin import check_inspectable
from tui_cnn.runs.process import run_worker, why_failed
from tui_cnn.runs.snapshot import Snapshot

_COLUMNS = "kind epoch step seconds loss accuracy val_loss val_accuracy learning_rate images_per_second gradient_norm"


def export_model(network: Network, to: str, target: Path) -> None:
    """Let a worker build the network and write it with fresh weights as `keras` or `onnx`, in some seconds.

    Raises:
        FormatError: it cannot be built or written.
    """
    _export(target, "export", to, data=dumps_network(network).encode())


def export_run(run: RunDirectory, to: str, target: Path) -> None:
    """Let a worker write the best weights of a run as `keras` or `onnx`.

    Raises:
        FormatError: there are none yet, or they cannot be read or written.
        RunError: the run was not trained here, and has no network or no weights that can be written.
    """
    check_inspectable(run)
    if not run.best_file.exists():
        raise FormatError(run.best_file, _("not available yet; train for at least one epoch"))
    _export(target, "export-trained", to, str(run.path.absolute()))


def export_file(network: Network, source: Path, to: str, target: Path) -> None:
    """Let a worker write the network of a model's file, or what is taken of it, with its weights, as `keras` or `onnx`.

    Raises:
        FormatError: it cannot be read or written.
    """
    _export(target, "export-trained", to, str(source.absolute()), data=dumps_network(network).encode())


def _export(target: Path, *arguments: str, data: bytes = b"") -> None:
    ended = run_worker(*arguments, str(target.absolute()), given=data)
    if ended.returncode:
        problem = why_failed(ended.stderr, ended.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))


def write_curves(snapshot: Snapshot, file: TextIO) -> None:
    """Write a row for each point of the curve (`running`: means over the epoch so far) and each epoch, in order.

    `seconds` are those of training so far for a point, and those that it took for an epoch.
    """
    steps = snapshot.started.steps_per_epoch if snapshot.started else 0
    rows: list[tuple[Any, ...]] = []
    for at in snapshot.curve:
        pace = (at.learning_rate, at.images_per_second, at.gradient_norm)
        rows.append(("running", at.epoch, at.step, at.elapsed, at.loss, at.accuracy, None, None, *pace))
    for epoch in snapshot.epochs:
        means = (epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy)
        pace = (epoch.learning_rate, epoch.images_per_second, epoch.gradient_norm)
        rows.append(("epoch", float(epoch.epoch), epoch.epoch * steps, epoch.seconds, *means, *pace))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS.split())
    rows.sort(key=lambda row: (row[2], row[0] == "epoch"))
    writer.writerows(rows)
