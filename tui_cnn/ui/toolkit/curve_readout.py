"""What stands at the curves in words: their titles, and the legend with the values at the cursor."""

from collections.abc import Callable
from typing import NamedTuple

from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.toolkit import curve_data as curves
from tui_cnn.ui.toolkit.curve_data import Axis, CurveWindow, Quantity
from tui_cnn.ui.toolkit.plot import LegendEntry

TITLES: dict[Quantity, Callable[[], str]] = {
    "loss": lambda: _("Loss"),
    "accuracy": lambda: _("Accuracy"),
    "learning_rate": lambda: _("Learning rate"),
    "images_per_second": lambda: _("Images per second"),
    "gradient_norm": lambda: _("Gradient norm"),
}
OVERLAY_STYLES = ("secondary", "error", "warning", "foreground", "success")
_OWN_STYLES = ("primary", "accent")


class Overlaid(NamedTuple):
    """Another run over the curves, and the sign at the end of its line."""

    sign: str
    name: str
    snapshot: Snapshot


class CurveOptions(NamedTuple):
    """How the curves are shown."""

    axis: Axis = "epochs"
    log: bool = False
    smoothing: float = 0.0
    window: CurveWindow | None = None
    cursor: float | None = None


def overlay_style(snapshot: Snapshot | None, number: int) -> str:
    """Return the style of another run's line: where there is no run of our own, its styles are free too."""
    styles = OVERLAY_STYLES if snapshot is not None else (*_OWN_STYLES, *OVERLAY_STYLES)
    return styles[number % len(styles)]


def curve_title(quantity: Quantity, snapshot: Snapshot | None, options: CurveOptions) -> Content:
    """Say what is drawn over what, or where the cursor is, and in which way."""
    names = {"epochs": _("epochs"), "steps": _("steps"), "seconds": _("training time (s)")}
    if options.cursor is None:
        parts = [_("over {axis}").format(axis=names[options.axis])]
    else:
        parts = [_position(snapshot, options.axis, options.cursor)]
    if options.log:
        parts.append(_("log scale"))
    if options.smoothing:
        parts.append(_("smoothing {weight}").format(weight=options.smoothing))
    return Content.assemble((TITLES[quantity](), "bold"), (" " + " · ".join(parts), "not bold"))


def curve_legend(
    quantity: Quantity, snapshot: Snapshot | None, others: tuple[Overlaid, ...], options: CurveOptions
) -> tuple[LegendEntry, ...]:
    """Name the lines of a chart, with their values at the cursor if there is one."""

    def entry(sign: str, style: str, name: str, line: curves.Line) -> LegendEntry:
        if options.cursor is None:
            return LegendEntry(sign, style, name)
        value = write(quantity, curves.value_at(line, options.cursor))
        return LegendEntry(sign, style, f"{name} {value}" if name else value)

    entries = []
    if snapshot is not None:
        line = curves.training(snapshot, quantity, options.axis)
        held_out = curves.validation(snapshot, quantity, options.axis)
        has_both = quantity in ("loss", "accuracy")
        if has_both or others or options.cursor is not None:
            entries.append(entry("━━", "primary", _("training mean") if has_both else "", line))
        if has_both:
            entries.append(entry("●━", "accent", _("validation"), held_out))
        if has_both and snapshot.best is not None:
            best = _("best epoch {epoch}").format(epoch=snapshot.best.epoch)
            entries.append(LegendEntry("│ ", "success", best))
        if snapshot.early_stop is not None:
            entries.append(LegendEntry("│ ", "warning", _("stopped early")))
    for number, other in enumerate(others):
        line = curves.validation(other.snapshot, quantity, options.axis)
        line = line or curves.training(other.snapshot, quantity, options.axis)
        entries.append(entry(f"{other.sign:2}", f"bold {overlay_style(snapshot, number)}", other.name, line))
    return tuple(entries)


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


def _position(snapshot: Snapshot | None, axis: Axis, place: float) -> str:
    epoch = curves.epoch_at(snapshot, place, axis) if snapshot is not None else place
    epochs = _("epoch {epoch}").format(epoch=f"{epoch:.2f}")
    match axis:
        case "steps":
            return _("step {step}").format(step=f"{place:,.0f}") + f" ({epochs})"
        case "seconds":
            return _("{seconds} s").format(seconds=f"{place:,.1f}") + f" ({epochs})"
        case _:
            return epochs
