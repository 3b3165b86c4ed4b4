"""A question as it is asked: the prompt, its answer, hints step by step, the reason, and what is shown meanwhile."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.answers import Answer
from tui_cnn.lab.scene import LabArrays

Cover = Literal["value", "output", "kernel"]
"""What is covered until it is answered: the value at the window's place, all that comes out, or the kernel.

Of a step of learning, the value is the gradient, with all that follows from it."""


class QuestionError(UserError):
    """A question that cannot be asked; the message says what is wrong with it."""


class NoRunError(QuestionError):
    """A question about a run of the learner's, who has none yet; the lesson is right."""


class LessonQuestion(NamedTuple):
    """A question.

    Attributes:
        prompt: what is asked, with its numbers.
        answer: the right one.
        reason: why, with the numbers filled in; shown once it is answered.
        hints: each says more than the one before, and the last does not say the answer.
        link: the page of the Lab that shows it; None: what the lesson's link leads to is shown after the answer.
        arrays: the arrays of that page which settings cannot describe.
        cover: what is covered there until the answer.
    """

    prompt: str
    answer: Answer
    reason: str
    hints: tuple[str, ...] = ()
    link: LabLink | None = None
    arrays: LabArrays = LabArrays()
    cover: Cover | None = None


class ValidatedEpoch(NamedTuple):
    """An epoch of a run: its accuracy in training, then accuracy and loss on the validation images."""

    accuracy: float
    validation_accuracy: float
    validation_loss: float


class FinishedRun(NamedTuple):
    """A run of the learner's that has finished, as questions about results see it, the newest first.

    Attributes:
        name: of the run.
        network: the name of its network.
        preset: the preset that the network is, whatever it is called; empty: none.
        parameters: how many it has.
        accuracy: on the test images, 0 to 1.
        read_mistakes: reads the test images that it predicts wrongly, by number, with the class and the prediction.
        settings: those of its recipe, as they are typed.
        epochs: those with validation images.
        id: of the run, among all.
        trained_for: how many epochs it was trained for.
    """

    name: str
    network: str
    preset: str
    parameters: int
    accuracy: float
    read_mistakes: Callable[[], Mapping[int, tuple[str, str]]] = dict
    settings: Mapping[str, str] = MappingProxyType({})
    epochs: tuple[ValidatedEpoch, ...] = ()
    id: str = ""
    trained_for: int = 0


class QuestionDraw(NamedTuple):
    """What a question is drawn from.

    Attributes:
        random: gives the numbers; None: those of the lesson's link.
        arrays: the arrays that its settings only name, such as a test image.
        finished: lists the learner's runs on Fashion-MNIST that have finished, the newest first; it reads many files.
        mistake: the number of the test image that the learner has named as predicted wrongly; None: not yet.
        inspected: the test images that Inspect has shown: the ids of the runs, and their numbers.
    """

    random: Random | None = None
    arrays: LabArrays = LabArrays()
    finished: Callable[[], tuple[FinishedRun, ...]] = tuple
    mistake: int | None = None
    inspected: Collection[tuple[str, int]] = ()


def place_of(link: LabLink, count: int) -> int:
    """Return the place of a link, of an output that has so many numbers.

    Raises:
        QuestionError: it lies behind the last one.
    """
    if link.place >= count:
        message = _("place {place} is beyond the output, which has {count} numbers")
        raise QuestionError(message.format(place=link.place + 1, count=count))
    return link.place


def rows_written(values: NDArray[np.float64]) -> str:
    """Write the rows of (rows, columns) one after the other: `1 2 1 / 2 4 2`."""
    return " / ".join(" ".join(number(value, 4) for value in row) for row in values.tolist())


Options = Mapping[str, str]
"""What a lesson says about a question: `layer=conv2d_1`."""


class KindOption(NamedTuple):
    """An option of a kind: what it means, the words that it may be, if only some, and whether it must be given."""

    meaning: str
    words: tuple[str, ...] = ()
    is_required: bool = False


class QuestionKind(NamedTuple):
    """A kind of question: where its links lead (`convolution`, `build`), its options, and what makes one."""

    places: tuple[str, ...]
    options: Mapping[str, KindOption]
    make: Callable[..., LessonQuestion]


KINDS: dict[str, QuestionKind] = {}
"""The kinds by the names that lessons have for them; filled by the modules that declare them."""


def kind(
    name: str, *places: str, **options: KindOption
) -> Callable[[Callable[..., LessonQuestion]], Callable[..., LessonQuestion]]:
    """Declare a kind of question."""

    def declare(make: Callable[..., LessonQuestion]) -> Callable[..., LessonQuestion]:
        KINDS[name] = QuestionKind(places, options, make)
        return make

    return declare
