"""The error of a file that cannot be read or written."""

from pathlib import Path
from typing import NamedTuple

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.visible import visible


class Problem(NamedTuple):
    """What is wrong in a file, and where: its line and its column from one, None where they are not known."""

    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        place = _("(at line {line}, column {column})").format(line=self.line, column=self.column)
        return f"{self.message} {place}"


class FormatError(UserError):
    """A file cannot be read or written. Its text names the file, the first problem, and what to do.

    Attributes:
        problem: the first problem, with its place.
        problems: all of them.
    """

    def __init__(self, source: Path | str, problem: str | Problem, *more: Problem) -> None:
        first = problem if isinstance(problem, Problem) else Problem(problem)
        self.source = source
        self.problem = str(first)
        self.problems = (first, *more)
        super().__init__(self.lines[0])

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each problem."""
        return tuple(f"{visible(self.source)}: {problem}" for problem in self.problems)
