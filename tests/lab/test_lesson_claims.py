"""Claims of the lessons: each number is worked out by the code that the screen uses, in English and in Korean.

A claim stands in both languages with the computed numbers filled in; large numbers that nobody computes are listed.
"""

import re
from math import prod

import numpy as np
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, DepthwiseConv2D, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.lab.learning import descent, learning
from tui_cnn.lab.lessons import DIRECTORY, lessons
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.pooling import kept_pixels, moved
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import INITIALIZERS, ConvolutionSettings, PoolingSettings
from tui_cnn.lab.sizes import Slide, chain, compare, dense, read_windows, stacked
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


def words(lesson, language):
    found = next(each for each in lessons(language) if each.name == lesson)
    return " ".join(" ".join([found.text, *(each.words for each in found.tries)]).split())


def test_every_number_is_what_the_screen_shows():
    block, full = separable()
    assert 8 <= full / block < 9
    vgg = analyze(preset("vgg-16")).totals
    convolved, weights = (
        100 * sum(each.macs.value for each in rows("vgg-16", Conv2D)) / vgg.macs,
        100 * sum(each.parameters.total for each in rows("vgg-16", Dense)) / vgg.params,
    )
    (largest,), _times = twins()
    seven, two = linked("channels", 0), linked("channels", 1)
    claims = {
        "why-not-dense": [f"{64 * 64 * 3:,}", "64×64"],
        "filters": [" ".join(f"{value:.0f}" for value in linked("filters", 0).output()[0, :, 0]).replace("-", "−")],
        "padding": ["6×6", "4×4"],
        "stride": [", ".join(str(link.size) for link in chain(39, read_windows("3,5s2,5s2")))],
        "channels": ["{}×{}×{}".format(*each.output().shape) for each in (seven, two)],
        "layer": [linked("layer", 0).parameters(), linked("layer", 1).parameters().rpartition(" = ")[2]],
        "parameters": [
            f"{11 * 11 * 3}", f"{227 * 227 * 3:,}", f"{ALEXNET.convolution.parameters:,}",
            f"{ALEXNET.unshared.parameters:,}", f"{LENET.convolution.parameters}", f"{largest:,}",
            f"{convolved:.0f} %", f"{weights:.0f} %",
        ],
        "receptive-field": [f"{analyze(preset('fashion-cnn')).rows[4].field.down.size}"],
        "shape-of-a-cnn": [
            f"{rows('lenet-5', Flatten)[0].output_shape[0]}", f"{analyze(preset('fashion-cnn')).totals.params:,}",
            f"{block:,}", f"{full:,}", f"{rows('lenet-5', Dense)[0].output_shape[0]}",
        ],
    }  # fmt: skip
    claims["learning"] = [str(learned(7)[0].step(learned(7)[0].start).error.size)]
    few, more = (parse_link(step.link).recipe.image_counts(60_000).train for step in (FEW, MORE))
    claims["overfitting"] = [f"{analyze(preset('fashion-dropout')).totals.params:,}", f"{few:,}", f"{more:,}"]
    for lesson, numbers in claims.items():
        for language in ("en", "ko"):
            missing = [number for number in numbers if number not in words(lesson, language)]
            assert not missing, f"{lesson}, {language}"
    told = {number for numbers in claims.values() for number in re.findall(r"\d[\d,]*", " ".join(numbers))}
    for path in DIRECTORY.glob("*/*.md"):
        text = re.sub(r"\([a-z]+:[^)]*\)|=train:\S+", "", path.read_text("utf-8"))
        large = {number.rstrip(",") for number in re.findall(r"\d[\d,]*", text) if len(number.rstrip(",")) >= 3}
        assert large <= told | NOT_COMPUTED, path


NOT_COMPUTED = {
    *["1959", "1980", "1990", "1998", "2012", "2014", "2015", "2016", "2017"],
    *["100", "180", "255", "1,000", "1,200", "70,000", "60,000", "10,000"],
    "3,000",
}
"""Years, and what is given: the angle of a half turn, the largest byte, sides of an image, sizes of the data set;
what was measured once, as the lesson says; 1,200만 is 12 million, see below."""


@pytest.mark.parametrize(
    ("lesson", "true", "english", "korean"),
    [
        ("why-not-dense", lambda: 12e6 < PHOTO < 13e6, "over 12 million", "1,200만"),
        ("why-not-dense", lambda: short_count(LARGE).startswith("3"), "3 *billion*", "30억"),
        ("convolution", lambda: doubled() == 2, "Twice the contrast gives twice the sum",
         "대비가 두 배이면 합도 두 배"),
        ("padding", lambda: zeros() == (6, 5), "six of the nine values are zeros, five of them padding",
         "아홉 개 가운데 여섯이 0이고, 그중 다섯이 패딩"),
        ("stride", lambda: linked("stride", 0).windows.shape == (3, 3), "three positions", "세"),
        ("stride", lambda: Slide(3, 0, 2).size(6) == 2, "Six pixels give two", "여섯"),
        ("layer", lambda: nothing(0) > nothing(5), "fewer zeros", "0이 줄"),
        ("pooling", lambda: (four("average"), four("max")) == (36, 100), "0 and 100 is 36; their maximum is 100",
         "평균은 36이고 최댓값은 100"),
        ("pooling", lambda: kept() == 9, "nine of 36", "36개에서 아홉"),
        ("parameters", lambda: twins()[1] == 9, "nine times the MACs of the other", "아홉 배"),
        ("receptive-field", lambda: stacked(3, 2, 64).field == stacked(5, 1, 64).field, "as much as one 5×5", "5×5"),
        ("receptive-field", lambda: stacked(3, 3, 64).parameters == 27 * 64**2, "27·C²", "27·C²"),
        ("receptive-field", lambda: stacked(7, 1, 64).parameters == 49 * 64**2, "49·C²", "49·C²"),
        ("learning", lambda: all(learned(place)[0].patches[..., 0, 0].size == 4 for place in range(3)),
         "four errors", "오차 네 개"),
        ("learning", lambda: learned(3)[0].rate < learned(3)[0].largest_rate and learned(3)[1].first_end(0) < 1000,
         "End goes to where the kernel is found", "End는 커널을 찾는 곳까지"),
        ("learning", lambda: learned(4)[0].rate > learned(4)[0].largest_rate > learned(4)[0].rate / 2,
         "The loss grows; [ halves the rate", "손실이 커집니다. [는 학습률을 반으로"),
        ("learning", lambda: fits_otherwise(), "the loss is almost 0, the kernel another one", "손실은 거의 0이지만"),
        ("shape-of-a-cnn", lambda: separable()[1] / separable()[0] < 9, "about an eighth of the work", "8분의 1"),
    ],
)  # fmt: skip
def test_a_claim_in_words(lesson, true, english, korean):
    assert true()
    assert english in words(lesson, "en")
    assert korean in words(lesson, "ko")


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
