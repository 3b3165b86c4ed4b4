"""What the user wants of a run: one word in its `desired` file, which the worker looks at between steps."""

from pathlib import Path
from typing import Literal, get_args

from tui_cnn.formats.atomic import write_atomic

Desired = Literal["run", "now", "pause", "stop"]
"""`now` is `run` without waiting for other runs to end."""


def read_desired(path: Path) -> Desired:
    """Read the wish; a file that is missing, unreadable or says something else wishes nothing but to run."""
    try:
        word = path.read_text("utf-8", "replace").strip()
    except OSError:
        return "run"
    return next((wish for wish in get_args(Desired) if wish == word), "run")


def write_desired(path: Path, wish: Desired) -> None:
    """Write the wish.

    Raises:
        OSError: it cannot be written.
    """
    write_atomic(path, wish.encode() + b"\n")
