"""Writing a file whole or not at all; what cannot be written is refused in one line."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _


@contextmanager
def replacing(path: Path, temporary: Path | None = None) -> Iterator[Path]:
    """Yield the path of a file to write, which then replaces `path`: whatever happens, that holds the old or the new.

    An existing file keeps its permissions; a symbolic link stays, and its target is written. `temporary` is where to
    write; by default a hidden file with a random name beside `path`.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    try:
        target = path.resolve()
    except RuntimeError:  # links that go in a circle; newer versions of Python raise an OSError
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
    temporary = temporary or target.with_name(f".{target.name[:64]}.{os.urandom(4).hex()}.tmp")
    try:
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes) -> None:
    """Replace the content of `path` by `data`, as `replacing` does.

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    with replacing(path) as temporary, temporary.open("xb") as file:
        file.write(data)


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
