"""How a receptive field comes about: the recurrences with the values put in.

size = size + (reach - 1)·step, step = step·stride, padding = padding + padding·step, where the right sides are what a
cell of the input sees. After Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill, 2019, section 3.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.core.layers import Branches
from tui_cnn.core.layers.receptive_field_map import SAME_CELL, AxisMap, Sliding
from tui_cnn.core.receptive_field import AxisField
from tui_cnn.core.rows import Row


class FieldFormula(NamedTuple):
    """Size, step and padding in pixels of the input, each filled in: `8 + (3 - 1)·2 = 12`."""

    size: str
    stride: str
    padding: str


def field_formula(row: Row) -> FieldFormula | None:
    """Fill in what a cell of a row's output sees.

    None where nothing is computed: behind a layer that cannot be built or is unknown, where the field does not change,
    where everything is seen, and where cells see unevenly.
    """
    if row.figures is None or row.field is None or row.field.status != "exact":
        return None
    before = [field for field in row.input_fields if field is not None and field.status == "exact"]
    if len(before) < len(row.input_fields) or not before:
        return None
    if isinstance(row.layer, Branches):
        return _both(_merged([field.down for field in before]), _merged([field.across for field in before]))
    field_map = row.figures.receptive_field_map
    if field_map is SAME_CELL:
        return None
    return _both(_through(before[0].down, field_map.down), _through(before[0].across, field_map.across))


def _through(axis: AxisField, step: AxisMap) -> FieldFormula | None:
    if not isinstance(step, Sliding):
        return None
    size, stride, padding = axis.size, axis.stride, axis.padding
    return FieldFormula(
        f"{size} + ({step.reach} - 1)·{stride} = {size + (step.reach - 1) * int(stride)}",
        f"{stride}·{step.stride} = {stride * step.stride}",
        f"{padding} + {step.padding}·{stride} = {padding + step.padding * int(stride)}",
    )


def _merged(axes: Sequence[AxisField]) -> FieldFormula:
    """All that is seen through any branch: from the one that begins first to the one that ends last."""
    padding = max(axis.padding for axis in axes)
    size = padding + max(axis.size - axis.padding for axis in axes)
    begins = f"max({', '.join(str(axis.padding) for axis in axes)})"
    ends = f"max({', '.join(f'{axis.size} - {axis.padding}' for axis in axes)})"
    return FieldFormula(f"{begins} + {ends} = {size}", f"{axes[0].stride}", f"{begins} = {padding}")


def _both(down: FieldFormula | None, across: FieldFormula | None) -> FieldFormula | None:
    if down is None or across is None:
        return None
    return FieldFormula(*(h if h == w else f"h: {h};  w: {w}" for h, w in zip(down, across, strict=True)))
