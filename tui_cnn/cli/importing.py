"""`cnn-tui inspect`: open a trained model's file on the Inspect screen."""

import sys
from typing import TYPE_CHECKING, Any

import click

from tui_cnn.cli.arguments import ModelParam, data_option
from tui_cnn.cli.group import SOUND, UNUSABLE
from tui_cnn.cli.streams import echo
from tui_cnn.config import expanded
from tui_cnn.data.input_options import FITS, PIXEL_SCALES
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

if TYPE_CHECKING:
    from tui_cnn.runs.directory import RunDirectory


@click.command(
    short_help=_("Inspect a trained model or a run."),
    help=_(
        "Open MODEL on the Inspect screen: a .keras, .h5 or .onnx file with weights, or a run. A file becomes a run "
        "of its own, and stays in the list of runs; its code is never run."
    )
    + "\n\n\b\n"
    + _(
        "Examples:\n  cnn-tui inspect last\n  cnn-tui inspect model.h5 --scale -1..1\n"
        "  cnn-tui inspect resnet50.keras --scale imagenet-bgr --classes imagenet.txt --data photos"
    ),
)
@click.argument("model", type=ModelParam())
@data_option
@click.option(
    "--scale",
    type=click.Choice(PIXEL_SCALES),
    help=_(
        "Pixel values that the model expects; none: 0 to 255; standardize: by mean and standard deviation of the data "
        "set; imagenet: as torchvision; imagenet-bgr: as VGG and ResNet of Keras. Needed unless the model starts with "
        "a Rescaling layer."
    ),
)
@click.option(
    "--fit",
    type=click.Choice(FITS),
    default="pad",
    show_default=True,
    help=_("How images are fitted to the input: pad with a border, crop, or stretch."),
)
@click.option(
    "--classes",
    metavar="FILE|A,B,…",
    help=_(
        "Names of the outputs, in order: a file with a name per line, or comma-separated names. Needed where the "
        "outputs are not the classes of the data set in its order; outputs and classes are matched by name."
    ),
)
@click.option(
    "--output",
    metavar="NAME",
    help=_("Which output of a model file with several.  [the first that is a list of classes]"),
)
@click.option("--no-open", is_flag=True, help=_("Print the id of the run instead of opening the app."))
def inspect(model: str, data: str | None, no_open: bool, **described: Any) -> int:
    """Import a file, or find a run, and open the screen on it."""
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.inspection.requests import MODEL_SUFFIXES

    if not no_open and not (sys.stdin.isatty() and sys.stdout.isatty()):
        line = _("the app needs a terminal; without one, use: cnn-tui inspect {model} --no-open")
        echo(line.format(model=model), err=True)
        return UNUSABLE
    path = expanded(model)
    is_file = path.suffix.lower() in MODEL_SUFFIXES
    if not is_file and path.is_file():
        line = _("{model}: only .keras, .h5 and .onnx files with weights can be inspected; convert it to one of these")
        raise RunError(line.format(model=model))
    run = _imported(model, data, **described) if is_file else find_run(model)
    if no_open:
        echo(run.id)
        return SOUND
    from tui_cnn.ui.app import run_app

    run_app(None, data, run)
    return SOUND


def _imported(
    model: str, data: str | None, scale: str | None, fit: str, classes: str | None, output: str | None
) -> "RunDirectory":
    import msgspec

    from tui_cnn.runs.importing import choices, import_model, read_class_names, scale_is_known
    from tui_cnn.runs.recipe import Recipe

    path = expanded(model)
    if scale is None:
        if not scale_is_known(path, output or ""):
            message = _("{model}: the pixel values that it expects are unknown; specify --scale {scales}")
            raise click.UsageError(message.format(model=model, scales=_(" or ").join(PIXEL_SCALES)))
        scale = "none"
    recipe = msgspec.convert({"data": data or "", "scale": scale, "fit": fit}, Recipe)
    run = import_model(path, recipe, read_class_names(classes) if classes is not None else (), output or "")
    for chosen in choices(run):
        echo(f"{model}: {chosen}", err=True)
    return run
