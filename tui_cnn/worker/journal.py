"""The worker's side of `events.jsonl`, and the failures that end up there."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from tui_cnn.data.files import DataError
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.errors import is_out_of_memory
from tui_cnn.runs.events import AnyEvent, Failed, encode, ends_torn

_RESERVE = 64 * 1024
"""Bytes reserved on the disk, so that a full disk can be reported."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class TrainingError(UserError):
    """The training cannot go on; it knows what to do about it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class DivergedError(TrainingError):
    """The loss is no number any more."""


class Journal:
    """Appends events to a file, each as one write of a whole line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reserve = path.with_suffix(".reserve")
        with path.open("a+b") as file:
            if ends_torn(file):  # that line is ended: the next is not lost with it
                file.write(b"\n")
        self._reserve.write_bytes(os.urandom(_RESERVE))  # zeros might take no room

    def write(self, event: AnyEvent) -> None:
        """Append an event; readers see it at once.

        Raises:
            OSError: the file cannot be written. Where the disk is full, the reserve is freed for the next event.
        """
        with self._path.open("r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            line = encode(event)
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            except OSError as error:
                file.truncate(end)
                if error.errno in _FULL:
                    self.close()
                raise

    def close(self) -> None:
        """Free the reserve."""
        with suppress(OSError):
            self._reserve.unlink(missing_ok=True)


def explain(error: Exception) -> Failed:
    """Make the event that ends a run out of an error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # An error while TensorFlow traces our functions begins with the place, and ends with the reason.
    reason = lines[-1 if lines[0] == "in user code:" else 0] if lines else type(error).__name__
    match error:
        case TrainingError():
            return Failed(error=reason, advice=error.advice, diverged=isinstance(error, DivergedError))
        case DataError() | FormatError():
            return Failed(error=reason, advice=_("Fix that file, then resume the run or start a new one."))
        case OSError(errno=errno.ENOMEM):
            return _out_of_memory()
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return Failed(error=_("The disk is full."), advice=_("Free some space, then resume the run."))
        case OSError(filename=str() as path, strerror=str() as why):
            return Failed(error=f"{path}: {why}", advice=_("Fix the problem, then resume the run."))
        case OSError():
            return Failed(error=reason, advice=_("Fix the problem, then resume the run."))
        case ImportError() if not is_out_of_memory(reason):
            error_text = _("TensorFlow cannot be loaded: {reason}").format(reason=reason)
            return Failed(error=error_text, advice=_("Reinstall cnn-tui, then resume the run."))
    # TensorFlow's own classes are not imported here: it may be TensorFlow that failed to load.
    if isinstance(error, MemoryError | ImportError) or type(error).__name__ == "ResourceExhaustedError":
        return _out_of_memory()
    return Failed(
        error=f"{type(error).__name__}: {reason}",
        advice=_("This is a bug in cnn-tui: please report it with the end of worker.log."),
    )


def _out_of_memory() -> Failed:
    advice = _("Close other programs, or start a new run with a smaller batch size or a smaller network.")
    return Failed(error=_("Not enough memory."), advice=advice)
