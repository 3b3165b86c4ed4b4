"""`cnn-tui train`, `resume` and `compare`: runs that are started, or resumed, and followed to their end."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import Command, ModelParam, read_model
from tui_cnn.cli.streams import echo
from tui_cnn.formats.fields import Field, fields, rebuild
from tui_cnn.formats.validation import InvalidError
from tui_cnn.i18n import _
from tui_cnn.runs import launch, preflight
from tui_cnn.runs.directory import find_run
from tui_cnn.runs.recipe import RECIPES, TUTORIAL, Recipe, RecipeName, with_recipe
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.runs.transfer import find_weights

JSON = click.option("--json", "as_json", is_flag=True, help=_("Print the events of the run as JSON, one per line."))
NOW = click.option("--now", is_flag=True, help=_("Train now, even if another run is training."))


def recipe_options(command: Command, without: Collection[str] = ()) -> Command:
    """Give a command an option for every field of a recipe, but those `without`, and one for a named recipe."""
    for field in reversed(fields(Recipe)):
        if field.name not in without:
            command = _option(field)(command)
    named = click.Choice(list(RECIPES))
    return click.option("--recipe", type=named, help=_("Recipe to start from; other options override it."))(command)


def _option(field: Field) -> Callable[[Command], Command]:
    default = getattr(TUTORIAL, field.name)
    shown = "" if default in (None, "", False) else f"  [{default}]"
    name, text = "--" + field.name.replace("_", "-"), _("{help}.").format(help=_(field.description)) + shown
    if field.kind == "flag":
        return click.option(f"{name}/--no-{name[2:]}", field.name, default=None, help=text)
    words = {"choice": "|".join(field.choices), "several": "+".join(field.choices[:2]) + "+…"}
    metavar = {"whole": "N", "number": "X", "text": "DIRECTORY", **words}[field.kind]
    return click.option(name, field.name, metavar=metavar, help=text)


def read_options(options: Mapping[str, str | bool | None], base: Recipe | None = None) -> Recipe:
    """Make the recipe that the options ask for, beginning with `base`.

    Raises:
        UsageError: a value is none of its field.
    """
    named: dict[Any, RecipeName] = {name: name for name in RECIPES}
    recipe = with_recipe(base or TUTORIAL, named.get(options.get("recipe"), "custom"))
    if options.get("epochs") is not None and options.get("minutes") is not None:
        raise click.UsageError(_("specify --epochs or --minutes, not both"))
    if options.get("epochs") is not None:
        recipe = msgspec.structs.replace(recipe, minutes=None)
    flags = {True: "yes", False: "no"}
    texts = {
        key: flags[value] if isinstance(value, bool) else value
        for key, value in options.items()
        if value is not None and key != "recipe"
    }
    try:
        return rebuild(recipe, texts)
    except InvalidError as error:
        raise click.UsageError(str(error)) from None


@click.command(
    short_help=_("Train a network."),
    help=_(
        """Train a network and show its progress.

        A MODEL is a TOML file, a Keras .json or .keras file, an .onnx file, or a preset. Training runs in its own
        process and continues if this command is killed or its connection is lost; Ctrl-C saves a checkpoint and stops
        it. While another run is training, it waits in the queue. The exit status is 0 only if training has finished.

        \b
        Examples:
          cnn-tui train fashion-cnn
          cnn-tui train fashion-cnn --recipe quick
          cnn-tui train fashion-cnn --minutes 5
          cnn-tui train my.toml --optimizer sgd --learning-rate 0.01 --schedule cosine
          cnn-tui train lenet-5 --data ~/mnist --limit 5000
          cnn-tui train --from last --seed 1
          cnn-tui train --from last --epochs +5
          cnn-tui train my.toml --weights last"""
    ),
)
@click.argument("model", required=False, type=ModelParam())
@click.option(
    "--from",
    "source",
    metavar="RUN",
    help=_(
        "Repeat a run with its recipe, and with its network unless a MODEL is given; with --epochs +N, train a "
        "finished run for N more epochs, in a new run."
    ),
)
@click.option(
    "--weights",
    metavar="RUN|FILE",
    help=_("Start with the weights of a run, or of a .keras or .h5 file, that fit by name and shape."),
)
@click.option(
    "--restart-schedule",
    is_flag=True,
    help=_(
        "With --epochs +N: restart the schedule of the learning rate for the added epochs; otherwise it is that of "
        "the whole, longer training."
    ),
)
@JSON
@NOW
@recipe_options
def train(
    model: str | None,
    source: str | None,
    weights: str | None,
    restart_schedule: bool,
    as_json: bool,
    now: bool,
    **options: str | bool | None,
) -> int:
    """Start a run and follow it."""
    from tui_cnn.cli.follow import follow

    added = _added_epochs(options)
    if added or restart_schedule:
        if not (added and source) or model or weights:
            message = _("to train a run further, specify --from RUN and --epochs +N, without MODEL and --weights")
            raise click.UsageError(message)
        parent = find_run(source)
        changed = read_options({**options, "epochs": None}, parent.recipe_again())
        return follow(
            launch.train_further(parent, added, changed, restarted=restart_schedule, now=now), as_json=as_json
        )
    repeated = find_run(source) if source else None
    recipe = read_options(options, repeated.recipe_again() if repeated else None)
    if model is not None:
        network = read_model(model)
    elif repeated is not None:
        network = repeated.network()
    else:
        raise click.UsageError(_("specify a MODEL, or a run to repeat with --from"))
    run = launch.start(network, recipe, weights=find_weights(weights) if weights else None, now=now)
    _warn([preflight.Checked(network, recipe)])
    return follow(run, as_json=as_json)


def _added_epochs(options: Mapping[str, str | bool | None]) -> int:
    """Read `--epochs +5`; 0 where the number of all epochs is given, or none."""
    text = options["epochs"]
    if not isinstance(text, str) or not text.startswith("+"):
        return 0
    if not text[1:].isdecimal() or not (added := int(text[1:])):
        raise click.UsageError(_("--epochs {text} is not a number of epochs to add, such as +5").format(text=text))
    return added


def _warn(runs: Sequence[preflight.Checked]) -> None:
    """Print what may surprise in the runs, each line once."""
    notes = [note for network, recipe in runs for note in preflight.training_warnings(network, recipe)]
    for note in dict.fromkeys(notes):
        echo(note, err=True)


@click.command(
    short_help=_("Resume a run."),
    help=_(
        """Resume a stopped, interrupted or failed run from its checkpoint.

        RUN is the id of a run, a unique part of it, or `last` for the newest run; `cnn-tui runs` lists the runs. A run
        that is still training is only watched.

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

    directory = find_run(run)
    if Follower(directory).poll().state not in ACTIVE:
        launch.resume(directory, now=now)
    return follow(directory, as_json=as_json)


@click.command(
    short_help=_("Train several networks with the same recipe and compare them."),
    help=_(
        """Train several networks with the same recipe, one after the other, and print a table.

        \b
        Examples:
          cnn-tui compare fashion-dnn fashion-cnn
          cnn-tui compare fashion-cnn my.toml --recipe quick"""
    ),
)
@click.argument("model", nargs=-1, required=True, type=ModelParam())
@click.option("--json", "as_json", is_flag=True, help=_("Print the runs as JSON, one per line, instead of a table."))
@recipe_options
def compare(model: tuple[str, ...], as_json: bool, **options: str | bool | None) -> int:
    """Train and compare."""
    from tui_cnn.cli.follow import follow
    from tui_cnn.cli.run_report import comparison, differences
    from tui_cnn.runs.summary import summarize

    recipe = read_options(options)
    checked = [preflight.check(read_model(name), recipe) for name in model]
    _warn(checked)
    runs, directories = [], []
    for each in checked:
        run = launch.start_checked(each)
        if status := follow(run, quiet=as_json):
            return status
        runs.append(summarize(run))
        directories.append(run)
    if as_json:
        for summary in runs:
            echo(msgspec.json.encode(summary))
    else:
        echo(["", *comparison(runs), *differences(directories)])
    return 0
