"""`cnn-tui check`: the numbers and the problems of networks."""

import click

from tui_cnn.cli.group import SOUND, UNSOUND, UNUSABLE
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _


@click.command(
    short_help=_("Show the numbers and the problems of networks."),
    help=_(
        """Show the numbers and the problems of networks, without building them.

        A MODEL is a TOML file or a preset: fashion-cnn, fashion-dnn, lenet-5. The exit status is 0 where all of them
        can be built, 1 where one cannot, and 2 where one cannot be read.

        \b
        Examples:
          cnn-tui check fashion-cnn
          cnn-tui check --json *.toml"""
    ),
)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--json", "as_json", is_flag=True, help=_("Print a JSON object for each model, on a line of its own."))
def check(models: tuple[str, ...], as_json: bool) -> int:
    """Print a report for each of the models; return the worst status."""
    status = SOUND
    printed = False
    for model in models:
        try:
            network, _path = find_network(model)
        except FormatError as error:
            click.echo(str(error), err=True)
            status = UNUSABLE
            continue
        analysis = analyze(network)
        if printed and not as_json:
            click.echo()
        click.echo(_json(analysis) if as_json else _text(analysis))
        printed = True
        if any(finding.severity == "error" for finding in analysis.checks):
            status = max(status, UNSOUND)
    return status


def _json(analysis: Analysis) -> bytes:
    from tui_cnn.cli.json_report import json_report

    return json_report(analysis)


def _text(analysis: Analysis) -> str:
    from tui_cnn.cli.text_report import text_report

    return text_report(analysis)
