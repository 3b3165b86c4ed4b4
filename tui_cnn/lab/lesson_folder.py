"""The lessons of the Lab while it is open: those that ship, and those of a folder in which files come and change."""

from contextlib import suppress
from pathlib import Path

from tui_cnn.lab.lessons import Lesson, all_lessons, lesson_files


class LessonFolder:
    """All lessons of a language, with those of the folder `own`; `lessons` are as they were read last."""

    def __init__(self, language: str, own: Path | None) -> None:
        self.own = own
        self.lessons: tuple[Lesson, ...] = ()
        self._language = language
        self._files: dict[Path, tuple[int, int, int]] | None = None
        self._problems: list[str] = []

    def refresh(self) -> list[str]:
        """Read the lessons again if a file of the folder has changed; return a line for each new problem.

        For use in a thread.

        Raises:
            FormatError: the lessons that ship cannot be read.
        """
        files = self._state()
        if files == self._files:
            return []
        self._files = files
        self.lessons, problems = all_lessons(self._language, self.own)
        new = [problem for problem in problems if problem not in self._problems]
        self._problems = problems
        return new

    def _state(self) -> dict[Path, tuple[int, int, int]]:
        """Return the time, the size and the place on the disk of each file of the folder."""
        found = {}
        for path in lesson_files(self.own) if self.own else ():
            with suppress(OSError):  # removed meanwhile
                stat = path.stat()
                found[path] = stat.st_mtime_ns, stat.st_size, stat.st_ino
        return found
