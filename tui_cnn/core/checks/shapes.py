"""Stacks that cannot be built, and the smallest edit that lets them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context, setting
from tui_cnn.core.graph import LayerReferenceError
from tui_cnn.core.layers import Block, Branches, Conv2D, Cropping2D, MaxPooling2D, Opaque, Route, stack_shape
from tui_cnn.core.network import Network, Stack, format_path
from tui_cnn.core.rows import Check, Fix, Row
from tui_cnn.core.shape import Shape, ShapeError, format_shape
from tui_cnn.i18n import _

_Proposal = tuple[str, Stack]
"""What is done to a branch, in a few words with a place for its `{number}`, and the branch after it."""


def checks(context: Context) -> Iterator[Check]:
    """Look at what keeps a network from being built, and from being computed."""
    yield from _empty(context.analysis.network)
    yield from _shapes(context)
    yield from _names(context.rows)
    yield from _outputs(context)
    for row in context.rows:
        if isinstance(row.layer, Opaque):
            message = _("{kind} is opaque: its parameters and MACs are unknown, so the totals are lower bounds")
            if row.layer.weights is not None:
                message = _("{kind} is opaque: its MACs are unknown, so their total is a lower bound")
            yield Check("opaque", "warning", row.path, message.format(kind=row.layer.kind))


def _empty(network: Network) -> Iterator[Check]:
    if not network.layers:
        yield Check("empty", "error", (), _("the network has no layers; add one"))
    elif all(layer.muted for layer in network.layers):
        yield Check("empty", "error", (), _("all layers are muted; unmute at least one"))


def _shapes(context: Context) -> Iterator[Check]:
    """Name each layer that cannot take its input, and which earlier one is to blame."""
    for row in context.rows:
        if row.error is not None:
            message = _blamed(f"{row.kind}: {row.error}", context, row)
            yield Check("shape", "error", row.path, message, _shape_fix(context, row, row.error))


def _blamed(problem: str, context: Context, row: Row) -> str:
    """Add the layer before `row` that made the image smallest, where a window does not fit."""
    if row.error is None or "padding" not in row.error.change:
        return problem
    worst, most = None, 1.0
    source = context.before(row)
    while source is not None:
        if source.figures and source.input_shape and len(source.figures.output_shape) == len(source.input_shape) == 3:
            factor = min(
                n / max(1, out) for n, out in zip(source.input_shape[:2], source.figures.output_shape, strict=False)
            )
            if factor > most:
                worst, most = source, factor
        source = context.before(source)
    if worst is None or worst.figures is None or worst.input_shape is None:
        return problem
    before, after = format_shape(worst.input_shape[:2]), format_shape(worst.figures.output_shape[:2])
    message = _("{problem} (layer {number}, {layer}, changed {before} to {after})")
    number = format_path(worst.path)
    return message.format(problem=problem, number=number, layer=worst.kind, before=before, after=after)


def _outputs(context: Context) -> Iterator[Check]:
    """Find outputs that no layer gives, and layers that lead to no output: Keras would leave these out."""
    network, whole = context.analysis.network, context.analysis.graph
    for name in whole.dangling:
        message = _("the output “{name}” is no layer's name; use the name of a layer that is not muted")
        others = tuple(one for one in network.outputs if one != name)
        fix = Fix(_("remove it from the outputs"), partial(edits.set_outputs, names=others))
        yield Check("output", "error", (), message.format(name=name), fix)
    if whole.dangling or any(row.error for row in context.rows):
        return
    needed = {whole.nodes[number].path for number in whole.needed()}
    for row in context.rows:
        if row.path not in needed and not isinstance(row.layer, Block):
            message = _("{layer}: leads to no output; delete it, or add its name to the outputs")
            yield Check("unused", "error", row.path, message.format(layer=row.kind), context.deleting(row))


def _reference_fix(context: Context, row: Row, error: LayerReferenceError) -> Fix | None:
    """Unmute what is named, or leave its name out; a layer that then takes nothing is deleted."""
    if error.muted is not None:
        return setting(_("unmute layer {number}").format(number=format_path(error.muted)), error.muted, muted=False)
    shown = next((other for other in context.rows if other.name == error.name and other.path < row.path), None)
    if shown is not None and not shown.layer.name:
        label = _("name layer {number} “{name}”").format(number=format_path(shown.path), name=error.name)
        return Fix(label, partial(edits.name_layer, name=error.name))
    names = row.layer.takes or ()
    left = tuple(name for name in names if name != error.name)
    if isinstance(row.layer, Route) and left:
        return setting(_("remove “{name}”").format(name=error.name), row.path, layers=left)
    return context.deleting(row)


def _shape_fix(context: Context, row: Row, error: ShapeError) -> Fix | None:
    if isinstance(error, LayerReferenceError):
        return _reference_fix(context, row, error)
    if error.change.get("padding") == "same" and (fix := _smaller_window(context, row)):
        return fix
    if error.change:
        label = ", ".join(_set(field, value) for field, value in error.change.items())
        return setting(label, row.path, **error.change)
    if isinstance(row.layer, Branches):
        return _merge_fix(row)
    flat = row.input_shape is not None and len(row.input_shape) == 1
    flattening = _flattening_before(row, context.rows) if flat else None
    if flattening is None:
        return None
    if row.layer.flattens:
        return Fix(_("delete it, its input is already flat"), partial(edits.delete, path=row.path))
    label = _("move it to position {number}, before {layer}")
    label = label.format(number=format_path(flattening.path), layer=flattening.kind)
    return Fix(label, partial(edits.move, path=row.path, to=flattening.path[-1]))


def _smaller_window(context: Context, row: Row) -> Fix | None:
    """Make the window of a layer one pixel where the image is no larger: padding would only add zeros to see."""
    assert row.layer.window is not None
    assert row.input_shape is not None
    window = row.layer.window
    sides = window.over(row.layer.with_channels_last(row.input_shape)[1])
    kernel = tuple(1 if n == 1 else k for n, k in zip(sides, window.kernel, strict=True))
    smaller = window._replace(kernel=kernel)
    if smaller == window or any(reach > n for reach, n in zip(smaller.reach, sides, strict=True)):
        return None
    if max(kernel) == 1 and row.layer.kernel_kind == "none" and (fix := context.deleting(row)):
        return fix
    field = next((name for name in ("kernel_size", "pool_size") if hasattr(row.layer, name)), None)
    return setting(_set(field, kernel), row.path, **{field: kernel}) if field else None


def _flattening_before(row: Row, rows: Sequence[Row]) -> Row | None:
    """Find the layer of the same stack that turned the image into a row of numbers."""
    siblings = (other for other in reversed(rows) if other.path[:-1] == row.path[:-1] and other.path < row.path)
    return next((other for other in siblings if other.input_shape and len(other.input_shape) == 3), None)


def _names(rows: Sequence[Row]) -> Iterator[Check]:
    """Find names that are given twice."""
    owners: dict[str, Row | None] = {"input_layer": None}  # as Keras calls the input
    for row in rows:
        if isinstance(row.layer, Block):  # a group is no layer of the built model: its name may repeat
            continue
        if row.name not in owners:
            owners[row.name] = row
            continue
        owner = owners[row.name]
        whose = _("layer {number}").format(number=format_path(owner.path)) if owner else _("the input")
        message = _("the name “{name}” is already used by {owner}; names must be unique").format(
            name=row.name, owner=whose
        )
        yield Check("duplicate-name", "error", row.path, message, setting(_("remove the name"), row.path, name=""))


def _set(field: str, value: Any) -> str:
    """Write what is done to a field; None is to leave it out."""
    return _("remove {field}").format(field=field) if value is None else f"{field} = {_written(value)}"


def _written(value: Any) -> str:
    """Write a field's value as TOML does."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def _merge_fix(row: Row) -> Fix | None:
    """Find what to add so that the branches of `row` can be merged: each proposal is tried before it is made."""
    if not isinstance(row.layer, Branches) or row.input_shape is None:
        return None
    try:
        shapes = tuple(stack_shape(branch, row.input_shape) for branch in row.layer.branches)
    except ShapeError:  # it is a layer within that cannot be built
        return None
    if any(len(shape) != 3 for shape in shapes):
        return None
    for done, branches in _proposals(row.layer, shapes):
        try:
            row.layer.merged_shape(tuple(stack_shape(branch, row.input_shape) for branch in branches))
        except ShapeError:
            continue
        return setting(done, row.path, branches=branches)
    return None


def _proposals(layer: Branches, shapes: tuple[Shape, ...]) -> Iterator[tuple[str, tuple[Stack, ...]]]:
    """Propose, least change first: to keep the borders, to set the last kernels, to project, to make small, to crop."""
    smallest = min(shapes)[:2]
    main = max(range(len(shapes)), key=lambda number: (shapes[number][:2] == smallest, len(layer.branches[number])))
    target = shapes[main]
    for way in (_padded, _pooled, _cropped) if layer.merge == "concatenate" else _WAYS:
        yield _each(layer.branches, [way(*pair, target) for pair in zip(layer.branches, shapes, strict=True)])


def _each(before: tuple[Stack, ...], after: list[_Proposal]) -> tuple[str, tuple[Stack, ...]]:
    """Put what is done to the branches into one line."""
    parts = [
        what.format(number=number)
        for number, (old, (what, new)) in enumerate(zip(before, after, strict=True), start=1)
        if old != new
    ]
    return ", ".join(parts), tuple(branch for _what, branch in after)


def _in_branch(fields: dict[str, Any]) -> str:
    setting = ", ".join(_set(field, value) for field, value in fields.items())
    return _("set {setting} in branch {number}").format(setting=setting, number="{number}")


def _added(what: str) -> str:
    return _("add {what} to branch {number}").format(what=what, number="{number}")


def _padded(branch: Stack, shape: Shape, target: Shape) -> _Proposal:
    kept = (
        replace(layer, padding="same") if layer.window and max(layer.window.reach) > 1 else layer for layer in branch
    )
    return _in_branch({"padding": "same"}), tuple(kept)


def _widened(branch: Stack, shape: Shape, target: Shape) -> _Proposal:
    """Give the last convolution of a branch the filters, and the strides, that lead to what the main path gives."""
    places = (place for place in reversed(range(len(branch))) if isinstance(branch[place], Conv2D))
    place = next(places, None)
    if place is None or shape == target:
        return "", branch
    fields: dict[str, Any] = {"filters": target[2]} if shape[2] != target[2] else {}
    if shape[:2] != target[:2]:
        fields["strides"] = _strides(shape, target)
    return _in_branch(fields), (*branch[:place], replace(branch[place], **fields), *branch[place + 1 :])


def _projected(branch: Stack, shape: Shape, target: Shape) -> _Proposal:
    """Bring a shortcut to the size and depth of the main path, as residual networks do."""
    if shape == target:
        return "", branch
    strides, filters = _strides(shape, target), target[2]
    projection = Conv2D(filters=filters, kernel_size=(1, 1), strides=strides)
    what = _("a 1×1 Conv2D with {filters} filters")
    if strides != (1, 1):
        what = _("a 1×1 Conv2D with {filters} filters and strides {strides}")
    return _added(what.format(filters=filters, strides=format_shape(strides))), (*branch, projection)


def _pooled(branch: Stack, shape: Shape, target: Shape) -> _Proposal:
    size = _strides(shape, target)
    if size == (1, 1):
        return "", branch
    what = _("a {size} MaxPooling2D").format(size=format_shape(size))
    return _added(what), (*branch, MaxPooling2D(pool_size=size, padding="same"))


def _cropped(branch: Stack, shape: Shape, target: Shape) -> _Proposal:
    down, across = (max(0, n - wanted) for n, wanted in zip(shape[:2], target[:2], strict=True))
    if not down and not across:
        return "", branch
    sides = ((down // 2, down - down // 2), (across // 2, across - across // 2))
    what = _("a Cropping2D that crops to {size}").format(size=format_shape(target[:2]))
    return _added(what), (*branch, Cropping2D(cropping=sides))


_WAYS = (_padded, _widened, _projected, _pooled, _cropped)


def _strides(shape: Shape, target: Shape) -> tuple[int, int]:
    return max(1, round(shape[0] / target[0])), max(1, round(shape[1] / target[1]))
