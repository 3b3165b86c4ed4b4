"""What the app does with errors of its own: it writes them down, keeps the user's work, and says so in one line."""

import time
import traceback
from contextlib import suppress
from pathlib import Path

import tui_cnn
from tui_cnn.config import home
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.ui.application.recovery import UnsavedWork

_LARGEST = 1_000_000
"""Bytes of the log from which on it is begun anew."""

_LONGEST = 120


class AppEndedError(UserError):
    """The app had to end; the text says where the user's work is."""


def log_file() -> Path:
    """Where errors of the app are written down."""
    return home() / "errors.log"


def log(error: BaseException) -> None:
    """Write down where an error came from."""
    path = log_file()
    entry = f"{time.strftime('%Y-%m-%d %H:%M:%S')} cnn-tui {tui_cnn.__version__}\n"
    entry += "".join(traceback.format_exception(error)) + "\n"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        full = path.exists() and path.stat().st_size > _LARGEST
        with path.open("w" if full else "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(entry)


def describe(error: BaseException, unsaved: UnsavedWork, *, ends: bool) -> str:
    """Write the recovery copy, and return a line: what went wrong, and where the work and the log are."""
    try:
        copy = unsaved.keep()
        kept = _("Unsaved changes are kept in {path}.").format(path=copy)
        work = kept if copy else _("There were no unsaved changes.")
    except OSError as failure:
        work = _("A recovery copy cannot be saved: {reason}.").format(reason=failure.strerror)
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    reason = reason if len(reason) <= _LONGEST else reason[: _LONGEST - 1] + "…"
    what = _("cnn-tui closed after an internal error") if ends else _("Internal error")
    return f"{what}: {reason}. {work} " + _("Details: {log}").format(log=log_file())
