"""Limits on what a network costs, compared with what it does."""

from collections.abc import Iterator
from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.int8 import int8_needs
from tui_cnn.core.memory import Memory
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.project import Budgets
from tui_cnn.i18n import _


class Budget(NamedTuple):
    """A limit that was set for a network, its value (None: unknown, or without bound), and what to say if not met."""

    option: str
    limit: int | Shape
    value: int | Shape | None
    met: bool
    problem: str


def compare(analysis: Analysis, needs: Memory, budgets: Budgets) -> Iterator[Budget]:
    """Compare a network with each limit that is not None; one whose value cannot be known does not hold."""
    name, totals = analysis.network.name, analysis.totals
    limits = (
        (_("parameters"), totals.params, totals.params_complete, budgets.max_params, "--max-params"),
        (_("MACs"), totals.macs, totals.complete, budgets.max_macs, "--max-macs"),
        (_("bytes of training-step memory"), needs.training, totals.complete, budgets.max_memory, "--max-memory"),
    )
    for unit, least, known, limit, option in limits:
        if limit is None:
            continue
        value = least if known or (least is not None and least > limit) else None
        yield _at_most(name, unit, value, limit, option)
    yield from _device_budgets(analysis, budgets)
    if budgets.min_receptive_field is not None:
        yield _field_budget(analysis, budgets.min_receptive_field)
    if budgets.output_shape is not None:
        output = format_shape(analysis.output_shape) if analysis.output_shape else _("unknown")
        message = _("{name}: the output shape is {found}, but --output-shape is {wanted}")
        problem = message.format(name=name, found=output, wanted=format_shape(budgets.output_shape))
        met = analysis.output_shape == budgets.output_shape
        yield Budget("--output-shape", budgets.output_shape, analysis.output_shape, met, problem)


def _at_most(name: str, unit: str, value: int | None, limit: int, option: str, unknown: str = "") -> Budget:
    """Compare a value with its limit; `unknown` is the layer for which it is not known, if it is that."""
    if value is not None:
        message = _("{name}: {value:,} {unit}, more than {option} {limit:,}")
    elif unknown:
        message = _("{name}: {unit} unknown for {unknown}, so {option} {limit:,} is not met")
    else:
        message = _("{name}: {unit} unknown, so {option} {limit:,} is not met")
    problem = message.format(name=name, value=value, unit=unit, option=option, limit=limit, unknown=unknown)
    return Budget(option, limit, value, value is not None and value <= limit, problem)


def _device_budgets(analysis: Analysis, budgets: Budgets) -> Iterator[Budget]:
    """Compare what a network needs in int8 with the limits of a microcontroller."""
    if budgets.max_flash is None and budgets.max_ram is None:
        return
    name, needs = analysis.network.name, int8_needs(analysis)
    limits = (
        (_("bytes of flash in int8"), needs.flash, budgets.max_flash, "--max-flash"),
        (_("bytes of RAM in int8"), needs.ram, budgets.max_ram, "--max-ram"),
    )
    for unit, value, limit, option in limits:
        if limit is not None:
            yield _at_most(name, unit, value, limit, option, needs.unknown)


def _field_budget(analysis: Analysis, least: int) -> Budget:
    """Compare the receptive field of the last feature map; one of the whole image always suffices."""
    name, option = analysis.network.name, "--min-receptive-field"
    field = analysis.last_map.field if analysis.last_map is not None else None
    if field is None:
        message = _("{name}: no feature map with a known receptive field, so --min-receptive-field {least} is not met")
        return Budget(option, least, None, False, message.format(name=name, least=least))
    if field.status == "full":
        return Budget(option, least, None, True, "")
    size = field.shorter
    message = _("{name}: receptive field {size} pixels, less than --min-receptive-field {least}")
    return Budget(option, least, size, size >= least, message.format(name=name, size=size, least=least))


def amount(value: int | Shape | None) -> str:
    """Write a limit or a value."""
    if value is None:
        return "—"
    return format_shape(value) if isinstance(value, tuple) else f"{value:,}"
