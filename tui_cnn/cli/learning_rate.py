"""`cnn-tui lr`: a learning rate found before training."""

import sys
from shutil import get_terminal_size

import click
import msgspec

from tui_cnn.cli.arguments import ModelParam, read_model
from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.train import read_options, recipe_options
from tui_cnn.i18n import _

_MARGIN, _ROWS = 10, 18


@click.command(
    short_help=_("Find a learning rate for a network."),
    help=_(
        """Train a network for some steps with a learning rate that rises from 1e-7 to 10 (the range test of Smith
        2017), print the curve of the loss, and suggest a rate: a tenth of that at which the smoothed loss is lowest.

        No run is created. The options are those of `cnn-tui train`; the learning rate, its schedule and the number of
        epochs are ignored.

        \b
        Examples:
          cnn-tui lr fashion-cnn
          cnn-tui lr my.toml --optimizer sgd --batch-size 128 --json"""
    ),
)
@click.argument("model", type=ModelParam())
@click.option("--steps", type=click.IntRange(10, 10_000), default=200, help=_("Number of steps.  [200]"))
@click.option("--json", "as_json", is_flag=True, help=_("Print rates, losses and the suggested rate as JSON."))
@recipe_options
def lr(model: str, steps: int, as_json: bool, **options: str | bool | None) -> int:
    """Search, and print what was found."""
    from tui_cnn.runs.rate_search import RateSearch, curve

    search = RateSearch(read_model(model), read_options(options), steps)
    try:
        if sys.stderr.isatty():
            echo(_("training {steps} steps with increasing learning rates …").format(steps=steps), err=True)
        tried = list(search.steps())
    finally:
        search.close()
    found = curve(tried, steps)
    if as_json:
        echo(msgspec.json.encode({**found._asdict(), "rule": found.rule}))
        return UNSOUND if found.suggested is None else SOUND
    from tui_cnn.ui.toolkit.plot import draw
    from tui_cnn.ui.toolkit.rate_plot import rate_curve

    width = min(100, get_terminal_size().columns)
    for row in draw(rate_curve(found, width - _MARGIN, _ROWS), width, _ROWS, _MARGIN):
        echo("".join(character for character, _style in row).rstrip())
    if found.suggested is None:
        echo(_("No rate can be suggested: the loss did not fall."))
        return UNSOUND
    echo(_("suggested learning rate: {rate:g} ({rule})").format(rate=found.suggested, rule=found.rule))
    return SOUND
