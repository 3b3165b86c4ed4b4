"""`cnn-tui search init|start|show|stop|resume|best`: many runs, to find the best network within limits and a budget."""

from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import ModelParam, budget_options, read_model
from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import WideGroup
from tui_cnn.cli.train import read_options, recipe_options
from tui_cnn.config import expanded
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import TUTORIAL
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import SearchBudget, SearchPlan, read_plan
from tui_cnn.search.space import NOT_OF_TRIALS

_SEARCH = "\n\n" + _("SEARCH is the id of a search, a unique part of it, or `last` for the newest search.")
_JOBS = click.option(
    "--jobs", type=click.IntRange(1, 4096), help=_("Number of trials to train at a time; as a rule, what fits here.")
)
_SCHEDULER = click.option(
    "--scheduler", default="", metavar="ADDRESS", help=_("Train on the cluster of the Dask scheduler at this address.")
)


@click.group(
    cls=WideGroup,
    short_help=_("Search for the best network within limits and a budget."),
    help=_(
        """Search for the best network: train many variants of one, within limits on what they cost and a budget.

        A search is a directory: `init` makes it, with a search.toml to edit. Its costs are known before anything is
        trained, so candidates that exceed a limit are never trained. Trials are ordinary runs.

        \b
        Examples:
          cnn-tui search init fashion-cnn --vary "conv2d.filters=[16, 32]" --max-params 100k
          cnn-tui search start last
          cnn-tui search show last
          cnn-tui search best last --to best.toml"""
    ),
)
def search() -> None:
    """Commands about searches."""


@search.command(
    short_help=_("Make a search."),
    help=_(
        """Make a search of the variants of a MODEL, and count its candidates.

        What varies is given with --vary, or written into search.toml afterwards: a field of a layer by its name or
        number, how often a layer or block is repeated, whether it is present, or a field of the recipe. Values are a
        list or a range, as in TOML.

        \b
        Examples:
          cnn-tui search init fashion-cnn --vary "1.filters=[16, 32]" --vary "recipe.batch_size=[32, 64]"
          cnn-tui search init my.toml --vary "block.repeat={low = 1, high = 4}" --max-macs 5M --epochs 3
          cnn-tui search init my.toml --vary "recipe.learning_rate={low = 1e-4, high = 1e-2, log = true}"
          cnn-tui search init my.toml --plan search.toml"""
    ),
)
@click.argument("model", type=ModelParam())
@click.option("--plan", "plan_file", metavar="FILE", help=_("Start from a search.toml; other options override it."))
@click.option("--vary", multiple=True, metavar="KEY=VALUES", help=_("What varies, and its values."))
@budget_options
@click.option(
    "--goal", "goals", multiple=True, metavar="GOAL", help=_("A goal: accuracy, params, macs, memory, seconds.")
)
@click.option("--brain", metavar="grid|random|tpe|nsga2", help=_("What proposes candidates."))
@click.option("--trials", type=click.IntRange(1), help=_("Number of candidates to train at most."))
@click.option("--minutes", type=float, help=_("Begin no more trials after this time."))
@click.option("--seeds", metavar="N,N,…", help=_("Seeds of the runs of each trial."))
@partial(recipe_options, without=NOT_OF_TRIALS)
def init(
    model: str,
    plan_file: str | None,
    vary: tuple[str, ...],
    max_params: int | None,
    max_macs: int | None,
    max_memory: int | None,
    min_receptive_field: int | None,
    goals: tuple[str, ...],
    brain: str | None,
    trials: int | None,
    minutes: float | None,
    seeds: str | None,
    **options: str | bool | None,
) -> int:
    """Make a search, and say what it will take."""
    from tui_cnn.runs.preflight import check
    from tui_cnn.search.directory import make_search
    from tui_cnn.search.launch import examine
    from tui_cnn.search.survey import parallel
    from tui_cnn.ui.toolkit.searches import survey_lines

    network = read_model(model)
    plan = read_plan(expanded(plan_file)) if plan_file else SearchPlan(recipe=TUTORIAL)
    checked = check(network, read_options(options, plan.recipe))
    budget = {"trials": trials, "minutes": minutes}
    bounds = {
        "params <=": max_params,
        "macs <=": max_macs,
        "memory <=": max_memory,
        "receptive_field >=": min_receptive_field,
    }
    given = {
        "space": {**plan.space, **_varied(vary)},
        "limits": (*plan.limits, *(f"{quantity} {bound}" for quantity, bound in _given(bounds).items())),
        "goals": goals,
        "brain": brain,
        "seeds": _seeds(seeds),
        "budget": {**msgspec.structs.asdict(plan.budget), **_given(budget)} if _given(budget) else None,
    }
    plan = _changed(plan, {**_given(given), "recipe": checked.recipe})
    taken = examine(network, plan) if plan.space else None  # nothing is written of one that cannot run
    made = make_search(network, plan)
    echo(_("search {id}: {path}").format(id=made.id, path=made.path))
    if taken is None:
        echo(_("add what varies to [space] in {file}, then start it").format(file=made.plan_file))
        return SOUND
    echo(survey_lines(plan, taken, parallel(plan, taken.memory)))
    echo(_("start it with: cnn-tui search start {id}").format(id=made.id))
    return SOUND


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, ())}


def _changed(plan: SearchPlan, changes: dict[str, Any]) -> SearchPlan:
    """Change a plan.

    Raises:
        SearchError: a value is none of its field.
    """
    from tui_cnn.formats.validation import InvalidError, convert

    budget = changes.pop("budget", None)
    try:
        if budget is not None:
            changes["budget"] = convert(budget, SearchBudget)
        return convert({**msgspec.structs.asdict(plan), **changes}, SearchPlan)
    except InvalidError as error:
        raise SearchError(str(error)) from None


def _varied(texts: tuple[str, ...]) -> dict[str, Any]:
    """Read `KEY=VALUES`, the values as in TOML.

    Raises:
        UsageError: it is something else.
    """
    from tui_cnn.formats.errors import FormatError
    from tui_cnn.formats.reading import loads_toml

    found = {}
    for text in texts:
        key, equals, values = text.partition("=")
        try:
            if not equals or not key.strip():
                raise FormatError("--vary", _("no values"))
            found[key.strip()] = loads_toml(f"values = {values}", "--vary")["values"]
        except FormatError:
            message = _("--vary {text}: write a key and its values, such as {example}")
            raise click.UsageError(message.format(text=text, example='"conv2d.filters=[16, 32]"')) from None
    return found


def _seeds(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 12 for part in parts):
        raise click.UsageError(_("--seeds {text} is not a list of whole numbers, such as 0,1,2").format(text=text))
    return tuple(map(int, parts))


@search.command(
    short_help=_("Start a search."),
    help=_(
        """Start a search in its own process, which continues if this terminal is closed.

        Before that, it is shown how many candidates there are, how many fit the limits, and what it will take."""
    )
    + _SEARCH,
)
@click.argument("name", metavar="SEARCH")
@_JOBS
@_SCHEDULER
def start(name: str, jobs: int | None, scheduler: str) -> int:
    """Start."""
    return _start(name, jobs, scheduler)


@search.command(
    short_help=_("Resume a search."),
    help=_("Resume a stopped or interrupted search, its interrupted trials from their checkpoints.") + _SEARCH,
)
@click.argument("name", metavar="SEARCH")
@_JOBS
@_SCHEDULER
def resume(name: str, jobs: int | None, scheduler: str) -> int:
    """Resume it where it was, unless another scheduler is given."""
    from tui_cnn.search.directory import find_search
    from tui_cnn.search.history import read_history

    started = read_history(find_search(name)).started
    return _start(name, jobs, scheduler or (started.scheduler if started else ""))


def _start(name: str, jobs: int | None, scheduler: str) -> int:
    from tui_cnn.search import launch
    from tui_cnn.search.directory import find_search
    from tui_cnn.search.survey import parallel
    from tui_cnn.ui.toolkit.searches import survey_lines

    found = find_search(name)
    plan = found.plan()
    taken = launch.examine(found.network(), plan)
    at_a_time = parallel(plan, taken.memory, jobs)
    if scheduler:
        at_a_time, remarks = launch.cluster_share(plan, taken.memory, jobs, scheduler)
        for remark in remarks:
            echo(remark, err=True)
    echo(survey_lines(plan, taken, at_a_time))
    launch.start(found, jobs if scheduler else at_a_time.jobs, scheduler, taken.memory)
    echo(_("{id} is running; watch it with: cnn-tui search show {id}").format(id=found.id))
    return SOUND


@search.command(
    short_help=_("Stop a search."),
    help=_("Stop a search: its trials save a checkpoint, and are resumed with it.") + _SEARCH,
)
@click.argument("name", metavar="SEARCH")
def stop(name: str) -> int:
    """Stop."""
    from tui_cnn.search import launch
    from tui_cnn.search.directory import find_search

    found = find_search(name)
    launch.stop(found)
    echo(_("{id} is stopping; resume it with: cnn-tui search resume {id}").format(id=found.id))
    return SOUND


@search.command(
    short_help=_("Show a search."),
    help=_("Show the trials of a search, the best so far, and for several goals the Pareto front.") + _SEARCH,
)
@click.argument("name", metavar="SEARCH")
@click.option("--json", "as_json", is_flag=True, help=_("Print as JSON, with all trials."))
def show(name: str, as_json: bool) -> int:
    """Print a search."""
    from tui_cnn.cli.search_report import report, report_json
    from tui_cnn.search.directory import find_search

    found = find_search(name)
    echo(report_json(found) if as_json else report(found))
    return SOUND


@search.command(
    short_help=_("Show the best network of a search."),
    help=_("Print the run of the best trial of a search, and write its network as TOML.") + _SEARCH,
)
@click.argument("name", metavar="SEARCH")
@click.option("--to", "target", metavar="FILE", help=_("File to write the network to."))
def best(name: str, target: str | None) -> int:
    """Print the best."""
    from tui_cnn.cli.search_report import best_line
    from tui_cnn.formats.toml import save_network
    from tui_cnn.search.directory import find_search
    from tui_cnn.search.history import best_trial, read_history

    found = find_search(name)
    trial = best_trial(read_history(found).trials)
    if trial is None:
        echo(_("{id} has no finished trial yet; see: cnn-tui search show {id}").format(id=found.id), err=True)
        return UNSOUND
    plan = found.plan()
    space = plan.space_on(found.network())
    echo(best_line(trial))
    run = next(iter(trial.runs.values()), None)
    if run is not None:
        echo(_("to train it longer: cnn-tui train --from {run} --minutes 10").format(run=run))
    if target is not None:
        path = Path(expanded(target))
        save_network(path, space.build(trial.planned.values).network)
        echo(_("written to {file}").format(file=path))
    return SOUND
