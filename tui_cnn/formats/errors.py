"""The error of a file that cannot be read or written."""

from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.visible import visible


class FormatError(UserError):
    """A file cannot be read or written. Its text names the file, the place in it, and what to do."""

    def __init__(self, source: Path | str, problem: str) -> None:
        super().__init__(f"{visible(source)}: {problem}")
        self.source = source
        self.problem = problem
