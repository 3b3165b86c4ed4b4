"""`cnn-tui import tensorboard|csv`: histories of trainings in other programs, as runs."""

from typing import TYPE_CHECKING

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import WideGroup
from tui_cnn.config import expanded
from tui_cnn.i18n import _, ngettext

if TYPE_CHECKING:
    from tui_cnn.runs.history import History


@click.group(
    cls=WideGroup,
    short_help=_("Import histories of trainings as runs."),
    help=_(
        """Import what other programs have logged of their trainings: each becomes a run, to compare with others.

        Such a run has epochs, but neither a network nor weights. To import a trained model: cnn-tui inspect MODEL. To
        record a training of Keras with all of these: tui_cnn.keras.Recorder.

        \b
        Examples:
          cnn-tui import tensorboard logs
          cnn-tui import csv training.csv --name baseline"""
    ),
)
def import_() -> None:
    """Commands that import histories."""


_NAME = click.option("--name", metavar="NAME", help=_("Name of the run, instead of that of the file or directory."))


@import_.command(
    short_help=_("Import event files of TensorBoard."),
    help=_(
        "Import the trainings whose event files are in DIR: losses, accuracies and learning rates by epoch, as Keras "
        "(train/ and validation/) and PyTorch write them. TensorFlow is not needed. Each directory becomes a run."
    ),
)
@click.argument("directory", metavar="DIR")
@_NAME
def tensorboard(directory: str, name: str | None) -> int:
    """Import event files."""
    from tui_cnn.runs.tensorboard_history import read_tensorboard

    return _import(read_tensorboard(expanded(directory)), name)


@import_.command(
    "csv",
    short_help=_("Import a file of Keras' CSVLogger."),
    help=_(
        "Import FILE as a run: a line for each epoch, under names such as epoch, loss, accuracy, val_loss, "
        "val_accuracy, learning_rate, in any order; separated by commas, semicolons or tabs."
    ),
)
@click.argument("file", metavar="FILE")
@_NAME
def csv_(file: str, name: str | None) -> int:
    """Import a file of comma-separated values."""
    from tui_cnn.runs.csv_history import read_csv_history

    return _import([read_csv_history(expanded(file))], name)


def _import(histories: "list[History]", name: str | None) -> int:
    from tui_cnn.runs.history import import_history

    for history in histories:
        run = import_history(history._replace(name=name) if name else history)
        epochs = ngettext("{count:,} epoch", "{count:,} epochs", len(history.epochs)).format(count=len(history.epochs))
        echo(f"{run.id}  {epochs}")
    return SOUND
