"""What is known of a run before it starts: worked out in a thread, and laid out as a table."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.data.errors import DataError
from tui_cnn.i18n import _
from tui_cnn.runs.estimate import Estimate, estimate, precision_of
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.preflight import training_warnings
from tui_cnn.runs.queue_slot import is_training
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.schedule import rates
from tui_cnn.ui.toolkit.network_summary import at_least
from tui_cnn.ui.toolkit.numbers import duration, short_count, spark

_SPARK = 16


class Forecast(NamedTuple):
    """Images to train on and to validate on, steps an epoch, and what all that will take here.

    `problem` says why nothing is known; `queued` that another run is being trained, which this one waits for;
    `notes` what will surprise.
    """

    images: int
    validation: int
    steps: int
    estimate: Estimate
    precision: str
    queued: bool
    problem: str = ""
    notes: tuple[str, ...] = ()


_UNKNOWN = Estimate(None, None, "unknown")


def make_forecast(analysis: Analysis, recipe: Recipe) -> Forecast:
    """Work out what training a network by a recipe will take."""
    from tui_cnn.data.dataset import summarize

    try:
        count = summarize(recipe.directory).train_count
    except DataError as error:
        return Forecast(0, 0, 0, _UNKNOWN, "", queued=is_training(), problem=str(error))
    counts = recipe.image_counts(count)
    machine = read_machine()
    precision = precision_of(analysis, recipe, machine)
    return Forecast(
        images=counts.train,
        validation=counts.validation,
        steps=recipe.batches(counts.train),
        estimate=estimate(analysis, msgspec.structs.replace(recipe, precision=precision), count, machine),
        precision=precision,
        queued=is_training(),
        notes=tuple(training_warnings(analysis.network, recipe, count)),
    )


def forecast_table(
    analysis: Analysis, recipe: Recipe, forecast: Forecast | None, *, measuring: bool, with_rate: bool
) -> Table:
    """Lay out what will be trained, on what, and how long that will take; perhaps with a small drawing of the rate."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    cost = _cost(recipe, forecast, measuring=measuring)
    for name, value in (*_network(analysis), *_recipe(recipe, forecast, with_rate=with_rate), *cost):
        table.add_row(name, value)
    return table


def _network(analysis: Analysis) -> Iterator[tuple[str, str]]:
    totals = analysis.totals
    least = at_least(analysis)
    yield _("parameters"), f"{least}{totals.params:,}"
    yield _("MACs per image"), f"{least}{short_count(totals.macs)}"


def _recipe(recipe: Recipe, forecast: Forecast | None, *, with_rate: bool) -> Iterator[tuple[str, str]]:
    if forecast is None or forecast.problem:
        return
    yield _("train on"), _("{count} images").format(count=f"{forecast.images:,}")
    held_out = _("{count} images").format(count=f"{forecast.validation:,}") if forecast.validation else "—"
    yield _("validate on"), held_out
    yield _("steps per epoch"), f"{forecast.steps:,}"
    if with_rate and (recipe.schedule != "constant" or recipe.warmup):
        yield _("learning rate"), spark(rates(recipe, 0, recipe.epochs * 50, 50)[:: max(1, recipe.epochs)], _SPARK)
    if recipe.precision == "auto":
        yield _("precision"), forecast.precision


def _cost(recipe: Recipe, forecast: Forecast | None, *, measuring: bool) -> Iterator[tuple[str, str | Text]]:
    yield "", ""
    if forecast is None:
        yield _("per epoch"), _("…")
        return
    if forecast.problem:
        yield _("data"), Text(forecast.problem)
        return
    seconds, memory, source = forecast.estimate
    if seconds is None:
        waiting = _("measuring this machine …") if measuring else _("unknown until the first run")
        yield _("per epoch"), waiting
    else:
        yield _("per epoch"), _time_span(seconds)
        yield _("all {epochs} epochs").format(epochs=recipe.epochs), _time_span(seconds * recipe.epochs)
    if memory is not None:
        yield _("memory"), f"{memory / 1e9:.2f} GB"
    if source == "measured":
        yield "", Text(_("from earlier runs"), style="dim")
    elif source == "estimated":
        yield "", Text(_("estimated"), style="dim")


def _time_span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)
