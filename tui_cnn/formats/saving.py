"""Files that the user asked for, written whole or refused in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _


def save_text(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all.

    Raises:
        FormatError: it cannot be written; what was there before is untouched.
    """
    save_bytes(path, text.encode())


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        FormatError: it cannot be written; what was there before is untouched.
    """
    with write_errors(path):
        write_atomic(path, data)


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
