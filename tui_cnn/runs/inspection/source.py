"""Which weights to inspect: a run, or a model's file, and which of its checkpoints."""

from pathlib import Path
from typing import Literal

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.kept_checkpoints import kept_checkpoints

Which = Literal["best", "last"] | int
"""The best or the last checkpoint, or the one kept after this many steps."""


class Source(msgspec.Struct, frozen=True):
    """Weights by their path: the directory of a run, or a `.keras` file, for which `which` is ignored."""

    path: str
    which: Which = "best"

    @property
    def is_file(self) -> bool:
        """Whether this is a model's file, not a run."""
        return self.path.lower().endswith(".keras")

    @property
    def run(self) -> RunDirectory:
        """The run, where this is one."""
        return RunDirectory(Path(self.path))

    @property
    def name(self) -> str:
        """What to call it in a message: the id of the run, or the file."""
        return self.path if self.is_file else self.run.id


def weights_file(source: Source) -> Path:
    """Return the file of the weights; if it is the best or the last, it need not exist.

    Raises:
        RunError: no checkpoint of that number is kept.
    """
    if source.is_file:
        return Path(source.path)
    run = source.run
    if source.which == "best":
        return run.best_file
    if source.which == "last":
        return run.checkpoint_file
    files = kept_checkpoints(run)
    if source.which not in files:
        there = ", ".join(map(str, files)) or _("none")
        message = _("{run} has no weights of {number}; available: {there}")
        raise RunError(message.format(run=run.id, number=source.which, there=there))
    return files[source.which]


def stamp(source: Source) -> int | None:
    """Return when the weights were written, in nanoseconds; None: there are none."""
    try:
        return weights_file(source).stat().st_mtime_ns
    except (OSError, RunError):
        return None
