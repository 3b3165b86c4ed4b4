"""The standard streams, which may be closed, or lose their reader while we write; all output passes the gate here."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

import click

from tui_cnn.visible import visible, visible_lines


def open_streams() -> None:
    """Open what is closed of the standard streams, on nothing, and let no letter be an error."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # In this order the lowest free descriptor is the stream's own: no other file can take its place.
            nothing = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nothing, "w" if descriptor else "r", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a locale may lack × and “


def echo(message: str | bytes | Iterable[str] = "", *, err: bool = False, nl: bool = True) -> None:
    """Write a line, or each of several, through the gate for foreign text: none can become two.

    Bytes are a document in UTF-8, whose lines are its own.
    """
    if isinstance(message, bytes):
        click.echo(visible_lines(message.decode("utf-8", "backslashreplace")).encode(), err=err, nl=nl)
    else:
        lines = (message,) if isinstance(message, str) else message
        click.echo("\n".join(map(visible, lines)), err=err, nl=nl)


def show_progress(message: str = "") -> None:
    """Say on the current line how far something is, where standard error is a terminal; nothing: clear the line."""
    if sys.stderr.isatty():
        with suppress(OSError):
            click.echo(f"\r{visible(message)}\x1b[K", err=True, nl=False)


def write(text: str | bytes | Iterable[str], *, err: bool = False, styled: bool = False) -> None:
    """Write as `echo` does. Where its reader has ended, nothing more is written: the command's status still counts.

    `styled`: it has colours of ours for the terminal, and what is foreign in it has passed the gate.
    """
    try:
        (click.echo if styled else echo)(text, err=err)
    except BrokenPipeError:
        discard_output()


def notify_terminal(sequence: str) -> None:
    """Write to the terminal, if the standard output is one, what rings and notifies; a failure is ignored."""
    if sequence and sys.stdout.isatty():
        with suppress(OSError):
            click.echo(sequence, nl=False)


def discard_output() -> None:
    """Write to nothing from now on, in place of streams that nobody reads."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nothing, stream.fileno())
            with suppress(OSError):
                stream.flush()
    os.close(nothing)
