"""What a run is to do: a word in its `desired` file, which the worker reads between steps."""

from pathlib import Path
from typing import Literal, get_args

from tui_cnn.formats.atomic import write_atomic

Desired = Literal["run", "now", "pause", "stop"]
"""`now` is `run` without waiting for other runs to end."""


def read_desired(path: Path) -> Desired:
    """Read the command; `run` if the file is missing or unreadable, or holds something else."""
    try:
        word = path.read_text("utf-8", "replace").strip()
    except OSError:
        return "run"
    return next((command for command in get_args(Desired) if command == word), "run")


def write_desired(path: Path, command: Desired) -> None:
    """Write the command.

    Raises:
        OSError: it cannot be written.
    """
    write_atomic(path, command.encode() + b"\n")
