"""What makes a network train badly, or not at all on this machine."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.findings import Check, Fix
from tui_cnn.core.layers import Dense, Layer
from tui_cnn.core.memory import memory
from tui_cnn.core.rows import Row
from tui_cnn.i18n import _

_UNSUITED = ("relu", "relu6", "tanh", "sigmoid", "elu", "selu", "gelu", "silu", "leaky_relu", "softplus")


def checks(context: Context) -> Iterator[Check]:
    """Look at how one layer follows another, at the end, and at the memory."""
    for row in context.rows:
        shape = row.input_shape
        if row.layer.kernel_kind != "none":
            yield from _linear(context, row)
        if shape is not None and len(shape) == 3 and shape[0] == shape[1] == 1:
            yield from _early_pixel(row)
    yield from _end(context)
    yield from _memory(context)


def _linear(context: Context, row: Row) -> Iterator[Check]:
    """Two linear layers in a row are one; but a bottleneck of 1×1 or depthwise convolutions is meant so."""
    if _is_bottleneck(row.layer):
        return
    source = context.before(row)
    while source is not None and source.layer.is_linear:
        source = context.before(source)
    if source is None or source.layer.kernel_kind == "none":
        return
    if getattr(source.layer, "activation", "") == "linear" and not _is_bottleneck(source.layer):
        message = _("{layer}: no activation before the next {next}, so both act as one linear layer")
        yield Check(
            "no-activation",
            "warning",
            source.path,
            message.format(layer=type(source.layer).__name__, next=type(row.layer).__name__),
            Fix('activation = "relu"', partial(edits.change, path=source.path, activation="relu")),
        )


def _is_bottleneck(layer: Layer) -> bool:
    if layer.kernel_kind == "convolution" and layer.window:
        depthwise = 1 < getattr(layer, "groups", 1) == getattr(layer, "filters", 0)
        return layer.window.kernel == (1, 1) or depthwise
    return layer.kernel_kind in ("depthwise", "separable")


def _early_pixel(row: Row) -> Iterator[Check]:
    layer = row.layer
    if row.figures is None or layer.window is None or max(layer.window.kernel) == 1:
        return
    if hasattr(layer, "kernel_size"):
        message = _("{layer}: its input is a single pixel, so all taps of its kernel but one see only zeros")
        fix = Fix("kernel_size = [1, 1]", partial(edits.change, path=row.path, kernel_size=(1, 1)))
    elif layer.family == "pooling":
        message = _("{layer}: its input is a single pixel, so there is nothing to pool")
        fix = Fix(_("delete the layer"), partial(edits.delete, path=row.path))
    else:
        return
    yield Check("single-pixel", "warning", row.path, message.format(layer=type(layer).__name__), fix)


def _end(context: Context) -> Iterator[Check]:
    """The output against the classes, and the activation of the last layer against the loss."""
    last, classes = context.last, context.training.classes
    output = context.analysis.output_shape
    if last is None or output is None:
        return
    kind = type(last.layer).__name__
    if classes is not None and output != (classes,):
        message = _("{layer}: the output has {count} values, but the data has {classes} classes")
        change = {"units": classes} if isinstance(last.layer, Dense) and len(output) == 1 else None
        fix = Fix(f"units = {classes}", partial(edits.change, path=last.path, units=classes)) if change else None
        count = "×".join(map(str, output))
        yield Check("classes", "warning", last.path, message.format(layer=kind, count=count, classes=classes), fix)
    before = context.before(last)
    if last.layer.is_softmax and before is not None and before.layer.is_softmax:
        message = _("{layer}: a second softmax flattens the probabilities of the first; remove one")
        edit = partial(edits.change, path=before.path, activation="linear")
        if before.layer.kernel_kind == "none":
            edit = partial(edits.delete, path=before.path)
        yield Check(
            "softmax-twice",
            "warning",
            last.path,
            message.format(layer=kind),
            Fix(_("keep only the last softmax"), edit),
        )
    elif isinstance(last.layer, Dense) and last.layer.units > 1 and last.layer.activation in _UNSUITED:
        message = _("{layer}: {activation} at the end does not fit the loss; use softmax or linear")
        yield Check(
            "last-activation",
            "warning",
            last.path,
            message.format(layer=kind, activation=last.layer.activation),
            Fix('activation = "softmax"', partial(edits.change, path=last.path, activation="softmax")),
        )


def _memory(context: Context) -> Iterator[Check]:
    limit = context.training.machine_memory
    if limit is None:
        return
    needed = memory(context.analysis, context.training.batch_size, context.training.optimizer).training
    if needed is not None and needed > limit:
        message = _(
            "a training step with batch size {batch} needs {needed:.1f} GB of "
            "memory, but this machine has {limit:.1f} GB"
        )
        text = message.format(batch=context.training.batch_size, needed=needed / 1e9, limit=limit / 1e9)
        yield Check("memory", "warning", (), text)
