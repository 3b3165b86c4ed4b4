"""Questions: over 1,000 draws each, the answer is what the numbers of the prompt give, worked out in another way."""

import re
from fractions import Fraction
from functools import cache
from math import ceil, exp, prod
from random import Random

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import ALL_TYPES, Conv2D
from tui_cnn.core.network import format_path
from tui_cnn.data import idx
from tui_cnn.data.files import FASHION_MNIST, find_files
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.formats.validation import choices
from tui_cnn.i18n import use_language
from tui_cnn.insight.filters import classical_filters
from tui_cnn.korean import PARTICLE
from tui_cnn.lab.edges import canny
from tui_cnn.lab.learning import as_convolution
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.links import parse_lab_link
from tui_cnn.lab.photo import FilteredPhoto, grey_levels, scaled
from tui_cnn.lab.questions import training
from tui_cnn.lab.questions.answers import (
    AnswerError,
    ChoiceAnswer,
    MemberAnswer,
    NumberAnswer,
    PredictionAnswer,
    ShapeAnswer,
    TaskAnswer,
    TextAnswer,
)
from tui_cnn.lab.questions.question import KINDS, FinishedRun, QuestionDraw, QuestionError, ValidatedEpoch
from tui_cnn.lab.questions.results import EPOCHS
from tui_cnn.lab.questions.spec import QuestionSpec, ask
from tui_cnn.lab.scene import LabArrays, image_of, kernels_of
from tui_cnn.lab.townscape import townscape
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.application.links import parse_link

DRAWS = 1000
PARTS = ("next-sum", "pooled-value", "softmax-probability", "gradient")
"""Kinds whose last hint shows numbers that are counted, one of which may happen to be the answer."""
PREDICTED = ("higher-accuracy", "validation-loss", "smaller-gap")
NEED_RUN = ("own-mistake", "explain")
RESULTS = ("higher-accuracy", "beat", "own-mistake", "explain", "validation-loss", "smaller-gap")
ASKED = {
    f"{lesson.name}-{place}-{step.question.kind}": (step.question, step.link)
    for lesson in lessons()
    for place, step in enumerate(lesson.tries)
    if step.question and step.question.kind in KINDS and step.question.kind not in RESULTS
}


@pytest.fixture(scope="module")
def tests():
    return idx.read(find_files(FASHION_MNIST).test_images)


def arrays_for(link, tests):
    settings = parse_lab_link(link).settings if link.startswith("lab:") else None
    is_fashion = getattr(settings, "image", "") == "fashion"
    return LabArrays(fashion=tests[settings.index].astype(float)[..., None]) if is_fashion else LabArrays()


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_is_what_the_prompt_gives(name, tests, request):
    spec, link = ASKED[name]
    if spec.kind == "layer-shape":
        request.getfixturevalue("keras")
    arrays, random = arrays_for(link, tests), Random(name)
    prompts = set()
    for number in range(DRAWS):
        question = ask(spec, link, QuestionDraw(random if number else None, arrays))
        expected = ORACLES[spec.kind](question, spec, link)
        assert question.answer.is_right(expected), (question, expected)
        assert question.answer.is_right(question.answer.written)
        assert question.reason
        assert len(question.hints) >= 2, "by steps: first the rule, then the first number"
        assert all(question.hints)
        if (
            len(question.answer.written) > 2
            and spec.kind not in PARTS
            and not isinstance(question.answer, ChoiceAnswer)
        ):
            assert not any(question.answer.written in hint for hint in question.hints), "a hint is no answer"
        prompts.add((question.prompt, repr(question.link), question.answer.written))
    assert len(prompts) > 3, "other numbers each time"


@pytest.fixture
def korean():
    use_language("ko")
    yield
    use_language("en")


IN_KOREAN = {
    f"{lesson.name}-{place}-{step.question.kind}": (step.question, step.link)
    for lesson in lessons("ko")
    for place, step in enumerate(lesson.tries)
    if step.question and step.question.kind in KINDS
}
NAMES = {
    *ALL_TYPES, *preset_names(), *choices(Conv2D, "activation"), "same", "valid", "no", "bias",
    "floor", "ceil", "max", "ln", "ReLU", "MAC", "Canny", "Grad-CAM", "Hessian", "Scharr", "Sobel", "Enter",
}  # fmt: skip
"""What has no Korean name."""


@pytest.mark.parametrize("name", IN_KOREAN)
def test_a_question_in_korean(name, tests, korean):
    """All of it is translated, no field of a template is left, and each particle has been chosen."""
    spec, link = IN_KOREAN[name]
    arrays, random = arrays_for(link, tests), Random(name)
    for number in range(20):
        runs = korean_runs() if number % 2 or spec.kind in NEED_RUN else ()
        inspected = {("", 7)} if number % 4 else ()
        draw = QuestionDraw(random if number else None, arrays, lambda runs=runs: runs, None, inspected)
        question = ask(spec, link, draw)
        assert isinstance(question.answer, PredictionAnswer) == (spec.kind in PREDICTED and not runs)
        assert len(question.hints) >= 2
        assert re.search("[가-힣]", question.prompt)
        for text in texts_of(question):
            assert not re.search(r"[{}]", text)
            assert not PARTICLE.search(text), text
            words = re.findall(r"(?<![\w-])[A-Za-z]{2}[\w-]*", re.sub(r"\S+=\S+", "", text), re.ASCII)
            assert not set(words) - NAMES, text


def texts_of(question):
    answer = question.answer
    said = getattr(answer, "said", "")
    more = said.values() if isinstance(answer, MemberAnswer) else [said]
    options = getattr(answer, "options", ())
    return [question.prompt, question.reason, *question.hints, getattr(answer, "form", ""), *options, *more]


def korean_runs():
    """Runs that answer each question about runs, all with Korean names."""
    named = [
        FinishedRun("하나", name, name, 90_000, accuracy, lambda: {7: ("Shirt", "Coat")})
        for name, accuracy in [("fashion-dnn", 0.92), *((name, 0.9) for name in preset_names() if "fashion" in name)]
    ]
    links = {link.removeprefix("train:") for _spec, link in IN_KOREAN.values() if link.startswith("train:")}
    return (*named, *(trained(link, (0.5, 0.5, 0.8), name="둘") for link in links if "?" in link))


def numbers(text):
    """All whole numbers of a text, without the commas of thousands."""
    return [int(number) for number in re.findall(r"-?\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text))]


def size_of(n, k, s, padding, dilation=1):
    """TensorFlow's own formulas, of its documentation of `tf.nn.convolution`."""
    reach = (k - 1) * dilation + 1
    if padding == "same":
        return ceil(n / s)
    return ceil((n + 2 * (0 if padding == "valid" else int(padding)) - reach + 1) / s)


def output_size(question, _spec, _link):
    height, width, k_down, k_across, stride, *_rest = numbers(question.prompt)
    padding = re.search(r"padding (\w+)", question.prompt)[1]
    dilation = int((re.search(r"Dilation (\d+)", question.prompt) or [0, 1])[1])
    sizes = (size_of(height, k_down, stride, padding, dilation), size_of(width, k_across, stride, padding, dilation))
    return "x".join(map(str, sizes))


def output_shape(question, _spec, _link):
    filters, k_down, k_across, depth, height, width, channels, stride, *_rest = numbers(question.prompt)
    assert depth == channels
    padding = re.search(r"padding (\w+)", question.prompt)[1]
    return f"{size_of(height, k_down, stride, padding)}x{size_of(width, k_across, stride, padding)}x{filters}"


def laid(question):
    """The image with its zeros and the kernel, as the bench shows them."""
    settings = question.link.settings
    image = image_of(settings, question.arrays)
    kernels = kernels_of(settings, question.arrays, image.shape[2])
    if settings.turned:
        kernels = kernels[::-1, ::-1]
    return image, kernels


def correlated(question):
    """What NumPy makes of it, of the first filter, without bias: (rows, columns)."""
    settings = question.link.settings
    image, kernels = laid(question)
    height, width = kernels.shape[:2]
    if settings.padding == "same":
        zeros = [
            max(0, (ceil(n / s) - 1) * s + k - n)
            for n, s, k in zip(image.shape, settings.strides, (height, width), strict=False)
        ]
        image = np.pad(image, [*((z // 2, z - z // 2) for z in zeros), (0, 0)])
    elif settings.padding != "valid":
        image = np.pad(image, [(int(settings.padding),) * 2, (int(settings.padding),) * 2, (0, 0)])
    windows = sliding_window_view(image, (height, width), axis=(0, 1))[:: settings.strides[0], :: settings.strides[1]]
    return np.tensordot(windows, np.moveaxis(kernels[..., 0], 2, 0), axes=3)


def at(question):
    row, column = numbers(question.prompt)[:2]
    return correlated(question)[row - 1, column - 1]


def next_sum(question, _spec, _link):
    settings = question.link.settings
    value = at(question) + (settings.bias or 0)
    return f"{max(0, value) if settings.relu else value:.4f}"


def sign(question, _spec, _link):
    return {1: "positive", 0: "zero", -1: "negative"}[int(np.sign(at(question).round(9)))]


def zeros(question, _spec, _link):
    listed = re.search(r"bias are ([^.]+)\. With", question.prompt.replace("−", "-"))[1]
    bias = float(re.search(r"a bias of (\S+)", question.prompt.replace("−", "-"))[1])
    sums = np.array([float(value) for value in re.findall(r"-?[\d.]+", listed)])
    assert np.allclose(sums, correlated(question).ravel())
    return str(int((sums + bias <= 0).sum()))


def parameters(question, _spec, _link):
    filters, k_down, k_across, _height, _width, depth = numbers(question.prompt)[:6]
    return str((k_down * k_across * depth + 1) * filters)


def which_filter(question, _spec, _link):
    """Each option is tried with NumPy: one alone gives what is shown."""
    shown = correlated(question)
    image, stride = laid(question)[0], question.link.settings.strides
    made = {name: filtered(name, image.tobytes(), image.shape, stride) for name in question.answer.options}
    (right,) = (name for name, each in made.items() if each.shape == shown.shape and np.allclose(each, shown))
    return right


@cache
def filtered(name, image, shape, stride):
    """A filter on the bytes of an image, of which few are drawn."""
    (kernel,) = (classic.kernel for classic in classical_filters() if classic.name == name)
    windows = sliding_window_view(np.frombuffer(image).reshape(shape), kernel.shape, axis=(0, 1))
    return np.tensordot(windows[:: stride[0], :: stride[1]], np.stack([kernel] * shape[2]), axes=3)


def pooled_value(question, _spec, _link):
    settings = question.link.settings
    row, column, channel = (number - 1 for number in numbers(question.prompt)[:3])
    image = image_of(settings, question.arrays)
    if settings.kind == "depth-max":
        return f"{image[row, column].max():.4f}"
    (down, across), (height, width) = settings.strides, settings.pool_size
    if settings.kind == "weighted-average":
        rows = between(question.prompt, "with weights ", " give").split(" / ")
        weights = np.array([[int(weight) for weight in row.split()] for row in rows])
        row, column, channel = (number - 1 for number in numbers(question.prompt.partition(" at ")[2]))
        height, width = weights.shape
        window = image[row * down : row * down + height, column * across : column * across + width, channel]
        return f"{np.average(window, weights=weights):.4f}"
    window = image[row * down : row * down + height, column * across : column * across + width, channel]
    return f"{window.max() if settings.kind == 'max' else window.mean():.4f}"


def pooled_shape(question, _spec, _link):
    height, width, depth = numbers(question.prompt)[:3]
    assert question.prompt.startswith("Global")
    assert (height, width) == image_of(question.link.settings, question.arrays).shape[:2]
    return f"1x1x{depth}"


def steadier(question, _spec, _link):
    settings = question.link.settings
    down, right = numbers(question.prompt)[:2]
    image = image_of(settings, question.arrays)[..., 0]
    zeros = np.pad(image, 12)
    moved = zeros[12 - down :, 12 - right :][: image.shape[0], : image.shape[1]]

    def pool(array):
        rows, columns = (size // 2 * 2 for size in array.shape)
        return array[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2).max(axis=(1, 3))

    def change(before, after):
        return np.linalg.norm(after - before) / np.linalg.norm(before)

    pooled, strided = change(pool(image), pool(moved)), change(image[::2, ::2], moved[::2, ::2])
    return "both the same" if abs(pooled - strided) < 5e-4 else "pooling" if pooled < strided else "the stride alone"


def slides(question):
    """The image's pixels and channels, and (window, stride, padding, dilation, filters; 0: pooling) of each."""
    image = numbers(question.prompt.partition(" then ")[0])
    found = []
    for part in question.prompt.partition("windows ")[2].partition(":")[0].split(", "):
        stride, dilation = (int((re.search(rf"{name} (\d+)", part) or [0, 1])[1]) for name in ("stride", "dilation"))
        padding = (re.search(r"padding (\w+)", part) or [0, "0"])[1]
        filters = 0 if part.startswith("pooling") else int((re.search(r"with (\d+) filters", part) or [0, 1])[1])
        found.append((numbers(part)[0], stride, padding, dilation, filters))
    return image, found


def chain_size(question, _spec, _link):
    (n, *_rest), found = slides(question)
    for f, s, p, d, _filters in found:
        n = size_of(n, f, s, p, d)
    return str(n)


def chain_shape(question, spec, link):
    (_height, _width, channels), found = slides(question)
    for *_window, filters in found:
        channels = filters or channels
    size = chain_size(question, spec, link)
    return f"{size}x{size}x{channels}"


def chain_field(question, _spec, _link):
    """Which pixels reach the first cell: walked backwards, one window at a time, whatever zeros there are."""
    _image, found = slides(question)
    first = last = 0
    for f, s, _p, d, _filters in reversed(found):
        first, last = first * s, last * s + (f - 1) * d
    return str(last - first + 1)


def weights(question, spec, _link):
    found = numbers(question.prompt)
    match spec.options.get("of"):
        case "dense":
            units, *shape = found
            return str(units * prod(shape) + units)
        case "unshared":
            filters, k, _k, height, width, depth, stride = found
            places = ((height - k) // stride + 1) * ((width - k) // stride + 1)
            return str(places * filters * (k * k * depth + 1))
    filters, k, _k, _height, _width, depth = found
    return str(filters * k * k * depth + filters)


def stacked(question, _spec, _link):
    layers, k, _k, channels = numbers(question.prompt)[:4]
    return str(layers * k * k * channels**2)


def layer_parameters(question, _spec, _link):
    """From the words of the prompt alone: kind, settings and its input."""
    words, shape = re.match(r"\S+, \S+ (.+) takes ([\d×]+)\.", question.prompt).groups()
    return str(parameters_of(words, numbers(shape)))


def parameters_of(words, shape):
    """Count the parameters of `Conv2D 64 · 3×3 · no bias` on a shape."""
    kind, _blank, settings = words.partition(" ")
    if kind == "BatchNormalization":
        return 4 * shape[-1]
    count, *kernel = numbers(settings)[: 3 if kind == "Conv2D" else 1]
    return (prod(kernel) * shape[-1] + ("no bias" not in settings)) * count


def layer_shape(question, spec, link):
    """What Keras says of the layer that the prompt describes."""
    name, described, shape = re.match(r"(\S+), \S+ (.+) takes ([\d×]+)\.", question.prompt).groups()
    assert name == spec.options.get("network", link.partition(":")[2])
    return "x".join(map(str, shape_of_keras(described, tuple(numbers(shape)))))


@cache
def shape_of_keras(described, shape):
    """`Conv2D 64 · 3×3 · s2 · same` on (28, 28, 1)."""
    from keras import layers  # the test has imported it already

    kind, _blank, words = described.partition(" ")
    settings = words.split(" · ")
    sizes = [tuple(numbers(text)) for text in settings if re.fullmatch(r"\d+(×\d+)*", text)]
    if kind == "Reshape":
        layer = layers.Reshape(sizes[0])
    elif kind == "Dense":
        layer = layers.Dense(*sizes[0])
    elif kind == "Flatten":
        layer = layers.Flatten()
    else:
        strides = next((int(text[1:]) for text in settings if re.fullmatch(r"s\d", text)), None)
        padding = "same" if "same" in settings else "valid"
        if kind == "Conv2D":
            layer = layers.Conv2D(*sizes[0], sizes[1], strides=strides or 1, padding=padding)
        else:
            layer = getattr(layers, kind)(sizes[0], strides=strides, padding=padding)
    return layer.compute_output_shape((None, *shape))[1:]


def layer_macs(question, _spec, _link):
    words, rest = question.prompt.split(" takes ")
    given, output = (numbers(part) for part in rest.split(" and gives "))
    if "Dense" in words:
        return str(given[-1] * output[0])
    k = numbers(words.split("2D", 1)[1])[1]
    return str(k * k * given[2] * prod(output[:3]))


def layer_terms(question, _spec, _link):
    """What one filter or unit multiplies, by the words of the prompt."""
    words, shape = re.match(r"\S+, \S+ (.+) takes ([\d×]+)\.", question.prompt).groups()
    kernel = numbers(words.partition("2D")[2])[1:3] if words.startswith("Conv2D") else []
    return str(prod(kernel) * numbers(shape)[-1])


def layer_field(question, _spec, link):
    """The receptive field by the recurrence of Araujo et al. 2019, over the layers before it."""
    path = re.search(r", (\S+) \w+2D", question.prompt)[1]
    size, step = Fraction(1), 1
    for row in analyze(preset(link.partition(":")[2])).rows:
        layer = row.layer
        k = (getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", (1,)))[0]
        stride = (getattr(layer, "strides", None) or getattr(layer, "pool_size", (1,)))[0]
        size, step = size + (k - 1) * step, step * stride
        if format_path(row.path) == path:
            break
    return str(size)


def listed_parameters(text):
    """Add up the layers that are listed with their input shapes."""
    found = re.findall(r"(\w+ [^()]+?) \(([\d×]+)\)", text)
    return sum(parameters_of(words, numbers(shape)) for words, shape in found)


def total_parameters(question, _spec, _link):
    return str(listed_parameters(question.prompt.partition("input shapes: ")[2]))


def most(question, spec, _link):
    """From the words of each option: its settings, its input and its output."""

    def measured(option):
        words, given, output = re.fullmatch(r"\S+ (.+) \(([\d×]+) → ([\d×]+)\)", option).groups()
        if spec.kind == "most-parameters":
            return parameters_of(words, numbers(given))
        kernel = prod(numbers(words.partition(" ")[2])[1:3]) if words.startswith("Conv2D") else 1
        return kernel * numbers(given)[-1] * prod(numbers(output))

    return max(question.answer.options, key=measured)


def fewer(question, _spec, _link):
    listed = question.prompt.partition("input shapes: ")[2].rstrip(".").split("; ")
    assert [text.partition(":")[0] for text in listed] == list(question.answer.options)
    counts = dict(zip(question.answer.options, map(listed_parameters, listed), strict=True))
    return min(counts, key=counts.get)


def decimals(text):
    """All numbers of a text, with their decimals."""
    return np.array([float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))])


def between(text, first, last):
    return text.partition(first)[2].partition(last)[0]


def loss(question, _spec, _link):
    errors = decimals(between(question.prompt, "errors are ", ". What"))
    return f"{np.square(errors).sum() / len(errors):.4f}"


def gradient(question, _spec, _link):
    """By the difference quotient of the loss, of a loss that is quadratic: exact."""
    errors, pixels = (
        decimals(between(question.prompt, "errors are ", ";")),
        decimals(between(question.prompt, "pixels ", ". What")),
    )
    return f"{(np.mean((errors + pixels) ** 2) - np.mean((errors - pixels) ** 2)) / 2:.4f}"


def next_weight(question, _spec, _link):
    weight = decimals(between(question.prompt, "kernel is ", ". The"))[0]
    errors = decimals(between(question.prompt, "errors are ", ";"))
    pixels = decimals(between(question.prompt, "pixels ", ". The learning"))
    rate = decimals(between(question.prompt, "rate is ", ". What"))[0]
    slope = (np.mean((errors + pixels) ** 2) - np.mean((errors - pixels) ** 2)) / 2
    return f"{weight - rate * slope:.4f}"


def converges(question, _spec, _link):
    """Walk: the part of the kernel's error in the steepest direction, a hundred steps long."""
    eigenvalue, rate = decimals(question.prompt)[:2]
    away = 1.0
    for _step in range(100):
        away -= rate * eigenvalue * away
    return "it falls to 0" if abs(away) < 1 else "it grows without end"


def hidden_kernel(question, _spec, _link):
    """As NumPy's least squares find it: the shortest of all kernels that give the same output from the first one on."""
    settings = question.link.settings
    image = image_of(settings, question.arrays)[..., 0]
    hidden = kernels_of(as_convolution(settings), question.arrays, 1)[..., 0, 0]
    assert f"A kernel of {hidden.shape[0]}×{hidden.shape[1]} " in question.prompt
    equations = sliding_window_view(image, hidden.shape).reshape(-1, hidden.size)
    away = hidden.ravel() - {"zeros": 0.0, "ones": 1.0}[settings.initializer]
    step, *_rest = np.linalg.lstsq(equations, equations @ away, rcond=None)
    return "yes, only this one fits" if np.allclose(step, away) else "no, another one with the same output"


def transposed_terms(question, _spec, _link):
    """Ones convolved with ones, zeros between them, along each axis: how many reach each place."""
    rows, columns, down, across, stride, row, column = numbers(question.prompt)
    counts = []
    for n, f, place in ((rows, down, row), (columns, across, column)):
        apart = np.zeros((n - 1) * stride + 1)
        apart[::stride] = 1
        reached = np.pad(np.convolve(apart, np.ones(f)), (0, stride))
        counts.append(reached[place - 1 + (max(f - stride, 0) // 2 if "padding same" in question.prompt else 0)])
    return f"{prod(counts):.0f}"


def transposed_size(question, _spec, _link):
    """As Keras computes it: `length * stride + max(filter_size - stride, 0)`, or with same padding without the rest."""
    height, width, down, across, stride = numbers(question.prompt)[:5]
    more = 0 if "padding same" in question.prompt else 1
    return "x".join(str(n * stride + more * max(f - stride, 0)) for n, f in ((height, down), (width, across)))


def transposed_value(question, _spec, _link):
    """Zeros between the values and all around, then a convolution with the kernel turned (Dumoulin and Visin, 2016)."""
    prompt = question.prompt.replace("−", "-")
    image, kernel = (
        np.array([[float(value) for value in row.split()] for row in between(prompt, first, last).split(" / ")])
        for first, last in (("image is ", ", the kernel"), ("kernel ", ", stride"))
    )
    stride, row, column = numbers(prompt.partition("stride ")[2])
    n, f = len(image), len(kernel)
    apart = np.zeros([(n - 1) * stride + max(f, stride) - f + 1] * 2)
    apart[::stride, ::stride] = image
    whole = np.tensordot(sliding_window_view(np.pad(apart, f - 1), (f, f)), kernel[::-1, ::-1])
    cut = max(f - stride, 0) // 2 if "padding same" in prompt else 0
    return f"{whole[row - 1 + cut, column - 1 + cut]:.4f}"


def softmax_of(question):
    """From the prompt's own numbers, without subtracting anything."""
    words = question.prompt.replace("−", "-")
    logits = decimals(between(words, "logits are ", ", the temperature"))
    powers = np.e ** (logits / decimals(between(words, "temperature is ", "What").rstrip(". "))[0])
    return powers / powers.sum()


def softmax_probability(question, _spec, _link):
    return f"{softmax_of(question)[numbers(question.prompt)[-1] - 1]:.4f}"


def cross_entropy(question, _spec, _link):
    true = numbers(between(question.prompt, "class ", " is the true"))[0]
    return f"{-np.log(softmax_of(question)[true - 1]):.4f}"


def softmax_gradient(question, _spec, _link):
    """By the difference quotient of -ln p: p is that of the logit z, and of all others together 1 - p."""
    probabilities = decimals(between(question.prompt, "probabilities are ", "; class"))
    true, which = numbers(question.prompt.partition("class ")[2])
    logits, step = np.log(np.maximum(probabilities, 1e-9)), 1e-4

    def loss(by):
        moved = np.exp(logits + by * step * (np.arange(len(logits)) == which - 1))
        return -np.log(moved[true - 1] / moved.sum())

    return f"{(loss(1) - loss(-1)) / (2 * step):.4f}"


def softmax_overflow(question, _spec, _link):
    """With Python's own numbers of 64 bits, compared with the largest of 32."""
    words = question.prompt.replace("−", "-")
    logits = decimals(between(words, "logits are ", ", the temperature"))
    temperature = float(re.search(r"temperature is ([\d.]+)\. In", words)[1])
    largest = (2 - 2**-23) * 2.0**127
    fits = sum(exp(logit / temperature) for logit in logits) <= largest
    return "probabilities" if fits else "no numbers: the sum is infinite"


def epoch_steps(question, _spec, _link):
    """As the recipe itself counts them, with which it is trained."""
    images, percent, batch = numbers(question.prompt)
    recipe = Recipe(limit=images, validation=percent / 100, batch_size=batch)
    return str(recipe.batches(recipe.image_counts(60_000).train))


def photo_filter(question, _spec, _link):
    """Each option is tried with SciPy on the photo: one alone gives what is shown, and none looks like another."""
    settings = question.link.settings
    shown = FilteredPhoto(photo(), settings, question.arrays).result(settings.first).values
    assert (settings.results, settings.image) == (1, "town")
    pictures = {name: filtered_photo(name) for name in question.answer.options}
    alike = np.corrcoef([picture.ravel() for picture in pictures.values()]) - np.eye(len(pictures))
    assert np.abs(alike).max() < 0.97
    (right,) = [name for name, picture in pictures.items() if np.allclose(picture, shown, atol=1e-4)]
    return right


@cache
def photo():
    return grey_levels(scaled(townscape(), (38, 57)))


@cache
def filtered_photo(name):
    kernels = {classic.name: classic.kernel for classic in classical_filters()}
    if name.startswith("Canny"):
        return 2.0 * canny(photo(), 1.0, 0.15, 0.35).edges
    if name.endswith("magnitude"):
        filters = (kernels[f"{name.split()[0]} {axis}"] for axis in "xy")
        return np.hypot(*(ndimage.correlate(photo(), kernel, mode="nearest") for kernel in filters))
    return ndimage.correlate(photo(), kernels[name], mode="nearest")


def canny_stage(question, _spec, _link):
    """By the numbers of the prompt alone."""
    low, high, value, before, behind, chain = decimals(question.prompt.replace(". ", " "))
    if value < max(before, behind):
        return "non-maximum suppression"
    if value < low:
        return "low threshold"
    return "hysteresis" if max(value, chain) < high else "none, it is an edge"


ORACLES = {
    "output-size": output_size, "output-shape": output_shape, "next-sum": next_sum, "sign": sign, "zeros": zeros,
    "parameters": parameters, "which-filter": which_filter, "pooled-value": pooled_value, "pooled-shape": pooled_shape,
    "steadier": steadier, "chain-size": chain_size, "chain-field": chain_field, "chain-shape": chain_shape,
    "softmax-probability": softmax_probability, "cross-entropy": cross_entropy, "softmax-gradient": softmax_gradient,
    "transposed-size": transposed_size, "transposed-value": transposed_value,
    "weights": weights, "stacked-weights": stacked, "layer-parameters": layer_parameters, "layer-shape": layer_shape,
    "layer-macs": layer_macs, "layer-field": layer_field, "total-parameters": total_parameters,
    "loss": loss, "gradient": gradient, "next-weight": next_weight, "converges": converges,
    "photo-filter": photo_filter, "canny-stage": canny_stage,
    "hidden-kernel": hidden_kernel, "transposed-terms": transposed_terms, "softmax-overflow": softmax_overflow,
    "layer-terms": layer_terms, "epoch-steps": epoch_steps,
    "most-parameters": most, "most-macs": most, "fewer-parameters": fewer,
}  # fmt: skip


def test_every_kind_is_asked_by_a_lesson_and_has_an_oracle():
    assert set(KINDS) == {*ORACLES, *RESULTS}
    kinds = {step.question.kind for lesson in lessons() for step in lesson.tries if step.question}
    assert kinds == {*KINDS, "choice", "number"}


def test_keras_counts_the_same(keras):
    """A network of a question, with drawn numbers of filters, as Keras builds it."""
    question = ask(QuestionSpec("total-parameters"), "build:fashion-cnn", QuestionDraw(Random(5)))
    first, second, third, units, classes = numbers(" ".join(re.findall(r"(?:Conv2D|Dense) (\d+)", question.prompt)))
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(first, 3), layers.MaxPooling2D(), layers.Conv2D(second, 3),
        layers.MaxPooling2D(), layers.Conv2D(third, 3), layers.Flatten(), layers.Dense(units), layers.Dense(classes),
    ])  # fmt: skip
    assert question.answer.is_right(str(model.count_params()))


@pytest.mark.parametrize(
    ("answer", "right", "wrong", "none"),
    [
        (NumberAnswer(-5), ["-5", "−5", " -5.0", "–5"], ["5", "-4.9", "0"], ["", "five", "1e5", "4x4"]),
        (NumberAnswer(18496), ["18496", "18,496", "18 496"], ["18.496", "18495"], ["18,49", "٣"]),
        (NumberAnswer(1 / 3), ["0.33", ".333", "0.3333"], ["0.3", "0.35"], ["1/3"]),
        (ShapeAnswer((4, 4)), ["4x4", "4×4", "4 x 4", "(4, 4)", "4"], ["4x5", "5"], ["4x4x1", "a"]),
        (ShapeAnswer((4, 4, 2)), ["4x4x2", "[4, 4, 2]", "4 4 2"], ["4x2x4"], ["4x4", "4"]),
        (ShapeAnswer((400,)), ["400"], ["20x20x1"[:2]], ["20x20"]),
        (ChoiceAnswer(("a", "b"), 1), ["b", "2"], ["a", "1"], ["c", "3", "0"]),
        (MemberAnswer({7: "Shirt, predicted as Coat"}), ["7"], ["8", "-7"], ["x"]),
        (TextAnswer(), ["it looks like a coat"], [], ["coat", ""]),
    ],
)
def test_what_is_typed(answer, right, wrong, none):
    assert all(answer.is_right(typed) for typed in right)
    assert not any(answer.is_right(typed) for typed in wrong)
    for typed in none:
        with pytest.raises(AnswerError, match="is not an answer here"):
            answer.is_right(typed)


RUNS = (
    FinishedRun("small", "mine", "", 50_000, 0.92, lambda: {7: ("Shirt", "Coat")}),
    FinishedRun("large", "mine", "", 500_000, 0.95),
    FinishedRun("tutorial", "fashion-cnn", "fashion-cnn", 93_322, 0.91, trained_for=5),
    FinishedRun("changed", "fashion-dnn", "", 1, 0.99),
)


def test_which_network_is_better_is_known_once_both_are_trained():
    spec = QuestionSpec("higher-accuracy", "one=fashion-cnn than=fashion-dnn")
    waiting = ask(spec, "lab:pairs", QuestionDraw(None, LabArrays(), lambda: RUNS))
    assert waiting.answer == PredictionAnswer(("fashion-cnn", "fashion-dnn"))
    assert "Train fashion-dnn" in waiting.reason, "the run of a changed network does not count"
    dense = FinishedRun("dense", "renamed", "fashion-dnn", 101_770, 0.88)
    known = ask(spec, "lab:pairs", QuestionDraw(None, LabArrays(), lambda: (dense, *RUNS)))
    assert known.answer.written == "fashion-cnn"
    assert "91 %" in known.reason
    assert "88 %" in known.reason


def test_of_several_runs_the_best_is_compared():
    """The newest may be one that was stopped early, or made worse on the way to something else."""
    runs = (tutorial("newest", 0.85, 1), tutorial("best", 0.91, 5), tutorial("oldest", 0.9, 5))
    dense = FinishedRun("dense", "fashion-dnn", "fashion-dnn", 101_770, 0.88)
    spec = QuestionSpec("higher-accuracy", "one=fashion-cnn than=fashion-dnn")
    known = ask(spec, "lab:pairs", QuestionDraw(None, LabArrays(), lambda: (*runs, dense)))
    assert known.answer.written == "fashion-cnn"
    assert "91 % (best)" in known.reason


FEW = "fashion-cnn?limit=500&epochs=2&validation=0.5"
AUGMENTED = FEW + "&augmentation=flip+shift"


def trained(link, *epochs, name=""):
    """A run as a link sets it up: for each epoch accuracy, validation accuracy and validation loss."""
    recipe = parse_link(f"train:{link}").recipe
    settings = {field.name: format_value(field, getattr(recipe, field.name)) for field in fields(Recipe)}
    results = tuple(ValidatedEpoch(*epoch) for epoch in epochs)
    network = link.partition("?")[0]
    return FinishedRun(name or link, network, network, 93_322, 0.7, dict, settings, results)


OVERFITTED = trained(FEW, (0.5, 0.5, 0.8), (0.95, 0.7, 1.0))


@pytest.mark.parametrize(
    ("runs", "right", "said"),
    [
        ((), None, "Train it to see"),
        ((trained(FEW, (0.5, 0.5, 0.8)), OVERFITTED), "it falls, and stays low", "lowest 0.80 in epoch 1"),
        ((OVERFITTED,), "it falls, then rises", "lowest 0.80 in epoch 1, 1.00 at the end"),
        ((trained(FEW, (0.5, 0.5, 0.9), (0.6, 0.6, 0.8)),), "it falls, and stays low", "0.80 in epoch 2, 0.80"),
        ((trained(FEW, (0.5, 0.5, 0.8), (0.6, 0.6, 0.85)),), "it falls, and stays low", "0.80 in epoch 1, 0.85"),
        ((trained(AUGMENTED, (0.5, 0.5, 0.9)),), None, "Train it to see"),
        ((trained(FEW.replace("=500", "=5000"), (0.5, 0.5, 0.9)),), None, "Train it to see"),
        ((trained(FEW),), None, "Train it to see"),
    ],
)
def test_what_the_validation_loss_does_is_read_off_the_run(runs, right, said):
    asked = ask(QuestionSpec("validation-loss"), f"train:{FEW}", QuestionDraw(None, LabArrays(), lambda: runs))
    assert getattr(asked.answer, "written", None) == right
    assert isinstance(asked.answer, PredictionAnswer) == (right is None)
    assert said in asked.reason


def test_a_gap_is_compared_with_that_of_the_other_link():
    spec = QuestionSpec("smaller-gap", f"than=train:{FEW}")

    def answer(*runs):
        return ask(spec, f"train:{AUGMENTED}", QuestionDraw(None, LabArrays(), lambda: runs))

    smaller, larger = (trained(AUGMENTED, (0.8, share, 1.0)) for share in (0.6, 0.5))
    assert isinstance(answer(OVERFITTED).answer, PredictionAnswer)
    assert isinstance(answer(smaller).answer, PredictionAnswer)
    assert answer(smaller, OVERFITTED).answer.written == "smaller"
    assert "80.0 % in training, 60.0 % in validation, gap 20.0 points" in answer(smaller, OVERFITTED).reason
    assert "gap 25.0 points" in answer(smaller, OVERFITTED).reason
    assert answer(larger, OVERFITTED).answer.written == "as large, or larger"


def test_runs_on_few_images_do_not_stand_for_a_network():
    """The project compares with the tutorial network as it was trained on all images."""
    draw = QuestionDraw(None, LabArrays(), lambda: (OVERFITTED, RUNS[2]))
    assert "91 %" in ask(QuestionSpec("beat"), "build:fashion-cnn", draw).answer.said


def tutorial(name, accuracy, trained_for):
    return FinishedRun(name, "fashion-cnn", "fashion-cnn", 93_322, accuracy, trained_for=trained_for)


@pytest.mark.parametrize(
    ("runs", "done", "said"),
    [
        ((), False, "First train fashion-cnn"),
        ((RUNS[0], tutorial("once", 0.85, 1)), False, "First train fashion-cnn itself: all images, at least 5 epochs"),
        ((RUNS[0], tutorial("newer", 0.90, 6), tutorial("best", 0.93, 5)), False, "fashion-cnn: 93 % (best)"),
        ((RUNS[0], tutorial("newer", 0.93, 1), tutorial("best", 0.90, 5)), True, "fashion-cnn: 90 % (best)"),
        (RUNS[2:3], False, "91 %"),
        (RUNS[1:3], False, "91 %"),
        (RUNS[:3], True, "92 %, 50,000 parameters (small)"),
    ],
)
def test_the_project_checks_itself(runs, done, said):
    answer = ask(QuestionSpec("beat"), "build:fashion-cnn", QuestionDraw(None, LabArrays(), lambda: runs)).answer
    assert isinstance(answer, TaskAnswer)
    assert (answer.is_done, said in answer.said) == (done, True)


@pytest.mark.parametrize(
    ("runs", "done", "said"),
    [
        ((RUNS[1],), False, "First train fashion-cnn"),
        (RUNS[1:3], True, "Your best of another network: 95 %, 500,000 parameters (large)"),
        ((tutorial("newer", 0.93, 9), RUNS[2]), False, "fashion-cnn: 93 % (newer)."),
        ((*RUNS[::3], tutorial("best", 0.995, 5)), False, "99 %, 1 parameters (changed)"),
    ],
)
def test_a_network_of_any_size_may_be_the_better_one(runs, done, said):
    spec = QuestionSpec("beat", "size=any")
    answer = ask(spec, "build:fashion-cnn", QuestionDraw(None, LabArrays(), lambda: runs)).answer
    assert (answer.is_done, said in answer.said) == (done, True)


def test_the_goal_is_trained_as_the_tutorial_is():
    assert Recipe().epochs == EPOCHS


def test_a_link_that_says_nothing_means_the_usual_recipe():
    usual = (training.BATCH, training.HELD_OUT)
    assert usual == (Recipe().batch_size, Recipe().validation)
    assert len(idx.read(find_files(FASHION_MNIST).train_images)) == training.IMAGES


MISTAKEN = FinishedRun("a", "b", "", 1, 0.9, lambda: {7: ("Shirt", "Coat"), 9: ("Bag", "Shirt")}, id="run")


@pytest.mark.parametrize(
    ("mistake", "inspected", "asked", "said"),
    [
        (None, (), "Explain a mistake of a", "First find a test image"),
        (None, {("other", 7), ("run", 8)}, "Explain a mistake of a", "First find a test image"),
        (7, {("run", 9)}, "Test image 7 is Shirt; why did a predict Coat", "First show test image 7 on Inspect"),
        (8, {("run", 9)}, "Test image 9 is Bag", ""),
        (None, {("run", 9), ("run", 7)}, "Test image 7 is Shirt", ""),
        (9, {("run", 9), ("run", 7)}, "Test image 9 is Bag", ""),
    ],
)
def test_a_mistake_is_inspected_before_it_is_explained(mistake, inspected, asked, said):
    draw = QuestionDraw(None, LabArrays(), lambda: (MISTAKEN,), mistake, inspected)
    question = ask(QuestionSpec("explain"), "inspect:why", draw)
    assert asked in question.prompt
    assert isinstance(question.answer, TextAnswer) == (not said)
    assert said in getattr(question.answer, "said", "")


def test_a_mistake_of_the_newest_run():
    question = ask(QuestionSpec("own-mistake"), "inspect:confusion", QuestionDraw(None, LabArrays(), lambda: RUNS))
    assert question.answer.is_right("7")
    assert not question.answer.is_right("8")
    assert "Shirt, predicted as Coat" in question.answer.written
    with pytest.raises(QuestionError, match="no run has finished"):
        ask(QuestionSpec("own-mistake"), "inspect:confusion", QuestionDraw())
    with pytest.raises(QuestionError, match="large has no predictions"):
        ask(QuestionSpec("own-mistake"), "inspect:confusion", QuestionDraw(None, LabArrays(), lambda: RUNS[1:]))


@pytest.mark.parametrize(
    ("spec", "link", "told"),
    [
        (QuestionSpec("output-sise"), "lab:convolution", "did you mean “output-size”?"),
        (QuestionSpec("output-size"), "lab:sizes", "can be asked of convolution, not of sizes"),
        (
            QuestionSpec("weights", "off=dense"),
            "lab:weights",
            "unknown option “off=dense” of weights",
        ),
        (QuestionSpec("layer-parameters", "layer=nothing"), "build:fashion-cnn", "has no layer"),
        (QuestionSpec("which-filter"), "lab:convolution?kernel=random", "classical kernel"),
        (QuestionSpec("photo-filter"), "lab:photo?first=canny-thinning", "photo-filter needs a link"),
        (QuestionSpec("canny-stage"), "lab:photo?low=1&high=1", "no pixel can be asked about"),
        (QuestionSpec("canny-stage"), "lab:convolution", "can be asked of photo, not of convolution"),
        (QuestionSpec("most-macs"), "build:vgg-16", "no single layer"),
        (QuestionSpec("choice", "Which?", ((True, "a"), (True, "b"))), "lab:sizes", "one of them right"),
        (QuestionSpec("choice", "Which?", ((True, "a"), (False, "a"))), "lab:sizes", "the same"),
        (QuestionSpec("number", "many How?"), "lab:sizes", "“many” is not a number"),
        (QuestionSpec("number", "42"), "lab:sizes", "a number needs its answer and its prompt"),
    ],
)
def test_what_is_wrong_with_a_question(spec, link, told):
    with pytest.raises(QuestionError) as refused:
        ask(spec, link, QuestionDraw())
    assert told in str(refused.value)
