"""Questions about a network, of which the lesson's link names a preset or a file: numbers of one of its layers."""

from functools import lru_cache
from random import Random
from typing import Any

from msgspec import structs

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers.base import Layer
from tui_cnn.core.network import Network, format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.question import KindOption, LessonQuestion, Options, QuestionDraw, QuestionError, kind

_COUNTS = (8, 12, 16, 24, 32, 48, 64, 96)
_PLACES = ("build", "train")
_LAYER = KindOption("name or path of the layer, such as `conv2d_1` or `0`; without it, any layer that fits")


@kind("layer-parameters", *_PLACES, layer=_LAYER)
def layer_parameters(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the parameters of a layer."""
    row, name = _layer(model, options, draw, lambda row: bool(row.params))
    figures = row.figures
    assert figures is not None
    prompt = _("{layer} takes {shape}. How many parameters does it have?").format(
        layer=name, shape=format_shape(row.input_shape or ())
    )
    hints = (
        _("Every unit has a weight for every input number, and a bias.")
        if row.kind == "Dense"
        else _("Weights of a filter: height × width × input channels; add its bias, then multiply by the filters."),
    )
    counted = [str(part) for part in figures.parameters if part.value]
    return LessonQuestion(prompt, NumberAnswer(row.params or 0), " + ".join(counted), hints)


@kind("layer-shape", *_PLACES, layer=_LAYER)
def layer_shape(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the output shape of a layer."""
    row, name = _layer(
        model, options, draw, lambda row: row.figures is not None and row.figures.output_shape != row.input_shape
    )
    prompt = _("{layer} takes {shape}. What is the shape of its output?").format(
        layer=name, shape=format_shape(row.input_shape or ())
    )
    hints = (_("Filters decide the channels; window, stride and padding decide height and width."),)
    assert row.figures is not None
    shape = row.figures.output_shape
    return LessonQuestion(prompt, ShapeAnswer(shape), row.figures.size_formula or format_shape(shape), hints)


@kind("layer-macs", *_PLACES, layer=_LAYER)
def layer_macs(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the multiply-accumulates of a layer."""
    row, name = _layer(model, options, draw, lambda row: bool(row.figures and row.figures.macs.value))
    assert row.figures is not None
    prompt = _("{layer} takes {shape} and gives {output}. How many MACs is that for one image?")
    words = prompt.format(
        layer=name, shape=format_shape(row.input_shape or ()), output=format_shape(row.figures.output_shape)
    )
    hints = (
        _("Each number of the output takes as many multiplications as a filter has weights; biases do not count."),
    )
    return LessonQuestion(words, NumberAnswer(row.figures.macs.value), str(row.figures.macs), hints)


@kind("layer-field", *_PLACES, layer=_LAYER)
def layer_field(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the receptive field of a cell of a layer."""
    row, name = _layer(model, options, draw, _has_field)
    assert row.field is not None
    prompt = _("How many pixels of the image, from left to right, does a cell of {layer} see?").format(layer=name)
    before = [field for field in row.input_fields if field is not None]
    hints = (
        _("A window of f adds (f − 1) times the step so far; strides and pooling multiply the step."),
        _("A cell of its input sees {size}; the step is {step}.").format(
            size=before[0].across.size, step=before[0].across.stride
        ),
    ) if before else ()  # fmt: skip
    size = row.field.across.size
    return LessonQuestion(prompt, NumberAnswer(float(size)), _("{size} pixels").format(size=size), hints)


@kind("total-parameters", *_PLACES)
def total_parameters(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the parameters of the whole network; its layers are listed."""
    network = _network(model)
    if draw.random is not None:
        network = _other_counts(network, draw.random)
    analysis = _analysis(network)
    counted = [row for row in analysis.rows if row.params]
    listed = ", ".join(f"{_name(row)} ({format_shape(row.input_shape or ())})" for row in counted)
    prompt = _("{name}, layers with their input shapes: {layers}. How many parameters in all?").format(
        name=network.name, layers=listed
    )
    parts = " + ".join(f"{row.params:,}" for row in counted)
    hints = (_("The first one has {count}.").format(count=f"{counted[0].params:,}"),)
    return LessonQuestion(prompt, NumberAnswer(analysis.totals.params), f"{parts} = {analysis.totals.params:,}", hints)


@kind("most-parameters", *_PLACES)
def most_parameters(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which layer holds most parameters."""
    hints = (_("A dense layer has a weight for every pair of an input and an output number."),)
    return _most(model, draw, lambda row: row.params or 0, _("Which layer of {name} has most parameters?"), hints)


@kind("most-macs", *_PLACES)
def most_macs(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which layer does most multiplications."""
    hints = (_("A filter's weights are used at every place of the output, those of a dense layer once."),)
    return _most(
        model,
        draw,
        lambda row: row.figures.macs.value if row.figures else 0,
        _("Which layer of {name} has most MACs?"),
        hints,
    )


@kind("fewer-parameters", *_PLACES, than=KindOption("the other network: a preset or a file", is_required=True))
def fewer_parameters(model: str, options: Options, _draw: QuestionDraw) -> LessonQuestion:
    """Ask which of two networks has fewer parameters."""
    one, other = _analysis(_network(model)), _analysis(_network(options["than"]))
    counts = [one.totals.params, other.totals.params]
    names = (one.network.name, other.network.name)
    reason = "; ".join(f"{name}: {count:,}" for name, count in zip(names, counts, strict=True))
    hints = (_("Count the first dense layer of each."),)
    return LessonQuestion(
        _("Which network has fewer parameters?"), ChoiceAnswer(names, counts.index(min(counts))), reason, hints
    )


_analysis = lru_cache(maxsize=4)(analyze)
"""A question asks several times about its network and the one that is drawn from it."""


def _network(model: str) -> Network:
    """Find the network of a link, whatever recipe that has."""
    return find_network(model.partition("?")[0])[0]


def _layer(model: str, options: Options, draw: QuestionDraw, fits: Any) -> tuple[Row, str]:
    """Choose a layer that fits; drawn, another one, in a network with other numbers of filters and units."""
    network = _network(model)
    rows = [row for row in _analysis(network).rows if not row.holds_layers and fits(row)]
    named = options.get("layer")
    if named is not None:
        rows = [row for row in rows if named in (row.name, format_path(row.path))]
    if not rows:
        raise QuestionError(
            _("{model} has no layer that this can be asked of").format(model=model) + (f": {named}" if named else "")
        )
    if draw.random is None:
        return rows[0], _named(network, rows[0])
    row = draw.random.choice(rows)
    other = _other_counts(network, draw.random)
    found = next((each for each in _analysis(other).rows if each.path == row.path and fits(each)), row)
    return found, _named(network, found)


def _other_counts(network: Network, random: Random) -> Network:
    """Change filters and units of the outer layers but the last; nothing where the network cannot be built then."""
    last = max((place for place, layer in enumerate(network.layers) if _count(layer)), default=-1)
    layers = [
        structs.replace(layer, **{_count(layer): random.choice(_COUNTS)}) if _count(layer) and place != last else layer
        for place, layer in enumerate(network.layers)
    ]
    other = structs.replace(network, layers=tuple(layers))
    return other if _analysis(other).output_shape is not None else network


def _count(layer: Layer) -> str:
    return next(
        (name for name in ("filters", "units") if hasattr(layer, name) and not getattr(layer, "groups", 1) > 1), ""
    )


def _named(network: Network, row: Row) -> str:
    return f"{network.name}, {format_path(row.path)} {_name(row)}"


def _name(row: Row) -> str:
    return " ".join([row.kind, " · ".join(row.settings)]).strip()


def _has_field(row: Row) -> bool:
    return (
        row.field is not None
        and row.field.across.size > 1
        and row.figures is not None
        and len(row.figures.output_shape) == 3
    )


def _most(model: str, draw: QuestionDraw, measure: Any, prompt: str, hints: tuple[str, ...]) -> LessonQuestion:
    analysis: Analysis = _analysis(_network(model))
    rows = sorted((row for row in analysis.rows if measure(row)), key=measure, reverse=True)
    if len(rows) < 2 or measure(rows[0]) == measure(rows[1]):
        raise QuestionError(_("no single layer of {model} has most").format(model=model))
    options = rows[:4]
    (draw.random or Random(len(rows))).shuffle(options)
    names = tuple(f"{format_path(row.path)} {_name(row)}" for row in options)
    total = sum(measure(row) for row in rows)
    reason = _("{count} of {total}, {percent} %").format(
        count=f"{measure(rows[0]):,}", total=f"{total:,}", percent=f"{100 * measure(rows[0]) / total:.0f}"
    )
    answer = ChoiceAnswer(names, options.index(rows[0]))
    return LessonQuestion(prompt.format(name=analysis.network.name), answer, reason, hints)
