"""What may be answered: a number, a shape, or one of several choices; and whether what was typed is right."""

import re
from collections.abc import Mapping
from math import isclose
from typing import NamedTuple

from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number

_TOLERANCE = 0.01


class AnswerError(UserError):
    """What was typed is no answer; the message says what one looks like. It is not counted as wrong."""


class NumberAnswer(NamedTuple):
    """A number; what differs by no more than a hundredth, as numbers are rounded on the screen, is right."""

    value: float

    @property
    def form(self) -> str:
        """What one looks like."""
        return _("a number")

    @property
    def written(self) -> str:
        """The right answer."""
        return (
            f"{round(self.value):,}" if self.value == round(self.value) and self.value >= 1000 else number(self.value)
        )

    def is_right(self, typed: str) -> bool:
        """Tell whether what was typed is right.

        Raises:
            AnswerError: it is no number.
        """
        return isclose(_number(typed), self.value, rel_tol=1e-9, abs_tol=_TOLERANCE)


class ShapeAnswer(NamedTuple):
    """A shape, or height and width of one; of a square the side is enough."""

    sizes: Shape

    @property
    def form(self) -> str:
        """What one looks like."""
        return {1: _("a number"), 2: _("height×width, such as 4x4")}.get(
            len(self.sizes), _("height×width×channels, such as 4x4x2")
        )

    @property
    def written(self) -> str:
        """The right answer."""
        return format_shape(self.sizes)

    def is_right(self, typed: str) -> bool:
        """Tell whether what was typed is right.

        Raises:
            AnswerError: it is no shape of so many numbers.
        """
        parts = [part.strip() for part in re.split(r"[x×X*]|,\s+|\s+", typed.strip("() []")) if part.strip()]
        numbers = tuple(_number(part) for part in parts)
        if len(numbers) == 1 and len(self.sizes) == 2:
            numbers *= 2
        if len(numbers) != len(self.sizes):
            raise AnswerError(_no_answer(typed, self.form))
        return numbers == self.sizes


class ChoiceAnswer(NamedTuple):
    """One of several options, counted from 1 where it is typed."""

    options: tuple[str, ...]
    right: int

    @property
    def form(self) -> str:
        """What one looks like."""
        return _("one of the options")

    @property
    def written(self) -> str:
        """The right answer."""
        return self.options[self.right]

    def is_right(self, typed: str) -> bool:
        """Tell whether what was typed, the number of an option or its text, is right.

        Raises:
            AnswerError: there is no such option.
        """
        if typed in self.options:
            return typed == self.written
        if typed.strip().isdecimal() and typed.isascii() and 1 <= int(typed) <= len(self.options):
            return int(typed) - 1 == self.right
        raise AnswerError(_no_answer(typed, self.form))


class MemberAnswer(NamedTuple):
    """Any of several whole numbers, such as a test image that is predicted wrongly; `said` is what is told of each."""

    said: Mapping[int, str]

    @property
    def form(self) -> str:
        """What one looks like."""
        return _("a number")

    @property
    def written(self) -> str:
        """One of the right answers, and what is told of it."""
        first = min(self.said)
        return f"{first}: {self.said[first]}"

    def is_right(self, typed: str) -> bool:
        """Tell whether what was typed is one of them.

        Raises:
            AnswerError: it is no number.
        """
        return _number(typed) in self.said

    def plain(self, typed: str) -> str:
        """Write a right answer without commas and blanks.

        Raises:
            AnswerError: it is no number.
        """
        return f"{_number(typed):.0f}"


class TextAnswer(NamedTuple):
    """An explanation in the learner's own words: kept, and right if it has as many words as it takes to explain."""

    least_words: int = 5

    @property
    def form(self) -> str:
        """What one looks like."""
        return _("a sentence of at least {count} words").format(count=self.least_words)

    @property
    def written(self) -> str:
        """There is no one right answer."""
        return ""

    def is_right(self, typed: str) -> bool:
        """Tell that it is kept.

        Raises:
            AnswerError: it is too short.
        """
        if len(typed.split()) < self.least_words:
            raise AnswerError(_no_answer(typed, self.form))
        return True


class PredictionAnswer(NamedTuple):
    """One of several options, of which nobody knows yet which is right: it is kept until there are results."""

    options: tuple[str, ...]


class TaskAnswer(NamedTuple):
    """Something to do in the program, which is checked there: whether it is done, and how far it is."""

    is_done: bool
    said: str


Answer = NumberAnswer | ShapeAnswer | ChoiceAnswer | MemberAnswer | TextAnswer | PredictionAnswer | TaskAnswer


def _number(typed: str) -> float:
    """Read `-5`, `−5`, `1,234`, `0.5`."""
    text = typed.strip().replace("−", "-").replace("–", "-").replace(" ", "")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text):
        text = text.replace(",", "")
    if not re.fullmatch(r"[+-]?([0-9]{1,15}(\.[0-9]{0,9})?|\.[0-9]{1,9})", text):
        raise AnswerError(_no_answer(typed, _("a number")))
    return float(text)


def _no_answer(typed: str, form: str) -> str:
    return _("“{typed}” is not an answer here; type {form}").format(typed=typed.strip()[:20], form=form)
