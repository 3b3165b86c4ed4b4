"""Questions about chains of windows, and about what layers cost: the pages Sizes and Weights."""

from random import Random

from msgspec import structs

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.questions.answers import NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.convolution import shared_hint
from tui_cnn.lab.questions.question import KindOption, LessonQuestion, Options, QuestionDraw, kind
from tui_cnn.lab.settings import SizesSettings, WeightsSettings
from tui_cnn.lab.sizes import Link, Slide, chain, compare, dense, read_windows, stacked
from tui_cnn.lab.windows import WindowError

_LAYERS = ("convolution", "unshared", "dense")
_COUNTS = tuple("23456789")


@kind("chain-size", "sizes")
def chain_size(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the size at the end."""
    slides, links = _drawn(link, draw)
    prompt = _("{n} pixels, then windows {windows}: how many are left at the end?")
    hints = [_("The size is floor((n + 2p − f) / s) + 1: pixels n, zeros p on each side, window f, stride s.")]
    if any(slide.p == "same" for slide in slides):
        hints.append(_("With same padding it is ceil(n / s)."))
    if any(slide.dilation > 1 for slide in slides):
        hints.append(_("A window of f taps with dilation d reaches over d·(f − 1) + 1 pixels."))
    if len(slides) > 1:
        hints.append(_("After the first window: {size}.").format(size=links[1].size))
    words = prompt.format(n=links[0].size, windows=_written(slides))
    return LessonQuestion(words, NumberAnswer(links[-1].size), _sizes(slides, links), tuple(hints))


@kind("chain-shape", "sizes")
def chain_shape(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for height, width and channels at the end."""
    slides, links = _drawn(link, draw)
    prompt = _("An image of {shape}, then windows {windows}: what is the shape at the end?")
    hints = (
        _("A convolution has as many channels as filters; pooling keeps them."),
        _("Height and width: floor((n + 2p − f) / s) + 1, or with same padding ceil(n / s)."),
    )
    words = prompt.format(shape=format_shape(links[0].shape), windows=_written(slides, are_filters_named=True))
    reason = " → ".join(format_shape(each.shape) for each in links)
    return LessonQuestion(words, ShapeAnswer(links[-1].shape), reason, hints)


@kind("chain-field", "sizes")
def chain_field(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the receptive field of a cell at the end."""
    slides, links = _drawn(link, draw)
    prompt = _("{n} pixels, then windows {windows}: how many pixels wide is the receptive field of a cell at the end?")
    parts = [f"({slide.reach} − 1)·{links[place].step}" for place, slide in enumerate(slides)]
    reason = f"1 + {' + '.join(parts)} = {links[-1].field}"
    hints = (
        _("Each window adds (f − 1) times the step so far; the step is the product of the strides before it."),
        _("The steps before the windows are {steps}.").format(
            steps=", ".join(str(each.step) for each in links[: len(slides)])
        ),
    )
    words = prompt.format(n=links[0].size, windows=_written(slides))
    return LessonQuestion(words, NumberAnswer(links[-1].field), reason, hints)


@kind("weights", "weights", of=KindOption("what is counted; `convolution` unless it is given", _LAYERS))
def weights(link: LabLink, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the parameters of a convolution, of one that shares no weights, or of a dense layer."""
    settings = _drawn_weights(link, draw)
    shape = (settings.height, settings.width, settings.channels)
    slide = Slide(settings.kernel, settings.zeros, settings.stride)
    costs = compare(shape, slide, settings.filters)
    rows, columns = slide.size(settings.height), slide.size(settings.width)
    image, kernel = format_shape(shape), f"{settings.kernel}×{settings.kernel}"
    taps = settings.kernel**2 * settings.channels
    hints: tuple[str, ...]
    match options.get("of", "convolution"):
        case "dense":
            units = settings.units or rows * columns * settings.filters
            values = settings.height * settings.width * settings.channels
            cost = dense(values, units, "·".join(map(str, shape)), f"{units}")
            prompt = _("A dense layer of {units} units, with biases, on an image of {image}: how many parameters?")
            prompt = prompt.format(units=f"{units:,}", image=image)
            hints = (
                _("Every unit has a weight for every number of the image, and a bias."),
                _("One unit has {weights} weights and one bias.").format(weights=f"{values:,}"),
            )
        case "unshared":
            cost = costs.unshared
            prompt = _(
                "{filters} filters of {kernel} on {image}, stride {stride}, "
                "but with weights and a bias of its own at each place: how many parameters?"
            ).format(filters=settings.filters, kernel=kernel, image=image, stride=settings.stride)
            words = _("The output is {output}; each of its numbers has its own weights.")
            hints = (
                words.format(output=format_shape((rows, columns, settings.filters))),
                _("One of its numbers has {taps} weights and one bias.").format(taps=taps),
            )
        case _:
            cost = costs.convolution
            prompt = _("{filters} filters of {kernel} on {image}, each with a bias: how many parameters?")
            prompt = prompt.format(filters=settings.filters, kernel=kernel, image=image)
            hints = (shared_hint(), _("One filter has {taps} weights and one bias.").format(taps=taps))
    return LessonQuestion(prompt, NumberAnswer(cost.parameters), f"{cost.formula} = {cost.parameters:,}", hints)


@kind("stacked-weights", "weights", layers=KindOption("how many convolutions; 2 unless it is given", _COUNTS))
def stacked_weights(link: LabLink, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the weights of several small convolutions in a row, as VGG has them."""
    settings = _drawn_weights(link, draw)
    layers = int(options.get("layers", "2"))
    found = stacked(settings.kernel, layers, settings.filters)
    one = stacked(found.field, 1, settings.filters)
    prompt = _(
        "{layers} convolutions of {kernel} in a row, {channels} channels in and out, without biases: how many weights?"
    )
    reason = _("{layers}·{f}·{f}·{c}·{c} = {weights}; one of {field}×{field} sees as much and has {one}")
    return LessonQuestion(
        prompt.format(layers=layers, kernel=f"{settings.kernel}×{settings.kernel}", channels=settings.filters),
        NumberAnswer(found.parameters),
        reason.format(
            layers=layers, f=settings.kernel, c=settings.filters, weights=f"{found.parameters:,}", field=found.field,
            one=f"{one.parameters:,}",
        ),
        (
            _("Each has a kernel for every pair of an input and an output channel."),
            _("One of them has {f}·{f}·{c}·{c} weights.").format(f=settings.kernel, c=settings.filters),
        ),
    )  # fmt: skip


def _drawn(link: LabLink, draw: QuestionDraw) -> tuple[tuple[Slide, ...], tuple[Link, ...]]:
    settings, random = link.settings, draw.random
    assert isinstance(settings, SizesSettings)
    slides = read_windows(settings.windows)
    for _attempt in range(200 if random else 0):
        assert random is not None
        drawn = tuple(_varied(slide, random) for slide in slides)
        try:
            return drawn, chain(random.randint(24, 64), drawn, settings.channels)
        except WindowError:
            continue
    return slides, chain(settings.n, slides, settings.channels)


def _varied(slide: Slide, random: Random) -> Slide:
    """Draw other numbers where the slide has some that are not the usual ones."""
    if slide.is_pooling:
        f = random.choice([2, 3])
        return slide._replace(f=f, s=random.choice([2, f]))
    f = random.choice([2, 3, 3, 5, 7] if slide.f > 1 else [1])
    padding = slide.p if slide.p == "same" else random.randint(0, f // 2) if slide.p else 0
    return slide._replace(
        f=f,
        p=padding,
        s=random.choice([2, 3]) if slide.s > 1 else 1,
        d=random.choice([2, 3, 4]) if slide.d > 1 else 1,
        filters=random.choice([4, 6, 8, 16, 32]) if slide.filters > 1 else 1,
    )


def _drawn_weights(link: LabLink, draw: QuestionDraw) -> WeightsSettings:
    settings, random = link.settings, draw.random
    assert isinstance(settings, WeightsSettings)
    if random is None:
        return settings
    side = random.choice([16, 20, 28, 32, 48, 64])
    return structs.replace(
        settings,
        height=side, width=side, channels=random.choice([1, 3, 8, 16] if settings.channels < 64 else [32, 64, 128]),
        kernel=random.choice([3, 5] if settings.kernel > 1 else [1]), stride=random.choice([1, 2]), zeros=0,
        filters=random.choice([4, 6, 8, 10, 16, 32]),
        units=None if settings.units is None else random.choice([10, 64, 100, 1000]),
    )  # fmt: skip


def _written(slides: tuple[Slide, ...], *, are_filters_named: bool = False) -> str:
    """Write windows in words: `3×3, 5×5 stride 2`."""
    parts = []
    for slide in slides:
        text = f"{slide.f}×{slide.f}"
        if slide.is_pooling:
            text = _("pooling {size}").format(size=text)
        if slide.s > 1:
            text += _(" stride {stride}").format(stride=slide.s)
        if slide.p:
            text += _(" padding {padding}").format(padding=slide.p)
        if slide.dilation > 1:
            text += _(" dilation {dilation}").format(dilation=slide.dilation)
        if are_filters_named and not slide.is_pooling:
            text += _(" with {count} filters").format(count=slide.filters)
        parts.append(text)
    return ", ".join(parts)


def _sizes(slides: tuple[Slide, ...], links: tuple[Link, ...]) -> str:
    """Write the sizes, or of a single window the formula."""
    return slides[0].formula(links[0].size) if len(slides) == 1 else " → ".join(str(link.size) for link in links)
