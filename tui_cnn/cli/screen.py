"""Opening the screen: what `cnn-tui` does without a command."""

import os
import sys
from pathlib import Path

import click

from tui_cnn.cli.group import UNUSABLE
from tui_cnn.i18n import _


@click.command("open", options_metavar="[--data DIRECTORY]")
@click.argument("model", required=False)
@click.option("--data", metavar="DIRECTORY", help=_("Directory of the data set to use, with the four MNIST files."))
def screen(model: str | None, data: str | None) -> int:
    """Open the screen on MODEL, a file or a preset."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        line = _("the app needs a terminal; without one, use: cnn-tui check {model}, or: cnn-tui train {model}")
        click.echo(line.format(model=model or "MODEL"), err=True)
        return UNUSABLE
    if data is not None:
        from tui_cnn.data.files import find_files

        find_files(Path(data).expanduser())
    if "STY" in os.environ and os.environ.get("TERM", "").startswith("screen"):
        # GNU screen passes on the colours of the terminal around it, but shows no more than 256
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")
    from tui_cnn.ui.app import run_app

    run_app(model, data)
    return 0
