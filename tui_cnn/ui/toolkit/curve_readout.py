"""What stands under the curves: the values at the cursor, or how the curves are drawn."""

from collections.abc import Callable
from typing import NamedTuple

from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.toolkit import curve_data as curves
from tui_cnn.ui.toolkit.curve_data import Axis, Quantity

TITLES: dict[Quantity, Callable[[], str]] = {
    "loss": lambda: _("Loss"),
    "accuracy": lambda: _("Accuracy"),
    "learning_rate": lambda: _("Learning rate"),
    "images_per_second": lambda: _("Images per second"),
    "gradient_norm": lambda: _("Gradient norm"),
}


class Overlaid(NamedTuple):
    """Another run over the curves, and the sign at the end of its line."""

    sign: str
    name: str
    snapshot: Snapshot


def write(quantity: Quantity, value: float | None) -> str:
    """Write a value in the decimals that its quantity has."""
    if value is None:
        return "—"
    match quantity:
        case "images_per_second":
            return f"{value:,.0f}"
        case "loss" | "accuracy":
            return f"{value:.4f}"
        case _:
            return f"{value:.3g}"


def reading(
    snapshot: Snapshot | None,
    others: tuple[Overlaid, ...],
    axis: Axis,
    place: float | None,
    quantities: tuple[Quantity, ...],
) -> Content | None:
    """Read all curves at the cursor; None without one."""
    if place is None:
        return None
    parts: list[Content | str | tuple[str, str]] = [(_where(snapshot, axis, place), "bold")]
    for quantity in quantities:
        parts.append(f"   {TITLES[quantity]().lower()} ")
        if snapshot is not None:
            parts.append(
                (write(quantity, curves.value_at(curves.training(snapshot, quantity, axis), place)), "$text-primary")
            )
            if held_out := curves.validation(snapshot, quantity, axis):
                validation = _("val. {value}").format(value=write(quantity, curves.value_at(held_out, place)))
                parts.append((f" {validation}", "$text-accent"))
        for other in others:
            line = curves.validation(other.snapshot, quantity, axis) or curves.training(other.snapshot, quantity, axis)
            parts.append(f"  {other.sign} {write(quantity, curves.value_at(line, place))}")
    return Content.assemble(*parts)


def legend(
    snapshot: Snapshot | None, others: tuple[Overlaid, ...], axis: Axis, *, log: bool, smoothing: float
) -> Content:
    """Say how the curves are drawn, and whose others are."""
    names = {"epochs": _("epochs"), "steps": _("steps"), "seconds": _("training time (s)")}
    told = [_("over {axis}").format(axis=names[axis])]
    if log:
        told.append(_("log scale"))
    if smoothing:
        told.append(_("smoothing {weight}").format(weight=smoothing))
    if snapshot is not None:
        told.append(_("★ best epoch"))
    told += [f"{other.sign} {other.name}" for other in others]
    return Content("   ".join(told))


def _where(snapshot: Snapshot | None, axis: Axis, place: float) -> str:
    epoch = curves.epoch_at(snapshot, place, axis) if snapshot is not None else place
    epochs = _("epoch {epoch}").format(epoch=f"{epoch:.2f}")
    match axis:
        case "steps":
            return _("step {step}").format(step=f"{place:,.0f}") + f" ({epochs})"
        case "seconds":
            return _("{seconds} s").format(seconds=f"{place:,.1f}") + f" ({epochs})"
        case _:
            return epochs
