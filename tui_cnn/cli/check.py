"""`cnn-tui check`: the numbers and the problems of networks, limits on what they cost for use in CI, and a picture."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import ShapeParam, budget_options, input_shape_option, read_model
from tui_cnn.cli.group import SOUND, UNSOUND, UNUSABLE
from tui_cnn.cli.reports import Budget, json_report, tensors_json, tensors_text, text_report
from tui_cnn.cli.streams import echo, write
from tui_cnn.cli.table import wrap
from tui_cnn.config import expanded
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Severity, TrainingContext
from tui_cnn.core.checks.explanations import explanations
from tui_cnn.core.memory import Memory, OptimizerName, memory
from tui_cnn.core.rows import Convention
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.container import OnlyWeightsError
from tui_cnn.formats.saving import save_bytes
from tui_cnn.formats.tensors import read_tensors
from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.runs.machine import machine_memory
from tui_cnn.visible import visible

_TERMINAL = "-"
_PICTURES = (".svg", ".png")
_PICTURE_LINES, _WIDEST_PICTURE = 16, 160
_SEVERITY: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


@click.command(
    short_help=_("Show the numbers and the problems of networks."),
    help=_(
        """Show the numbers and the problems of networks, without building them.

        A MODEL is a preset, a TOML file, a model of Keras 1 to 3 (.keras, .h5, .json or .yaml), or one of ONNX
        (.onnx). Of a file that has only weights (.weights.h5, .safetensors) the tensors are listed. The exit status is
        0 if all models are valid, 1 if one has an error or exceeds a limit, and 2 if one cannot be read.

        \b
        Examples:
          cnn-tui check fashion-cnn
          cnn-tui check --json *.toml
          cnn-tui check my.toml --max-params 100k --fail-on warning
          cnn-tui check model.keras --input-shape 224x224x3
          cnn-tui check --explain dense-heavy
          cnn-tui check fashion-cnn --picture
          cnn-tui check fashion-cnn --picture network.svg"""
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
@budget_options
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
def check(
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
    explain: str | None,
    picture: str | None,
    **limits: Any,
) -> int:
    """Print a report for each of the models; return the worst status."""
    if explain is not None:
        known = explanations()
        if explain not in known:
            raise click.UsageError(_("unknown check “{code}”").format(code=explain) + nearest(explain, sorted(known)))
        echo(wrap(known[explain], 100))
        return SOUND
    if picture is not None and picture != _TERMINAL and not picture.lower().endswith(_PICTURES):
        models, picture = (picture, *models), _TERMINAL  # `check --picture MODEL`
    if picture not in (None, _TERMINAL) and len(models) > 1:
        raise click.UsageError(_("--picture FILE draws one MODEL; specify only one"))
    if not models:
        raise click.UsageError(_("specify a MODEL to check"))
    status, printed = SOUND, False
    training = TrainingContext(classes, batch_size, optimizer, machine_memory(), steps)
    for model in models:
        try:
            network = read_model(model, input_shape)
        except FormatError as error:
            if isinstance(error, OnlyWeightsError) and not any(limits.values()):
                _write_tensors(model, as_json=as_json, apart=printed)
                printed = True
                continue
            for line in error.lines:
                write(line, err=True)
            if as_json:
                errors = [problem._asdict() for problem in error.problems]
                write(msgspec.json.encode({"model": model, "error": str(error), "errors": errors}))
            status = UNUSABLE
            continue
        analysis = analyze(network, training)
        needs = memory(analysis, batch_size, optimizer)
        budgets = list(_budgets(analysis, needs, **limits))
        if printed and not as_json:
            write("")
        if as_json:
            write(json_report(analysis, needs, convention, budgets, explained=formulas))
        else:
            write(text_report(analysis, needs, convention, explained=formulas))
        printed = True
        if picture == _TERMINAL:
            _print_picture(analysis, stderr=as_json)
        elif picture is not None:
            _save_picture(analysis, expanded(picture))
        unmet = [budget for budget in budgets if not budget.met]
        for budget in unmet:
            write(budget.problem, err=True)
        if unmet or any(_SEVERITY[finding.severity] >= _SEVERITY[fail_on] for finding in analysis.checks):
            status = max(status, UNSOUND)
    return status


def _write_tensors(model: str, *, as_json: bool, apart: bool) -> None:
    """List what is in a file that has only weights."""
    found = read_tensors(expanded(model))
    if as_json:
        return write(tensors_json(model, found))
    if apart:
        write("")
    return write(tensors_text(model, found))


def _budgets(
    analysis: Analysis,
    needs: Memory,
    max_params: int | None,
    max_macs: int | None,
    max_memory: int | None,
    min_receptive_field: int | None,
    output_shape: Shape | None,
) -> Iterator[Budget]:
    """Compare a network with each limit that is not None; one whose value cannot be known does not hold."""
    name, totals = analysis.network.name, analysis.totals
    limits = (
        (_("parameters"), totals.params, totals.params_complete, max_params, "--max-params"),
        (_("MACs"), totals.macs, totals.complete, max_macs, "--max-macs"),
        (_("bytes of training-step memory"), needs.training, totals.complete, max_memory, "--max-memory"),
    )
    for unit, least, known, limit, option in limits:
        if limit is None:
            continue
        value = least if known or (least is not None and least > limit) else None
        if value is None:
            message = _("{name}: {unit} unknown, so {option} {limit:,} is not met")
        else:
            message = _("{name}: {value:,} {unit}, more than {option} {limit:,}")
        problem = message.format(name=name, value=value, unit=unit, option=option, limit=limit)
        yield Budget(option, limit, value, value is not None and value <= limit, problem)
    if min_receptive_field is not None:
        yield _field_budget(analysis, min_receptive_field)
    if output_shape is not None:
        output = format_shape(analysis.output_shape) if analysis.output_shape else _("unknown")
        message = _("{name}: the output shape is {found}, but --output-shape is {wanted}")
        problem = message.format(name=name, found=output, wanted=format_shape(output_shape))
        met = analysis.output_shape == output_shape
        yield Budget("--output-shape", output_shape, analysis.output_shape, met, problem)


def _field_budget(analysis: Analysis, least: int) -> Budget:
    """Compare the receptive field of the last feature map; one of the whole image always suffices."""
    name, option = analysis.network.name, "--min-receptive-field"
    field = analysis.last_map.field if analysis.last_map is not None else None
    if field is None:
        message = _("{name}: no feature map with a known receptive field, so --min-receptive-field {least} is not met")
        return Budget(option, least, None, False, message.format(name=name, least=least))
    if field.status == "full":
        return Budget(option, least, None, True, "")
    size = field.shorter
    message = _("{name}: receptive field {size} pixels, less than --min-receptive-field {least}")
    return Budget(option, least, size, size >= least, message.format(name=name, size=size, least=least))


def _save_picture(analysis: Analysis, path: Path) -> None:
    from tui_cnn.formats.picture import dumps_png, dumps_svg

    save_bytes(path, dumps_png(analysis) if path.suffix.lower() == ".png" else dumps_svg(analysis).encode())


def _print_picture(analysis: Analysis, *, stderr: bool) -> None:
    """Draw a network into the terminal, in its colours where it has any."""
    from rich.color import Color
    from rich.console import Console
    from rich.style import Style
    from rich.text import Text

    from tui_cnn.formats.picture import COLOURS, shaded
    from tui_cnn.ui.build.volume_drawing import Faces, VolumeColours, draw, plan

    width = min(_WIDEST_PICTURE, shutil.get_terminal_size((100, 24)).columns)
    families = {
        family: Faces(*map(Color.parse, (colour, shaded(colour, 1.22), shaded(colour, 0.62))))
        for family, colour in COLOURS.items()
    }
    plain, quiet = Style(), Style(dim=True)
    palette = VolumeColours(families, families[None], Color.parse("#e5484d"), plain, quiet, plain, Style(bold=True))
    drawing = draw(plan(analysis, None, width, _PICTURE_LINES), analysis, None, palette)
    console = Console(width=width, highlight=False, stderr=stderr)
    with console.capture() as captured:
        for line in drawing.lines:
            console.print(
                Text.assemble(*((visible(part.text), part.style or "") for part in line)), no_wrap=True, crop=True
            )
    write(captured.get().removesuffix("\n"), err=stderr, styled=True)
