"""What a command line names to be inspected: a run, or a model's file, with how that takes images."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tui_cnn.cli.arguments import Command
from tui_cnn.cli.streams import echo
from tui_cnn.config import expanded
from tui_cnn.data.input_options import FITS, PIXEL_SCALES
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.requests import Source


def model_options(command: Command) -> Command:
    """Give a command the options that say how a model's file takes images, which are for `described_source`."""
    help_of_output = _("Which output of a model file with several.  [the first that is a list of classes]")
    command = click.option("--output", metavar="NAME", help=help_of_output)(command)
    names = _("Names of the classes of a model file, in order: a file with a name per line, or comma-separated names.")
    command = click.option("--classes", metavar="FILE|A,B,…", help=names)(command)
    help_of_fit = _("How images are fitted to the input of a model file.  [pad]")
    command = click.option("--fit", type=click.Choice(FITS), help=help_of_fit)(command)
    help_of_scale = _("Pixel values that a model file expects.  [0..1, or none if it starts with a Rescaling layer]")
    scales = [scale for scale in PIXEL_SCALES if scale != "standardize"]  # that needs a data set
    return click.option("--scale", type=click.Choice(scales), help=help_of_scale)(command)


def source_of(run: str, checkpoint: str) -> "Source":
    """Find what is meant: a run by its id or its directory, or a model's file.

    Raises:
        RunError: no such run exists.
        UsageError: it is no checkpoint.
    """
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.inspection.requests import MODEL_SUFFIXES, Source

    if checkpoint not in ("best", "last") and not checkpoint.isdecimal():
        raise click.UsageError(
            _("“{text}” is not a checkpoint; use best, last, or a number of steps").format(text=checkpoint)
        )
    path = expanded(run)
    is_path = path.suffix.lower() in MODEL_SUFFIXES or (path / "network.toml").is_file()
    which: Any = int(checkpoint) if checkpoint.isdecimal() else checkpoint
    return Source(str(path.absolute() if is_path else find_run(run).path), which)


def described_source(run: str, checkpoint: str, options: Mapping[str, Any]) -> "Source":
    """Find what is meant, with the `model_options` of a model's file; print which of them were taken.

    Raises:
        RunError: no such run exists; or what is said of a model's file cannot be.
        FormatError: the model's file, or that of its class names, cannot be read.
        UsageError: it is no checkpoint; or a run is described, which needs no description.
    """
    source = source_of(run, checkpoint)
    if source.is_file:
        return _described(source, run, options)
    if any(options[name] for name in ("scale", "fit", "classes", "output")):
        message = _("--scale, --fit, --classes and --output are for model files; {run} has its own")
        raise click.UsageError(message.format(run=run))
    return source


def _described(source: "Source", name: str, options: Mapping[str, Any]) -> "Source":
    from pathlib import Path

    from tui_cnn.core.analysis import analyze
    from tui_cnn.data.files import CLASS_NAMES
    from tui_cnn.formats.models import read_model
    from tui_cnn.runs.importing import check_description, read_class_names
    from tui_cnn.runs.inspection.ends import between_ends, choices_of, class_count

    classes, output, fit = options["classes"], options["output"] or "", options["fit"] or "pad"
    ends = between_ends(read_model(Path(source.path)).network, output)
    scale = options["scale"] or ("none" if ends.scales_pixels else "0..1")
    class_names = read_class_names(classes) if classes is not None else ()
    described = msgspec.structs.replace(source, scale=scale, fit=fit, class_names=class_names, output=output)
    analysis = analyze(ends.network)
    check_description(Path(source.path), analysis, described.scale, class_names)
    named = classes or _("numbers")
    count = class_count(analysis.output_shape or ())
    if not classes and count in (0, len(CLASS_NAMES)):
        named = "Fashion-MNIST" if count else _("none")
    line = _("{model}: taken with --scale {scale}, --fit {fit}, class names: {named}")
    echo(line.format(model=name, scale=scale, fit=fit, named=named), err=True)
    for chosen in choices_of(ends):
        echo(f"{name}: {chosen}", err=True)
    return described
