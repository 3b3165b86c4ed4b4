"""What the learner has answered, and what is asked next."""

import time
from asyncio import to_thread
from collections.abc import Collection, Sequence
from functools import cache
from random import Random

from tui_cnn.errors import UserError
from tui_cnn.lab.lessons import Lesson
from tui_cnn.lab.progress import LearnerProgress, QuestionResult, read_progress, write_progress
from tui_cnn.lab.questions.question import LessonQuestion, QuestionDraw, QuestionError
from tui_cnn.lab.questions.spec import ask
from tui_cnn.ui.lab.bench import ImageStore
from tui_cnn.ui.lab.finished import finished_runs


class Learner:
    """Asks the questions of lessons, with other numbers each time, and keeps what was answered."""

    def __init__(self, images: ImageStore, inspected: Collection[tuple[str, int]]) -> None:
        self._images = images
        self._inspected = inspected
        self.progress = LearnerProgress()

    async def read(self) -> None:
        """Read the progress."""
        self.progress = await to_thread(read_progress)

    async def ask(self, lesson: Lesson, place: int, *, again: bool = False) -> LessonQuestion:
        """Ask a question: the first time with the numbers of the lesson, then, or `again`, with others.

        Raises:
            UserError: it cannot be asked; the message says why.
        """
        step, known = lesson.tries[place], self.progress.of(lesson, place)
        spec = step.question
        if spec is None:
            raise QuestionError(step.link)
        random = Random() if again or known.asked else None

        def drawn() -> LessonQuestion:
            arrays, mistake = self._images.arrays_of(step.link), self._mistake(lesson)
            return ask(spec, step.link, QuestionDraw(random, arrays, cache(finished_runs), mistake, self._inspected))

        return await to_thread(drawn)

    def _mistake(self, lesson: Lesson) -> int | None:
        """Return the test image that the learner has named in this lesson as predicted wrongly."""
        kinds = (step.question.kind if step.question else "" for step in lesson.tries)
        written = [self.progress.of(lesson, place).written for place, kind in enumerate(kinds) if kind == "own-mistake"]
        return next((int(number) for number in written if number.isdecimal()), None)

    async def keep(self, lesson: Lesson, place: int, result: QuestionResult) -> str:
        """Keep a result; return why it cannot be written, empty if it can."""
        self.progress = self.progress.put(lesson, place, result)
        try:
            await to_thread(write_progress, self.progress)
        except (OSError, UserError) as error:
            return str(error)
        return ""

    def due(self, lessons: Sequence[Lesson]) -> list[tuple[Lesson, int]]:
        """List the questions to repeat."""
        return self.progress.due(lessons, time.time())
