"""What a learner has answered: kept in the data directory, a line of figures each question."""

import csv
import io
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.lab.lessons import Lesson

MASTERED = 2
"""So many right answers in a row, without hints, and a question is mastered."""

_DAY = 86_400.0

State = Literal["open", "wrong", "helped", "right", "mastered", "waiting"]
"""Not asked; answered wrongly; right with hints; right; right `MASTERED` times in a row; predicted, result to come."""


class QuestionResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was answered to one question so far.

    Attributes:
        asked, right: how often.
        streak: right answers in a row without hints.
        last: how the last one ended.
        when: of the last one, seconds since 1970.
        predicted: an answer that waits for results.
        written: an explanation in the learner's own words, or the test image that it is about.
    """

    asked: int = 0
    right: int = 0
    streak: int = 0
    last: Literal["", "wrong", "helped", "right"] = ""
    when: float = 0.0
    predicted: str = ""
    written: str = ""

    def answered(self, is_right: bool, *, helped: bool = False) -> "QuestionResult":
        """Count one more answer; a right one with hints does not count towards mastery."""
        return msgspec.structs.replace(
            self,
            asked=self.asked + 1,
            right=self.right + is_right,
            streak=0 if not is_right or helped else self.streak + 1,
            last="wrong" if not is_right else "helped" if helped else "right",
            when=time.time(),
            predicted="",
        )

    @property
    def state(self) -> State:
        """How far the learner is."""
        if self.predicted:
            return "waiting"
        if self.last == "right":
            return "mastered" if self.streak >= MASTERED else "right"
        return self.last or "open"

    @property
    def points(self) -> int:
        """0 to 2: one for a right answer, two for mastery."""
        return 2 if self.state == "mastered" else 1 if self.right else 0

    def is_due(self, now: float) -> bool:
        """Tell whether to repeat it: it went wrong or needed hints, or was last right longer ago than it is firm."""
        if self.last in ("wrong", "helped"):
            return True
        return self.last == "right" and now - self.when > _DAY * 2 ** min(self.streak, 6)


class LearnerProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """All results, by lesson and by question, see `key`."""

    results: dict[str, dict[str, QuestionResult]] = {}

    def of(self, lesson: Lesson, place: int) -> QuestionResult:
        """Return the result of a question of a lesson."""
        return self.results.get(lesson.name, {}).get(key(lesson, place), QuestionResult())

    def put(self, lesson: Lesson, place: int, result: QuestionResult) -> "LearnerProgress":
        """Put another result."""
        of_lesson = {**self.results.get(lesson.name, {}), key(lesson, place): result}
        return msgspec.structs.replace(self, results={**self.results, lesson.name: of_lesson})

    def share(self, *lessons: Lesson) -> float | None:
        """Return how far lessons are mastered together, 0 to 1; None where they ask nothing."""
        asked = [(lesson, place) for lesson in lessons for place, step in enumerate(lesson.tries) if step.question]
        return sum(self.of(*question).points for question in asked) / (2 * len(asked)) if asked else None

    def due(self, lessons: Iterable[Lesson], now: float | None = None) -> list[tuple[Lesson, int]]:
        """List what to repeat, lesson by lesson."""
        moment = time.time() if now is None else now
        return [
            (lesson, place)
            for lesson in lessons
            for place, step in enumerate(lesson.tries)
            if step.question and self.of(lesson, place).is_due(moment)
        ]


def key(lesson: Lesson, place: int) -> str:
    """Name a question within its lesson, in any language: by its link and kind, and which of these it is."""
    step = lesson.tries[place]
    name = f"{step.link} {step.question.kind if step.question else ''}".strip()
    before = sum(
        (other.link, other.question and other.question.kind) == (step.link, step.question and step.question.kind)
        for other in lesson.tries[:place]
    )
    return f"{name} {before + 1}" if before else name


def answer_rows(progress: LearnerProgress, lessons: Iterable[Lesson]) -> list[dict[str, str | int]]:
    """List what was answered to each question of some lessons; the time of the last answer in UTC, as ISO 8601."""
    return [
        _row(lesson.name, step.title, progress.of(lesson, place))
        for lesson in lessons
        for place, step in enumerate(lesson.tries)
        if step.question
    ]


def _row(name: str, title: str, result: QuestionResult) -> dict[str, str | int]:
    when = datetime.fromtimestamp(result.when, UTC).isoformat(timespec="seconds") if result.when else ""
    return {
        "lesson": name,
        "question": title,
        "state": result.state,
        "asked": result.asked,
        "right": result.right,
        "last": when,
        "written": result.written,
    }


def rows_as_csv(rows: Sequence[Mapping[str, str | int]]) -> str:
    """Write rows of the same columns as CSV, with a heading.

    What people wrote is kept from being a formula: a text that a spreadsheet would calculate begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ())
    writer.writerows([_no_formula(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _no_formula(value: str | int) -> str | int:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def progress_file(of: Path | None = None) -> Path:
    """Return where the progress is kept in a data directory, by default the user's own."""
    return (of or home()) / "progress.json"


def read_progress(of: Path | None = None) -> LearnerProgress:
    """Read the progress, see `progress_file`; one that cannot be read is none."""
    try:
        return read_json(progress_file(of), LearnerProgress)
    except FormatError:
        return LearnerProgress()


def write_progress(progress: LearnerProgress) -> None:
    """Write the progress.

    Raises:
        OSError: it cannot be written.
    """
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, msgspec.json.encode(progress))
