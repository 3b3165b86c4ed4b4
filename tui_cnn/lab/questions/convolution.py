"""Questions about a convolution: its size, one of its sums, its parameters, its zeros, and which filter it was."""

from random import Random

import numpy as np
from msgspec import structs

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import bracketed, number
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, QuestionError, kind, place_of
from tui_cnn.lab.scene import LabArrays, convolution, image_of, kernel_name, kernels_of
from tui_cnn.lab.settings import KERNEL_NAMES, ConvolutionSettings
from tui_cnn.lab.windows import Windows

_GENERATED = ("white-left", "white-right", "white-top", "corners", "colours")
_MOST_TERMS = 27
_MOST_SIDE = 64
_LARGE = 16
"""An image of so many pixels is still seen with a stride of 2."""


@kind("output-size", "convolution")
def output_size(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for height and width of the output."""
    settings, arrays = _drawn(link, draw)
    made = convolution(settings, arrays)
    words = _("An image of {image}, a kernel of {kernel}, stride {stride}, padding {padding}: what size is the output?")
    prompt = words.format(
        image=format_shape(made.image.shape[:2]),
        kernel=format_shape(made.kernels.shape[:2]),
        stride=format_shape(settings.strides) if len(set(settings.strides)) > 1 else settings.strides[0],
        padding=settings.padding,
    )
    if settings.dilation_rate != (1, 1):
        prompt += " " + _("Dilation {dilation}.").format(dilation=settings.dilation_rate[0])
    answer = ShapeAnswer(made.windows.shape)
    return LessonQuestion(
        prompt, answer, sizes_written(made.windows), _size_hints(made.windows), *_shown(settings, arrays), "output"
    )


@kind("output-shape", "convolution")
def output_shape(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the shape of the output, with its channels."""
    settings, arrays = _drawn(link, draw)
    made = convolution(settings, arrays)
    filters = made.kernels.shape[3]
    words = ngettext(
        "{filters} filter of {kernel} on {image}, stride {stride}, padding {padding}: what is the output shape?",
        "{filters} filters of {kernel} on {image}, stride {stride}, padding {padding}: what is the output shape?",
        filters,
    )
    prompt = words.format(
        image=format_shape(made.image.shape),
        filters=filters,
        kernel=format_shape(made.kernels.shape[:3]),
        stride=settings.strides[0],
        padding=settings.padding,
    )
    reason = _("{size}; each filter gives one feature map: {filters}").format(
        size=sizes_written(made.windows), filters=filters
    )
    hints = (_("Each filter gives one feature map, however deep the image is."), *_size_hints(made.windows))
    answer = ShapeAnswer((*made.windows.shape, filters))
    return LessonQuestion(prompt, answer, reason, hints, *_shown(settings, arrays), "output")


@kind("next-sum", "convolution")
def next_sum(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the number at one place of the output."""
    settings, arrays = _drawn(link, draw)
    made = convolution(settings, arrays)
    place = _place(made, link, draw.random)
    step = made.step(place)
    prompt = _("Which number comes at row {row}, column {column} of the output?").format(
        row=step.row + 1, column=step.column + 1
    )
    extras = ([_("bias {bias}").format(bias=number(step.bias))] if step.bias else []) + (["ReLU"] if made.relu else [])
    if extras:
        prompt += " " + _("Remember: {extras}.").format(extras=", ".join(extras))
    written = _terms(made, place)
    reason = f"{written} = {number(float(step.products.sum()))}"
    if step.bias:
        reason += f"; {number(float(step.products.sum()))} + {bracketed(step.bias)} = {number(step.total)}"
    if made.relu:
        reason += f"; max(0, {number(step.total)}) = {number(step.value)}"
    hints = [_("Multiply each number under the window by the weight on it, and add up all products.")]
    if made.true:
        hints.append(_("A true convolution turns the kernel by 180° first: its first weight becomes its last."))
    hints.append(_("All products: {products}").format(products=written))
    answer = NumberAnswer(step.value)
    return LessonQuestion(prompt, answer, reason, tuple(hints), *_shown(settings, arrays, place), "value")


@kind("sign", "convolution")
def sign(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask whether the sum at a place is positive, zero or negative."""
    settings, arrays = _drawn(link, draw)
    made = convolution(settings, arrays)
    place = _signed_place(made, link, draw.random)
    step = made.step(place)
    total = float(step.products.sum())
    options = (_("positive"), _("zero"), _("negative"))
    right = 1 if abs(total) < 1e-9 else 0 if total > 0 else 2
    prompt = _("Without counting: is the sum at row {row}, column {column} positive, zero or negative?")
    alike = number(round(step.cosine, 2)) if step.cosine is not None else "0"
    reason = _("{terms} = {sum}; the cosine of patch and kernel is {cosine}")
    above = float(step.products[step.products > 0].sum())
    hints = (
        _("Where the image is bright under weights above 0 and dark under weights below 0, the sum is positive."),
        _("The products above 0 sum to {sum}.").format(sum=number(above)),
    )
    return LessonQuestion(
        prompt.format(row=step.row + 1, column=step.column + 1),
        ChoiceAnswer(options, right),
        reason.format(terms=_terms(made, place), sum=number(total), cosine=alike),
        hints,
        *_shown(settings, arrays, place),
        "value",
    )


@kind("zeros", "convolution")
def zeros(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask how many numbers of the output are 0 behind ReLU; the sums before it are shown."""
    settings, arrays = _drawn(link, draw)
    made = convolution(structs.replace(settings, relu=True), arrays)
    sums = made._replace(relu=False).output()[..., 0]
    count = int((made.output()[..., 0] == 0).sum())
    listed = " / ".join(" ".join(number(value) for value in row) for row in sums)
    bias = made.bias[0] if made.bias else 0.0
    plain = sums - bias
    without = " / ".join(" ".join(number(value) for value in row) for row in plain)
    prompt = _("The sums before the bias are {sums}. With a bias of {bias} and ReLU: how many zeros are in the output?")
    reason = _("With the bias: {sums}. Of these, {count} are not above 0.").format(sums=listed, count=count)
    hints = (
        _("Add the bias to each sum; ReLU sets to 0 what is below 0."),
        _("With the bias the first row is {row}.").format(row=" ".join(number(value) for value in sums[0])),
    )
    link_ = LabLink("convolution", structs.replace(settings, relu=True), 0)
    return LessonQuestion(
        prompt.format(sums=without, bias=number(bias)), NumberAnswer(count), reason, hints, link_, arrays, "output"
    )


@kind("parameters", "convolution")
def parameters(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the number of parameters."""
    settings, arrays = _drawn(link, draw)
    made = convolution(settings, arrays)
    height, width, depth, filters = made.kernels.shape
    written = made.parameters()
    prompt = _("How many parameters: {filters} filters of {kernel}, on an image of {image}, each filter with a bias?")
    if not made.bias:
        prompt = _("How many parameters: {filters} filters of {kernel}, on an image of {image}, without biases?")
    hints = (
        shared_hint(),
        _("One filter has {height}·{width}·{depth} = {taps} weights.").format(
            height=height, width=width, depth=depth, taps=height * width * depth
        ),
    )
    count = int(written.rpartition("= ")[2].replace(",", ""))
    words = prompt.format(filters=filters, kernel=format_shape((height, width)), image=format_shape(made.image.shape))
    return LessonQuestion(words, NumberAnswer(count), written, hints)


@kind("which-filter", "convolution")
def which_filter(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which filter made the output that is shown."""
    settings, arrays = _drawn(link, draw)
    random = draw.random or Random(0)
    alike = [
        name
        for name in KERNEL_NAMES
        if name not in ("random", "trained", "own") and _kernel_shape(name) == _kernel_shape(settings.kernel)
    ]
    if settings.kernel not in alike:
        raise QuestionError(
            _("which-filter needs a link with a classical kernel, not {name}").format(name=settings.kernel)
        )
    chosen = settings.kernel if draw.random is None else random.choice(alike)
    settings = structs.replace(settings, kernel=chosen, kernel_size=_kernel_shape(chosen))
    if draw.random is not None and min(image_of(settings, arrays).shape[:2]) >= _LARGE:
        settings = structs.replace(settings, strides=(random.choice([1, 2]),) * 2)
    right = convolution(settings, arrays).output()
    others = [
        name for name in alike if name != chosen and _differs(structs.replace(settings, kernel=name), arrays, right)
    ]
    options = [*random.sample(others, min(3, len(others))), chosen]
    random.shuffle(options)
    names = tuple(kernel_name(structs.replace(settings, kernel=name)) for name in options)
    weights = kernels_of(settings, arrays, 1)[..., 0, 0]
    rows = " / ".join(" ".join(number(value) for value in row) for row in weights)
    hints = (
        _("Find a place where the image is flat: the output there is the sum of the weights times the image."),
        _("Find an edge in the image, and whether it is bright, dark or absent in the output."),
    )
    reason = _("Its weights are {rows}").format(rows=rows)
    place = convolution(settings, arrays).steps - 1
    return LessonQuestion(
        _("Which filter made this output?"), ChoiceAnswer(names, options.index(chosen)), reason, hints,
        *_shown(settings, arrays, place), "kernel",
    )  # fmt: skip


def shared_hint() -> str:
    """Say what decides how many weights a convolution has."""
    return _("A filter is as deep as its input, and is used at every place: the size of the image does not matter.")


def sizes_written(windows: Windows) -> str:
    """Write the formula of the size, of both axes where they differ."""
    down, across = windows.down.formula(), windows.across.formula()
    return down if down == across else f"{down}, {across}"


def _size_hints(windows: Windows) -> tuple[str, ...]:
    return (
        _("The size is floor((n + 2p − f) / s) + 1: pixels n, zeros p on each side, window f, stride s."),
        _("Here: {formula}").format(formula=windows.down.formula().rpartition(" = ")[0]),
    )


def _shown(settings: ConvolutionSettings, arrays: LabArrays, place: int = 0) -> tuple[LabLink, LabArrays]:
    return LabLink("convolution", settings, place), arrays


def _drawn(link: LabLink, draw: QuestionDraw) -> tuple[ConvolutionSettings, LabArrays]:
    """Draw other numbers for the convolution of a link, of the same kind as it has."""
    settings, arrays, random = link.settings, draw.arrays, draw.random
    assert isinstance(settings, ConvolutionSettings)
    if random is None:
        return settings, arrays
    for _attempt in range(100):
        varied, with_arrays = _varied(settings, arrays, random)
        try:
            if convolution(varied, with_arrays).steps > 1:
                return varied, with_arrays
        except ValueError:
            continue
    return settings, arrays


def _varied(settings: ConvolutionSettings, arrays: LabArrays, random: Random) -> tuple[ConvolutionSettings, LabArrays]:
    change: dict[str, object] = {}
    side = random.randint(5, 7)
    if settings.image in ("numbers", "own"):
        change |= {"image": "own", "side": side}
        arrays = arrays._replace(
            image=np.array([[[random.randint(0, 9)] for _c in range(side)] for _r in range(side)], float)
        )
    elif settings.image in _GENERATED:
        change["side"] = min(max(4, settings.side + random.randint(-2, 2)), _MOST_SIDE)
    if settings.kernel == "random" and settings.kernel_size != (1, 1):
        size = random.choice([2, 3, 4, 5])
        change["kernel_size"] = (size, size)
    if settings.strides != (1, 1):
        change["strides"] = (random.choice([2, 3]),) * 2
    if settings.padding.isdecimal():
        change["padding"] = str(random.randint(1, 5))
    if settings.filters > 1:
        change["filters"] = random.randint(2, 12)
    if settings.bias:
        change["bias"] = float(random.choice([value for value in range(-9, 10) if value]))
    varied = structs.replace(settings, **change)
    depth = image_of(varied, arrays).shape[2]
    if settings.kernel == "random":
        shape = (*varied.kernel_size, depth, varied.filters)
        kernels = np.array([random.randint(-2, 2) for _value in range(int(np.prod(shape)))], float).reshape(shape)
        varied, arrays = structs.replace(varied, kernel="own"), arrays._replace(kernels=kernels)
    return varied, arrays


def _place(made: Convolution, link: LabLink, random: Random | None) -> int:
    """Choose a place, that of the link or any; one with something under the window, if there is one."""
    places = list(range(made.steps))
    if random is None:
        places = [place_of(link, made.steps), *places]
    else:
        random.shuffle(places)
    return next((place for place in places if made.step(place).products.any()), places[0])


def _signed_place(made: Convolution, link: LabLink, random: Random | None) -> int:
    """Choose a place, each sign that there is as often; a link to the last place means the whole output."""
    sums = made._replace(bias=(), relu=False).output()[..., 0].ravel().round(9)
    if random is None:
        return link.place if link.place < made.steps - 1 else int(np.abs(sums).argmax())
    sign_ = random.choice(sorted({float(value) for value in np.sign(sums)}))
    return random.choice(np.flatnonzero(np.sign(sums) == sign_).tolist())


def _terms(made: Convolution, place: int) -> str:
    """Write the products out, those with a weight of 0 left out where they are many."""
    step = made.step(place)
    pairs = list(zip(step.patch.ravel(), made.turned[..., 0].ravel(), strict=True))
    if len(pairs) > _MOST_TERMS:
        pairs = [pair for pair in pairs if pair[0] * pair[1]]
    if len(pairs) > _MOST_TERMS:
        return " + ".join(bracketed(float(part)) for part in step.channel_sums)
    return " + ".join(f"{number(pixel)}·{bracketed(weight)}" for pixel, weight in pairs) or "0"


def _kernel_shape(name: str) -> tuple[int, int]:
    kernels = kernels_of(ConvolutionSettings(kernel=name), LabArrays(), 1)  # type: ignore[arg-type]  # a name of them
    return kernels.shape[0], kernels.shape[1]


def _differs(
    settings: ConvolutionSettings, arrays: LabArrays, output: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> bool:
    return not np.allclose(convolution(settings, arrays).output(), output)
