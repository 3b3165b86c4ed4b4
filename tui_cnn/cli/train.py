"""`cnn-tui train` and `cnn-tui resume`: a run started, or resumed, and followed to its end."""

import click

from tui_cnn.cli.models import read_model
from tui_cnn.cli.recipe_options import read_options, recipe_options
from tui_cnn.i18n import _

JSON = click.option("--json", "as_json", is_flag=True, help=_("Print the events of the run as JSON, one per line."))
NOW = click.option("--now", is_flag=True, help=_("Train now, even if another run is training."))


@click.command(
    short_help=_("Train a network."),
    help=_(
        "Train a network and show its progress.\n"
        "\n"
        "        A MODEL is a TOML file, a Keras .json or .keras file, or a preset. "
        "Training runs in its own process and\n"
        "        continues if this command is killed or its connection is lost; Ctrl-C "
        "saves a checkpoint and stops it. While\n"
        "        another run is training, it waits in the queue. The exit status is 0 "
        "only if training has finished.\n"
        "\n"
        "        \b\n"
        "        Examples:\n"
        "          cnn-tui train fashion-cnn\n"
        "          cnn-tui train fashion-cnn --recipe quick\n"
        "          cnn-tui train my.toml --optimizer sgd --learning-rate 0.01 --schedule "
        "cosine\n"
        "          cnn-tui train lenet-5 --data ~/mnist --limit 5000\n"
        "          cnn-tui train --from last --seed 1"
    ),
)
@click.argument("model", required=False)
@click.option(
    "--from",
    "source",
    metavar="RUN",
    help=_("Repeat a run with its recipe, and with its network unless a MODEL is given."),
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
        raise click.UsageError(_("specify a MODEL, or a run to repeat with --from"))
    run = start(network, recipe, now=now)
    for note in training_warnings(network, recipe, summarize(recipe.directory).train_count):
        click.echo(note, err=True)
    return follow(run, as_json=as_json)


@click.command(
    short_help=_("Resume a run."),
    help=_(
        "Resume a stopped, interrupted or failed run from its checkpoint.\n"
        "\n"
        "        RUN is the id of a run, a unique part of it, or `last` for the newest "
        "run; `cnn-tui runs` lists the runs. A run\n"
        "        that is still training is only watched.\n"
        "\n"
        "        \b\n"
        "        Examples:\n"
        "          cnn-tui resume last\n"
        "          cnn-tui resume 3f2a"
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
    from tui_cnn.runs.snapshot import ACTIVE, Follower

    directory = find_run(run)
    if Follower(directory).poll().state not in ACTIVE:
        launch.resume(directory, now=now)
    return follow(directory, as_json=as_json)
