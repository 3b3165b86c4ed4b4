"""Questions about a network, a preset or a file that the lesson's link names: numbers of one of its layers."""

from functools import lru_cache
from math import prod
from random import Random
from typing import Any

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.edits import change
from tui_cnn.core.layers import Branches
from tui_cnn.core.layers.base import Layer
from tui_cnn.core.network import Network, format_path, walk
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.lab.numbers import number
from tui_cnn.lab.questions.answers import ChoiceAnswer, NumberAnswer, ShapeAnswer
from tui_cnn.lab.questions.question import KindOption, LessonQuestion, Options, QuestionDraw, QuestionError, kind

_CLEARLY = 1.2
_COUNTS = (8, 12, 16, 24, 32, 48, 64, 96)
_PLACES = ("build", "train")
_LAYER_PLACES = (*_PLACES, "inspect")
_LAYER_OPTIONS = {
    "layer": KindOption("name or path of the layer, such as `conv2d_1` or `0`; without it, any layer that fits"),
    "network": KindOption("a preset or a file, where the link leads to Inspect and names none"),
}


@kind("layer-parameters", *_LAYER_PLACES, **_LAYER_OPTIONS)
def layer_parameters(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the parameters of a layer."""
    row, name = _layer(model, options, draw, lambda row: bool(row.params))
    figures = row.figures
    assert figures is not None
    prompt = _("{layer} takes {shape}. How many parameters does it have?").format(
        layer=name, shape=format_shape(row.input_shape or ())
    )
    rule = _rule(
        row,
        _("Every unit has a weight for every input number, and a bias."),
        _("Weights of a filter: height × width × input channels; add its bias, then multiply by the filters."),
    )
    counted = [str(part) for part in figures.parameters if part.value]
    hints = (rule, _here(" + ".join(part.partition(" = ")[0] for part in counted)))
    return LessonQuestion(prompt, NumberAnswer(row.params or 0), " + ".join(counted), hints)


@kind("layer-shape", *_LAYER_PLACES, **_LAYER_OPTIONS)
def layer_shape(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the output shape of a layer."""
    row, name = _layer(
        model, options, draw, lambda row: row.figures is not None and row.figures.output_shape != row.input_shape
    )
    prompt = _("{layer} takes {shape}. What is the shape of its output?").format(
        layer=name, shape=format_shape(row.input_shape or ())
    )
    assert row.figures is not None
    shape = row.figures.output_shape
    rule = _rule(
        row,
        _("A dense layer gives one number for each unit."),
        _("Filters decide the channels; window, stride and padding decide height and width."),
    )
    formula, is_formula, _size = row.figures.size_formula.rpartition(" = ")
    hints = (rule, _here(formula) if is_formula else _("What it gives is in its settings, whatever its input."))
    return LessonQuestion(prompt, ShapeAnswer(shape), row.figures.size_formula or format_shape(shape), hints)


@kind("layer-macs", *_LAYER_PLACES, **_LAYER_OPTIONS)
def layer_macs(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the multiply-accumulates of a layer."""
    row, name = _layer(model, options, draw, lambda row: bool(row.figures and row.figures.macs.value))
    assert row.figures is not None
    prompt = _("{layer} takes {shape} and gives {output}. How many MACs is that for one image?")
    words = prompt.format(
        layer=name, shape=format_shape(row.input_shape or ()), output=format_shape(row.figures.output_shape)
    )
    written = str(row.figures.macs)
    hints = (
        _rule(
            row,
            _("Every unit has a multiplication for every input number; biases do not count."),
            _("Each number of the output takes as many multiplications as a filter has weights; biases do not count."),
        ),
        _here(written.partition(" = ")[0]),
    )
    return LessonQuestion(words, NumberAnswer(row.figures.macs.value), written, hints)


@kind("layer-terms", *_LAYER_PLACES, **_LAYER_OPTIONS)
def layer_terms(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask how many products are summed in one number of a layer's output."""
    row, name = _layer(model, options, draw, lambda row: bool(row.figures and row.figures.macs.value))
    assert row.figures is not None
    macs, numbers = row.figures.macs.value, prod(row.figures.output_shape)
    prompt = _("{layer} takes {shape}. How many products are summed in one number of its output, without the bias?")
    hints = (
        _rule(
            row,
            _("A unit multiplies every input number by a weight of its own."),
            _("A filter multiplies each number under its window by a weight, in all channels of its input."),
        ),
        _("All {count} numbers of the output together take {macs} multiplications.").format(
            count=f"{numbers:,}", macs=f"{macs:,}"
        ),
    )
    return LessonQuestion(
        prompt.format(layer=name, shape=format_shape(row.input_shape or ())),
        NumberAnswer(macs / numbers),
        _("{formula} MACs, for {numbers} numbers: {macs} / {numbers} = {count}").format(
            formula=row.figures.macs, macs=f"{macs:,}", numbers=f"{numbers:,}", count=f"{macs // numbers:,}"
        ),
        hints,
    )


@kind("layer-field", *_LAYER_PLACES, **_LAYER_OPTIONS)
def layer_field(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the receptive field of a cell of a layer."""
    row, name = _layer(model, options, draw, _has_field)
    assert row.field is not None
    prompt = _("How many pixels of the image, from left to right, does a cell of {layer} see?").format(layer=name)
    size, before = row.field.across.size, row.input_fields[0]
    assert before is not None
    seen, step = before.across.size, before.across.stride
    hints = (
        _("A window of f adds (f − 1) times the step so far; strides and pooling multiply the step."),
        _("A cell of its input sees {size}; the step is {step}.").format(size=seen, step=step),
    )
    sum_ = f"{seen} + {number(float(size - seen) / float(step))}·{step} = {size}"
    return LessonQuestion(prompt, NumberAnswer(float(size)), _("{size} pixels").format(size=sum_), hints)


@kind("total-parameters", *_PLACES)
def total_parameters(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask for the parameters of the whole network; its layers are listed."""
    network = _network(model)
    if draw.random is not None:
        network = _other_counts(network, draw.random)
    analysis = _counted(network)
    counted = [row for row in analysis.rows if row.params]
    prompt = _("{name}, layers with their input shapes: {layers}. How many parameters in all?").format(
        name=network.name, layers=_listed(analysis)
    )
    parts = " + ".join(f"{row.params:,}" for row in counted)
    hints = (
        _("Count each layer: the weights of all filters or units, and a bias for each; then add up."),
        _("The first one has {count}.").format(count=f"{counted[0].params:,}"),
    )
    return LessonQuestion(prompt, NumberAnswer(analysis.totals.params), f"{parts} = {analysis.totals.params:,}", hints)


@kind("most-parameters", *_PLACES)
def most_parameters(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which layer has most parameters."""
    rule = _("A filter has height × width × input channels weights, a unit of a dense layer one for each input number.")
    return _most(model, draw, lambda row: row.params or 0, _("Which layer of {name} has most parameters?"), rule)


@kind("most-macs", *_PLACES)
def most_macs(model: str, _options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which layer has most MACs."""
    rule = _("A filter's weights are used at every place of the output, those of a dense layer once.")
    prompt = _("Which layer of {name} has most MACs?")
    return _most(model, draw, lambda row: row.figures.macs.value if row.figures else 0, prompt, rule)


@kind("fewer-parameters", *_PLACES, than=KindOption("the other network: a preset or a file", is_required=True))
def fewer_parameters(model: str, options: Options, draw: QuestionDraw) -> LessonQuestion:
    """Ask which of two networks has fewer parameters; their layers are listed."""
    networks = [_network(model), _network(options["than"])]
    if draw.random is not None:
        networks = [_other_counts(network, draw.random) for network in networks]
    one, other = (_counted(network) for network in networks)
    counts = [one.totals.params, other.totals.params]
    names = (one.network.name, other.network.name)
    prompt = _("Which network has fewer parameters? Layers with their input shapes: {one}; {other}.").format(
        one=f"{names[0]}: {_listed(one)}", other=f"{names[1]}: {_listed(other)}"
    )
    largest = max(one.rows, key=lambda row: row.params or 0)
    hints = (
        _("Count the first dense layer of each."),
        _("The largest layer of {name} has {count}.").format(name=names[0], count=f"{largest.params:,}"),
    )
    reason = "; ".join(f"{name}: {count:,}" for name, count in zip(names, counts, strict=True))
    return LessonQuestion(prompt, ChoiceAnswer(names, counts.index(min(counts))), reason, hints)


_analysis = lru_cache(maxsize=4)(analyze)
"""A question asks several times about its network and the one that is drawn from it."""


def _counted(network: Network) -> Analysis:
    """Analyse a network.

    Raises:
        QuestionError: it has no parameters, or they cannot be counted.
    """
    analysis = _analysis(network)
    if not (analysis.totals.params and analysis.totals.params_complete):
        raise QuestionError(_("{model} has no layer that this can be asked of").format(model=network.name))
    return analysis


def _network(model: str) -> Network:
    """Find the network of a link, whatever recipe that has."""
    return find_network(model.partition("?")[0])[0]


def _layer(model: str, options: Options, draw: QuestionDraw, fits: Any) -> tuple[Row, str]:
    """Choose a layer that fits; drawn, another one, in a network with other numbers of filters and units."""
    network = _network(options.get("network", model))
    rows = [row for row in _analysis(network).rows if row.times == 1 and not row.holds_layers and fits(row)]
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
    """Change filters and units, but those of the last layer and in branches; nothing where it cannot be built then."""
    branches = [path for path, layer in walk(network.layers) if isinstance(layer, Branches)]
    counted = [
        (path, layer)
        for path, layer in walk(network.layers)
        if _count(layer) and not any(path[: len(each)] == each for each in branches)
    ]
    other = network
    for path, layer in counted[:-1]:
        other = change(other, path, **{_count(layer): random.choice(_COUNTS)})
    return other if _analysis(other).output_shape is not None else network


def _count(layer: Layer) -> str:
    return next(
        (name for name in ("filters", "units") if hasattr(layer, name) and not getattr(layer, "groups", 1) > 1), ""
    )


def _named(network: Network, row: Row) -> str:
    return f"{network.name}, {format_path(row.path)} {_name(row)}"


def _name(row: Row) -> str:
    times = f"×{row.times}" if row.times > 1 else ""
    return " ".join(filter(None, (row.kind, " · ".join(row.settings), times)))


def _has_field(row: Row) -> bool:
    return (
        row.field is not None
        and any(row.input_fields[:1])
        and row.field.across.size > 1
        and row.figures is not None
        and len(row.figures.output_shape) == 3
    )


def _most(model: str, draw: QuestionDraw, measure: Any, prompt: str, rule: str) -> LessonQuestion:
    """Ask which layer has most of something; drawn, in a network with other filters and units."""
    network, random = _network(model), draw.random
    rows = _largest_first(network, measure)
    if len(rows) < 2 or measure(rows[0]) == measure(rows[1]):
        raise QuestionError(_("no single layer of {model} has most").format(model=model))
    name = network.name
    for _attempt in range(20 if random else 0):
        assert random is not None
        drawn = _largest_first(_other_counts(network, random), measure)
        if measure(drawn[0]) > _CLEARLY * measure(drawn[1]):
            rows, name = drawn, _("{name} with other filters and units").format(name=name)
            break
    options = rows[:4]
    (random or Random(len(rows))).shuffle(options)
    names = tuple(f"{format_path(row.path)} {_name(row)} ({_shapes(row)})" for row in options)
    total = sum(measure(row) for row in rows)
    reason = _("{count} of {total}, {percent} %").format(
        count=f"{measure(rows[0]):,}", total=f"{total:,}", percent=f"{100 * measure(rows[0]) / total:.0f}"
    )
    hints = (rule, _("The first of these has {count}.").format(count=f"{measure(options[0]):,}"))
    answer = ChoiceAnswer(names, options.index(rows[0]))
    return LessonQuestion(prompt.format(name=name), answer, reason, hints)


def _largest_first(network: Network, measure: Any) -> list[Row]:
    return sorted((row for row in _analysis(network).rows if measure(row)), key=measure, reverse=True)


def _listed(analysis: Analysis) -> str:
    """List the layers that have parameters, with their input shapes."""
    return ", ".join(f"{_name(row)} ({format_shape(row.input_shape or ())})" for row in analysis.rows if row.params)


def _shapes(row: Row) -> str:
    return f"{format_shape(row.input_shape or ())} → {format_shape(row.output_shape or ())}"


def _rule(row: Row, dense: str, filters: str) -> str:
    """Choose the rule for a layer: of a dense one, of one with filters, or what any other layer does."""
    if row.kind == "Dense":
        return dense
    return filters if _count(row.layer) == "filters" else _((type(row.layer).__doc__ or "").partition("\n")[0])


def _here(formula: str) -> str:
    return _("Here: {formula}").format(formula=formula)
