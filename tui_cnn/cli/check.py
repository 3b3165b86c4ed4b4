"""`cnn-tui check`: the numbers and the problems of networks."""

from pathlib import Path
from typing import Any

import click

from tui_cnn.cli.amounts import Count, ShapeParam
from tui_cnn.cli.budgets import Budgets, broken
from tui_cnn.cli.group import SOUND, UNSOUND, UNUSABLE
from tui_cnn.cli.models import input_shape_option, read_model
from tui_cnn.cli.wide_text import wrap
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Severity, TrainingContext
from tui_cnn.core.memory import Memory, OptimizerName, memory
from tui_cnn.core.rows import Convention
from tui_cnn.core.shape import Shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.machine import machine_memory

_TERMINAL = "-"
_PICTURES = (".svg", ".png")


@click.command(
    short_help=_("Show the numbers and the problems of networks."),
    help=_(
        "Show the numbers and the problems of networks, without building them.\n"
        "\n"
        "        A MODEL is a TOML file, a Keras .json or .keras file, or a preset. The "
        "exit status is 0 if all models are\n"
        "        valid, 1 if one has an error or exceeds a limit, and 2 if one cannot be "
        "read.\n"
        "\n"
        "        \b\n"
        "        Examples:\n"
        "          cnn-tui check fashion-cnn\n"
        "          cnn-tui check --json *.toml\n"
        "          cnn-tui check my.toml --max-params 100k --fail-on warning\n"
        "          cnn-tui check model.keras --input-shape 224x224x3\n"
        "          cnn-tui check --explain dense-heavy\n"
        "          cnn-tui check fashion-cnn --picture\n"
        "          cnn-tui check fashion-cnn --picture network.svg"
    ),
)
@click.argument("models", nargs=-1, metavar="MODEL...")
@input_shape_option
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object per model, each on its own line."))
@click.option("--batch-size", type=click.IntRange(1), default=32, help=_("Batch size for the training-step memory."))
@click.option(
    "--optimizer",
    type=click.Choice(["adam", "adamw", "rmsprop", "sgd"]),
    default="adam",
    help=_("Optimizer for the training-step memory."),
)
@click.option(
    "--flops",
    "convention",
    type=click.Choice(["macs", "2xmacs", "tf"]),
    default="2xmacs",
    help=_("How to count FLOPs; tf: like TensorFlow's profiler."),
)
@click.option("--steps", type=click.IntRange(1), help=_("Check that this many training steps are enough."))
@click.option("--formulas", is_flag=True, help=_("Show how each number is calculated, with its values."))
@click.option("--classes", type=click.IntRange(1), help=_("Check that the output has this many classes."))
@click.option("--max-params", type=Count(), help=_("Maximum number of parameters, such as 100k."))
@click.option("--max-macs", type=Count(), help=_("Maximum number of multiply-accumulates (MACs), such as 5M."))
@click.option("--max-memory", type=Count(), help=_("Maximum training-step memory in bytes, such as 2GB."))
@click.option(
    "--min-receptive-field",
    type=click.IntRange(1),
    help=_("Minimum receptive field of the last feature map, in pixels."),
)
@click.option("--output-shape", type=ShapeParam(), help=_("Required output shape, such as 10."))
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    help=_("Lowest severity that makes the exit status 1."),
)
@click.option("--explain", metavar="CODE", help=_("Explain a check and exit."))
@click.option(
    "--picture",
    is_flag=False,
    flag_value=_TERMINAL,
    metavar="[FILE]",
    help=_("Draw the layers as boxes in perspective, in the terminal or in a .svg or .png file."),
)
def check(models: tuple[str, ...], explain: str | None, picture: str | None, **options: Any) -> int:
    """Print a report for each of the models; return the worst status."""
    if explain is not None:
        return _explain(explain)
    if picture not in (None, _TERMINAL) and not str(picture).lower().endswith(_PICTURES):
        models, picture = (str(picture), *models), _TERMINAL  # `check --picture MODEL`
    if picture not in (None, _TERMINAL) and len(models) > 1:
        raise click.UsageError(_("--picture FILE draws one MODEL; specify only one"))
    if not models:
        raise click.UsageError(_("specify a MODEL to check"))
    return _check(models, picture=picture, **options)


def _check(
    models: tuple[str, ...],
    input_shape: Shape | None,
    as_json: bool,
    batch_size: int,
    optimizer: OptimizerName,
    convention: Convention,
    steps: int | None,
    formulas: bool,
    classes: int | None,
    fail_on: Severity,
    picture: str | None,
    **limits: Any,
) -> int:
    status, printed = SOUND, False
    training = TrainingContext(classes, batch_size, optimizer, machine_memory(), steps)
    for model in models:
        try:
            network = read_model(model, input_shape)
        except FormatError as error:
            click.echo(str(error), err=True)
            status = UNUSABLE
            continue
        analysis = analyze(network, training)
        needs = memory(analysis, batch_size, optimizer)
        if printed and not as_json:
            click.echo()
        click.echo(_report(analysis, needs, convention, as_json=as_json, explained=formulas))
        printed = True
        if picture is not None:
            _draw(analysis, picture, stderr=as_json)
        unmet = list(broken(Budgets(**limits), analysis, needs))
        for line in unmet:
            click.echo(line, err=True)
        if unmet or any(_SEVERITY[finding.severity] >= _SEVERITY[fail_on] for finding in analysis.checks):
            status = max(status, UNSOUND)
    return status


def _draw(analysis: Analysis, picture: str, *, stderr: bool) -> None:
    """Draw a network into the terminal or into a file."""
    from tui_cnn.cli.picture import print_picture, save_picture

    if picture == _TERMINAL:
        print_picture(analysis, stderr=stderr)
    else:
        save_picture(analysis, Path(picture).expanduser())


_SEVERITY: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


def _explain(code: str) -> int:
    from tui_cnn.core.checks.explanations import explanations

    known = explanations()
    if code not in known:
        from tui_cnn.formats.validation import nearest

        raise click.UsageError(_("unknown check “{code}”").format(code=code) + nearest(code, sorted(known)))
    click.echo(wrap(known[code], 100))
    return SOUND


def _report(
    analysis: Analysis, needs: Memory, convention: Convention, *, as_json: bool, explained: bool
) -> bytes | str:
    if as_json:
        from tui_cnn.cli.json_report import json_report

        return json_report(analysis, needs, convention, explained=explained)
    from tui_cnn.cli.text_report import text_report

    return text_report(analysis, needs, convention, explained=explained)
