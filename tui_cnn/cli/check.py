"""`cnn-tui check`: the numbers and the problems of networks, limits on what they cost for use in CI, and a picture."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import click
import msgspec

from tui_cnn.cli.arguments import (
    STANDARD_INPUT,
    ModelParam,
    PageParam,
    ShapeParam,
    budget_options,
    device_options,
    find_model,
    input_shape_option,
    standard_input,
)
from tui_cnn.cli.checking.models import (
    CheckedModel,
    Demands,
    check_network,
    demands_of,
    display_path,
    places_in,
    unread_model,
    unused_ignores,
)
from tui_cnn.cli.checking.rules import rules
from tui_cnn.cli.group import SOUND, UNSOUND, UNUSABLE
from tui_cnn.cli.reports import finding_line, json_report, tensors_json, tensors_text, text_report
from tui_cnn.cli.streams import echo, write
from tui_cnn.cli.table import wrap
from tui_cnn.config import expanded
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Severity
from tui_cnn.core.memory import OptimizerName
from tui_cnn.core.network import Network
from tui_cnn.core.rows import Convention
from tui_cnn.core.shape import Shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.container import OnlyWeightsError
from tui_cnn.formats.models import is_code
from tui_cnn.formats.project import Budgets, IgnoredFinding, ListedModel, Project, find_project, read_project
from tui_cnn.formats.saving import save_bytes
from tui_cnn.formats.tensors import read_tensors
from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.visible import visible

_TERMINAL = "-"
_PICTURES = (".svg", ".png")
_PICTURE_LINES, _WIDEST_PICTURE = 16, 160
Format = Literal["text", "json", "sarif", "junit", "markdown", "github"]


@click.command(
    short_help=_("Show the numbers and the problems of networks."),
    help=_(
        """Show the numbers and the problems of networks, without building them.

        A MODEL is a preset, a TOML file, a model of Keras 1 to 3 (.keras, .h5, .json or .yaml), one of ONNX (.onnx), or
        - for the standard input. MODULE:FUNCTION runs your code: the module is imported from this directory in its
        own process, and the function returns a model of Keras. Without MODEL, those that cnn-tui.toml or
        [tool.cnn-tui] of pyproject.toml lists are checked, with the budgets and the ignored findings there. Of a file
        that has only weights (.weights.h5, .safetensors) the tensors are listed. The exit status is 0 if all models are
        valid, 1 if one has an error or exceeds a limit, and 2 if one cannot be read.

        \b
        Examples:
          cnn-tui check fashion-cnn
          cnn-tui check --json *.toml
          cnn-tui check my.toml --max-params 100k --fail-on warning
          cnn-tui check my.toml --board arduino-nano-33-ble --max-ram 64kB
          cnn-tui check --format sarif > cnn-tui.sarif
          cnn-tui check model.keras --input-shape 224x224x3
          cnn-tui check models.small:build
          cnn-tui check --explain dense-heavy
          cnn-tui check fashion-cnn --picture
          cnn-tui check fashion-cnn --picture network.svg"""
    ),
)
@click.argument("models", nargs=-1, metavar="[MODEL]...", type=ModelParam())
@input_shape_option
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    help=_("Format of the output; github: annotations of a pull request.  [text]"),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object per model, each on its own line."))
@click.option("--quiet", is_flag=True, help=_("As text: show findings only, a line for each, no tables."))
@click.option(
    "--config",
    type=click.Path(),
    metavar="FILE",
    help=_("Use this file instead of the cnn-tui.toml or pyproject.toml in this directory or above."),
)
@click.option("--batch-size", type=click.IntRange(1), help=_("Batch size for the training-step memory.  [32]"))
@click.option(
    "--optimizer",
    type=click.Choice(get_args(OptimizerName)),
    help=_("Optimizer for the training-step memory.  [adam]"),
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
@device_options
@click.option("--output-shape", type=ShapeParam(), help=_("Required output shape, such as 10."))
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    help=_("Lowest severity that makes the exit status 1.  [error]"),
)
@click.option(
    "--time-limit",
    type=click.IntRange(1),
    metavar="SECONDS",
    help=_("Maximum time for the code of a MODULE:FUNCTION.  [120]"),
)
@click.option("--explain", metavar="CODE", help=_("Explain a check and exit."))
@click.option(
    "--checks-url",
    type=PageParam(),
    metavar="URL",
    envvar="CNN_TUI_CHECKS_URL",
    help=_("Address of the page with the explanations (docs/checks.md), to link to from each finding."),
)
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
    form: Format | None,
    as_json: bool,
    quiet: bool,
    config: str | None,
    batch_size: int | None,
    optimizer: OptimizerName | None,
    convention: Convention,
    steps: int | None,
    formulas: bool,
    classes: int | None,
    fail_on: Severity | None,
    time_limit: int | None,
    explain: str | None,
    checks_url: str | None,
    picture: str | None,
    board: str | None,
    **limits: Any,
) -> int:
    """Print a report for each of the models; return the worst status."""
    if explain is not None:
        known = rules()
        if explain not in known:
            raise click.UsageError(_("unknown check “{code}”").format(code=explain) + nearest(explain, sorted(known)))
        echo(wrap(known[explain], 100).splitlines())
        return SOUND
    if as_json and form not in (None, "json"):
        raise click.UsageError(_("--json and --format {form} exclude each other").format(form=form))
    form = "json" if as_json else form or "text"
    if picture is not None and picture != _TERMINAL and not picture.lower().endswith(_PICTURES):
        models, picture = (picture, *models), _TERMINAL  # `check --picture MODEL`
    if picture not in (None, _TERMINAL) and len(models) > 1:
        raise click.UsageError(_("--picture FILE draws one MODEL; specify only one"))
    project = read_project(expanded(config), rules()) if config else _project_here()
    everything = not models
    project = project or Project(Path())
    models = models or tuple(one.name for one in project.models)
    if not models:
        raise click.UsageError(_("specify a MODEL to check, or list models in cnn-tui.toml"))
    fail_on = fail_on or project.fail_on or "error"
    given: dict[str, Any] = {"classes": classes, "batch_size": batch_size, "optimizer": optimizer, "steps": steps}
    given = {name: value for name, value in given.items() if value is not None}
    output = _Output(form, quiet, convention, formulas, picture, checks_url or project.checks_url or "")
    unused = dict.fromkeys(project.ignored if everything else ())
    for model in models:
        listed = project.listed(model) or ListedModel(model, model)
        demands = demands_of(project, listed)
        demands = demands._replace(
            training=demands.training._replace(**given),
            budgets=demands.budgets.overridden(Budgets.of_board(board).overridden(Budgets(**limits))),
            fail_on=fail_on,
        )
        unused |= dict.fromkeys(listed.ignored)
        checked, used = _check(listed, input_shape or listed.input_shape, demands, time_limit)
        for one in used:
            unused.pop(one, None)
        output.add(checked)
    if (in_vain := unused_ignores(project, unused, fail_on)) is not None:
        output.add(in_vain)
    output.end()
    return output.status


def _project_here() -> Project | None:
    """Find the project that the working directory is in; where that was deleted, there is none."""
    try:
        here = Path.cwd()
    except OSError:
        return None
    return find_project(here, rules())


def _check(
    listed: ListedModel, input_shape: Shape | None, demands: Demands, time_limit: int | None
) -> tuple[CheckedModel, frozenset[IgnoredFinding]]:
    """Read a model and check it; one that cannot be read has used all that is ignored in it."""
    name, model = listed.name, listed.model
    is_input = model == STANDARD_INPUT
    file: str | None = STANDARD_INPUT if is_input else None
    code = is_code(model)
    try:
        network, path = (_run(model, input_shape, time_limit), None) if code else find_model(model, input_shape)
    except FormatError as error:
        if isinstance(error, OnlyWeightsError) and demands.budgets == Budgets():
            return CheckedModel(name, display_path(expanded(model)), tensors=read_tensors(expanded(model))), frozenset()
        file = file or (str(error.source) if Path(error.source).suffix and not code else None)
        return unread_model(name, file, error), frozenset(demands.ignored)
    if path is not None:
        file = display_path(path)
    source = standard_input() if is_input else path
    return check_network(name, network, file, lambda: places_in(source), demands)


def _run(model: str, input_shape: Shape | None, seconds: int | None) -> Network:
    """Build the model that someone's own code makes; say that it is run, and what it prints, on the standard error."""
    from tui_cnn.runs.model_code import SECONDS, build_model

    echo(_("{model}: runs this code in its own process").format(model=model), err=True)
    network, notes = build_model(model, input_shape, seconds or SECONDS, lambda line: write(line, err=True))
    for note in notes:
        echo(f"{model}: {note}", err=True)
    return network


class _Output:
    """Writes models in a format: as text and JSON one after the other, in the other formats all of them in the end."""

    def __init__(
        self, form: Format, quiet: bool, convention: Convention, explained: bool, picture: str | None, page: str
    ) -> None:
        self.status = SOUND
        self._quiet = quiet
        self._form, self._convention, self._explained = form, convention, explained
        self._picture, self._page = picture, page
        self._checked: list[CheckedModel] = []
        self._is_apart = False

    def add(self, checked: CheckedModel) -> None:
        """Write a model, or keep it until the end; what fails in it is written to the standard error, too."""
        self._checked.append(checked)
        self.status = max(self.status, UNSOUND if checked.fails else SOUND)
        if self._form == "json":
            self._json(checked)
        elif self._form == "text":
            self._text(checked)
        if checked.analysis is not None and self._picture == _TERMINAL:
            _print_picture(checked.analysis, stderr=self._form != "text")
        elif checked.analysis is not None and self._picture is not None:
            _save_picture(checked.analysis, expanded(self._picture))
        if checked.error is not None:
            self.status = UNUSABLE
        if self._form != "github":  # there all of it are annotations
            for line in _failures(checked):
                write(line, err=True)

    def _json(self, checked: CheckedModel) -> None:
        if checked.tensors is not None:
            write(tensors_json(checked.name, checked.tensors))
        elif checked.analysis is not None:
            write(json_report(checked, self._convention, explained=self._explained))
        elif checked.error is not None:
            errors = [problem._asdict() for problem in checked.error.problems]
            write(msgspec.json.encode({"model": checked.name, "error": str(checked.error), "errors": errors}))

    def _text(self, checked: CheckedModel) -> None:
        if checked.analysis is None and checked.tensors is None:
            return
        if self._quiet:
            for finding in checked.findings:
                line = finding_line(finding)
                write(line if finding.place is not None else f"{checked.name}: {line}")
            return
        if self._is_apart:
            write("")
        self._is_apart = True
        if checked.tensors is not None:
            write(tensors_text(checked.name, checked.tensors))
        else:
            write(text_report(checked, self._convention, explained=self._explained))

    def end(self) -> None:
        """Write what was kept."""
        if self._form not in ("text", "json"):
            document = _writer(self._form)(self._checked, self._page)
            write(document.encode() if isinstance(document, str) else document)


def _failures(checked: CheckedModel) -> list[str]:
    """Return a line for what is not in the report of the text: budgets that are not met, and errors of files."""
    if checked.error is not None:
        return list(checked.error.lines)
    unmet = [budget.problem for budget in checked.budgets if not budget.met]
    of_project = [finding_line(finding) for finding in checked.findings] if checked.analysis is None else []
    return [*unmet, *of_project]


def _writer(form: Format) -> Callable[[Sequence[CheckedModel], str], str | bytes]:
    """Return what writes models in a format."""
    if form == "sarif":
        from tui_cnn.cli.checking.sarif import dumps_sarif

        return dumps_sarif
    if form == "junit":
        from tui_cnn.cli.checking.junit import dumps_junit

        return dumps_junit
    if form == "github":
        from tui_cnn.cli.checking.github import dumps_github

        return dumps_github
    from tui_cnn.cli.checking.markdown import dumps_checked

    return dumps_checked


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
