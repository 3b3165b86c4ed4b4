"""What is known of a run before it starts: its size and cost, its learning rate, and what earlier runs came to."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.data.files import DataError
from tui_cnn.formats.numbers_table import at_least
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.estimate import Estimate, estimate, precision_of
from tui_cnn.runs.lock import is_training
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.preflight import training_warnings
from tui_cnn.runs.recipe import Recipe, rate_at, rates
from tui_cnn.ui.toolkit.numbers import duration, epoch_time, images, short_count, spark
from tui_cnn.ui.toolkit.plot import AxisScale, Plot, Stroke, labels, ticks
from tui_cnn.ui.toolkit.runs import Listed, share

_SPARK = 16
_ABOVE = 1.1
"""How far the y axis reaches, as a multiple of the highest rate."""
_ROWS = 3
"""Rows of the y axis that a number takes, with the space around it."""


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

    def planned(self, recipe: Recipe) -> Recipe:
        """The recipe with as many epochs as fit into its minutes, as far as is known; else as it is."""
        return msgspec.structs.replace(recipe, epochs=self.estimate.epochs(recipe))


_UNKNOWN = Estimate(None, None, "unknown")


def make_forecast(analysis: Analysis, recipe: Recipe) -> Forecast:
    """Work out what training a network by a recipe will take."""
    from tui_cnn.data.dataset import summarize

    try:
        data = summarize(recipe.directory)
    except DataError as error:
        return Forecast(0, 0, 0, _UNKNOWN, "", queued=is_training(), problem=str(error))
    counts = recipe.image_counts(data.train_count, data.validation_count)
    machine = read_machine()
    precision = precision_of(analysis, recipe, machine)
    return Forecast(
        images=counts.train,
        validation=counts.validation,
        steps=recipe.batches(counts.train),
        estimate=estimate(
            analysis, msgspec.structs.replace(recipe, precision=precision), counts, machine, data.test_count
        ),
        precision=precision,
        queued=is_training(),
        notes=tuple(training_warnings(analysis.network, recipe)),
    )


def forecast_table(
    analysis: Analysis,
    recipe: Recipe,
    forecast: Forecast | None,
    *,
    weights: str = "",
    measuring: bool,
    with_rate: bool,
) -> Table:
    """Lay out what will be trained, on what, and how long that will take; perhaps with a small drawing of the rate.

    `weights` names the model whose weights it begins with.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    least_params, least_macs = at_least(analysis)
    table.add_row(_("parameters"), f"{least_params}{analysis.totals.params:,}")
    table.add_row(_("MACs per image"), f"{least_macs}{short_count(analysis.totals.macs)}")
    if weights:
        table.add_row(_("weights of"), Text(weights))
    if forecast is not None and not forecast.problem:
        for name, value in _counts(recipe, forecast, with_rate=with_rate):
            table.add_row(name, value)
    table.add_row()
    for name, cost in _cost(recipe, forecast, measuring=measuring):
        table.add_row(name, cost)
    return table


def _counts(recipe: Recipe, forecast: Forecast, *, with_rate: bool) -> Iterator[tuple[str, str]]:
    yield _("train on"), images(forecast.images)
    held_out = images(forecast.validation) if forecast.validation else "—"
    yield _("validate on"), held_out
    yield _("steps per epoch"), f"{forecast.steps:,}"
    if with_rate and (recipe.schedule != "constant" or recipe.warmup):
        yield _("learning rate"), spark(rates(recipe, 0, recipe.epochs * 50, 50)[:: max(1, recipe.epochs)], _SPARK)
    if recipe.precision == "auto" and forecast.estimate.source != "unknown":
        yield _("precision"), forecast.precision


def _cost(recipe: Recipe, forecast: Forecast | None, *, measuring: bool) -> Iterator[tuple[str, str | Text]]:
    if forecast is None:
        yield _("per epoch"), "…"
        return
    if forecast.problem:
        yield _("data"), Text(forecast.problem)
        return
    expected = forecast.estimate
    seconds = expected.seconds(recipe)
    if expected.seconds_per_epoch is None or seconds is None:
        yield _("per epoch"), _("measuring this machine …") if measuring else _("unknown until the first run")
        if recipe.minutes is not None:
            yield _("whole run"), epoch_time(60 * recipe.minutes)
    else:
        yield _("per epoch"), epoch_time(expected.seconds_per_epoch)
        time = epoch_time(seconds)
        if recipe.minutes is not None:
            epochs = expected.epochs(recipe)
            time = ngettext("{time}, {epochs} epoch", "{time}, {epochs} epochs", epochs).format(
                time=time, epochs=epochs
            )
        yield _("whole run"), time
    if expected.memory is not None:
        yield _("RAM"), f"{expected.memory / 1e9:.2f} GB"
    if expected.source in ("measured", "estimated"):
        yield "", Text(_("from earlier runs") if expected.source == "measured" else _("estimated"), style="dim")


def rate_plot(recipe: Recipe, steps: int, columns: int, rows: int) -> Plot:
    """Plot the rate over the epochs, of so many steps each; about two points a column say all that can be seen."""
    last = recipe.epochs * steps - 1
    points = min(last + 1, 2 * max(1, columns))
    places = sorted({round(last * point / max(1, points - 1)) for point in range(points)})
    line = [(place / steps, rate_at(recipe, place, steps)) for place in places]
    line.append((float(recipe.epochs), line[-1][1]))  # the last step takes until there
    high = recipe.learning_rate * _ABOVE
    across = ticks(0.0, float(recipe.epochs), max(2, columns // (len(f"{recipe.epochs:,}") + 4)), least=1)
    up = ticks(0.0, high, max(2, rows // _ROWS))
    x = AxisScale(0.0, float(recipe.epochs), tuple(zip(across, labels(across), strict=True)))
    return Plot(
        x, AxisScale(0.0, high, tuple(zip(up, labels(up), strict=True))), strokes=(Stroke(tuple(line), "primary"),)
    )


def earlier_table(runs: Sequence[Listed], rows: int) -> Table | Text:
    """List runs, the newest first, in at most `rows` lines; a star marks the best in validation."""
    if not runs:
        return Text(_("No runs yet: this network has not been trained."), style="dim")
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    titles = (_("when"), _("recipe"), _("epochs"), _("val."), _("test"), _("time"))
    for place, title in enumerate(titles):
        table.add_column(justify="left" if place < 2 else "right", header=title, no_wrap=True)
    table.add_row(*(Text(title, style="dim") for title in titles))
    best = max((run.summary.best_accuracy or 0.0 for run in runs), default=0.0)
    room = max(1, rows - 1)
    shown = runs if len(runs) <= room else runs[: max(1, room - 1)]
    for run in shown:
        validation = run.summary.best_accuracy
        star = "★" if validation is not None and validation == best else " "
        recipe = run.summary.recipe_name or "—"
        numbers = (f"{share(validation)}{star}", share(run.summary.test_accuracy), duration(run.summary.seconds))
        table.add_row(run.begun[5:] or "—", recipe, run.epochs, *numbers, style="bold" if star == "★" else "")
    if more := len(runs) - len(shown):
        message = ngettext("and {count} more", "and {count} more", more).format(count=more)
        table.add_row(Text(message, style="dim"))
    return table
