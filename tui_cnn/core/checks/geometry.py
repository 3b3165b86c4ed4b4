"""Windows that do not fit the image well."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from tui_cnn.core.checks.context import Context, setting
from tui_cnn.core.layers import Branches, Layer, ZeroPadding2D
from tui_cnn.core.layers.window import Window
from tui_cnn.core.rows import Check, Row, Severity
from tui_cnn.core.shape import Shape, format_shape, format_step
from tui_cnn.i18n import _, ngettext

_FAR_BEYOND = 12
"""How many times larger than the image a receptive field is absurd; Inception-ResNet v2 has 3,039 pixels of 299."""

_CHANGE_SIZE = ("strides", "padding")
"""Settings that give another size where they fix something: what comes after has to fit it."""


class _Hint(NamedTuple):
    """A finding about a layer wherever it stands, and the field to set, if the layer has it."""

    code: str
    severity: Severity
    message: str
    label: str
    field: str
    value: Any


def checks(context: Context) -> Iterator[Check]:
    """Look at every window, and at what the last feature map sees."""
    for row in context.rows:
        if row.figures is None or row.input_shape is None:
            continue
        for hint in _window(row.layer, row.input_shape):
            source = context.before(row)
            if hint.code == "dropped" and source is not None and isinstance(source.layer, ZeroPadding2D):
                continue  # what is left out are the zeros that were just added
            if hint.code == "stride-gap" and _is_shortcut(context, row):
                continue
            fix = setting(hint.label, row.path, **{hint.field: hint.value}) if hasattr(row.layer, hint.field) else None
            if fix and hint.field in _CHANGE_SIZE:
                fix = context.fitting(fix)
            yield Check(hint.code, hint.severity, row.path, f"{row.kind}: {hint.message}", fix)
    last_map = context.analysis.last_map
    if last_map is not None:
        yield from _last_map(last_map, context.analysis.network.input_shape)


def _is_shortcut(context: Context, row: Row) -> bool:
    """Tell whether this is how a branch is made as small as the others: by a 1×1 window with a stride."""
    if row.layer.window is None or max(row.layer.window.reach) > 1:
        return False
    holders = (context.at.get(row.path[:depth]) for depth in range(1, len(row.path)))
    return any(holder is not None and isinstance(holder.layer, Branches) for holder in holders)


@lru_cache(maxsize=4096)
def _window(layer: Layer, shape: Shape) -> tuple[_Hint, ...]:
    """Look at a window over an image; kept, for it is the same at every edit of another layer."""
    layer, shape = layer.with_channels_last(shape)
    window = layer.window
    if window is None:
        return ()
    hints = (_gap(window) or _dropped(window, shape), _dilation(window, shape) or _even(layer, window))
    return tuple(filter(None, hints))


def _gap(window: Window) -> _Hint | None:
    if all(stride <= reach for stride, reach in zip(window.strides, window.reach, strict=True)):
        return None
    message = _("stride {stride} is larger than the window ({reach}): pixels in between are skipped")
    text = message.format(stride=format_step(window.strides), reach=format_shape(window.reach))
    strides = tuple(map(min, window.strides, window.reach))
    return _Hint("stride-gap", "warning", text, f"strides = {list(strides)}", "strides", strides)


def _dropped(window: Window, shape: Shape) -> _Hint | None:
    sides = window.over(shape)
    lost = [(n - reach) % stride for n, reach, stride in zip(sides, window.reach, window.strides, strict=True)]
    if window.padding != "valid" or max(window.reach) == 1 or not any(lost):
        return None
    message = _("image {image}, window {window}, stride {stride}: {lost} dropped").format(
        image=format_shape(sides),
        window=format_shape(window.reach),
        stride=format_step(window.strides),
        lost=_lost(lost),
    )
    return _Hint("dropped", "info", message, 'padding = "same"', "padding", "same")


def _lost(counts: list[int]) -> str:
    """Say how many rows and columns are lost; along a sequence, or through a volume, how many positions."""
    if len(counts) != len(("rows", "columns")):
        return ngettext("{n} position", "{n} positions", max(counts)).format(n=format_step([n for n in counts if n]))
    rows, columns = counts
    down = ngettext("{n} row", "{n} rows", rows).format(n=rows)
    across = ngettext("{n} column", "{n} columns", columns).format(n=columns)
    both = _("{rows} and {columns}").format(rows=down, columns=across)
    return both if rows and columns else down if rows else across


def _dilation(window: Window, shape: Shape) -> _Hint | None:
    within = all(reach <= n for reach, n in zip(window.reach, window.over(shape), strict=True))
    if window.padding == "valid" or max(window.dilation) == 1 or within:
        return None
    message = _("the dilated window ({reach}) is larger than the image ({image}): some taps see only zeros")
    text = message.format(reach=format_shape(window.reach), image=format_shape(window.over(shape)))
    near = (1,) * len(window.kernel)
    return _Hint("dilation-beyond", "warning", text, f"dilation_rate = {list(near)}", "dilation_rate", near)


def _even(layer: Layer, window: Window) -> _Hint | None:
    even = any(k % 2 == 0 and s == 1 for k, s in zip(window.kernel, window.strides, strict=True))
    if window.padding != "same" or not even or layer.kernel_kind == "none":
        return None
    odd = tuple(k + 1 - k % 2 for k in window.kernel)
    message = _("an even {kernel} kernel with same padding shifts the image by half a pixel")
    text, label = message.format(kernel=format_shape(window.kernel)), f"kernel_size = {list(odd)}"
    return _Hint("even-same", "info", text, label, "kernel_size", odd)


def _last_map(row: Row, image: Shape) -> Iterator[Check]:
    if row.field is None or row.field.status == "full" or len(image) != 3:
        return
    sizes = (row.field.down.size, row.field.across.size)
    image = image[row.field.first : row.field.first + 2]
    names = {"layer": row.kind, "field": format_shape(sizes), "image": format_shape(image)}
    if any(2 * size < n for size, n in zip(sizes, image, strict=True)) and sizes != (1, 1):
        message = _("{layer}: the receptive field of the last feature map is {field} pixels, less than half of {image}")
        yield Check("small-field", "info", row.path, message.format(**names))
    if any(size > _FAR_BEYOND * n for size, n in zip(sizes, image, strict=True)):
        message = _("{layer}: the receptive field of the last feature map is {field} pixels, far more than {image}")
        yield Check("large-field", "info", row.path, message.format(**names))
