"""The lessons: short texts in Markdown, each with things to try, most of which ask a question first."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tui_cnn.assets import ROOT
from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.errors import UserError
from tui_cnn.formats.reading import read_text
from tui_cnn.i18n import _
from tui_cnn.lab.questions.spec import QuestionSpec
from tui_cnn.visible import visible

DIRECTORY = ROOT / "lessons"

_TRY = re.compile(r"- \[(?P<title>[^\]]+)\]\((?P<link>[^)\s]+)\)(?::?\s*(?P<rest>.*))?")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_QUESTION = re.compile(r"\?\s*(?P<kind>[\w-]+)\s*(?P<words>.*)")
_OPTION = re.compile(r"- \((?P<right>[xX ]?)\)\s*(?P<text>.+)")


class LessonError(UserError):
    """A lesson that is not written as lessons are; the message names the line."""


class Try(NamedTuple):
    """Something to try.

    Attributes:
        title: a few words.
        rest: what is said about it; behind a question only once that is answered.
        link: the state of the program in which to do it.
        question: what is asked first; None: nothing.
        line: where it stands in its file, from 1.
    """

    title: str
    rest: str
    link: str
    question: QuestionSpec | None = None
    line: int = 0

    @property
    def words(self) -> str:
        """All that it says."""
        return f"{self.title}: {self.rest}" if self.rest else self.title


class Lesson(NamedTuple):
    """A lesson.

    Attributes:
        name: it is asked for by this.
        title, text: in words, and in Markdown.
        tries: what to try.
        links: those of the text, and the lines that they stand in.
    """

    name: str
    title: str
    text: str
    tries: tuple[Try, ...]
    links: tuple[tuple[int, str], ...] = ()


@cache
def lessons(language: str = "en") -> tuple[Lesson, ...]:
    """Read all lessons of a language that ship with the program, in their order.

    Raises:
        FormatError: they cannot be read.
    """
    return tuple(read_lesson(path) for path in lesson_files(DIRECTORY / language))


def all_lessons(language: str, own: Path | None) -> tuple[tuple[Lesson, ...], list[str]]:
    """Read the lessons that ship and, behind them, those of a folder; one of the same name takes the other's place.

    What cannot be read is left out; a line for each such problem comes back beside them.

    Raises:
        FormatError: the lessons that ship cannot be read.
    """
    found = {lesson.name: lesson for lesson in lessons(language)}
    if own is None:
        return tuple(found.values()), []
    problems = [] if own.is_dir() else [_("{path}: not a folder with lessons").format(path=own)]
    for path in lesson_files(own):
        try:
            lesson = read_lesson(path)
        except UserError as error:
            problems.append(str(error) if str(path) in str(error) else f"{path}: {error}")
        else:
            found[lesson.name] = lesson
    return tuple(found.values()), problems


def lesson_files(directory: Path) -> list[Path]:
    """List the lessons of a directory, in the order of their names."""
    return sorted(path for path in directory.glob("*.md") if not path.name.startswith("."))


def read_lesson(path: Path) -> Lesson:
    """Read a lesson from `NN-name.md`, see `parse_lesson`.

    Raises:
        FormatError: it cannot be read.
        LessonError: it is not written as lessons are.
    """
    return parse_lesson(read_text(path), lesson_name(path))


def lesson_name(path: Path) -> str:
    """Return the name of the lesson of a file."""
    return re.sub(r"^\d+-", "", path.stem)


def parse_lesson(text: str, name: str) -> Lesson:
    """Read a lesson: a title, paragraphs, and under the last heading a list of links with their questions.

    Raises:
        LessonError: it is not written as lessons are.
    """
    lines = [visible(line) for line in text.splitlines()]
    if not lines or not lines[0].startswith("# ") or not lines[0][2:].strip():
        raise LessonError(_("line 1: a lesson must start with its title: # Title"))
    headings = [number for number, line in enumerate(lines) if line.startswith("## ")]
    if not headings:
        raise LessonError(
            _("the list of things to try is missing: ## Things to try, and lines such as - [Title](lab:sizes)")
        )
    body = "\n".join(lines[1 : headings[-1]]).strip()
    links = ((number, link) for number, line in enumerate(lines[: headings[-1]], 1) for link in _LINK.findall(line))
    return Lesson(name, lines[0][2:].strip(), body, _tries(lines, headings[-1] + 1), tuple(links))


def _tries(lines: list[str], first: int) -> tuple[Try, ...]:
    """Read the list of things to try: a line each, which go on in the lines below that are indented."""
    found: list[_Item] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.startswith("- "):
            found.append(_Item(number, line))
        elif line.startswith("  ") and found:
            found[-1].add(number, line.strip())
        elif line.strip():
            raise LessonError(_("line {line}: expected - [Title](lab:sizes), or an indented line").format(line=number))
    if not found:
        raise LessonError(_("line {line}: the list of things to try is empty").format(line=first))
    return tuple(item.made() for item in found)


class _Item:
    """One item of the list while its lines are read."""

    def __init__(self, number: int, line: str) -> None:
        self._number, self._text, self._kind, self._words = number, line, "", ""
        self._choices: list[tuple[bool, str]] = []
        self._hints: list[str] = []
        self._reason: list[str] = []
        self._last = "text"

    def add(self, number: int, line: str) -> None:
        """Read a line of it: of its text, its question, an option, a hint or the reason."""
        mark = line[:2]
        if mark == "? " and not self._kind:
            question = _QUESTION.match(line)
            if question is None:
                raise LessonError(_("line {line}: expected ? and a kind of question").format(line=number))
            self._kind, self._words = question["kind"], question["words"].strip()
            self._last = "question"
        elif option := _OPTION.match(line):
            self._choices.append((option["right"] in ("x", "X"), option["text"].strip()))
            self._last = "option"
        elif mark == "> ":
            self._hints.append(line[2:].strip())
            self._last = "hint"
        elif mark == "! ":
            self._reason.append(line[2:].strip())
            self._last = "reason"
        else:
            self._continue(line)

    def _continue(self, line: str) -> None:
        match self._last:
            case "text":
                self._text += " " + line
            case "question":
                self._words += " " + line
            case "option":
                right, text = self._choices[-1]
                self._choices[-1] = right, f"{text} {line}"
            case "hint":
                self._hints[-1] += " " + line
            case _:
                self._reason[-1] += " " + line

    def made(self) -> Try:
        """Make it."""
        match = _TRY.fullmatch(self._text)
        if match is None:
            raise LessonError(_("line {line}: expected - [Title](lab:sizes)").format(line=self._number))
        if (self._choices or self._hints or self._reason) and not self._kind:
            raise LessonError(
                _("line {line}: options, hints and reasons need a question: ? choice …").format(line=self._number)
            )
        question = None
        if self._kind:
            hints, reason = tuple(self._hints), " ".join(self._reason)
            question = QuestionSpec(self._kind, self._words, tuple(self._choices), hints, reason)
        return Try(match["title"], (match["rest"] or "").strip(), match["link"], question, self._number)


_TOPICS = {
    "images": "Input input_shape image memory pad",
    "channels": "filters groups maps",
    "filters": "kernel kernel_size bank kernels history photo results first second third fourth fifth sigma low high",
    "convolution": "turned convolution",
    "padding": "padding zeros",
    "stride": "strides stride dilation_rate output sizes",
    "layer": "activation use_bias bias relu",
    "pooling": "kind pool_size pooling",
    "parameters": "parameters MACs FLOPs weights",
    "why-not-dense": "units",
    "receptive-field": "field why",
    "softmax": "softmax logits temperature true shifted",
    "transposed": "transposed",
    "learning": "learning initializer seed rate scaled",
    "overfitting": "validation augmentation limit patience ema",
    "invariance": "moves right down",
    "arrays-tensors": "threads device precision",
    "training": "epochs batch_size learning_rate optimizer accuracy loss pairs evaluation comparison",
}
"""The lessons with the fields, kinds of number, pages of the Lab and views of Inspect that they explain."""

_LESSONS = {name: kind.lesson for name, kind in ALL_TYPES.items() if kind.lesson} | {
    topic: lesson for lesson, topics in _TOPICS.items() for topic in topics.split()
}


def lessons_of(topics: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the lessons that topics belong to, each once, in their order; at least one.

    A topic is a layer's type, a field of a form, a kind of number, a page of the Lab or a view of the Inspect screen.
    """
    return tuple(dict.fromkeys(_LESSONS[topic] for topic in topics if topic in _LESSONS)) or ("shape-of-a-cnn",)
