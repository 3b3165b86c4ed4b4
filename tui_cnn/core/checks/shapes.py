"""Stacks that cannot be built, and the smallest edit that lets them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from tui_cnn.core import edits
from tui_cnn.core.checks.context import Context
from tui_cnn.core.checks.merging import merge_fix
from tui_cnn.core.findings import Check, Fix
from tui_cnn.core.layers import Block, Branches, Opaque
from tui_cnn.core.network import Network
from tui_cnn.core.path import format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import ShapeError, format_shape
from tui_cnn.i18n import _


def empty(network: Network) -> Iterator[Check]:
    """Ask for a first layer."""
    if not network.layers:
        yield Check("empty", "error", (), _("the network has no layers; add one"))
    elif all(layer.muted for layer in network.layers):
        yield Check("empty", "error", (), _("all layers are muted; unmute at least one"))


def shapes(context: Context) -> Iterator[Check]:
    """Name each layer that cannot take its input, and which earlier one is to blame."""
    for row in context.rows:
        if row.error is not None:
            message = _blamed(f"{type(row.layer).__name__}: {row.error}", context, row)
            yield Check("shape", "error", row.path, message, _shape_fix(row, row.error, context.rows))


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
    number, kind = format_path(worst.path), type(worst.layer).__name__
    return message.format(problem=problem, number=number, layer=kind, before=before, after=after)


def _shape_fix(row: Row, error: ShapeError, rows: Sequence[Row]) -> Fix | None:
    if error.change:
        label = ", ".join(_set(field, value) for field, value in error.change.items())
        return Fix(label, partial(edits.change, path=row.path, **error.change))
    if isinstance(row.layer, Branches):
        return merge_fix(row)
    flat = row.input_shape is not None and len(row.input_shape) == 1
    flattening = _flattening_before(row, rows) if flat else None
    if flattening is None:
        return None
    if row.layer.flattens:
        return Fix(_("delete it, its input is already flat"), partial(edits.delete, path=row.path))
    label = _("move it to position {number}, before {layer}")
    return Fix(
        label.format(number=format_path(flattening.path), layer=type(flattening.layer).__name__),
        partial(edits.move, path=row.path, to=flattening.path[-1]),
    )


def _flattening_before(row: Row, rows: Sequence[Row]) -> Row | None:
    """Find the layer of the same stack that turned the image into a row of numbers."""
    siblings = [other for other in rows if other.path[:-1] == row.path[:-1] and other.path < row.path]
    for other in reversed(siblings):
        if other.input_shape is not None and len(other.input_shape) == 3:
            return other
    return None


def opaque(rows: Sequence[Row]) -> Iterator[Check]:
    """Name each layer that nothing is known of, so that nobody takes a partial total for the whole."""
    for row in rows:
        if isinstance(row.layer, Opaque):
            message = _("{kind} is opaque: its parameters and MACs are unknown, so the totals are partial")
            yield Check("opaque", "warning", row.path, message.format(kind=row.layer.kind))


def names(rows: Sequence[Row]) -> Iterator[Check]:
    """Find names that are given twice."""
    owners: dict[str, Row | None] = {_INPUT: None}
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
        fix = Fix(_("remove the name"), partial(edits.change, path=row.path, name=""))
        yield Check("duplicate-name", "error", row.path, message, fix)


_INPUT = "input_layer"
"""What Keras calls the input."""


def _set(field: str, value: Any) -> str:
    """Write what is done to a field; None is to leave it out."""
    return _("remove {field}").format(field=field) if value is None else f"{field} = {_written(value)}"


def _written(value: Any) -> str:
    """Write a field's value as TOML does."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
