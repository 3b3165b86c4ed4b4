"""What the teacher sees of all people: where each is, how far in the lessons and with the runs, and the answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui_cnn.i18n import language
from tui_cnn.lab.lesson_folder import LessonFolder
from tui_cnn.lab.lessons import all_lessons
from tui_cnn.lab.progress import answer_rows, read_progress, rows_as_csv
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import Follower
from tui_cnn.serve.__main__ import LESSONS
from tui_cnn.ui.settings import read_state

_MOST_RUNS = 500


class LessonStanding(NamedTuple):
    """Where a person is, and how far in the lessons.

    Attributes:
        screen: the one that is open, or was last; empty before there was any.
        lesson: the title of the lesson that was open last; empty before there was any.
        lesson_mastered: the share of its questions' points that the person has, 0 to 1; None: it asks nothing.
        mastered: the same of all lessons.
    """

    screen: str = ""
    lesson: str = ""
    lesson_mastered: float | None = None
    mastered: float = 0.0


class RunStanding(NamedTuple):
    """How far a person is with the runs.

    Attributes:
        runs: how many there are.
        training: the name of the network that trains now, empty if none does; `epoch` how far it is.
        validation: the best accuracy in validation of all runs; None without any.
        test: the best accuracy on the test images.
    """

    runs: int = 0
    training: str = ""
    epoch: int = 0
    validation: float | None = None
    test: float | None = None


class Standing:
    """How far a person is, followed: only what is new of lessons and runs is read. For use in a thread."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lessons = LessonFolder(language(), home / LESSONS)
        self._followers: dict[Path, Follower] = {}

    def lessons(self) -> LessonStanding:
        """Return where the person is and how far in the lessons; what cannot be read counts for nothing."""
        self._lessons.refresh()
        lessons = {lesson.name: lesson for lesson in self._lessons.lessons}
        state, progress = read_state(self._home), read_progress(self._home)
        lesson = lessons.get(state.lesson)
        return LessonStanding(
            screen=state.screen,
            lesson=lesson.title if lesson else "",
            lesson_mastered=progress.share(lesson) if lesson else None,
            mastered=progress.share(*lessons.values()) or 0.0,
        )

    def runs(self) -> RunStanding:
        """Return how far the person is with the runs; one that cannot be read counts for nothing."""
        try:
            paths = sorted(path for path in (self._home / "runs").iterdir() if path.is_dir())[-_MOST_RUNS:]
        except OSError:
            paths = []
        self._followers = {path: self._followers.get(path) or Follower(RunDirectory(path)) for path in paths}
        training, epoch = "", 0
        validation: list[float] = []
        test: list[float] = []
        for path, follower in self._followers.items():
            snapshot = follower.poll()
            if snapshot.best_accuracy is not None:
                validation.append(snapshot.best_accuracy)
            if snapshot.finished and snapshot.finished.test_accuracy is not None:
                test.append(snapshot.finished.test_accuracy)
            if snapshot.state in ("running", "paused") and is_held(path / "lock"):
                training, epoch = path.name.split("-", 2)[-1].rpartition("-")[0], len(snapshot.epochs)
        return RunStanding(len(paths), training, epoch, max(validation, default=None), max(test, default=None))


def answers(homes: Mapping[str, Path]) -> bytes:
    """Write what all people have answered to the questions of the lessons as CSV. For use in a thread."""
    rows: list[dict[str, str | int]] = []
    for name, home in homes.items():
        own = home / LESSONS
        read, _problems = all_lessons(language(), own if own.is_dir() else None)
        rows += [{"name": name, **row} for row in answer_rows(read_progress(home), read)]
    return rows_as_csv(rows).encode()
