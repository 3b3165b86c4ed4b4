"""What a network may cost at most, and must be at least: for use in CI."""

from collections.abc import Iterator
from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import Memory
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.i18n import _


class Budgets(NamedTuple):
    """The limits; None where there is none. Memory is that of a training step, in bytes."""

    max_params: int | None = None
    max_macs: int | None = None
    max_memory: int | None = None
    min_receptive_field: int | None = None
    output_shape: Shape | None = None


def broken(budgets: Budgets, analysis: Analysis, needs: Memory) -> Iterator[str]:
    """Write one line for each budget that does not hold; one that cannot be known does not."""
    totals = analysis.totals
    limits = (
        (_("parameters"), totals.params if totals.complete else None, budgets.max_params, "--max-params"),
        (_("MACs"), totals.macs if totals.complete else None, budgets.max_macs, "--max-macs"),
        (_("bytes of training-step memory"), needs.training, budgets.max_memory, "--max-memory"),
    )
    name = analysis.network.name
    for unit, value, limit, option in limits:
        if limit is None:
            continue
        if value is None:
            message = _("{name}: {unit} unknown, so {option} {limit:,} is not met")
            yield message.format(name=name, unit=unit, option=option, limit=limit)
        elif value > limit:
            message = _("{name}: {value:,} {unit}, more than {option} {limit:,}")
            yield message.format(name=name, value=value, unit=unit, option=option, limit=limit)
    yield from _field(budgets.min_receptive_field, analysis)
    if budgets.output_shape is not None and analysis.output_shape != budgets.output_shape:
        output = format_shape(analysis.output_shape) if analysis.output_shape else _("unknown")
        message = _("{name}: the output shape is {found}, but --output-shape is {wanted}")
        yield message.format(name=name, found=output, wanted=format_shape(budgets.output_shape))


def _field(least: int | None, analysis: Analysis) -> Iterator[str]:
    """The receptive field of the last feature map, in pixels of the shorter axis."""
    if least is None:
        return
    last_map = analysis.last_map
    field = last_map.field if last_map is not None else None
    if field is None:
        message = _("{name}: no feature map with a known receptive field, so --min-receptive-field {least} is not met")
        yield message.format(name=analysis.network.name, least=least)
        return
    size = min(field.down.size, field.across.size)
    if size < least and field.status != "full":  # a field cannot be larger than the image
        message = _("{name}: receptive field {size} pixels, less than --min-receptive-field {least}")
        yield message.format(name=analysis.network.name, size=size, least=least)
