"""What is known before a run starts, in words."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.schedule import rates
from tui_cnn.ui.toolkit.network_summary import at_least
from tui_cnn.ui.toolkit.numbers import duration, short_count
from tui_cnn.ui.toolkit.sparkline import spark
from tui_cnn.ui.train.forecast import Forecast

_SPARK = 16


def forecast_table(analysis: Analysis, recipe: Recipe, told: Forecast | None, *, measuring: bool, brief: bool) -> Table:
    """Lay out what will be trained, on what, and how long that will take; if `brief`, with a small drawing of the rate.

    There is a large one elsewhere where there is room.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    cost = _cost(recipe, told, measuring=measuring)
    for name, value in (*_network(analysis), *_recipe(recipe, told, brief=brief), *cost):
        table.add_row(name, value)
    return table


def _network(analysis: Analysis) -> Iterator[tuple[str, str]]:
    totals = analysis.totals
    least = at_least(analysis)
    yield _("parameters"), f"{least}{totals.params:,}"
    yield _("MACs per image"), f"{least}{short_count(totals.macs)}"


def _recipe(recipe: Recipe, told: Forecast | None, *, brief: bool) -> Iterator[tuple[str, str]]:
    if told is None or told.problem:
        return
    yield _("train on"), _("{count} images").format(count=f"{told.images:,}")
    yield _("validate on"), _("{count} images").format(count=f"{told.validation:,}") if told.validation else "—"
    yield _("steps per epoch"), f"{told.steps:,}"
    if brief and (recipe.schedule != "constant" or recipe.warmup):
        yield _("learning rate"), spark(rates(recipe, 0, recipe.epochs * 50, 50)[:: max(1, recipe.epochs)], _SPARK)
    if recipe.precision == "auto":
        yield _("precision"), told.precision


def _cost(recipe: Recipe, told: Forecast | None, *, measuring: bool) -> Iterator[tuple[str, str | Text]]:
    yield "", ""
    if told is None:
        yield _("per epoch"), _("…")
        return
    if told.problem:
        yield _("data"), Text(told.problem)
        return
    seconds, memory, source = told.estimate
    if seconds is None:
        waiting = _("measuring this machine …") if measuring else _("unknown until the first run")
        yield _("per epoch"), waiting
    else:
        yield _("per epoch"), _span(seconds)
        yield _("all {epochs} epochs").format(epochs=recipe.epochs), _span(seconds * recipe.epochs)
    if memory is not None:
        yield _("memory"), f"{memory / 1e9:.2f} GB"
    if source == "measured":
        yield "", Text(_("from earlier runs"), style="dim")
    elif source == "estimated":
        yield "", Text(_("estimated"), style="dim")


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)
