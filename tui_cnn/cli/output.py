"""All that commands write to the terminal goes through here, and so through the gate for foreign text."""

import click

from tui_cnn.visible import visible_lines


def echo(message: str | bytes = "", *, err: bool = False, nl: bool = True) -> None:
    """Write a message, as `click.echo` does; bytes are UTF-8, whatever the encoding of the terminal is."""
    if isinstance(message, bytes):
        click.echo(visible_lines(message.decode("utf-8", "backslashreplace")).encode(), err=err, nl=nl)
    else:
        click.echo(visible_lines(message), err=err, nl=nl)
