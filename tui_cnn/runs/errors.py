"""The error of a run that cannot be started, found or controlled."""

import errno
import signal
from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import _

_OUT_OF_MEMORY = (
    *("bad_alloc", "MemoryError", "Out of memory", "OOM when allocating", "ResourceExhausted"),
    "Cannot allocate memory",
    "failed to map segment from shared object",  # TensorFlow's own library did not fit
)
_ASKED = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
"""Signals that ask a process to end."""


class RunError(UserError):
    """A run cannot do what is asked. Its text names what is wrong and what to do."""


def unwritable(path: Path, error: OSError) -> RunError:
    """Make the error of a file of a run that cannot be written."""
    message = _("{path}: cannot be written ({reason}); free some space, or check its permissions")
    return RunError(message.format(path=path, reason=error.strerror))


def unstartable(worker: str, program: str, error: OSError) -> RunError:
    """Make the error of a worker, as it is called on the screen, whose program cannot be started."""
    if error.errno in (errno.ENOMEM, errno.EAGAIN):  # the system has no memory, or no number, for another process
        message = _("{worker} could not start: {reason}; close other programs, then try again")
    else:
        message = _("{worker} could not start: {program}: {reason}; reinstall cnn-tui")
    return RunError(message.format(worker=worker, program=program, reason=error.strerror))


def is_out_of_memory(text: str) -> bool:
    """Return whether what a process has written, or the text of an error, says that there was too little memory."""
    return any(sign in text for sign in _OUT_OF_MEMORY)


def ended_by_signal(number: int) -> str:
    """Name the signal that ended a process, and why the system may have sent it, unless a person did."""
    known = {each.value: each.name for each in signal.Signals}
    name = known.get(number, _("signal {number}").format(number=number))
    return name if name in _ASKED else _("{signal}; possibly out of memory").format(signal=name)
