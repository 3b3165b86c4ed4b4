"""Questions about pooling: what a window keeps, the size, and what a shift changes less."""

from random import Random

import numpy as np
from msgspec import structs

from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink
from tui_cnn.lab.numbers import number, product
from tui_cnn.lab.pooling import Pooling, moved
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.convolution import sizes_written
from tui_cnn.lab.questions.question import LessonQuestion, Options, QuestionDraw, kind, place_of, rows_written
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import PoolingSettings


@kind("pooled-value", "pooling")
def pooled_value(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the number that a window keeps."""
    settings, arrays, pooling = _drawn(link, draw)
    place = place_of(link, pooling.steps) if draw.random is None else draw.random.randrange(pooling.steps)
    channel = 0 if draw.random is None else draw.random.randrange(pooling.channels)
    step = pooling.step(place, channel)
    values = [number(value) for value in step.patch.ravel() if not np.isnan(value)]
    name = {
        "max": _("max pooling"), "average": _("average pooling"),
        "weighted-average": _("the weighted average with weights {weights}"), "global-max": _("global max pooling"),
        "global-average": _("global average pooling"), "depth-max": _("max pooling across the channels"),
    }[settings.kind]  # fmt: skip
    name = name.format(weights=rows_written(pooling.weights)) if pooling.weights is not None else name
    prompt = _("What does {kind} give at row {row}, column {column}, map {map}?").format(
        kind=name, row=step.row + 1, column=step.column + 1, map=channel + 1
    )
    if step.weights is not None:
        terms = [
            product(pixel, weight) for pixel, weight in zip(step.patch.flat, step.weights.flat, strict=True) if weight
        ]
        total, whole = number(float(np.nansum(step.weights * step.patch))), number(float(step.weights.sum()))
        reason = f"({' + '.join(terms)}) / {whole} = {total} / {whole} = {number(step.value)}"
        hints: tuple[str, ...] = (
            _("Multiply each number under the window by its weight, add up, and divide by the sum of the weights."),
            _("The sum of the weights is {sum}.").format(sum=whole),
        )
        shown = LabLink("pooling", settings, place)
        return LessonQuestion(prompt, NumberAnswer(step.value), reason, hints, shown, arrays, "value")
    average = "average" in settings.kind
    total = number(float(np.nansum(step.patch)))
    reason = f"({' + '.join(values)}) / {len(values)} = {total} / {len(values)} = {number(step.value)}"
    if not average:
        reason = f"max({', '.join(values)}) = {number(step.value)}"
    hints = (
        _("The average is the sum of the numbers under the window, divided by how many they are.")
        if average
        else _("Max pooling keeps the largest number under the window."),
        _("Under the window: {values}").format(values=", ".join(values)),
    )
    if len(values) > 64:
        reason, hints = (
            _("mean of {count} values: {mean}").format(count=len(values), mean=number(step.value)),
            hints[:1],
        )
    return LessonQuestion(
        prompt, NumberAnswer(step.value), reason, hints, LabLink("pooling", settings, place), arrays, "value"
    )


@kind("pooled-shape", "pooling")
def pooled_shape(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the shape of the output."""
    settings, arrays, pooling = _drawn(link, draw)
    shape = (*pooling.windows.shape, pooling.channels)
    prompt = _("An image of {image}, windows of {size}, stride {stride}, padding {padding}: what is the output shape?")
    written = prompt.format(
        image=format_shape(pooling.image.shape), size=format_shape(settings.pool_size), stride=settings.strides[0],
        padding=settings.padding,
    )  # fmt: skip
    if settings.kind in ("global-max", "global-average"):
        written = _("Global pooling of {image}: what is the output shape?").format(
            image=format_shape(pooling.image.shape)
        )
    if settings.kind == "depth-max":
        words = _("Pooling of {image} across {depth} channels each: what is the output shape?")
        written = words.format(image=format_shape(pooling.image.shape), depth=pooling.depth)
    hints = (
        _("Pooling works on each map by itself, so the depth stays; across channels it is the other way round."),
        _("The size is floor((n + 2p − f) / s) + 1, as for a convolution."),
    )
    reason = f"{sizes_written(pooling.windows)}; {format_shape(shape)}"
    return LessonQuestion(written, ShapeAnswer(shape), reason, hints, LabLink("pooling", settings, 0), arrays, "output")


@kind("steadier", "pooling")
def steadier(link: LabLink, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask what changes less when the image is shifted: pooling, or a stride alone."""
    settings, arrays, _pooling = _drawn(link, draw)
    if draw.random is not None:
        settings = structs.replace(
            settings, right=draw.random.choice([-3, -2, -1, 1, 2, 3]), down=draw.random.randint(-1, 1)
        )
    result = moved(settings, arrays)
    pooled, strided = result.pooled_change, result.strided_change or 0.0
    options = (_("pooling"), _("the stride alone"), _("both the same"))
    right = 2 if abs(pooled - strided) < 5e-4 else 0 if pooled < strided else 1
    prompt = _(
        "The image is shifted by {down} down and {right} to the right. Which output changes less, in proportion?"
    )
    reason = _("pooling changes by {pooled} of its length, the stride alone by {strided}")
    hints = (
        _("A stride alone keeps every other pixel: shifted by one, it keeps the ones that it dropped before."),
        _("A shift by exactly the stride moves both outputs by one cell."),
    )
    return LessonQuestion(
        prompt.format(down=settings.down, right=settings.right),
        ChoiceAnswer(options, right),
        reason.format(pooled=number(pooled, 3), strided=number(strided, 3)),
        hints,
        LabLink("pooling", settings, link.place),
        arrays,
        "output",
    )


def _drawn(link: LabLink, draw: QuestionDraw) -> tuple[PoolingSettings, LabArrays, Pooling]:
    settings, arrays = link.settings, draw.arrays
    assert isinstance(settings, PoolingSettings)
    if draw.random is not None:
        settings, arrays = _varied(settings, arrays, draw.random)
    return settings, arrays, moved(settings, arrays).pooling


def _varied(settings: PoolingSettings, arrays: LabArrays, random: Random) -> tuple[PoolingSettings, LabArrays]:
    change: dict[str, object] = {}
    if settings.kind == "weighted-average":
        change["weights"] = random.choice(["1,2,1", "1,2", "1,3", "2,1", "1,1,1/1,2,1/1,1,1", "0,1,0/1,4,1/0,1,0"])
    if settings.image == "four-numbers":
        three = [random.randint(0, 99) for _number in range(3)]
        four = [*three, 4 * random.randint(0, 24) + -sum(three) % 4]  # their average is whole
        change |= {"image": "own", "side": 2}
        arrays = arrays._replace(image=np.array(four, float).reshape(2, 2, 1))
    elif settings.image in ("numbers", "own"):
        side = random.randint(4, 8)
        change |= {"image": "own", "side": side}
        values = [[[random.randint(0, 99)] for _column in range(side)] for _row in range(side)]
        arrays = arrays._replace(image=np.array(values, float))
    elif settings.image == "colours":
        change["side"] = random.randint(4, 9)
    return structs.replace(settings, **change), arrays
