"""`cnn-tui train` and `cnn-tui resume`: a run started, or gone on with, and followed to its end."""

from collections.abc import Callable

import click

from tui_cnn.cli.models import named
from tui_cnn.formats.fields import Field, fields, rebuild
from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe

Command = Callable[..., int]


def recipe_options(command: Command) -> Command:
    """Give a command an option for every field of a recipe."""
    for field in reversed(fields(Recipe)):
        command = _option(field)(command)
    return command


def _option(field: Field) -> Callable[[Command], Command]:
    metavars = {"whole": "N", "number": "X", "choice": "|".join(field.choices), "text": "DIRECTORY"}
    default = getattr(Recipe(), field.name)
    shown = "" if default in (None, "") else f"  [{default}]"
    name = "--" + field.name.replace("_", "-")
    return click.option(
        name, field.name, metavar=metavars[field.kind], help=_("{help}.").format(help=_(field.description)) + shown
    )


@click.command(
    short_help=_("Train a network."),
    help=_(
        """Train a network, and show how it goes.

        A MODEL is a TOML file, a Keras .json or .keras file, or a preset. Training runs in a process of its own
        and goes on when this command is killed or its connection is lost; Ctrl-C stops it, with a checkpoint.

        \b
        Examples:
          cnn-tui train fashion-cnn
          cnn-tui train my.toml --epochs 10 --optimizer sgd --learning-rate 0.01
          cnn-tui train lenet-5 --data ~/mnist --limit 5000"""
    ),
)
@click.argument("model")
@recipe_options
def train(model: str, **options: str | None) -> int:
    """Start a run and follow it."""
    try:
        recipe = rebuild(Recipe(), {name: text for name, text in options.items() if text is not None})
    except InvalidError as error:
        raise click.UsageError(str(error)) from None
    network = named(model)

    from tui_cnn.cli.follow import follow
    from tui_cnn.runs.launch import start

    return follow(start(network, recipe))


@click.command(
    short_help=_("Go on with a run."),
    help=_(
        """Go on with a run that was stopped, interrupted or has failed, from its checkpoint.

        A RUN is its id, a part of it that no other run has, or `last`, the newest; `cnn-tui runs` lists them. A run
        that is still being trained is followed.

        \b
        Examples:
          cnn-tui resume last
          cnn-tui resume 3f2a"""
    ),
)
@click.argument("run")
def resume(run: str) -> int:
    """Resume a run, unless it is still going, and follow it."""
    from tui_cnn.cli.follow import follow
    from tui_cnn.runs import launch
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower

    found = find_run(run)
    if Follower(found).poll().state not in ("running", "paused"):
        launch.resume(found)
    return follow(found)
