"""Whose turn it is where many people share a machine: the server says, and the workers of their apps obey.

Each app may read, and not write, a directory of its own, in which the server names the run that may train, and one of
all apps with a lock file for each other process with TensorFlow that there may be at a time.
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from tui_cnn.config import home
from tui_cnn.confinement import QUOTA, SLOTS, TURNS, is_served
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.resources import disk_usage

TRAINING = "training"
"""The file that names the run which may train; and the lock, in a home's queue, of the run that trains."""

_MOST_QUEUED = 5
"""Runs of a person that may wait: each is a process."""
_INTERVAL = 0.2
_PATIENCE = 30.0
"""Seconds to wait for one of the other processes to end."""


def has_turn(run_id: str) -> bool:
    """Return whether a run may train as far as other people are concerned: always, where there are none."""
    directory = os.environ.get(TURNS)
    if not directory:
        return True
    with suppress(OSError):
        return (Path(directory) / TRAINING).read_text("utf-8", "replace") == run_id
    return False


def waiting(queue: Path) -> list[str]:
    """Return the ids of the runs that wait in a home's queue, in the order in which they were made."""
    try:
        names = sorted(path.name for path in queue.iterdir() if not path.name.startswith(TRAINING))
    except OSError:
        return []
    return [name.partition(" ")[2] for name in names if is_held(queue / name)]


def check_queue() -> None:
    """Refuse another run where a person has many that wait.

    Raises:
        RunError: there are.
    """
    if is_served() and len(waiting(home() / "queue")) >= _MOST_QUEUED:
        message = _("{count} of your runs are queued; wait until one has begun, or stop one")
        raise RunError(message.format(count=_MOST_QUEUED))


def check_room() -> None:
    """Refuse another run where the files of a person take all the room that they may.

    Raises:
        RunError: they do.
    """
    most = int(os.environ.get(QUOTA) or 0)
    if is_served() and most and (size := disk_usage(home()).size) >= most:
        message = _("your files take {size} MB of {most} MB; delete runs or files")
        raise RunError(message.format(size=size >> 20, most=most >> 20))


def take_slot(patience: float = _PATIENCE) -> int | None:
    """Take one of the slots for processes with TensorFlow, until this process ends; return it, None: none is needed.

    Raises:
        RunError: all are taken, and none was given back for so many seconds.
    """
    directory = os.environ.get(SLOTS)
    if not directory or sys.platform == "win32":
        return None
    import fcntl

    deadline = time.monotonic() + patience
    while True:
        for file in sorted(Path(directory).iterdir()):
            place = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            with suppress(BlockingIOError):
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return place
            os.close(place)
        if time.monotonic() > deadline:
            raise RunError(_("too many people use TensorFlow at the moment; try again in a minute"))
        time.sleep(_INTERVAL)
