"""A model that a command names."""

import click

from tui_cnn.cli.amounts import ShapeParam
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.formats.models import find_network
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _

input_shape_option = click.option(
    "--input-shape",
    type=ShapeParam(),
    help=_("Image shape to use instead of the model's own, such as 224x224x3."),
)


def read_model(model: str, input_shape: Shape | None = None) -> Network:
    """Read a model; what could not be kept of a Keras file is printed on the standard error, a line each.

    Raises:
        FormatError: no such file or preset exists, or the file cannot be read.
    """
    if input_shape is not None:
        try:
            convert({"name": "n", "input_shape": input_shape}, Network)
        except InvalidError as error:
            raise click.UsageError(f"--input-shape: {error}") from None
    return find_network(model, lambda line: click.echo(line, err=True), input_shape)[0]
