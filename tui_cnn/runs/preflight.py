"""The check before a run: whether a network can be trained by a recipe, on its data set."""

import math
from typing import NamedTuple

import msgspec

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.data.input_options import PixelScale, takes
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe, located

_MOST_OF_THE_FIRST = 0.01
"""Share of the weights of the first step in the average at the end, above which it is remarked on."""


class Checked(NamedTuple):
    """A network and a recipe that have passed the check; the path of the data set is absolute."""

    network: Network
    recipe: Recipe


def check(network: Network, recipe: Recipe) -> Checked:
    """Make sure that a network can be trained by a recipe.

    Raises:
        RunError: it cannot; the text names what to change.
    """
    from tui_cnn.data.dataset import check_parts, summarize
    from tui_cnn.data.files import DataError
    from tui_cnn.data.fitting import fitted_shape

    recipe = located(recipe)
    try:
        convert(msgspec.to_builtins(recipe), Recipe)
    except InvalidError as error:
        raise RunError(_("recipe: {problem}").format(problem=error)) from None
    analysis = analyze(network)
    for finding in analysis.checks:
        if finding.severity == "error" or finding.code == "opaque":  # what is not known cannot be built
            raise RunError(f"{network.name}: {finding.with_code}")
    if ends := several_ends(analysis):
        message = _("{name} has {ends}; only networks with one input and one output can be trained")
        raise RunError(message.format(name=network.name, ends=ends))
    if not analysis.totals.trainable:
        raise RunError(_("{name} has no weights to train; unfreeze a layer, or add one").format(name=network.name))
    try:
        data = summarize(recipe.directory)
        check_parts(data.name, data.train_count, data.test_count)
        fitted_shape(data.image_shape, network.input_shape, recipe.fit)
    except DataError as error:
        raise RunError(str(error)) from None
    if not suits(recipe.scale, network.input_shape):
        message = _("scale = {scale} is for 3 channels, but the input of {name} is {shape}: choose another scale")
        shape = format_shape(network.input_shape)
        raise RunError(message.format(scale=recipe.scale, name=network.name, shape=shape))
    if recipe.patience is not None and not recipe.image_counts(data.train_count, data.validation_count).validation:
        message = _(
            "patience = {patience} needs validation images, and validation = {share:g} holds out none: set validation "
            "to 0.1, or leave patience empty"
        )
        raise RunError(message.format(patience=recipe.patience, share=recipe.validation))
    if analysis.output_shape != (data.class_count,):
        raise RunError(_wrong_output(network.name, analysis.output_shape, data.name, data.class_count))
    return Checked(network, recipe)


def suits(scale: PixelScale, shape: Shape) -> bool:
    """Tell whether a scale is for the images that a network's input `shape` takes: grey where it has no channels."""
    return takes(scale, shape[-1] if len(shape) > 2 else 1)


def several_ends(analysis: Analysis) -> str:
    """Count the inputs and outputs of a network: `2 inputs and 1 output`; empty where it has one of each."""
    inputs, outputs = len(analysis.graph.inputs), len(analysis.graph.outputs)
    if inputs == outputs == 1:
        return ""
    return _("{inputs} and {outputs}").format(
        inputs=ngettext("{count} input", "{count} inputs", inputs).format(count=inputs),
        outputs=ngettext("{count} output", "{count} outputs", outputs).format(count=outputs),
    )


def training_warnings(network: Network, recipe: Recipe) -> list[str]:
    """List what may surprise in a run that can be trained.

    Raises:
        DataError: the labels cannot be read.
    """
    from tui_cnn.data.dataset import summarize, untrained_classes

    data = summarize(recipe.directory)
    counts = recipe.image_counts(data.train_count, data.validation_count)
    steps = recipe.epochs * recipe.batches(counts.train) if recipe.minutes is None else None
    context = TrainingContext(steps=steps, image_shape=data.image_shape, in_colour=data.in_colour)
    findings = analyze(network, context).checks
    notes = [finding.with_code for finding in findings if finding.code == "slow-averages"]
    if data.in_colour and network.input_shape[2:] == (1,):
        notes += [finding.with_code for finding in findings if finding.code == "input"]
    split = recipe.validation, recipe.split_seed, recipe.limit
    if missing := untrained_classes(recipe.directory, *split, unstratified=recipe.seed):
        message = _("classes without training images, which cannot be learned: {classes}; raise limit or add images")
        notes.append(message.format(classes=", ".join(missing)))
    if steps is not None and (first := recipe.ema**steps) > _MOST_OF_THE_FIRST:
        message = _(
            "ema = {ema:g} is high for {steps:,} steps: {share:.0%} of the average is still the weights of the first "
            "step; set ema to {lower} or less"
        )
        lower = math.floor(1000 * _MOST_OF_THE_FIRST ** (1 / steps)) / 1000
        notes.append(message.format(ema=recipe.ema, steps=steps, share=first, lower=f"{lower:g}"))
    return notes


def _wrong_output(name: str, shape: Shape | None, data: str, classes: int) -> str:
    if shape is not None and len(shape) == 1:
        message = _(
            "{name} ends in {units} units, but {data} has {classes} classes: set the last Dense to units = {classes}"
        )
        return message.format(name=name, units=shape[0], data=data, classes=classes)
    message = _(
        "{name} ends in {shape}, but {data} has {classes} classes and needs one number "
        "for each: end it with Flatten and Dense with units = {classes}"
    )
    return message.format(name=name, shape=format_shape(shape or ()), data=data, classes=classes)
