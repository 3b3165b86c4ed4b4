"""What a lesson says about a question, under the thing to try that it belongs to; and asking it.

- [Same](lab:convolution?padding=same): 6×6 stays 6×6.
  ? output-size

- [LeNet](build:lenet-5): what is behind the text comes after the answer.
  ? layer-parameters layer=dense

- [Colours](lab:convolution?image=colours)
  ? choice How many channels has a colour image?
  - ( ) one
  - (x) three
  > Think of what a screen is made of.
  ! red, green and blue

- [A number](lab:sizes)
  ? number 42 How many are six times seven?
"""

import re
from random import Random
from typing import NamedTuple

from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink, parse_lab_link
from tui_cnn.lab.questions import (  # noqa: F401  # they declare the kinds
    convolution,
    learning,
    networks,
    overfitting,
    photo,
    pooling,
    results,
    sizes,
    softmax,
    training,
    transposed,
)
from tui_cnn.lab.questions.answers import AnswerError, ChoiceAnswer, NumberAnswer
from tui_cnn.lab.questions.question import KINDS, LessonQuestion, QuestionDraw, QuestionError, QuestionKind

OWN_KINDS = ("choice", "number")
"""The kinds whose prompt and answer the lesson writes itself."""


class QuestionSpec(NamedTuple):
    """A question as a lesson has it.

    Attributes:
        kind: one of `KINDS`, or of `OWN_KINDS`.
        words: what follows the kind: options, or the prompt of an own one.
        choices: those of an own choice, and whether they are right.
        hints, reason: of an own one; the reason of a kind is worked out.
    """

    kind: str
    words: str = ""
    choices: tuple[tuple[bool, str], ...] = ()
    hints: tuple[str, ...] = ()
    reason: str = ""

    @property
    def options(self) -> dict[str, str]:
        """What the lesson says to the kind: `layer=conv2d`."""
        return dict(word.split("=", 1) for word in self.words.split() if "=" in word)


def ask(spec: QuestionSpec, link: str, draw: QuestionDraw) -> LessonQuestion:
    """Make the question of a thing to try, whose link leads to `link`.

    Raises:
        QuestionError: the lesson does not say it as it must be said; the message says what is wrong.
        LinkError: the link leads nowhere.
        FormatError: the link's network cannot be read.
        WindowError: the window of the link does not fit.
    """
    if spec.kind in OWN_KINDS:
        return _own(spec, draw.random)
    declared = KINDS.get(spec.kind)
    if declared is None:
        message = _("unknown kind of question “{name}”").format(name=spec.kind)
        raise QuestionError(message + nearest(spec.kind, [*KINDS, *OWN_KINDS]))
    scheme, _colon, rest = link.partition(":")
    target: LabLink | str = parse_lab_link(link) if scheme == "lab" else rest
    place = target.page if isinstance(target, LabLink) else scheme
    if place not in declared.places:
        message = _("“{name}” can be asked of {places}, not of {place}")
        raise QuestionError(message.format(name=spec.kind, places=", ".join(declared.places), place=place))
    if spec.choices or spec.hints or spec.reason:
        message = _("“{name}” has hints and a reason of its kind; remove the lines with - ( ), > and !")
        raise QuestionError(message.format(name=spec.kind))
    _check_options(spec, declared)
    return declared.make(target, spec.options, draw)


def _check_options(spec: QuestionSpec, declared: QuestionKind) -> None:
    stray = [word for word in spec.words.split() if word.partition("=")[0] not in declared.options or "=" not in word]
    if stray:
        message = _("unknown option “{name}” of {kind}").format(name=stray[0], kind=spec.kind)
        raise QuestionError(message + nearest(stray[0].partition("=")[0], list(declared.options)))
    for name, option in declared.options.items():
        value = spec.options.get(name)
        if option.is_required and not value:
            raise QuestionError(_("“{kind}” needs the option {name}=…").format(kind=spec.kind, name=name))
        if option.words and value is not None and value not in option.words:
            message = _("“{kind}” does not take {name}={value}").format(kind=spec.kind, name=name, value=value)
            raise QuestionError(message + nearest(value, list(option.words)))


def _own(spec: QuestionSpec, random: Random | None) -> LessonQuestion:
    """Make a question that the lesson has written itself; its choices come in another order each time."""
    if spec.kind == "number":
        if spec.choices:
            raise QuestionError(_("a number has no options; ask a choice, or remove the lines with - ( )"))
        match = re.fullmatch(r"(\S+)\s+(.+)", spec.words, re.DOTALL)
        if match is None:
            raise QuestionError(_("a number needs its answer and its prompt: ? number 42 How many …?"))
        try:
            value = float(match[1].replace("−", "-").replace(",", ""))
        except ValueError:
            raise QuestionError(_("“{value}” is not a number").format(value=match[1])) from None
        return LessonQuestion(match[2], NumberAnswer(value), spec.reason, spec.hints)
    right = [text for is_right, text in spec.choices if is_right]
    if not spec.words or len(spec.choices) < 2 or len(right) != 1:
        raise QuestionError(_("a choice needs a prompt and two options or more, one of them right: - (x) …"))
    options = [text for _is_right, text in spec.choices]
    if len(set(options)) < len(options):
        raise QuestionError(_("two options are the same"))
    if random is not None:
        random.shuffle(options)
    return LessonQuestion(spec.words, ChoiceAnswer(tuple(options), options.index(right[0])), spec.reason, spec.hints)


__all__ = ["AnswerError", "QuestionSpec", "ask"]
