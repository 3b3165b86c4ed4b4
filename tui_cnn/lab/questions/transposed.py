"""Questions about the transposed convolution: the size of its output, one of its numbers, and how many add to it."""

import numpy as np
from msgspec import structs

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import product
from tui_cnn.lab.questions.answers import NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, kind, rows_written
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import TransposedSettings
from tui_cnn.lab.transposed import TransposedConvolution, transposed


@kind("transposed-size", "transposed")
def transposed_size(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for height and width of the output."""
    settings, arrays, made = _drawn(link, draw)
    prompt = _(
        "An image of {image}, a transposed convolution with a kernel of {kernel}, stride {stride}, padding {padding}: "
        "what is the output size?"
    )
    hints = (
        _("The kernel is put down once for each value, as far apart as the stride: n − 1 steps of s, and a kernel."),
        _("With same padding, what is more than n·s is cut off."),
    )
    words = prompt.format(
        image=format_shape(made.image.shape), kernel=format_shape(made.kernel.shape), stride=settings.strides[0],
        padding=settings.padding,
    )  # fmt: skip
    answer, reason = ShapeAnswer(made.shape), made.size_formulas()[0]
    return LessonQuestion(words, answer, reason, hints, LabLink("transposed", settings, 0), arrays, "output")


@kind("transposed-value", "transposed")
def transposed_value(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for a number of the output that several values add to."""
    settings, arrays, made = _drawn(link, draw)
    laid, counts = made.windows, made.spread(made.steps).counts
    counts = np.where(laid.border, 0, counts)
    cells = np.argwhere(counts == counts.max()).tolist()
    row, column = cells[0] if draw.random is None else draw.random.choice(cells)
    terms = made.terms(row, column, made.steps)
    value = sum(value * weight for value, weight in terms)
    prompt = _(
        "The image is {image}, the kernel {kernel}, stride {stride}, padding {padding}. "
        "What does the transposed convolution give at row {row}, column {column}?"
    )
    words = prompt.format(
        image=rows_written(made.image), kernel=rows_written(made.kernel), stride=settings.strides[0],
        padding=settings.padding, row=row + 1 - laid.down.before, column=column + 1 - laid.across.before,
    )  # fmt: skip
    answer = NumberAnswer(value)
    reason = f"{' + '.join(product(*pair) for pair in terms)} = {answer.written}"
    hints = (
        _("Add up all values whose kernel reaches this place, each times the weight that lies on it."),
        _("Here {count} values do.").format(count=len(terms)),
    )
    return LessonQuestion(words, answer, reason, hints, LabLink("transposed", settings, 0), arrays, "output")


@kind("transposed-terms", "transposed")
def transposed_terms(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask how many products a number of the output is the sum of."""
    settings, arrays, made = _drawn(link, draw)
    laid, (rows, columns) = made.windows, made.shape
    row, column = (rows // 2, columns // 2)
    if draw.random is not None:
        row, column = draw.random.randrange(rows), draw.random.randrange(columns)
    down, across = (
        sum(place in axis.taps(value) for value in range(values))
        for axis, place, values in (
            (laid.down, row + laid.down.before, made.image.shape[0]),
            (laid.across, column + laid.across.before, made.image.shape[1]),
        )
    )
    count = down * across
    prompt = _(
        "An image of {image}, a transposed convolution with a kernel of {kernel}, stride {stride}, padding {padding}: "
        "of how many products is the number at row {row}, column {column} of the output the sum?"
    )
    words = prompt.format(
        image=format_shape(made.image.shape), kernel=format_shape(made.kernel.shape), stride=settings.strides[0],
        padding=settings.padding, row=row + 1, column=column + 1,
    )  # fmt: skip
    rule = _("The kernel of the first value covers rows 1 to {f}; that of the value below it begins at row {next}.")
    hints = [_("Count the kernels that reach this row, and those that reach this column; then multiply.")]
    hints.append(rule.format(f=made.kernel.shape[0], next=made.strides[0] + 1))
    if laid.down.before:
        cut = _("Padding same: of these rows, the first {count} are cut off, and of the columns, too.")
        hints.append(cut.format(count=laid.down.before))
    shown = LabLink("transposed", settings, 0)
    reason = _("{down} down · {across} across = {count}")
    return LessonQuestion(
        words, NumberAnswer(count), reason.format(down=down, across=across, count=count), tuple(hints), shown, arrays,
        "output",
    )  # fmt: skip


def _drawn(link: LabLink, draw: QuestionDraw) -> tuple[TransposedSettings, LabArrays, TransposedConvolution]:
    """Draw a small image of whole numbers, a kernel and a stride; the padding is the link's."""
    settings, arrays, random = link.settings, draw.arrays, draw.random
    assert isinstance(settings, TransposedSettings)
    if random is not None:
        side, taps = random.randint(2, 3), random.choice([2, 3, 3, 4])
        stride = random.randint(1, 3)
        image = np.array([[[random.randint(1, 9)] for _c in range(side)] for _r in range(side)], float)
        kernel = np.array([[[[random.randint(-2, 3)]] for _c in range(taps)] for _r in range(taps)], float)
        arrays = arrays._replace(image=image, kernels=kernel)
        settings = structs.replace(
            settings, image="own", side=side, kernel="own", kernel_size=(taps, taps), strides=(stride, stride)
        )
    return settings, arrays, transposed(settings, arrays)
