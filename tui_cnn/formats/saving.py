"""Saving files that a person has named: what cannot be written is refused in one line."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_cnn.atomic import write_atomic
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn what keeps `path` from being written into a FormatError."""
    try:
        yield
    except FileNotFoundError:
        raise FormatError(path, _("directory {directory} not found").format(directory=path.parent)) from None
    except OSError as error:
        reason = error.strerror or error
        raise FormatError(path, _("cannot be written: {reason}").format(reason=reason)) from None


def check_writable(path: Path) -> None:
    """Try whether a file can be written at `path`.

    Raises:
        FormatError: it cannot; nothing has changed in either case.
    """
    with write_errors(path), tempfile.TemporaryFile(dir=path.resolve().parent):
        pass


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        FormatError: it cannot be written; what was there before is untouched.
    """
    with write_errors(path):
        write_atomic(path, data)


def save_text(path: Path, text: str) -> None:
    """Write a text to a file, as `save_bytes` does."""
    save_bytes(path, text.encode())


def set_aside(path: Path) -> Path:
    """Rename a file to `<name>.damaged`, then `<name>.damaged-2` and so on; return the new path.

    Raises:
        FormatError: it cannot be renamed.
    """
    aside = path.with_name(f"{path.name}.damaged")
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{number}")
    with write_errors(path):
        return path.rename(aside)
