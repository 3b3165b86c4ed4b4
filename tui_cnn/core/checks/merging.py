"""Branches whose outputs cannot be merged, and the smallest addition to them that lets them be."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from tui_cnn.core import edits
from tui_cnn.core.findings import Fix
from tui_cnn.core.layers import (
    AnyLayer,
    Branches,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
)
from tui_cnn.core.layers.window import format_extent
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape, ShapeError
from tui_cnn.core.stack_shape import stack_shape
from tui_cnn.i18n import _

_Branch = tuple[AnyLayer, ...]
_Proposal = tuple[str, _Branch]
"""What is done to a branch, in a few words, and the branch after it."""


def merge_fix(row: Row) -> Fix | None:
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
        return Fix(done, partial(edits.change, path=row.path, branches=branches))
    return None


def _proposals(layer: Branches, shapes: tuple[Shape, ...]) -> Iterator[tuple[str, tuple[_Branch, ...]]]:
    """Propose, least change first: to keep the borders, to project onto the main path, to make small, to crop."""
    smallest = min(shapes)[:2]
    main = max(range(len(shapes)), key=lambda number: (shapes[number][:2] == smallest, len(layer.branches[number])))
    target = shapes[main]
    yield _each(layer.branches, [_padded(branch) for branch in layer.branches])
    if layer.merge != "concatenate":
        yield _each(layer.branches, [_projected(*pair, target) for pair in zip(layer.branches, shapes, strict=True)])
    yield _each(layer.branches, [_pooled(*pair, target) for pair in zip(layer.branches, shapes, strict=True)])
    yield _each(layer.branches, [_cropped(*pair, target) for pair in zip(layer.branches, shapes, strict=True)])


def _each(before: tuple[_Branch, ...], after: list[_Proposal]) -> tuple[str, tuple[_Branch, ...]]:
    """Put what is done to the branches into one line."""
    said = _("add {what} to branch {number}")
    parts = [
        said.format(what=what, number=number)
        for number, (old, (what, new)) in enumerate(zip(before, after, strict=True), start=1)
        if old != new
    ]
    return ", ".join(parts), tuple(branch for _what, branch in after)


def _padded(branch: _Branch) -> _Proposal:
    kept = (replace(layer, padding="same") if layer.window and hasattr(layer, "padding") else layer for layer in branch)
    return 'padding = "same"', tuple(kept)


def _projected(branch: _Branch, shape: Shape, target: Shape) -> _Proposal:
    """Bring a shortcut to the size and depth of the main path, as residual networks do."""
    if shape == target:
        return "", branch
    strides, filters = _strides(shape, target), target[2]
    projection = Conv2D(filters=filters, kernel_size=(1, 1), strides=strides)
    what = _("a 1×1 Conv2D with {filters} filters")
    if strides != (1, 1):
        what = _("a 1×1 Conv2D with {filters} filters and strides {strides}")
    return what.format(filters=filters, strides=format_extent(strides)), (*branch, projection)


def _pooled(branch: _Branch, shape: Shape, target: Shape) -> _Proposal:
    size = _strides(shape, target)
    if size == (1, 1):
        return "", branch
    what = _("a {size} MaxPooling2D").format(size=format_extent(size))
    return what, (*branch, MaxPooling2D(pool_size=size, padding="same"))


def _cropped(branch: _Branch, shape: Shape, target: Shape) -> _Proposal:
    down, across = (max(0, n - wanted) for n, wanted in zip(shape[:2], target[:2], strict=True))
    if not down and not across:
        return "", branch
    sides = ((down // 2, down - down // 2), (across // 2, across - across // 2))
    what = _("a Cropping2D that crops to {size}").format(size=format_extent((target[0], target[1])))
    return what, (*branch, Cropping2D(cropping=sides))


def _strides(shape: Shape, target: Shape) -> tuple[int, int]:
    return max(1, round(shape[0] / target[0])), max(1, round(shape[1] / target[1]))
