"""What makes a network train badly, or not at all on this machine; and parameters that do little."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context, setting
from tui_cnn.core.graph import Graph
from tui_cnn.core.layers import BatchNormalization, GlobalAveragePooling2D, Layer
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Path
from tui_cnn.core.rows import Check, Fix, Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _, ngettext

_FEW = 500
_MANY = 20_000
"""Parameters that are worth saving."""

_UNTRUE = 0.05
"""Share that the beginning may still have in the moving averages at the end."""


def checks(context: Context) -> Iterator[Check]:
    """Look at the parameters, at how normalization and kernels follow each other, and at the memory."""
    yield from _weights(context)
    for row in context.rows:
        if type(row.layer) is BatchNormalization:
            yield from _dropout(context, row)
    yield from _slow_averages(context)
    for row in context.rows:
        shape = row.input_shape
        if row.layer.kernel_kind != "none":
            yield from _linear(context, row)
        if shape is not None and len(shape) == 3 and shape[0] == shape[1] == 1:
            yield from _early_pixel(context, row)
    yield from _memory(context)
    if context.training.image_shape is not None:
        yield from _images(context, context.training.image_shape)
    elif context.training.in_colour:
        yield from _colour(context)


def _images(context: Context, image: tuple[int, int, int]) -> Iterator[Check]:
    """Find what the network's input loses of the images: their colour, or their size."""
    shape = context.analysis.network.input_shape
    if len(shape) != 3 or all(have <= taken for have, taken in zip(image, shape, strict=True)):
        return
    lost = [_("colour")] if shape[2] < image[2] else []
    lost += [_("resolution")] if shape[0] < image[0] or shape[1] < image[1] else []
    message = _("the input is {shape}, so images of {image} lose {lost}")
    text = message.format(shape=format_shape(shape), image=format_shape(image), lost=_(" and ").join(lost))
    fix = Fix(
        _("set the input to {shape}").format(shape=format_shape(image)), partial(edits.set_input_shape, shape=image)
    )
    yield Check("input", "info", (), text, context.fitting(fix))


def _colour(context: Context) -> Iterator[Check]:
    """Find that the network's input loses the colour of images of different sizes."""
    shape = context.analysis.network.input_shape
    if len(shape) != 3 or shape[2] != 1:
        return
    message = _("the input is {shape}, so images in colour are trained on in grey")
    coloured = (*shape[:2], 3)
    fix = Fix(
        _("set the input to {shape}").format(shape=format_shape(coloured)),
        partial(edits.set_input_shape, shape=coloured),
    )
    yield Check("input", "info", (), message.format(shape=format_shape(shape)), context.fitting(fix))


def _weights(context: Context) -> Iterator[Check]:
    idle: list[Row] = []
    for row in context.rows:
        source = context.before(row)
        if row.figures is None or source is None or source.figures is None:
            continue
        if type(row.layer) is BatchNormalization:
            if row.layer.center and getattr(source.layer, "use_bias", False) and _is_linear(source.layer):
                idle.append(source)  # the normalization takes its bias away again
        elif row.layer.kernel_kind == "dense" and source.layer.is_reshaping and source.layer.flattens:
            yield from _heavy(context, row, source)
    seen = _seen_otherwise(context.analysis.graph) if idle else set()
    if idle := [source for source in idle if source.path not in seen]:
        yield _biases(idle)
    totals = context.analysis.totals
    if totals.complete and 0 < totals.trainable < _FEW:
        message = _("only {count} trainable parameters: too few to learn much from images")
        yield Check("few-parameters", "info", (), message.format(count=totals.trainable))


def _seen_otherwise(whole: Graph) -> set[Path]:
    """Return the layers with an output that also goes elsewhere than into a batch normalization.

    All applications of the same weights count.
    """
    seen = {whole.nodes[number].weights for number in whole.outputs}
    for node in whole.nodes:
        if type(node.layer) is not BatchNormalization:
            seen |= {whole.nodes[number].weights for number in node.inputs}
    return seen


def _heavy(context: Context, row: Row, flatten: Row) -> Iterator[Check]:
    """A dense layer over a flattened image that holds most of the parameters."""
    image, total = flatten.input_shape, context.analysis.totals.params
    if row.figures is None or image is None or len(image) != 3 or context.before(flatten) is None:
        return
    own = row.figures.parameters.total
    if own < _MANY or 2 * own < total or image[0] * image[1] == 1 or flatten.path[:-1] != row.path[:-1]:
        return
    saved = row.figures.output_shape[0] * (elements(image) - image[2])
    message = _("Dense: {own} of {total} parameters, because {image} is flattened; global pooling saves {saved}")
    text = message.format(own=f"{own:,}", total=f"{total:,}", image=format_shape(image), saved=f"{saved:,}")
    pooling = partial(edits.replace, path=flatten.path, layer=GlobalAveragePooling2D(name=flatten.layer.name))
    fix = Fix(_("replace Flatten with GlobalAveragePooling2D"), pooling)
    yield Check("dense-heavy", "info", row.path, text, fix)


def _biases(idle: list[Row]) -> Check:
    """All idle biases in one finding: a deep network may have dozens."""
    count = sum(row.times * row.figures.output_shape[-1] for row in idle if row.figures)
    message = _(
        "{layer}: its {count} biases have no effect, because the batch normalization after it subtracts the mean"
    )
    if len(idle) > 1:
        message = ngettext(
            "{layer}: its biases, and those of {others} more layer, {count} in all, have no effect, "
            "because the batch normalization after each subtracts the mean",
            "{layer}: its biases, and those of {others} more layers, {count} in all, have no effect, "
            "because the batch normalization after each subtracts the mean",
            len(idle) - 1,
        )
    text = message.format(layer=idle[0].kind, others=len(idle) - 1, count=f"{count:,}")
    fix = setting("use_bias = false", *(row.path for row in idle), use_bias=False)
    return Check("bias-before-normalization", "info", idle[0].path, text, fix)


def _dropout(context: Context, row: Row) -> Iterator[Check]:
    source = context.before(row)
    while source is not None and (source.layer.kernel_kind != "none" or source.layer.family == "activation"):
        source = context.before(source)
    if source is not None and source.layer.family == "regularization" and getattr(source.layer, "rate", 0.0) > 0:
        message = _("{layer}: placed before a batch normalization, it shifts its statistics")
        fix = None
        if source.path[:-1] == row.path[:-1]:
            behind = partial(edits.move, path=source.path, to=_last_normalization(context, row))
            fix = context.fitting(Fix(_("move it after the normalization"), behind))
        text = message.format(layer=source.kind)
        yield Check("dropout-before-normalization", "warning", source.path, text, fix)


def _last_normalization(context: Context, row: Row) -> int:
    """Return the place of the last normalization whose statistics a dropout before `row`, or just after it, shifts."""
    stack = edits.stack_at(context.analysis.network, row.path)
    last = row.path[-1]
    for place in range(last, len(stack)):
        layer = stack[place]
        if type(layer) is BatchNormalization and not layer.muted:
            last = place
        elif layer.kernel_kind == "none" and layer.family not in ("activation", "regularization"):
            break
    return last


def _slow_averages(context: Context) -> Iterator[Check]:
    """Moving averages that a training is too short for."""
    steps = context.training.steps
    if steps is None:
        return
    normalizing = ((row.path, row.layer.momentum) for row in context.rows if isinstance(row.layer, BatchNormalization))
    slow = {path: momentum for path, momentum in normalizing if momentum**steps > _UNTRUE}
    if not slow:
        return
    message = _(
        "{layer}: with momentum = {momentum:g} its moving averages are still far off after {steps:,} steps, "
        "so validation will look like chance"
    )
    text = message.format(layer="BatchNormalization", momentum=max(slow.values()), steps=steps)
    quick = next((momentum for momentum in (0.9, 0.8, 0.5) if momentum**steps <= _UNTRUE), None)
    fix = setting(f"momentum = {quick}", *slow, momentum=quick) if quick else None
    yield Check("slow-averages", "warning", next(iter(slow)), text, fix)


def _linear(context: Context, row: Row) -> Iterator[Check]:
    """Two linear layers in a row are one; but a bottleneck of 1×1 or depthwise convolutions is meant so."""
    if _is_bottleneck(row.layer):
        return
    source = context.before(row)
    while source is not None and source.layer.is_linear:
        source = context.before(source)
    if source is None or source.layer.kernel_kind == "none":
        return
    if _is_linear(source.layer) and not _is_bottleneck(source.layer):
        message = _("{layer}: no activation before the next {next}, so both act as one linear layer")
        fix = setting('activation = "relu"', source.path, activation="relu")
        yield Check("no-activation", "warning", source.path, message.format(layer=source.kind, next=row.kind), fix)


def _is_linear(layer: Layer) -> bool:
    return getattr(layer, "activation", "") == "linear"


def _is_bottleneck(layer: Layer) -> bool:
    if layer.kernel_kind == "convolution" and layer.window:
        depthwise = 1 < getattr(layer, "groups", 1) == getattr(layer, "filters", 0)
        return max(layer.window.kernel) == 1 or depthwise
    return layer.kernel_kind in ("depthwise", "separable")


def _early_pixel(context: Context, row: Row) -> Iterator[Check]:
    layer = row.layer
    if row.figures is None or layer.window is None or max(layer.window.kernel) == 1:
        return
    if hasattr(layer, "kernel_size"):
        message = _("{layer}: its input is a single pixel, so all taps of its kernel but one see only zeros")
        fix: Fix | None = setting("kernel_size = [1, 1]", row.path, kernel_size=(1, 1))
    elif layer.family == "pooling":
        message = _("{layer}: its input is a single pixel, so there is nothing to pool")
        fix = context.deleting(row)
    else:
        return
    yield Check("single-pixel", "warning", row.path, message.format(layer=row.kind), fix)


def _memory(context: Context) -> Iterator[Check]:
    limit = context.training.machine_memory
    if limit is None:
        return
    needed = memory(context.analysis, context.training.batch_size, context.training.optimizer).training
    if needed is not None and needed > limit:
        message = _(
            "a training step with batch size {batch} needs {needed:.1f} GB of memory, "
            "but this machine has {limit:.1f} GB"
        )
        text = message.format(batch=context.training.batch_size, needed=needed / 1e9, limit=limit / 1e9)
        yield Check("memory", "warning", (), text)
