"""The error of a file that cannot be read or written."""

from pathlib import Path

from tui_cnn.errors import UserError


class FormatError(UserError):
    """A file cannot be read or written. Its text names the file, the place in it, and what to do."""

    def __init__(self, source: Path | str, problem: str) -> None:
        super().__init__(f"{on_one_line(source)}: {problem}")
        self.source = source
        self.problem = problem


def on_one_line(source: Path | str) -> str:
    """Write a path so that no character of it can break the line or the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(source))
