"""`cnn-tui lesson check|results`: lessons that someone writes, and what a learner has answered."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import click
import msgspec

from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import WideGroup, table
from tui_cnn.config import expanded
from tui_cnn.errors import UserError
from tui_cnn.i18n import _, language, ngettext

if TYPE_CHECKING:
    from tui_cnn.lab.lessons import Lesson
    from tui_cnn.lab.questions.spec import QuestionSpec
    from tui_cnn.ui.lab.bench import ImageStore

_DRAWS = 50
"""So many times a question is drawn when a lesson is checked."""


@click.group(
    cls=WideGroup,
    short_help=_("Check lessons that you write, and list what was answered."),
    help=_(
        """Your own lessons for the Lab, and the answers to the questions of all lessons.

        A lesson is a Markdown file: a title, paragraphs, and under the last heading a list of links, each with a
        question, if it has one. `cnn-tui --lessons DIR` opens the app with the lessons of a folder.

        \b
        Examples:
          cnn-tui lesson check my-lesson.md
          cnn-tui lesson results --csv > results.csv"""
    ),
)
def lesson() -> None:
    """Commands about lessons."""


@lesson.command(
    short_help=_("Check a lesson that you wrote."),
    help=_(
        """Check lessons: that they can be read, that each link leads somewhere, and that each question can be asked.

        Each question is drawn 50 times; an example of each is printed with its answer. All kinds of questions with
        their options, and what can be set in a link, are listed in docs/lessons.md.

        \b
        A question follows its link, in indented lines:
          - [Same padding](lab:convolution?padding=same): shown after the answer.
            ? output-size
          - [A skip connection](build:small-resnet)
            ? choice What does it do with the input?
            - (x) it adds it to the output
            - ( ) it drops it
            > a hint
            ! the reason
          - [A number](lab:sizes)
            ? number 7 What is left of 39 pixels?"""
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> int:
    """Check each file."""
    sound = [_check(expanded(name)) for name in files]
    return SOUND if all(sound) else UNSOUND


def _check(path: Path) -> bool:
    from tui_cnn.lab.lessons import read_lesson

    try:
        read = read_lesson(path)
    except UserError as error:
        echo(str(error) if str(path) in str(error) else f"{path}: {error}", err=True)
        return False
    echo(f"{path}: {read.title}")
    faults = list(_faults(read, path))
    for line, fault in faults:
        echo(f"{path}:{line}: {fault}", err=True)
    count = sum(step.question is not None for step in read.tries)
    things = ngettext("{count} thing to try", "{count} things to try", len(read.tries)).format(count=len(read.tries))
    questions = ngettext("{count} question", "{count} questions", count).format(count=count)
    found = ngettext("{count} problem", "{count} problems", len(faults)).format(count=len(faults))
    echo(f"{things}, {questions}, {found}")
    return not faults


def _faults(read: "Lesson", path: Path) -> Iterator[tuple[int, UserError]]:
    """Check links and questions of a lesson, print an example of each question, and yield what is wrong, by lines."""
    from tui_cnn.lab.lessons import lesson_files, lesson_name, lessons
    from tui_cnn.ui.application.links import check_link
    from tui_cnn.ui.lab.bench import ImageStore

    names = {each.name for each in lessons()} | {lesson_name(file) for file in lesson_files(path.parent)}
    images = ImageStore("")
    for line, link in read.links:
        try:
            check_link(link, names)
        except UserError as error:
            yield line, error
    for step in read.tries:
        options = step.question.options.values() if step.question else ()
        try:
            for link in (step.link, *(value for value in options if value.startswith("train:"))):
                check_link(link, names)
            if step.question is not None:
                _draw(step.question, step.link, images)
        except UserError as error:
            yield step.line, error


def _draw(spec: "QuestionSpec", link: str, images: "ImageStore") -> None:
    """Draw a question, and print the first one with its answer.

    Raises:
        UserError: it cannot be asked.
    """
    from tui_cnn.lab.questions.question import NoRunError, QuestionDraw
    from tui_cnn.lab.questions.spec import ask

    arrays = images.arrays_of(link)
    try:
        first = ask(spec, link, QuestionDraw(None, arrays))
        for seed in range(_DRAWS):
            ask(spec, link, QuestionDraw(Random(seed), arrays))
    except NoRunError:
        return  # the run will be the learner's
    answer = getattr(first.answer, "written", "")
    echo(f"  {first.prompt}  →  {answer}" if answer else f"  {first.prompt}")


@lesson.command(
    short_help=_("List what was answered to the lessons' questions."),
    help=_("List what was answered to the questions of the lessons; as CSV or JSON, a row for each question."),
)
@click.option("--csv", "as_csv", is_flag=True, help=_("Print a row for each question as CSV."))
@click.option("--json", "as_json", is_flag=True, help=_("Print a row for each question as JSON."))
@click.option("--lessons", metavar="DIR", help=_("A folder with your own lessons."))
def results(as_csv: bool, as_json: bool, lessons: str | None) -> int:
    """Print what was answered."""
    from tui_cnn.lab.lessons import all_lessons
    from tui_cnn.lab.progress import answer_rows, read_progress, rows_as_csv

    progress = read_progress()
    read, problems = all_lessons(language(), expanded(lessons) if lessons else None)
    for problem in problems:
        echo(problem, err=True)
    if as_csv or as_json:
        rows = answer_rows(progress, read)
        echo(msgspec.json.encode(rows) if as_json else rows_as_csv(rows).rstrip("\n").encode())
        return SOUND
    lines = []
    for each in read:
        asked = [place for place, step in enumerate(each.tries) if step.question]
        states = [progress.of(each, place).state for place in asked]
        share = progress.share(each)
        correct = sum(state in ("right", "mastered") for state in states)
        due = len(progress.due([each]))
        standing = "" if share is None else f"{share:.0%}"
        lines.append((each.title, str(len(asked)), str(correct), str(states.count("mastered")), str(due), standing))
    heading = (_("lesson"), _("questions"), _("correct"), _("mastered"), _("to repeat"), _("done"))
    echo(table(heading, lines, numbers=(1, 2, 3, 4, 5)))
    return SOUND
