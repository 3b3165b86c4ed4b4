"""Where the parameters are, and which do nothing."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.findings import Check, Fix
from tui_cnn.core.layers import BatchNormalization, GlobalAveragePooling2D
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _, ngettext

_FEW = 500
_MANY = 20_000
"""Parameters that are worth saving."""


def checks(context: Context) -> Iterator[Check]:
    """Look at where the parameters are."""
    idle: list[Row] = []
    for row in context.rows:
        source = context.before(row)
        if row.figures is None or source is None or source.figures is None:
            continue
        if type(row.layer) is BatchNormalization:
            if row.layer.center and _has_idle_bias(source):
                idle.append(source)
        elif row.layer.kernel_kind == "dense" and source.layer.is_reshaping and source.layer.flattens:
            yield from _heavy(context, row, source)
    yield from _biases(idle)
    yield from _too_few(context)


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
    yield Check(
        "dense-heavy",
        "info",
        row.path,
        message.format(own=f"{own:,}", total=f"{total:,}", image=format_shape(image), saved=f"{saved:,}"),
        Fix(
            _("replace Flatten with GlobalAveragePooling2D"),
            partial(edits.replace, path=flatten.path, layer=GlobalAveragePooling2D(name=flatten.layer.name)),
        ),
    )


def _has_idle_bias(row: Row) -> bool:
    """Tell whether a layer adds a bias that the normalization after it takes away again."""
    layer = row.layer
    return getattr(layer, "use_bias", False) and getattr(layer, "activation", "") == "linear"


def _biases(idle: list[Row]) -> Iterator[Check]:
    """All idle biases in one finding: a deep network may have dozens."""
    if not idle:
        return
    paths = tuple(row.path for row in idle)
    count = sum(row.figures.output_shape[-1] for row in idle if row.figures)
    message = _(
        "{layer}: its {count} biases have no effect, because the batch normalization after it subtracts the mean"
    )
    if len(idle) > 1:
        message = ngettext(
            (
                "{layer}: its biases, and those of {others} more layer, {count} in all, have "
                "no effect, because the batch normalization after each subtracts the mean"
            ),
            (
                "{layer}: its biases, and those of {others} more layers, {count} in all, "
                "have no effect, because the batch normalization after each subtracts the "
                "mean"
            ),
            len(idle) - 1,
        )
    names = {"layer": type(idle[0].layer).__name__, "others": len(idle) - 1, "count": f"{count:,}"}
    fix = Fix("use_bias = false", partial(_without_biases, paths=paths))
    yield Check("bias-before-normalization", "info", paths[0], message.format(**names), fix)


def _without_biases(network: Network, paths: tuple[Path, ...]) -> Network:
    for path in paths:
        network = edits.change(network, path, use_bias=False)
    return network


def _too_few(context: Context) -> Iterator[Check]:
    totals = context.analysis.totals
    if totals.complete and 0 < totals.trainable < _FEW:
        message = _("only {count} trainable parameters: too few to learn much from images")
        yield Check("few-parameters", "info", (), message.format(count=totals.trainable))
