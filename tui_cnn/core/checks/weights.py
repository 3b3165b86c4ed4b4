"""Where the parameters are, and which do nothing."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.checks.model import Check, Fix
from tui_cnn.core.layers import (
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    SeparableConv2D,
)
from tui_cnn.core.network import Network
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.i18n import _

Kernels = Conv2D | Conv2DTranspose | SeparableConv2D | DepthwiseConv2D | Dense
"""Layers that multiply by a kernel and add a bias."""

_FEW = 500
_MANY = 20_000
"""Parameters that are worth saving."""


def checks(context: Context) -> Iterator[Check]:
    """Look at where the parameters are."""
    for row in context.rows:
        source = context.before.get(row.path)
        if row.figures is None or source is None or source.figures is None:
            continue
        if isinstance(row.layer, Dense) and isinstance(source.layer, Flatten):
            yield from _heavy(context, row, source)
        if isinstance(row.layer, BatchNormalization) and row.layer.center:
            yield from _bias(source)
    yield from _too_few(context)


def _heavy(context: Context, row: Row, flatten: Row) -> Iterator[Check]:
    """A dense layer over a flattened image that holds most of the parameters."""
    image, total = flatten.input_shape, context.analysis.totals.params
    if row.figures is None or image is None or len(image) != 3 or context.before.get(flatten.path) is None:
        return
    own = row.figures.parameters.total
    if own < _MANY or 2 * own < total or image[0] * image[1] == 1 or flatten.path[:-1] != row.path[:-1]:
        return
    saved = own * (elements(image) - image[2]) // elements(image)
    message = _("Dense: {own} of {total} parameters are here, for {image} is flattened; global pooling saves {saved}")
    yield Check(
        "dense-heavy",
        "info",
        row.path,
        message.format(own=f"{own:,}", total=f"{total:,}", image=format_shape(image), saved=f"{saved:,}"),
        Fix(
            _("GlobalAveragePooling2D in place of Flatten"),
            partial(edits.replace, path=flatten.path, layer=GlobalAveragePooling2D(name=flatten.layer.name)),
        ),
    )


def _bias(row: Row) -> Iterator[Check]:
    """A bias that the normalization after it takes away again."""
    layer = row.layer
    if not isinstance(layer, Kernels) or not layer.use_bias or layer.activation != "linear" or row.figures is None:
        return
    outputs = row.figures.output_shape[-1]
    message = _("{layer}: its {count} biases do nothing, for the batch normalization after it takes the mean away")
    yield Check(
        "bias-before-normalization",
        "info",
        row.path,
        message.format(layer=type(layer).__name__, count=f"{outputs:,}"),
        Fix("use_bias = false", partial(_without_bias, path=row.path)),
    )


def _without_bias(network: Network, path: Path) -> Network:
    return edits.change(network, path, use_bias=False)


def _too_few(context: Context) -> Iterator[Check]:
    totals = context.analysis.totals
    if totals.complete and 0 < totals.trainable < _FEW:
        message = _("only {count} parameters can be trained: too few to learn much of pictures")
        yield Check("few-parameters", "info", (), message.format(count=totals.trainable))
