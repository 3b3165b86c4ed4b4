"""Questions about gradient descent: the loss, a gradient, the next weight, whether it converges, and to what."""

from math import floor, isfinite, log10
from random import Random

import numpy as np
from msgspec import structs

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.learning import GradientStep, KernelLearning, learning
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import bracketed, number, product
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, QuestionError, kind, rows_written
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import LearningSettings

_RATES = (0.05, 0.1, 0.2, 0.5)
_MOST_PLACES = 16
_IMAGES: tuple[str, ...] = ("white-left", "white-top", "corners", "street", "own")


@kind("loss", "learning")
def loss(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the mean squared error before the first step."""
    settings, arrays = _drawn(link, draw)
    step = _first_step(settings, arrays)
    squares = " + ".join(f"{bracketed(error)}²" for error in step.error.ravel().tolist())
    prompt = _("The errors are {errors}. What is the loss, the mean squared error?")
    return LessonQuestion(
        prompt.format(errors=rows_written(step.error)),
        NumberAnswer(step.loss),
        f"({squares}) / {step.error.size} = {number(step.loss)}",
        (
            _("Square each error, add the squares up, and divide by how many there are."),
            _("The squares: {squares}").format(squares=squares),
        ),
        *_shown(settings, arrays),
        "value",
    )


@kind("gradient", "learning")
def gradient(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the gradient of the loss by one weight, in the first step."""
    settings, arrays = _drawn(link, draw)
    step = _first_step(settings, arrays)
    row, column = _weight(step, draw.random)
    prompt = _(
        "The errors are {errors}; the weight at row {row}, column {column} of the kernel was multiplied by the pixels "
        "{pixels}. What is the gradient of the loss by this weight?"
    )
    answer, written = NumberAnswer(float(step.gradient[row, column])), _sum(step, row, column)
    error, pixel = step.terms(row, column)[0]
    return LessonQuestion(
        prompt.format(
            errors=rows_written(step.error),
            row=row + 1,
            column=column + 1,
            pixels=rows_written(step.patches[:, :, row, column]),
        ),
        answer,
        f"{written} = {answer.written}",
        (
            _("Each place gives its error times its pixel; the derivative of a square brings the factor 2."),
            _("The first of {count} places gives {term}.").format(count=step.error.size, term=product(error, pixel)),
        ),
        *_shown(settings, arrays),
        "value",
    )


@kind("next-weight", "learning")
def next_weight(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for one weight after the first step."""
    settings, arrays = _drawn(link, draw)
    step = _first_step(settings, arrays)
    row, column = _weight(step, draw.random)
    weight, slope = float(step.kernel[row, column]), float(step.gradient[row, column])
    prompt = _(
        "The weight at row {row}, column {column} of the kernel is {weight}. The errors are {errors}; it was "
        "multiplied by the pixels {pixels}. The learning rate is {rate}. What is the weight after one step?"
    )
    written = f"{number(weight, 4)} − {settings.rate:g}·{bracketed(slope, 4)}"
    return LessonQuestion(
        prompt.format(
            row=row + 1,
            column=column + 1,
            weight=number(weight, 4),
            errors=rows_written(step.error),
            pixels=rows_written(step.patches[:, :, row, column]),
            rate=f"{settings.rate:g}",
        ),
        NumberAnswer(float(step.next_kernel[row, column])),
        _("gradient {sum} = {gradient}; {written} = {next}").format(
            sum=_sum(step, row, column),
            gradient=number(slope, 4),
            written=written,
            next=number(float(step.next_kernel[row, column])),
        ),
        (
            _("The step goes against the gradient: the new weight is the weight minus rate times gradient."),
            _("The gradient is {sum}.").format(sum=_sum(step, row, column)),
        ),
        *_shown(settings, arrays),
        "value",
    )


@kind("converges", "learning")
def converges(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask whether the loss falls or grows with a learning rate; the largest eigenvalue of the Hessian is shown."""
    settings, arrays = _drawn(link, draw)
    made, random = learning(settings, arrays), draw.random
    if not isfinite(made.largest_rate):
        raise QuestionError(_("this question needs an image that is not all zeros"))
    rate = settings.rate
    if random is not None:
        rate = _rounded(made.largest_rate * random.choice([0.2, 0.5, 0.8, 1.25, 2.0, 5.0]))
    options = (_("it falls to 0"), _("it grows without end"))
    eigenvalue = 2 / made.largest_rate
    prompt = _(
        "The largest eigenvalue of the Hessian of the loss is {eigenvalue}, the learning rate {rate}. "
        "What does the loss do in the long run?"
    )
    compared = f"{rate:g} < {_figures(made.largest_rate)}" if rate < made.largest_rate else ""
    reason = _("The largest stable rate is 2 / {eigenvalue} = {largest}: {comparison}").format(
        eigenvalue=_figures(eigenvalue),
        largest=_figures(made.largest_rate),
        comparison=compared or f"{rate:g} > {_figures(made.largest_rate)}",
    )
    hints = (
        _("In the steepest direction each step multiplies what is wrong with the kernel by 1 − rate·eigenvalue."),
        _("Here that is 1 − {rate}·{eigenvalue}: is its size above or below 1?").format(
            rate=f"{rate:g}", eigenvalue=_figures(eigenvalue)
        ),
    )
    return LessonQuestion(
        prompt.format(eigenvalue=_figures(eigenvalue), rate=f"{rate:g}"),
        ChoiceAnswer(options, int(rate > made.largest_rate)),
        reason,
        hints,
        *_shown(structs.replace(settings, rate=rate), arrays),
        "value",
    )


@kind("hidden-kernel", "learning")
def hidden_kernel(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask whether learning comes to the hidden kernel, or to another one with the same output."""
    settings, arrays = _drawn_image(link, draw)
    made = learning(settings, arrays)
    flat = made.patches.reshape(-1, made.hidden.size)
    places, taps, rank = *flat.shape, made.rank
    prompt = _(
        "A kernel of {size} is learned from this image and its target until the loss is 0. "
        "Is it then the hidden kernel?"
    )
    found = _("{rank} of the equations are independent, as many as the {taps} weights: only one kernel fits.")
    other = _("Only {rank} of the equations are independent, for {taps} weights: other kernels fit as well.")
    options = (_("yes, only this one fits"), _("no, another one with the same output"))
    return LessonQuestion(
        prompt.format(size=format_shape(made.hidden.shape)),
        ChoiceAnswer(options, int(not made.is_found_at_last)),
        (found if rank == taps else other).format(rank=rank, taps=taps),
        (
            _("Each place of the window gives an equation for the weights; one that follows from others adds nothing."),
            _("{places} places give {count} different equations for {taps} weights.").format(
                places=places, count=len(np.unique(flat, axis=0)), taps=taps
            ),
        ),
        *_shown(settings, arrays),
        "value",
    )


def _drawn_image(link: LabLink, draw: QuestionDraw) -> tuple[LearningSettings, LabArrays]:
    """Draw another image, some with few different rows, and a hidden kernel that does not happen to be found."""
    settings, arrays, random = link.settings, draw.arrays, draw.random
    assert isinstance(settings, LearningSettings)
    for _attempt in range(100 if random else 0):
        assert random is not None
        side, taps = random.randint(5, 8), random.choice([2, 3])
        image = np.array([[[random.randint(0, 9)] for _c in range(side)] for _r in range(side)], float)
        kernels = np.array([[[[random.randint(-3, 3)]] for _c in range(taps)] for _r in range(taps)], float)
        drawn = arrays._replace(image=image, kernels=kernels)
        varied = structs.replace(
            settings, image=random.choice(_IMAGES), side=side, kernel="own", kernel_size=(taps, taps),
            initializer=random.choice(("zeros", "ones")),
        )  # fmt: skip
        made = learning(varied, drawn)
        if made.is_found_at_last == (made.rank == made.hidden.size):
            return varied, drawn
    return settings, arrays


def _drawn(link: LabLink, draw: QuestionDraw) -> tuple[LearningSettings, LabArrays]:
    """Draw other numbers where those of the link are few and whole: an image and a hidden kernel."""
    settings, arrays, random = link.settings, draw.arrays, draw.random
    assert isinstance(settings, LearningSettings)
    if random is None:
        return settings, arrays
    if settings.image not in ("numbers", "own", "corners"):
        return structs.replace(settings, seed=random.randint(0, 999)), arrays
    for _attempt in range(100):
        image = np.array([[[random.randint(0, 3)] for _c in range(settings.side)] for _r in range(settings.side)])
        height, width = settings.kernel_size
        kernels = np.array([[[[random.randint(-2, 2)]] for _c in range(width)] for _r in range(height)])
        changed = arrays._replace(image=image.astype(float), kernels=kernels.astype(float))
        varied = structs.replace(
            settings,
            image="own",
            scaled=False,
            kernel="own",
            initializer=random.choice(("zeros", "ones")),
            rate=random.choice(_RATES),
        )
        made = learning(varied, changed)
        if isfinite(made.largest_rate) and made.step(made.start).gradient.all():
            return varied, changed
    return settings, arrays


def _first_step(settings: LearningSettings, arrays: LabArrays) -> GradientStep:
    made: KernelLearning = learning(settings, arrays)
    places = made.windows.shape
    if places[0] * places[1] > _MOST_PLACES:
        message = _("this question needs a link whose output has at most {most} numbers, not {count}")
        raise QuestionError(message.format(most=_MOST_PLACES, count=places[0] * places[1]))
    return made.step(made.start)


def _weight(step: GradientStep, random: Random | None) -> tuple[int, int]:
    rows, columns = step.kernel.shape
    return (0, 0) if random is None else (random.randrange(rows), random.randrange(columns))


def _sum(step: GradientStep, row: int, column: int) -> str:
    """Write the gradient of a weight out."""
    terms = " + ".join(f"{bracketed(error)}·{bracketed(pixel)}" for error, pixel in step.terms(row, column))
    return f"2/{step.error.size}·({terms})"


def _figures(value: float) -> str:
    """Write a number in three figures."""
    return f"{value:.3g}"


def _rounded(value: float) -> float:
    """Round a number to two figures."""
    return round(value, 1 - floor(log10(value)))


def _shown(settings: LearningSettings, arrays: LabArrays) -> tuple[LabLink, LabArrays]:
    return LabLink("learning", settings, 0), arrays
