"""The standard streams, which may be closed, or lose their reader while we write."""

import os
import sys
from contextlib import suppress

import click


def open_streams() -> None:
    """Open what is closed of the standard streams, on nothing, and let no letter be an error."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # In this order the lowest free descriptor is the stream's own: no other file can take its place.
            nothing = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nothing, "w" if descriptor else "r", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a locale may lack × and “


def write(text: str | bytes, *, err: bool = False) -> None:
    """Write a line. Where its reader has ended, nothing more is written: the command's status still counts."""
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        discard_output()


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
