"""A run as text, for `show`, and beside others, for `compare`."""

from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from tui_cnn.cli.follow import epoch_line
from tui_cnn.cli.table import table
from tui_cnn.i18n import _
from tui_cnn.runs.baseline import read_baseline
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.groups import SeedGroup
from tui_cnn.runs.recipe import RECIPES, TUTORIAL, Recipe, recipe_name
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.runs.summary import Summary
from tui_cnn.ui.toolkit.numbers import duration
from tui_cnn.ui.toolkit.runs import run_title, share, state_name, stopped_early, tested_weights, with_advice
from tui_cnn.visible import visible

_MOST_SEEDS = 5


def report(summary: Summary, snapshot: Snapshot) -> Iterator[str]:
    """Describe a run: its network, its recipe, its state, and what to do."""
    yield visible(summary.id + (f"  {summary.about.title}" if summary.about.title else ""))
    if summary.about.tags:
        yield visible(" ".join(summary.about.tags))
    if summary.about.note:
        yield summary.about.note
    yield from table(("", ""), [line for line in _facts(summary, snapshot) if line[1]])[1:]
    started = snapshot.started
    epochs = started.epochs if started is not None else len(snapshot.epochs)
    yield from (epoch_line(epoch, epochs) for epoch in snapshot.epochs)
    if snapshot.early_stop is not None:
        yield stopped_early(snapshot.early_stop)
    if summary.outcome is not None:
        yield visible(summary.outcome.line)
    yield from with_advice(summary.damage)


def _facts(summary: Summary, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    yield _("state"), state_name(snapshot)
    yield _("network"), summary.network + _size(summary)
    for line in summary.beginning:
        yield _("started from"), visible(line)
    yield _("recipe"), _recipe(summary.recipe) if summary.recipe else visible(summary.settings) or "—"
    started = snapshot.started
    if started is not None:
        yield _("device"), f"{', '.join(started.devices) or started.device}, {started.precision}"
        yield _("seed"), "" if started.seed is None else str(started.seed)
        tensorflow = f", TensorFlow {started.tensorflow}" if started.tensorflow else ""
        versions = f"Python {started.python}{tensorflow}, Keras {started.keras}"
        yield _("versions"), f"{versions}, NumPy {started.numpy or '?'}, cnn-tui {started.cnn_tui or '?'}"
    yield _("seconds per epoch"), _pace(summary)
    yield _("peak RAM"), _memory(summary)
    yield _("best validation accuracy"), share(summary.best_accuracy)
    yield _("test accuracy"), share(summary.test_accuracy)
    yield _("tested weights"), tested_weights(summary.tested)
    yield _("test set evaluated"), summary.test_use.count if summary.test_use else ""


def _recipe(recipe: Recipe) -> str:
    """Name a recipe, and list what differs from the one of that name, or for `custom` from the tutorial's."""
    name = recipe_name(recipe)
    usual = asdict(RECIPES.get(name, TUTORIAL))
    changed = [f"{field} = {value}" for field, value in asdict(recipe).items() if value != usual[field]]
    return visible(", ".join([name, *changed]))


def _memory(summary: Summary) -> str:
    return f"{summary.memory / 1e9:.2f} GB" if summary.memory else ""


def _size(summary: Summary) -> str:
    if summary.parameters is None or summary.macs is None:
        return ""
    return _(" ({params:,} parameters, {macs:,} MACs)").format(params=summary.parameters, macs=summary.macs)


def _pace(summary: Summary) -> str:
    if summary.seconds_per_epoch is None:
        return ""
    taken = f"{summary.seconds_per_epoch:.1f}"
    if summary.predicted_seconds is None:
        return taken
    return _("{taken}, predicted {predicted:.1f}").format(taken=taken, predicted=summary.predicted_seconds)


def differences(runs: Sequence[RunDirectory]) -> list[str]:
    """Compare runs with the pinned baseline, or with the first, on the same test images, a line for each."""
    from tui_cnn.runs.paired import Named, paired_lines

    baseline = read_baseline()
    pinned = Named(run_title(baseline), baseline) if baseline else None
    return paired_lines([Named(run_title(run), run) for run in runs], pinned)


def groups_table(groups: Sequence[SeedGroup]) -> list[str]:
    """Lay out groups of runs, a line each; ± is the standard deviation over the runs."""
    heading = (_("network"), _("parameters"), _("recipe"), _("runs"), _("seeds"), _("validation"), _("test"))
    rows = [
        (
            group.network,
            f"{group.parameters:,}" if group.parameters is not None else "—",
            group.recipe_name or "—",
            str(len(group.runs)),
            _seeds(group.seeds),
            group.validation.text,
            group.test.text,
        )
        for group in groups
    ]
    return table(heading, rows, numbers={1, 3})


def _seeds(seeds: Sequence[int]) -> str:
    listed = sorted(set(seeds))
    return ", ".join(map(str, listed[:_MOST_SEEDS])) + (", …" if len(listed) > _MOST_SEEDS else "")


def comparison(summaries: Sequence[Summary]) -> list[str]:
    """Compare runs on one data set in a table, a line a run, with the best accuracy in validation and in the test.

    Below it is said how often the test set was evaluated.
    """
    trained = (_("network"), _("parameters"), _("MACs"), _("recipe"), _("epochs"))
    heading = (*trained, _("validation"), _("test"), _("tested weights"), _("time"), _("peak RAM"))
    rows = [
        (
            summary.about.title or summary.network,
            f"{summary.parameters:,}" if summary.parameters is not None else "—",
            f"{summary.macs:,}" if summary.macs is not None else "—",
            summary.recipe_name or "—",
            str(summary.epochs_done),
            share(summary.best_accuracy),
            share(summary.test_accuracy),
            tested_weights(summary.tested),
            duration(summary.seconds),
            _memory(summary) or "—",
        )
        for summary in summaries
    ]
    uses = [summary.test_use.line for summary in summaries[-1:] if summary.test_use]  # counted when all were done
    return [*table(heading, rows, numbers={1, 2, 4, 5, 6, 8, 9}), *uses]
