"""A model that a command names."""

import click

from tui_cnn.core.network import Network
from tui_cnn.formats.models import find_network


def named(model: str) -> Network:
    """Read a model; what could not be kept of a file of Keras is said on the standard error, a line each.

    Raises:
        FormatError: there is no such file or preset, or the file cannot be read.
    """
    return find_network(model, lambda line: click.echo(line, err=True))[0]
