"""Questions about softmax: a probability, the cross-entropy loss, its gradient by a logit, and what 32 bits hold."""

from math import isfinite

from msgspec import structs

from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, kind
from tui_cnn.lab.settings import SoftmaxSettings
from tui_cnn.lab.softmax import LARGEST_EXPONENT, SoftmaxSteps, softmax

_SCALED = (*range(60, 85), *range(92, 120))
"""Largest logits that are drawn, after the temperature: none is so near to the limit that the sum decides."""


@kind("softmax-probability", "softmax")
def softmax_probability(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the probability of a class."""
    made = _drawn(link, draw)
    which = 0 if draw.random is None else draw.random.randrange(len(made.logits))
    prompt = _("The logits are {logits}, the temperature is {temperature}. What is the probability of class {number}?")
    answer = NumberAnswer(float(made.probabilities[which]))
    return LessonQuestion(
        prompt.format(logits=_logits(made), temperature=f"{made.temperature:g}", number=which + 1),
        answer,
        f"{_share(made, which)} = {answer.written}",
        (
            _("Divide the logits by the temperature, raise e to each, and divide by the sum."),
            _("The exponentials: {exponentials}").format(exponentials=_exponentials(made, ", ")),
        ),
    )


@kind("cross-entropy", "softmax")
def cross_entropy(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the loss."""
    made = _drawn(link, draw)
    prompt = _(
        "The logits are {logits}, the temperature is {temperature}; class {number} is the true one. "
        "What is the cross-entropy loss?"
    )
    answer = NumberAnswer(made.loss)
    share = _share(made, made.true)
    return LessonQuestion(
        prompt.format(logits=_logits(made), temperature=f"{made.temperature:g}", number=made.true + 1),
        answer,
        f"−ln({share}) = {answer.written}",
        (
            _("The loss is minus the natural logarithm of the probability of the true class."),
            _("This probability is {share}.").format(share=share),
        ),
    )


@kind("softmax-gradient", "softmax")
def softmax_gradient(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the gradient of the loss by a logit, at temperature 1."""
    made = _drawn(link, draw)._replace(temperature=1.0)
    which = made.true if draw.random is None else draw.random.randrange(len(made.logits))
    probabilities = ", ".join(number(value, 4) for value in made.probabilities.tolist())
    prompt = _(
        "The probabilities are {probabilities}; class {true} is the true one. "
        "What is the gradient of the loss by the logit of class {number}?"
    )
    answer = NumberAnswer(float(made.gradient[which]))
    probability, target = number(float(made.probabilities[which]), 4), int(which == made.true)
    return LessonQuestion(
        prompt.format(probabilities=probabilities, true=made.true + 1, number=which + 1),
        answer,
        f"p − y = {probability} − {target} = {answer.written}",
        (
            _("It is p − y: the probability, less 1 for the true class and less 0 for the others."),
            _("For class {number} the target y is {target}.").format(number=which + 1, target=target),
        ),
    )


@kind("softmax-overflow", "softmax")
def softmax_overflow(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask whether 32 bits are enough if the largest logit is not subtracted."""
    settings, random = link.settings, draw.random
    assert isinstance(settings, SoftmaxSettings)
    if random is not None:
        temperature = random.choice([0.5, 1.0, 2.0])
        largest = int(random.choice(_SCALED) * temperature)
        others = [largest - random.randint(1, 5) for _logit in settings.logits.split(",")[1:]]
        logits = ",".join(str(logit) for logit in (largest, *others))
        settings = structs.replace(settings, logits=logits, temperature=temperature)
    made = softmax(structs.replace(settings, shifted=False))
    top = float(made.scaled.max())
    options = (_("probabilities"), _("no numbers: the sum is infinite"))
    prompt = _(
        "The logits are {logits}, the temperature is {temperature}. In 32 bits, without subtracting the largest logit: "
        "what does softmax give?"
    )
    power, limit = f"e^{number(top, 3)}", number(LARGEST_EXPONENT, 1)
    fits = _("{power} is below e^{limit}, the largest number of 32 bits.").format(power=power, limit=limit)
    fails = _("{power} is above e^{limit}, the largest number of 32 bits, so it is infinite, and so is the sum.")
    is_number = isfinite(made.total)
    return LessonQuestion(
        prompt.format(logits=_logits(made), temperature=f"{made.temperature:g}"),
        ChoiceAnswer(options, int(not is_number)),
        fits if is_number else fails.format(power=power, limit=limit),
        (
            _("Divide the logits by the temperature; e to the power of the largest is the largest term of the sum."),
            _("The largest number of 32 bits is about 3.4·10³⁸, which is e^{limit}.").format(limit=limit),
        ),
    )


def _drawn(link: LabLink, draw: QuestionDraw) -> SoftmaxSteps:
    """Draw other logits, as many as those of the link, and a true class; the temperature only where it is not 1."""
    settings, random = link.settings, draw.random
    assert isinstance(settings, SoftmaxSettings)
    if random is not None:
        logits = [random.randint(-2, 3) for _logit in settings.logits.split(",")]
        temperature = 1.0 if settings.temperature == 1 else random.choice([0.5, 2.0])
        settings = structs.replace(
            settings, logits=",".join(map(str, logits)), true=random.randint(1, len(logits)), temperature=temperature
        )
    return softmax(structs.replace(settings, shifted=True))


def _logits(made: SoftmaxSteps) -> str:
    return ", ".join(number(value, 3) for value in made.logits.tolist())


def _exponentials(made: SoftmaxSteps, between: str) -> str:
    """Write the exponentials of the scaled logits, whose maximum need not be subtracted on paper."""
    return between.join(f"e^{number(value, 3)}" for value in made.scaled.tolist())


def _share(made: SoftmaxSteps, which: int) -> str:
    return f"e^{number(float(made.scaled[which]), 3)} / ({_exponentials(made, ' + ')})"
