"""Layers that stand where they do nothing, or harm."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context, setting
from tui_cnn.core.layers import ReLU
from tui_cnn.core.network import Network, Path
from tui_cnn.core.rows import Check, Fix, Row
from tui_cnn.i18n import _

_MOST_DROPPED = 0.8
"""Srivastava et al., "Dropout", 2014, keep a fifth of an input at the least."""

_NON_NEGATIVE = ("relu", "relu6", "sigmoid", "hard_sigmoid", "softplus", "exponential", "softmax")
_SAME_IF_POSITIVE = ("relu", "leaky_relu", "elu")

_BEFORE_THE_NETWORK = ("augmentation", "reshaping", "normalization", "regularization", "opaque")
"""Families that may stand before augmentation: they prepare the image."""


def checks(context: Context) -> Iterator[Check]:
    """Look at what comes before each layer."""
    hidden: dict[Path, Row] = {}
    for row in context.rows:
        layer = row.layer
        if layer.kernel_kind != "none":
            source = _through(context, row)
            if source is not None and source.layer.is_softmax:
                hidden[source.path] = source
        elif layer.family == "activation" and layer.function in _SAME_IF_POSITIVE:
            yield from _repeated(context, row)
        elif layer.family == "augmentation":
            yield from _late(context, row)
        elif getattr(layer, "rate", 0.0) > _MOST_DROPPED:
            yield _rate(row)
    yield from map(_hidden_softmax, hidden.values())


def _through(context: Context, row: Row) -> Row | None:
    """Find where the values of a layer's input were made, before they were pooled, dropped or laid out anew."""
    sources = context.sources(row)
    return next((one for one in sources if not (one.layer.is_linear or one.layer.family == "pooling")), None)


def _hidden_softmax(row: Row) -> Check:
    message = _("{layer}: a softmax between layers lets little through: its values sum to 1")
    if hasattr(row.layer, "activation"):
        fix = setting('activation = "relu"', row.path, activation="relu")
    else:
        relu = ReLU(name=row.layer.name)
        fix = Fix(_("replace Softmax with ReLU"), partial(edits.replace, path=row.path, layer=relu))
    return Check("hidden-softmax", "warning", row.path, message.format(layer=row.kind), fix)


def _repeated(context: Context, row: Row) -> Iterator[Check]:
    """An activation that changes nothing, for no value is negative."""
    sources = context.sources(row)
    made = next((one for one in sources if not (one.layer.is_reshaping or one.layer.family == "pooling")), None)
    if made is not None and made.layer.function in _NON_NEGATIVE:
        message = _("{layer}: has no effect, because no value is negative after the {function} of {source}")
        text = message.format(layer=row.kind, function=made.layer.function, source=made.kind)
        fix = context.deleting(row)
        yield Check("repeated-activation", "warning", row.path, text, fix)


def _late(context: Context, row: Row) -> Iterator[Check]:
    work = [one for one in context.sources(row) if one.layer.family not in _BEFORE_THE_NETWORK]
    if not work:
        return
    *prefix, _place = row.path
    path, fix = work[-1].path[: len(row.path)], None
    if len(path) == len(row.path) and path[:-1] == tuple(prefix):
        first = context.at[path]
        if first.input_shape is not None and len(first.input_shape) == 3 and not _crops(context, path):
            fix = Fix(_("move it before {layer}").format(layer=first.kind), partial(_augment_first, path=path))
    message = _("{layer}: changes feature maps at random, not the image: {first} comes before it")
    yield Check("late-augmentation", "warning", row.path, message.format(layer=row.kind, first=work[-1].kind), fix)


def _crops(context: Context, path: Path) -> bool:
    """Tell whether augmentation after `path` in its stack changes the size, so that it cannot stand just anywhere."""
    late = (row for row in context.rows if row.path[:-1] == path[:-1] and row.path > path)
    changing = (row for row in late if row.figures is None or row.figures.output_shape != row.input_shape)
    return any(row.layer.family == "augmentation" for row in changing)


def _augment_first(network: Network, path: Path) -> Network:
    """Move all augmentation after `path` in its stack there; done twice, it is as if done once."""
    stack = edits.stack_at(network, path)[path[-1] :]
    late = tuple(layer for layer in stack if layer.family == "augmentation" and not layer.muted)
    others = tuple(layer for layer in stack if layer.family != "augmentation" or layer.muted)
    return edits.splice(network, path, len(stack), (*late, *others))


def _rate(row: Row) -> Check:
    rate = getattr(row.layer, "rate", 0.0)
    message = _("{layer}: rate = {rate:g} leaves only {kept:.2g} % of the values during training")
    text = message.format(layer=row.kind, rate=rate, kept=100 * (1 - rate))
    return Check("dropout-rate", "warning", row.path, text, setting("rate = 0.5", row.path, rate=0.5))
