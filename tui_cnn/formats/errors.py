"""The one clear line for a file that cannot be read."""

from pathlib import Path


class FormatError(ValueError):
    """A file cannot be read or written. Its text names the file, the place in it, and what to do."""

    def __init__(self, source: Path | str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = source
        self.problem = problem
