"""Where the files of a person end whose app is served: the one gate for every path that someone writes or picks.

`cnn-tui serve` sets `$CNN_TUI_CONFINED` for the app of each person, and the processes that it starts inherit it. It is
read once: nothing that the app does afterwards moves the border. Below this gate the kernel holds the same one, see
`tui_cnn.landlock`.
"""

import os
from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import _

VARIABLE = "CNN_TUI_CONFINED"

TRUSTED = "CNN_TUI_TRUSTED"
"""Set where the teacher has accepted that the kernel does not hold the border, too."""

TURNS, SLOTS = "CNN_TUI_TURNS", "CNN_TUI_SLOTS"
"""Set to directories outside the border that an app may read: see `tui_cnn.runs.turns`."""

QUOTA = "CNN_TUI_QUOTA"
"""Set to the bytes that the files of the person may take, those of runs among them."""

WORKERS = "CNN_TUI_WORKERS"
"""Set to the number of the socket through which an app asks for workers: see `tui_cnn.runs.shared_workers`."""

MEMORY = "CNN_TUI_WORKER_MEMORY"
"""Set to the bytes of private memory that each worker of an app may take."""

ROOT = Path(os.environ[VARIABLE]).resolve() if os.environ.get(VARIABLE) else None
"""The directory that no path may lead out of; None: this app is not served, and its user is the machine's."""


class ConfinementError(UserError):
    """A path leads out of the files of the person who named it; `problem` is the line without the path."""

    def __init__(self, path: Path) -> None:
        self.problem = _("outside your files; use a path within them")
        super().__init__(f"{path}: {self.problem}")


def confine_to(root: Path) -> None:
    """Work for a person from now on, whose files are in a directory; for good.

    Raises:
        ValueError: this process works for a person already.
    """
    global ROOT
    if ROOT is not None:
        raise ValueError(f"confined to {ROOT} already")
    ROOT = root.resolve()


def is_served() -> bool:
    """Return whether this process works for someone who is only a guest on this machine."""
    return ROOT is not None


def confined(path: Path) -> Path:
    """Return the path as it is, if it stays within the border once all its links are followed.

    Raises:
        ConfinementError: it does not.
    """
    if ROOT is None:
        return path
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):  # links that go in a circle; no name of a file at all
        real = Path()
    if real.is_relative_to(ROOT):
        return path
    raise ConfinementError(path)
