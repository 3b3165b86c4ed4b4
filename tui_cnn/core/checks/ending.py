"""How a network ends: what the loss and the data need, and what must not stand behind the last kernel."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context, setting
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network, Path
from tui_cnn.core.rows import Check, Fix, Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _

_UNSUITED = ("relu", "relu6", "tanh", "sigmoid", "elu", "selu", "gelu", "silu", "leaky_relu", "softplus")


def checks(context: Context) -> Iterator[Check]:
    """Look at the layers from the last back to the last kernel: what there is behind it, and what it gives."""
    path, output = context.analysis.last, context.analysis.output_shape
    if path is None or output is None:
        return
    rows: list[Row] = []
    for row in (context.at[path], *context.sources(context.at[path])):
        rows.append(row)
        if row.layer.family not in ("activation", "regularization"):
            break
    *behind, end = rows
    unflattened = _unflattened(context, end)
    if unflattened is not None:
        yield _no_flatten(context, unflattened)
    elif context.training.classes is not None and output != (context.training.classes,):
        yield from _classes(context, rows, context.training.classes)
    if end.layer.kernel_kind != "none" or any(row.layer.is_softmax for row in rows):
        yield from _noise(context, behind)
    yield from _activation(context, rows)


def _unflattened(context: Context, end: Row) -> Row | None:
    """Find the first of the dense layers at the end, if they work on an image."""
    first = None
    for row in (end, *context.sources(end)):
        shape = row.input_shape
        if shape is None or elements(shape[:-1]) == 1:
            break
        if isinstance(row.layer, Dense):
            first = row
        elif row.layer.family not in ("activation", "regularization", "normalization"):
            break
    return first


def _no_flatten(context: Context, row: Row) -> Check:
    assert row.input_shape is not None
    message = _("{layer}: gets {shape} without a Flatten before it, so it works at each position on its own")
    text = message.format(layer=row.kind, shape=format_shape(row.input_shape))
    fix = Fix(_("add Flatten before it"), partial(edits.insert, path=row.path, layer=Flatten()))
    return Check("no-flatten", "warning", row.path, text, context.fitting(fix))


def _classes(context: Context, rows: list[Row], classes: int) -> Iterator[Check]:
    last, end, output = rows[0], rows[-1], context.analysis.output_shape
    assert output is not None
    is_pixelwise = len(output) == 3 and output[:2] == context.analysis.network.input_shape[:2]
    if is_pixelwise and last.layer.function not in _UNSUITED:
        return  # it gives a class for each pixel: its classes are not those of whole images
    message = _("{layer}: the output has {count} values, but the data has {classes} classes")
    fix = None
    if isinstance(end.layer, Dense) and len(output) == 1:
        last, fix = end, setting(f"units = {classes}", end.path, units=classes)
    elif convolution := _pooled(context, end):
        last, fix = convolution, setting(f"filters = {classes}", convolution.path, filters=classes)
    text = message.format(layer=last.kind, count=format_shape(output), classes=classes)
    yield Check("classes", "warning", last.path, text, fix)


def _pooled(context: Context, end: Row) -> Row | None:
    """Find the convolution whose maps a global pooling at the end turns into the output, a value a map."""
    gives_row = end.figures is not None and len(end.figures.output_shape) == 1
    if end.layer.family != "pooling" or not gives_row:
        return None
    for row in context.sources(end):
        if row.layer.kernel_kind != "none":
            return row if hasattr(row.layer, "filters") else None
        if row.layer.family not in ("activation", "regularization", "normalization"):
            break
    return None


def _noise(context: Context, behind: list[Row]) -> Iterator[Check]:
    """Dropout of what the network answers."""
    for row in behind:
        if row.layer.family == "regularization" and max(getattr(row.layer, name, 0) for name in ("rate", "stddev")):
            message = _("{layer}: changes the output of the network at random during training")
            fix = context.deleting(row)
            yield Check("dropout-at-end", "warning", row.path, message.format(layer=row.kind), fix)


def _activation(context: Context, rows: list[Row]) -> Iterator[Check]:
    """The last activations against the loss."""
    softmaxes = [row for row in rows if row.layer.is_softmax]
    if len(softmaxes) > 1:
        message = _("{layer}: a second softmax flattens the probabilities of the first; remove one")
        only = Fix(_("keep only the last softmax"), partial(_without, paths=[row.path for row in softmaxes[1:]]))
        yield Check("softmax-twice", "warning", softmaxes[0].path, message.format(layer=softmaxes[0].kind), only)
    end = rows[-1].layer
    row = next((row for row in rows if row.layer.function not in ("linear", "softmax")), None)
    if row is None or not isinstance(end, Dense) or end.units == 1 or row.layer.function not in _UNSUITED:
        return
    message = _("{layer}: {activation} at the end does not fit the loss; use softmax or linear")
    text = message.format(layer=row.kind, activation=row.layer.function)
    fitting = "linear" if softmaxes else "softmax"
    is_own = row.layer.kernel_kind != "none"
    fix = setting(f'activation = "{fitting}"', row.path, activation=fitting) if is_own else context.deleting(row)
    yield Check("last-activation", "warning", row.path, text, fix)


def _without(network: Network, paths: list[Path]) -> Network:
    """Take softmax away, the last first: the paths of those before it stay."""
    for path in paths:
        if edits.layer_at(network, path).kernel_kind == "none":
            network = edits.delete(network, path)
        else:
            network = edits.change(network, path, activation="linear")
    return network
