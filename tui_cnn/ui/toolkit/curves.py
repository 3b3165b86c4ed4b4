"""The learning curves of one run and of those laid over it, with a cursor that reads them."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.toolkit import curve_data as curves
from tui_cnn.ui.toolkit.chart import Chart, ChartDrawing, ChartLine
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.toolkit.curve_data import AXES, SMOOTHINGS, Axis, CurveWindow, Quantity
from tui_cnn.ui.toolkit.plot import LegendEntry, Rule

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
        if snapshot.continued is not None:
            entries.append(LegendEntry("│ ", "foreground", _("continued")))
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


CurveView = Literal["learning", "rates"]

VIEWS: dict[CurveView, tuple[Quantity, ...]] = {
    "learning": ("loss", "accuracy"),
    "rates": ("learning_rate", "images_per_second", "gradient_norm"),
}
_ZOOM = 2 / 3
_PAN = 1 / 4


class Curves(Horizontal, can_focus=True):
    """The charts of a view side by side; the keys that change how they are shown work while they have the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [*CURVES.bindings()]
    DEFAULT_CSS = """
    Curves { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view: CurveView = "learning"
        self.options = CurveOptions()
        self._snapshot: Snapshot | None = None
        self._others: tuple[Overlaid, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the charts of all views; those of one are shown."""
        for quantities in VIEWS.values():
            for quantity in quantities:
                yield Chart(id=quantity)

    def show(self, snapshot: Snapshot | None, others: tuple[Overlaid, ...] = ()) -> None:
        """Draw the curves of a run, and those of others over them."""
        self._snapshot, self._others = snapshot, others
        self._redraw()

    def show_view(self, view: CurveView) -> None:
        """Show other curves."""
        self.view = view
        self._redraw()

    def change(self, **options: Any) -> None:
        """Show the curves in another way: some of `CurveOptions`."""
        self.options = self.options._replace(**options)
        self._redraw()

    def action_next_axis(self) -> None:
        """Count in steps, in seconds, in epochs."""
        axis = AXES[(AXES.index(self.options.axis) + 1) % len(AXES)]
        self.change(axis=axis, window=None, cursor=None)

    def action_next_smoothing(self) -> None:
        """Smooth more, or no more."""
        self.change(smoothing=SMOOTHINGS[(SMOOTHINGS.index(self.options.smoothing) + 1) % len(SMOOTHINGS)])

    def action_toggle_log(self) -> None:
        """Draw logarithms, or the values themselves."""
        self.change(log=not self.options.log)

    def action_move_cursor(self, columns: int) -> None:
        """Move the cursor by columns of the charts; the first move puts it at the newest value."""
        window, whole, cursor = self.window, self._whole, self.options.cursor
        width = (window.right - window.left) / self.query_one(f"#{VIEWS[self.view][0]}", Chart).columns
        place = self._newest() if cursor is None else cursor + columns * width
        place = min(max(place, whole.left), whole.right)
        if window.left <= place <= window.right:
            self.change(cursor=place)
        else:
            self.change(cursor=place, window=window.moved(1 / 2 if place > window.right else -1 / 2, whole))

    def action_zoom(self, steps: int) -> None:
        """Zoom in by steps, or out where they are negative, around the cursor or the middle."""
        window, whole = self.window, self._whole
        around = self.options.cursor if self.options.cursor is not None else (window.left + window.right) / 2
        zoomed = window.zoomed(_ZOOM**steps, around, whole)
        self.change(window=None if zoomed == whole else zoomed)

    def action_pan(self, steps: int) -> None:
        """Move the window to the right by steps, or to the left where they are negative."""
        if self.options.window is not None:
            self.change(window=self.options.window.moved(steps * _PAN, self._whole))

    def action_show_all(self) -> None:
        """Show the whole curves, without a cursor."""
        self.change(window=None, cursor=None)

    @property
    def overlay_colours(self) -> list[str]:
        """The colours of the other runs' lines, as Rich names them."""
        chart = self.query_one(Chart)
        styles = [overlay_style(self._snapshot, number) for number in range(len(self._others))]
        return [color.name if (color := chart.rich_style_of(style).color) else "default" for style in styles]

    @property
    def window(self) -> CurveWindow:
        """The part of the x axis that is shown."""
        return self.options.window or self._whole

    @property
    def _whole(self) -> CurveWindow:
        runs = [run for run in (self._snapshot, *(other.snapshot for other in self._others)) if run is not None]
        return CurveWindow(0.0, max((curves.whole(run, self.options.axis).right for run in runs), default=1.0))

    def _newest(self) -> float:
        line = curves.training(self._snapshot, "loss", self.options.axis) if self._snapshot else []
        return min(line[-1][0], self.window.right) if line else self.window.right

    @on(Chart.WindowChanged)
    def _change_window(self, event: Chart.WindowChanged) -> None:
        event.stop()
        whole = self._whole
        width = min(event.window.right - event.window.left, whole.right - whole.left)
        left = min(max(event.window.left, whole.left), whole.right - width)
        self.change(window=CurveWindow(left, left + width))

    @on(Chart.CursorMoved)
    def _move_cursor_to(self, event: Chart.CursorMoved) -> None:
        event.stop()
        self.change(cursor=event.place)

    def _redraw(self) -> None:
        if not self.is_mounted:
            return
        for view, quantities in VIEWS.items():
            for quantity in quantities:
                chart = self.query_one(f"#{quantity}", Chart)
                chart.display = view == self.view
                if chart.display:
                    chart.show(curve_title(quantity, self._snapshot, self.options), self._drawing(quantity))

    def _drawing(self, quantity: Quantity) -> ChartDrawing:
        options, snapshot = self.options, self._snapshot
        lines = [
            self._other(other, quantity, overlay_style(snapshot, number)) for number, other in enumerate(self._others)
        ]
        marks: tuple[Rule, ...] = ()
        if snapshot is not None:
            line = curves.smooth(curves.training(snapshot, quantity, options.axis), options.smoothing)
            held_out = curves.validation(snapshot, quantity, options.axis)
            lines += [ChartLine(line, "primary"), ChartLine(held_out, "accent", dots="●")]
            if snapshot.early_stop is not None:
                marks += (Rule(curves.at_epoch(snapshot, snapshot.early_stop.epoch, options.axis), "warning"),)
            if snapshot.continued is not None:
                marks += (Rule(curves.at_epoch(snapshot, snapshot.continued.epochs, options.axis), "foreground"),)
            if snapshot.best is not None and quantity in VIEWS["learning"]:
                marks += (Rule(curves.at_epoch(snapshot, snapshot.best.epoch, options.axis), "success"),)
        legend = curve_legend(quantity, snapshot, self._others, options)
        at_bottom = quantity == "accuracy"
        return ChartDrawing(tuple(lines), self.window, options.log, options.cursor, marks, legend, at_bottom)

    def _other(self, other: Overlaid, quantity: Quantity, style: str) -> ChartLine:
        """Draw of another run what was measured, or where nothing was, what was reported while it trained."""
        line = curves.validation(other.snapshot, quantity, self.options.axis)
        if not line:
            line = curves.smooth(curves.training(other.snapshot, quantity, self.options.axis), self.options.smoothing)
        return ChartLine(line, style, end=other.sign)
