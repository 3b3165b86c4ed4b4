"""`cnn-tui export`: a network in another format."""

from pathlib import Path

import click

from tui_cnn.cli.arguments import ModelParam, find_model, input_shape_option
from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo
from tui_cnn.config import expanded
from tui_cnn.core.shape import Shape
from tui_cnn.formats.export import MODEL_FORMATS, PICTURE_FORMATS, TEXT_FORMATS, export_bytes, format_of
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.saving import save_bytes
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, find_run

_STANDARD_OUTPUT = "-"


@click.command(
    short_help=_("Export a network to another format."),
    help=_(
        """Export a network to another format.

        A MODEL is a preset, a TOML file, a model of Keras 1 to 3 (.keras, .h5, .json or .yaml), or one of ONNX
        (.onnx). Text goes to the standard output unless --output specifies a file. keras and onnx need a file, and
        include the weights of a run or of a .keras, .h5 or .onnx file; otherwise the weights are untrained.

        \b
        python    a file that builds the model in Keras and trains it
        json      for keras.models.model_from_json
        markdown  a table of layers and numbers, for a README
        toml      the format of cnn-tui
        svg, png  a picture: the layers as boxes in perspective
        keras     for keras.models.load_model
        onnx      for other runtimes; needs the package onnx

        \b
        Examples:
          cnn-tui export fashion-cnn --to python
          cnn-tui export my.toml --output my.keras
          cnn-tui export --run last --output best.onnx
          cnn-tui export resnet.json --to markdown >> README.md"""
    ),
)
@click.argument("model", required=False, type=ModelParam())
@input_shape_option
@click.option(
    "--run",
    metavar="RUN",
    help=_("Export the network of a run, with its best weights (keras, onnx) or its recipe (python)."),
)
@click.option(
    "--to",
    type=click.Choice([*TEXT_FORMATS, *PICTURE_FORMATS, *MODEL_FORMATS]),
    help=_("Format; optional if the file name implies it."),
)
@click.option("--output", "-o", metavar="FILE", help=_("Output file; - is the standard output."))
def export(model: str | None, input_shape: Shape | None, run: str | None, to: str | None, output: str | None) -> int:
    """Write the model."""
    if (model is None) == (run is None):
        raise click.UsageError(_("specify a MODEL, or a run with --run"))
    if run is not None and input_shape is not None:
        raise click.UsageError(_("the image size of a run is fixed; omit --input-shape"))
    target = None if output in (None, _STANDARD_OUTPUT) else expanded(output or "")
    to = to or (format_of(target) if target else None)
    if to is None:
        raise click.UsageError(_("specify the format with --to, or a file name that implies it with --output"))
    if to not in TEXT_FORMATS and target is None:
        raise click.UsageError(_("{format} is not a text format; specify a file with --output").format(format=to))
    if to in MODEL_FORMATS and target:
        _export_model(model or "", input_shape, run, to, target)
        return SOUND
    if run is None:
        network, file = find_model(model or "", input_shape)
        exported = export_bytes(network, to, like=file)
    else:
        exported = _export_text_of_run(find_run(run), to)
    if target is None:
        echo(exported, nl=False)
    else:
        save_bytes(target, exported)
    return SOUND


def _export_text_of_run(run: RunDirectory, to: str) -> bytes:
    """Write a run's network, as Python with how it was trained, unless that is known only in part."""
    from tui_cnn.runs.python_recipe import python_training
    from tui_cnn.runs.snapshot import Follower

    if run.origin_file.exists():
        return export_bytes(run.network(), to)
    started = Follower(run).poll().started
    return export_bytes(run.network(), to, python_training(run.recipe(), started.precision if started else None))


def _export_model(model: str, input_shape: Shape | None, run: str | None, to: str, target: Path) -> None:
    """Write a model with its weights, where there are some."""
    from tui_cnn.runs.export import export_file, export_model, export_run

    if run is not None:
        return export_run(find_run(run), to, target)
    network, file = find_model(model, input_shape)
    kind = None if file is None else kind_of(file)
    if file is None or kind not in (Kind.ARCHIVE, Kind.HDF5, Kind.ONNX):
        return export_model(network, to, target)
    if input_shape is None:
        return export_file(network, file, to, target)
    line = _("{file}: exported with untrained weights, because --input-shape changes the network")
    echo(line.format(file=file), err=True)
    return export_model(network, to, target)
