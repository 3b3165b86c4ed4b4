"""Claims of the lessons: each number is worked out by the code that the screen uses, in English and in Korean.

A claim stands in both languages with the computed numbers filled in. Every other number of a lesson is listed as no
claim, so that none can be changed unseen; of numbers that are written as words, the claims are listed.
"""

import re
from collections import Counter
from math import floor, prod
from pathlib import Path

import numpy as np
import pytest

import tui_cnn
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, DepthwiseConv2D, Dropout, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data import idx
from tui_cnn.data.files import FASHION_MNIST, find_files
from tui_cnn.formats.presets import preset
from tui_cnn.insight.filters import classical_filters
from tui_cnn.lab.learning import descent, learning
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.pooling import kept_pixels, moved
from tui_cnn.lab.questions.spec import OWN_KINDS
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import INITIALIZERS, ConvolutionSettings, PoolingSettings, SoftmaxSettings
from tui_cnn.lab.sizes import Slide, chain, compare, dense, read_windows, stacked
from tui_cnn.lab.softmax import LARGEST_EXPONENT, softmax
from tui_cnn.lab.transposed import transposed
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.application.links import parse_link
from tui_cnn.ui.toolkit.numbers import short_count

ALEXNET, LENET = (compare((227, 227, 3), Slide(11, 0, 4), 96), compare((32, 32, 1), Slide(5), 6))
PHOTO = dense(64 * 64 * 3, 1000).parameters
FEW, _DROPOUT, _AUGMENTED, MORE, _COST = next(each for each in lessons() if each.name == "overfitting").tries
LARGE = dense(1000 * 1000 * 3, 1000).parameters


def rows(name, *kinds):
    return [row.figures for row in analyze(preset(name)).rows if not kinds or isinstance(row.layer, kinds)]


def linked(lesson, place):
    """The convolution that a link of a lesson shows."""
    link = parse_link(next(each for each in lessons() if each.name == lesson).tries[place].link)
    assert isinstance(link, LabLink)
    return convolution(link.settings, LabArrays())


def learned(place):
    """What a link of the lesson about learning shows: what is learned from, the steps, how many, which initializer."""
    link = parse_link(next(each for each in lessons() if each.name == "learning").tries[place].link)
    made = learning(link.settings, LabArrays())
    return made, descent(made, link.settings), link.place, INITIALIZERS.index(link.settings.initializer)


def fits_otherwise():
    """Whether the loss is almost 0 and the kernel another one; the rows of the image are the same."""
    made, going, place, which = learned(6)
    assert (made.image == made.image[:1]).all()
    return going.losses(place, which)[-1] < 1e-6 and not going.is_found(place, which)


def zeros():
    made = linked("padding", 1)
    step = made.step(0)
    under = made.windows.border[made.windows.mask(0, 0)]
    return int((step.patch == 0).sum()), int(under.sum())


def separable():
    """The last block of the small MobileNet, and one convolution of its shape."""
    depthwise, *_between = (row for row in reversed(analyze(preset("small-mobile")).rows) if _is_depthwise(row))
    pointwise = rows("small-mobile", Conv2D)[-1]
    height, width, channels = pointwise.output_shape
    layer = Conv2D(filters=channels, kernel_size=(3, 3), padding="same", use_bias=False)
    full = analyze(Network("n", (height, width, channels), (layer,))).totals.macs
    return depthwise.figures.macs.value + pointwise.macs.value, full


def _is_depthwise(row):
    return isinstance(row.layer, DepthwiseConv2D)


def twins():
    """The parameters of the two largest layers of fashion-cnn, and how many times the MACs one does of the other."""
    first, second = sorted(rows("fashion-cnn"), key=lambda figures: figures.parameters.total)[-2:]
    macs = sorted(each.macs.value for each in (first, second))
    return {first.parameters.total, second.parameters.total}, macs[1] / macs[0]


def all_words(lesson):
    """All that a lesson says, with the questions that it writes itself."""
    yield from (lesson.title, lesson.text)
    for step in lesson.tries:
        yield step.words
        if step.question and step.question.kind in OWN_KINDS:
            yield step.question.words
            yield from (text for _is_right, text in step.question.choices)
            yield from (*step.question.hints, step.question.reason)


def everything(lesson, language):
    """All that it says in one line; per cent is 10% in Korean, 10 % in English, and here 10% in both."""
    found = next(each for each in lessons(language) if each.name == lesson)
    return " ".join(" ".join(all_words(found)).split()).replace(" %", "%")


def numbers(*texts):
    """Count the numbers of texts: `12,288`, `0.72`, `3` of `3×3`."""
    return Counter(re.findall(r"\d+(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?", " ".join(texts)))


def shape(values):
    return "×".join(map(str, values))


def claims():
    """What stands in each lesson, in both languages, with its numbers worked out."""
    block, full = separable()
    assert 8 <= full / block < 9
    vgg, tutorial = analyze(preset("vgg-16")).totals, analyze(preset("fashion-cnn"))
    convolved, weights = (
        100 * sum(each.macs.value for each in rows("vgg-16", Conv2D)) / vgg.macs,
        100 * sum(each.parameters.total for each in rows("vgg-16", Dense)) / vgg.params,
    )
    (largest,), _times = twins()
    seven, two = linked("channels", 0), linked("channels", 1)
    padded = [linked("padding", place) for place in range(3)]
    few, more = (parse_link(step.link).recipe.image_counts(60_000).train for step in (FEW, MORE))
    kernels = {each.name: each.kernel for each in classical_filters()}
    first, last = linked("arrays-tensors", 0), tutorial.rows[4].field.down.size
    training = idx.read(find_files(FASHION_MNIST).train_labels)
    tests = idx.read(find_files(FASHION_MNIST).test_labels)
    a_class = {int(count) for count in np.unique(tests, return_counts=True)[1]}
    lenet, pooled = rows("lenet-5", Dense), moved(PoolingSettings(image="four-numbers"), LabArrays()).pooling
    overlap = {int(count) for count in np.unique(linked_transposed(2).spread(16).counts)}
    large = linked_transposed(4)
    return {
        "why-not-dense": [f"{64 * 64 * 3:,}", "64×64"],
        "images": [
            shape(preset("fashion-cnn").input_shape), f"{np.iinfo(np.uint8).max}",
            shape(linked("images", 0).kernels.shape[:2]),
            f"{rows('fashion-cnn', Conv2D)[0].output_shape[2]}", shape((Recipe().batch_size, 28, 28, 1)),
        ],
        "filters": [
            " ".join(f"{value:.0f}" for value in linked("filters", 0).output()[0, :, 0]).replace("-", "−"),
            ", ".join(f"{weight:.0f}" for weight in kernels["vertical edge"][0]).replace("-", "−"),
            ", ".join(f"{abs(weight):.0f}" for weight in kernels["Scharr x"][:, 0]),
            shape(linked("filters", 5).kernels.shape[:2]),
        ],
        "convolution": [f"{round(linked('convolution', 1).step(1).cosine)}", f"{round(alike())}"],
        "padding": [shape(each.windows.shape) for each in padded] + [
            shape(each.image.shape[:2]) for each in padded] + [shape(padded[2].kernels.shape[:2]), "3×3"],
        "stride": [", ".join(str(link.size) for link in chain(39, read_windows("3,5s2,5s2")))],
        "channels": [
            *(shape(array) for each in (seven, two) for array in (each.output().shape, each.image.shape)),
            shape(seven.kernels.shape[:3]), shape([stacked(3, 3, 1).field] * 2), "1×1",
        ],
        "layer": [
            linked("layer", 0).parameters(), linked("layer", 1).parameters(),
            f"{linked('layer', 0).kernels[..., 0].size}", f"{linked('layer', 0).kernels[..., 0].size + 1}",
            f"{linked('layer', 3).bias[0]:.0f}", "5×5×3",
        ],
        "pooling": [
            *(f"{value:.0f}" for value in pooled.image.ravel()), f"{four('average'):.0f}", f"{four('max'):.0f}",
            shape(PoolingSettings().pool_size), PoolingSettings().weights.replace(",", " "),
        ],
        "parameters": [
            f"{11 * 11 * 3}", f"{227 * 227 * 3:,}", f"{ALEXNET.convolution.parameters:,}", "11·11·3",
            f"{ALEXNET.unshared.parameters:,}", f"{LENET.convolution.parameters}", f"{largest:,}",
            f"{convolved:.0f} %", f"{weights:.0f} %", f"{Slide(11, 0, 4).size(227)}·{Slide(11, 0, 4).size(227)}·96",
        ],
        "receptive-field": [
            f"{last}", f"{preset('fashion-cnn').input_shape[0]}", shape([stacked(3, 1, 1).field] * 2),
            shape([stacked(3, 2, 1).field] * 2), shape([stacked(3, 3, 1).field] * 2),
            *(f"{stacked(f, layers, 1).parameters}·C²" for f, layers in ((3, 2), (5, 1), (3, 3), (7, 1))),
        ],
        "shape-of-a-cnn": [
            f"{rows('lenet-5', Flatten)[0].output_shape[0]}", f"{tutorial.totals.params:,}", f"{block:,}", f"{full:,}",
            *(str(each.output_shape[0]) for each in lenet), f"{3 * 3}·C", f"{3 * 3} + C", f"7×7×{8 + 16}",
            *(f"{each.output_shape[-1]}" for each in rows("fashion-cnn", Conv2D, Dense)[:4]),
        ],
        "training": [
            f"{len(training):,}", f"{len(tests):,}", f"{len(training) + len(tests):,}", f"{Recipe().batch_size}",
            *(f"{count:,}" for count in a_class), f"{100 // len(np.unique(tests))}",
        ],
        "project": [f"{tutorial.totals.params:,}", shape(preset("fashion-cnn").input_shape[:2])],
        "learning": [str(learned(7)[0].step(learned(7)[0].start).error.size), "2"],
        "softmax": [f"{floor(LARGEST_EXPONENT) + 1}", f"{softmax(SoftmaxSettings()).exponentials.max():.0f}"],
        "transposed": [
            shape(large.image.shape), shape(large.shape), *map(str, overlap - {0}), "1·1, 1·2", "2·2",
        ],
        "overfitting": [
            f"{tutorial.totals.params:,}", f"{few:,}", f"{more:,}", f"{94 - 70}",
            f"{sum(each.parameters.total for each in rows('fashion-dropout', Dropout))}",
        ],
        "invariance": [
            f"{most_rotated()}°", "2×2", f"{np.ptp(linked('invariance', 1).output()):.0f}",
            f"{np.ptp(linked('invariance', 1).image):.0f} − {np.ptp(linked('invariance', 1).image):.0f}",
        ],
        "local-global": [f"{last}", f"{preset('fashion-cnn').input_shape[0]}", "2n + 1", "3×3"],
        "arrays-tensors": [
            shape(first.windows.shape), f"{first.steps}", f"{first.windows.shape[0]} · {first.windows.shape[1]}",
        ],
    }  # fmt: skip


GIVEN = {
    "why-not-dense": "28 3 1,000 1959 1980 1990",
    "images": "64 0",
    "filters": "90",
    "convolution": "180",
    "padding": "1 0",
    "stride": "2 1 0 3 4",
    "channels": "",
    "layer": "0",
    "pooling": "4",
    "parameters": "16",
    "receptive-field": "16",
    "shape-of-a-cnn": "5 1998 2012 2014 2015 2016 2017 3 1 2 8 16",
    "training": "1 0 5 91 88 91.6 92",
    "project": "0 1 0.1",
    "learning": "",
    "softmax": "32 0 5",
    "transposed": "3 9",
    "overfitting": "94 70 0.72 17 1.02 4 0.74 0.79 83 5 30",
    "invariance": "6 9 180 3 1 86 26 4 82 53 40",
    "local-global": "83 84 85 10,000 2017",
    "arrays-tensors": "8 3,000 9 32 28 3 10 1",
}
"""Numbers of a lesson that are no claim about what the program computes: of names and years (LeNet-5, 1998), what is
supposed ("a bias of 5") and its units, formulas, keys and steps, wrong options, and what was measured once, which the
lesson says."""


def test_every_number_is_what_the_screen_shows():
    for lesson, said in claims().items():
        for language in ("en", "ko"):
            missing = [text for text in said if text.replace(" %", "%") not in everything(lesson, language)]
            assert not missing, f"{lesson}, {language}"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_other_number_is_listed_as_no_claim(language):
    said = claims()
    assert list(said) == list(GIVEN) == [lesson.name for lesson in lessons()]
    for lesson in lessons(language):
        in_words = [texts[language == "ko"] for name, _true, *texts in CLAIMS_IN_WORDS if name == lesson.name]
        known = {*numbers(*said[lesson.name]), *numbers(*in_words), *GIVEN[lesson.name].split()}
        assert set(numbers(*all_words(lesson))) <= known, lesson.name


def test_no_number_is_listed_that_no_lesson_has():
    for english, korean in zip(lessons("en"), lessons("ko"), strict=True):
        found = numbers(*all_words(english), *all_words(korean))
        assert set(GIVEN[english.name].split()) <= set(found), english.name


MORE_IN_ENGLISH = {
    "why-not-dense": "12 3",
    "filters": "90",
    "training": "1 10",
    "transposed": "1 2 3",
}
MORE_IN_KOREAN = {
    "why-not-dense": "1,200 30",
    "images": "1",
    "filters": "1 1 0",
    "convolution": "0",
    "padding": "0 0 0 0 0 0 0 0 0",
    "stride": "2 4 4 1 1 0 3",
    "channels": "1 1 2",
    "layer": "0",
    "pooling": "4 1",
    "shape-of-a-cnn": "1 8",
    "project": "0.1",
    "learning": "0 0 0 0",
    "overfitting": "30",
    "invariance": "3 3 3 3 3 9",
    "arrays-tensors": "10 1",
}
"""Numbers that the other language writes as words ("three pixels", 3픽셀), or otherwise (12 million, 1,200만)."""


def test_both_languages_have_the_same_numbers():
    """As often as each other: a number that is changed in one of them stands out."""
    for english, korean in zip(lessons("en"), lessons("ko"), strict=True):
        one, other = numbers(*all_words(english)), numbers(*all_words(korean))
        assert one - other == numbers(MORE_IN_ENGLISH.get(english.name, "")), english.name
        assert other - one == numbers(MORE_IN_KOREAN.get(english.name, "")), english.name


CLAIMS_IN_WORDS = [
    ("why-not-dense", lambda: 12e6 < PHOTO < 13e6, "over 12 million", "1,200만"),
    ("why-not-dense", lambda: short_count(LARGE).startswith("3"), "3 *billion*", "30억"),
    ("convolution", lambda: doubled() == 2, "Twice the contrast gives twice the sum", "대비가 두 배이면 합도 두 배"),
    (
        "padding",
        lambda: zeros() == (6, 5),
        "six of the nine values are zeros, five of them padding",
        "아홉 개 가운데 여섯이 0이고, 그중 다섯이 패딩",
    ),
    ("stride", lambda: linked("stride", 0).windows.shape == (3, 3), "three positions", "세"),
    ("stride", lambda: Slide(3, 0, 2).size(6) == 2, "Six pixels give two", "여섯"),
    ("layer", lambda: nothing(0) > nothing(5), "fewer zeros", "0이 줄"),
    (
        "pooling",
        lambda: (four("average"), four("max")) == (36, 100),
        "0 and 100 is 36; their maximum is 100",
        "평균은 36이고 최댓값은 100",
    ),
    ("pooling", lambda: kept() == 9, "nine of 36", "36개에서 아홉"),
    ("parameters", lambda: twins()[1] == 9, "nine times the MACs of the other", "아홉 배"),
    ("receptive-field", lambda: stacked(3, 2, 64).field == stacked(5, 1, 64).field, "as much as one 5×5", "5×5"),
    ("receptive-field", lambda: stacked(3, 3, 64).parameters == 27 * 64**2, "27·C²", "27·C²"),
    ("receptive-field", lambda: stacked(7, 1, 64).parameters == 49 * 64**2, "49·C²", "49·C²"),
    (
        "learning",
        lambda: all(learned(place)[0].patches[..., 0, 0].size == 4 for place in range(3)),
        "four errors",
        "오차 네 개",
    ),
    (
        "learning",
        lambda: learned(3)[0].rate < learned(3)[0].largest_rate and learned(3)[1].first_end(0) < 1000,
        "End goes to where the kernel is found",
        "End는 커널을 찾는 곳까지",
    ),
    (
        "learning",
        lambda: learned(4)[0].rate > learned(4)[0].largest_rate > learned(4)[0].rate / 2,
        "The loss grows; [ halves the rate",
        "손실이 커집니다. [는 학습률을 반으로",
    ),
    ("learning", lambda: fits_otherwise(), "the loss is almost 0, the kernel another one", "손실은 거의 0이지만"),
    ("shape-of-a-cnn", lambda: separable()[1] / separable()[0] < 9, "about an eighth of the work", "8분의 1"),
    (
        "padding",
        lambda: Slide(3).size(6) == 4,
        "fits in only four positions across an image of six pixels",
        "자리는 가로로 네 곳뿐",
    ),
    (
        "padding",
        lambda: chain(100, [Slide(3)] * 10)[-1].size == 80,
        "After ten such layers twenty rows are gone",
        "레이어 열 개를 지나면 행 스무 개",
    ),
    (
        "padding",
        lambda: (covers(0), covers(2)) == (1, 9),
        "the corner is under the window once, a pixel in the middle nine",
        "한 번 놓이지만, 가운데의 픽셀은 아홉 번",
    ),
    (
        "stride",
        lambda: 4 * Slide(3, "same", 2).size(28) ** 2 == Slide(3, "same").size(28) ** 2,
        "a quarter of the sums remain",
        "4분의 1만 남고",
    ),
    (
        "stride",
        lambda: (linked("stride", 3).kernels.size, linked("stride", 3).windows.down.reach) == (9, 5),
        "nine weights cover five rows",
        "가중치 아홉 개가 다섯 행을",
    ),
    ("pooling", lambda: weighted() == 4, "counts four times as much as a corner", "귀퉁이의 네 배"),
    (
        "pooling",
        lambda: Slide(2, 0, 2).size(28) ** 2 * 4 == 28**2,
        "one number of its four: a quarter remains",
        "4분의 1",
    ),
    (
        "transposed",
        lambda: linked_transposed(0).steps == 4,
        "four values, and the same kernel placed four times",
        "값은 넷이고, 같은 커널을 네 번",
    ),
    ("invariance", lambda: 0.4 < 42 / 86 < 0.6, "42 % of them rotated by 30°", "30° 돌린 것은 42%"),
    ("invariance", lambda: is_rotated(), "Sobel x, rotated by 90°", "90° 돌린 Sobel y"),
    (
        "local-global",
        lambda: all(chain(99, [Slide(3, "same")] * n)[-1].field == 2 * n + 1 for n in range(1, 9)),
        "n layers of width 3 a cell sees 2n + 1 words",
        "2n + 1",
    ),
]
"""The lesson, whether it is true, and how it is said in English and Korean."""


@pytest.mark.parametrize(("lesson", "true", "english", "korean"), CLAIMS_IN_WORDS)
def test_a_claim_in_words(lesson, true, english, korean):
    assert true()
    assert english.replace(" %", "%") in everything(lesson, "en")
    assert korean in everything(lesson, "ko")


def doubled():
    """How many times the sum is of a patch whose values are doubled; the filter sums to zero, as in that lesson."""
    made = linked("convolution", 0)
    assert made.kernels.sum() == 0
    assert made._replace(image=made.image + 5).step(2).total == made.step(2).total, "more light alone changes nothing"
    assert made._replace(image=2 * made.image).step(2).cosine == pytest.approx(made.step(2).cosine)
    return made._replace(image=2 * made.image).step(2).total / made.step(2).total


def nothing(bias):
    settings = ConvolutionSettings(relu=True, bias=bias)
    return int(np.sum(convolution(settings, LabArrays()).output() == 0))


def four(kind):
    return moved(PoolingSettings(image="four-numbers", kind=kind), LabArrays()).pooling.step(0).value


def kept():
    pooling = moved(PoolingSettings(), LabArrays()).pooling
    _covered, selected = kept_pixels(pooling, pooling.steps)
    assert prod(pooling.image.shape) == 36
    return int(selected.sum())


def most_rotated():
    """By how many degrees augmentation rotates; read, not imported: the worker brings TensorFlow with it."""
    source = (Path(tui_cnn.__file__).parent / "worker" / "augmentation.py").read_text("utf-8")
    return re.search(r"^ROTATED = (\d+)$", source, re.MULTILINE)[1]


def covers(place):
    """How often a pixel of the diagonal is under a window of 3×3 on an image of 6×6."""
    laid = linked("padding", 0).windows
    return sum(laid.mask(row, column)[place, place] for row in range(4) for column in range(4))


def weighted():
    """How many times as much the middle of the weighted average counts as a corner."""
    weights = moved(PoolingSettings(kind="weighted-average"), LabArrays()).pooling.weights
    return weights[1, 1] / weights[0, 0]


def alike():
    """The cosine of a patch that is the filter itself."""
    made = linked("convolution", 0)
    return made._replace(image=made.kernels[..., 0]).step(0).cosine


def is_rotated():
    kernels = {each.name: each.kernel for each in classical_filters()}
    return np.array_equal(np.rot90(kernels["Sobel x"], -1), kernels["Sobel y"])


def linked_transposed(place):
    """The transposed convolution that a link of its lesson shows."""
    link = parse_link(next(each for each in lessons() if each.name == "transposed").tries[place].link)
    tests = idx.read(find_files(FASHION_MNIST).test_images)
    return transposed(link.settings, LabArrays(fashion=tests[link.settings.index].astype(float)[..., None]))
