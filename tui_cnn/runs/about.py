"""What the user writes about a run: a title, tags, a note. The worker neither reads nor writes it."""

import tomllib
from typing import Annotated

import msgspec
from msgspec import Meta

from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import unwritable


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the user has written about a run."""

    title: Annotated[str, Meta(max_length=200, description="Title of the run, instead of its network's name")] = ""
    tags: Annotated[tuple[str, ...], Meta(description="Tags to find the run by")] = ()
    note: Annotated[str, Meta(description="Note about the run")] = ""


def read_about(run: RunDirectory) -> About:
    """Read what the user has written about a run; empty if it cannot be read."""
    try:
        return convert(tomllib.loads(run.about_file.read_text("utf-8")), About)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, InvalidError):
        return About()


def write_about(run: RunDirectory, about: About) -> None:
    """Write what the user has written about a run.

    Raises:
        RunError: it cannot be written.
    """
    import tomli_w

    try:
        write_atomic(run.about_file, tomli_w.dumps(msgspec.to_builtins(about)).encode())
    except OSError as error:
        raise unwritable(run.about_file, error) from None
