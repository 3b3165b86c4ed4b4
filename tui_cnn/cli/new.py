"""`cnn-tui new`: a file with a new network."""

from pathlib import Path

import click
import msgspec

from tui_cnn.cli.arguments import ModelParam, ShapeParam
from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.new_network import EMPTY, SIMPLE, NewNetwork, new_network, wanted_like
from tui_cnn.formats.saving import save_text
from tui_cnn.formats.toml import dumps_network
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _


@click.command(
    short_help=_("Write a new network to a file."),
    help=_(
        """Write a new network to FILE, a .toml file.

        Without --from it is a simple CNN: convolutions and poolings that suit the size of the images, and a classifier.

        \b
        Examples:
          cnn-tui new my.toml
          cnn-tui new my.toml --input 32x32x3 --classes 100
          cnn-tui new my.toml --from small-resnet --classes 7
          cnn-tui new my.toml --from empty"""
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "begin_with",
    type=ModelParam(),
    default=SIMPLE,
    help=_("Network to start from: cnn, empty, a preset, or a file."),
)
@click.option("--input", "shape", type=ShapeParam(), help=_("Shape of one image, such as 32x32x3."))
@click.option("--classes", type=int, help=_("Number of classes, such as 10."))
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
def new(file: Path, begin_with: str, shape: Shape | None, classes: int | None, force: bool) -> int:
    """Make the network, and write it."""
    if file.suffix.lower() != ".toml":
        raise FormatError(file, _("is not the name of a .toml file; networks are kept in such files"))
    if file.exists() and not force:
        raise FormatError(file, _("already exists; choose another name, or add --force to replace it"))
    if begin_with == EMPTY and classes is not None:
        raise click.UsageError(_("an empty network has no classes yet; leave --classes out"))
    analysis = new_network(_wanted(file, begin_with, shape, classes), begin_with)
    network = analysis.network
    save_text(file, dumps_network(network))
    output = format_shape(analysis.output_shape) if analysis.output_shape else _("no layers yet")
    message = _("{file}: {input} → {output}, {params} parameters. Open it with: cnn-tui {file}")
    shapes = {"input": format_shape(network.input_shape), "output": output}
    echo(message.format(file=file, params=f"{analysis.totals.params:,}", **shapes))
    return SOUND


def _wanted(file: Path, begin_with: str, shape: Shape | None, classes: int | None) -> NewNetwork:
    """Take what is not said from the preset, where there is one."""
    like = NewNetwork(name="network")
    if begin_with not in (SIMPLE, EMPTY):
        like = wanted_like(find_network(begin_with)[0])
    said = {"name": file.stem, "input_shape": shape, "classes": classes}
    try:
        given = {name: value for name, value in said.items() if value is not None}
        return convert({**msgspec.to_builtins(like), **given}, NewNetwork)
    except InvalidError as error:
        raise click.UsageError(str(error)) from None
