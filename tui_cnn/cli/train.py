"""`cnn-tui train` and `cnn-tui resume`: a run started, or resumed, and followed to its end."""

import click

from tui_cnn.cli.models import read_model
from tui_cnn.cli.recipe_options import read_options, recipe_options
from tui_cnn.i18n import _

JSON = click.option("--json", "as_json", is_flag=True, help=_("Print the run's events as JSON, one a line."))
NOW = click.option("--now", is_flag=True, help=_("Train now, also if another run is being trained."))


@click.command(
    short_help=_("Train a network."),
    help=_(
        """Train a network, and show how it goes.

        A MODEL is a TOML file, a Keras .json or .keras file, or a preset. Training runs in a process of its own
        and goes on when this command is killed or its connection is lost; Ctrl-C stops it, with a checkpoint. While
        another run is being trained, it waits for its turn. The exit status is 0 only if it has finished.

        \b
        Examples:
          cnn-tui train fashion-cnn
          cnn-tui train fashion-cnn --recipe quick
          cnn-tui train my.toml --optimizer sgd --learning-rate 0.01 --schedule cosine
          cnn-tui train lenet-5 --data ~/mnist --limit 5000
          cnn-tui train --from last --seed 1"""
    ),
)
@click.argument("model", required=False)
@click.option(
    "--from", "source", metavar="RUN", help=_("Repeat a run: its recipe, and its network unless a MODEL is named.")
)
@JSON
@NOW
@recipe_options
def train(model: str | None, source: str | None, as_json: bool, now: bool, **options: str | bool | None) -> int:
    """Start a run and follow it."""
    from tui_cnn.cli.follow import follow
    from tui_cnn.data.dataset import summarize
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.launch import start
    from tui_cnn.runs.preflight import training_warnings

    repeated = find_run(source) if source else None
    recipe = read_options(options, repeated.recipe() if repeated else None)
    if model is not None:
        network = read_model(model)
    elif repeated is not None:
        network = repeated.network()
    else:
        raise click.UsageError(_("name a MODEL, or a run to repeat with --from"))
    run = start(network, recipe, now=now)
    for note in training_warnings(network, recipe, summarize(recipe.directory).train_count):
        click.echo(note, err=True)
    return follow(run, as_json=as_json)


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
@JSON
@NOW
def resume(run: str, as_json: bool, now: bool) -> int:
    """Resume a run, unless it is still trained, and follow it."""
    from tui_cnn.cli.follow import follow
    from tui_cnn.runs import launch
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.runs.state import ACTIVE

    directory = find_run(run)
    if Follower(directory).poll().state not in ACTIVE:
        launch.resume(directory, now=now)
    return follow(directory, as_json=as_json)
