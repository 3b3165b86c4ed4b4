"""Windows that do not fit the image well."""

from collections.abc import Iterator
from functools import partial

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.checks.model import Check, Fix
from tui_cnn.core.layers import AveragePooling2D, Conv2D, DepthwiseConv2D, MaxPooling2D, SeparableConv2D
from tui_cnn.core.layers.window import Window, format_extent, format_step
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape
from tui_cnn.i18n import _, ngettext

_Sliding = Conv2D | DepthwiseConv2D | SeparableConv2D | MaxPooling2D | AveragePooling2D
_FAR_BEYOND = 6
"""How many times larger than the image a receptive field is absurd; those of the classics stay below 5."""


def checks(context: Context) -> Iterator[Check]:
    """Look at every window, and at what the last feature map sees."""
    last_map: Row | None = None
    for row in context.rows:
        if row.figures is None or row.input_shape is None:
            continue
        if isinstance(row.layer, _Sliding):
            yield from _window(row, row.layer.window, row.input_shape)
        if len(row.path) == 1 and row.field is not None and row.field.status != "full":
            last_map = row
    if last_map is not None:
        yield from _last_map(last_map, context.analysis.network.input_shape)


def _window(row: Row, window: Window, shape: Shape) -> Iterator[Check]:
    kind = type(row.layer).__name__
    gaps = [max(0, stride - reach) for stride, reach in zip(window.strides, window.reach, strict=True)]
    if max(gaps):
        message = _("{layer}: a stride of {stride} is more than the window of {reach}: pixels between are never seen")
        strides = tuple(min(pair) for pair in zip(window.strides, window.reach, strict=True))
        yield Check(
            "stride-gap",
            "warning",
            row.path,
            message.format(layer=kind, stride=format_step(window.strides), reach=format_extent(window.reach)),
            Fix(f"strides = [{strides[0]}, {strides[1]}]", partial(edits.change, path=row.path, strides=strides)),
        )
    elif window.padding == "valid":
        yield from _dropped(row, window, shape)
    if window.padding == "same":
        yield from _same(row, window, shape)


def _dropped(row: Row, window: Window, shape: Shape) -> Iterator[Check]:
    rows, columns = (
        (n - reach) % stride for n, reach, stride in zip(shape[:2], window.reach, window.strides, strict=True)
    )
    if not rows and not columns:
        return
    lost = _(" and ").join(
        text
        for count, text in (
            (rows, ngettext("{n} row", "{n} rows", rows).format(n=rows)),
            (columns, ngettext("{n} column", "{n} columns", columns).format(n=columns)),
        )
        if count
    )
    message = _("{layer}: {image} by {window} at stride {stride} leaves out {lost}")
    yield Check(
        "dropped",
        "info",
        row.path,
        message.format(
            layer=type(row.layer).__name__,
            image=format_extent((shape[0], shape[1])),
            window=format_extent(window.reach),
            stride=format_step(window.strides),
            lost=lost,
        ),
        Fix('padding = "same"', partial(edits.change, path=row.path, padding="same")),
    )


def _same(row: Row, window: Window, shape: Shape) -> Iterator[Check]:
    kind = type(row.layer).__name__
    if window.dilation != (1, 1) and any(reach > n for reach, n in zip(window.reach, shape[:2], strict=True)):
        message = _("{layer}: the dilated window covers {reach}, more than the {image} image: taps see only zeros")
        yield Check(
            "dilation-beyond",
            "warning",
            row.path,
            message.format(layer=kind, reach=format_extent(window.reach), image=format_extent((shape[0], shape[1]))),
            Fix("dilation_rate = [1, 1]", partial(edits.change, path=row.path, dilation_rate=(1, 1))),
        )
    elif isinstance(row.layer, Conv2D | DepthwiseConv2D | SeparableConv2D) and any(
        k % 2 == 0 and s == 1 for k, s in zip(window.kernel, window.strides, strict=True)
    ):
        odd = tuple(k + 1 - k % 2 for k in window.kernel)
        message = _("{layer}: an even {kernel} kernel with same padding shifts the image by half a pixel")
        yield Check(
            "even-same",
            "info",
            row.path,
            message.format(layer=kind, kernel=format_extent(window.kernel)),
            Fix(f"kernel_size = [{odd[0]}, {odd[1]}]", partial(edits.change, path=row.path, kernel_size=odd)),
        )


def _last_map(row: Row, image: Shape) -> Iterator[Check]:
    if row.field is None or len(image) != 3:
        return
    sizes = (row.field.down.size, row.field.across.size)
    kind, field = type(row.layer).__name__, format_extent(sizes)
    names = {"layer": kind, "field": field, "image": format_extent((image[0], image[1]))}
    if any(2 * size < n for size, n in zip(sizes, image[:2], strict=True)) and sizes != (1, 1):
        message = _("{layer}: a cell of the last feature map sees {field} pixels, less than half of {image}")
        yield Check("small-field", "info", row.path, message.format(**names))
    if any(size > _FAR_BEYOND * n for size, n in zip(sizes, image[:2], strict=True)):
        message = _("{layer}: a cell of the last feature map sees {field} pixels, far more than {image}")
        yield Check("large-field", "info", row.path, message.format(**names))
