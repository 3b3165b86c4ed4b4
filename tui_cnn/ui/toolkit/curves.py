"""The learning curves of one run and of those laid over it, with a cursor that reads them."""

from typing import Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.toolkit import curve_data as curves
from tui_cnn.ui.toolkit.chart import Chart, Drawing, Drawn, Mark
from tui_cnn.ui.toolkit.curve_data import AXES, SMOOTHINGS, Axis, Line, Quantity, Window
from tui_cnn.ui.toolkit.curve_readout import TITLES, Overlaid, legend, reading

View = Literal["learning", "pace"]

VIEWS: dict[View, tuple[Quantity, ...]] = {
    "learning": ("loss", "accuracy"),
    "pace": ("learning_rate", "images_per_second", "gradient_norm"),
}
_ROOMY = 44
"""Columns of a chart from which its title says all."""

OVERLAY_COLORS = ("success", "error", "text-secondary", "foreground")
_OWN_COLORS = ("primary", "accent")


class Look(NamedTuple):
    """How the curves are looked at."""

    view: View = "learning"
    axis: Axis = "epochs"
    log: bool = False
    smoothing: float = 0.0
    window: Window | None = None
    cursor: float | None = None


class Curves(Vertical):
    """The charts of a view side by side, and a line that says what the cursor is on."""

    DEFAULT_CSS = """
    Curves {
        & #charts { height: 1fr; }
        & #reading { height: 1; padding: 0 2; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self._snapshot: Snapshot | None = None
        self._others: tuple[Overlaid, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the charts of all views; those of one are shown."""
        with Horizontal(id="charts"):
            for quantities in VIEWS.values():
                for quantity in quantities:
                    yield Chart(id=quantity)
        yield Static(id="reading")

    def show(self, snapshot: Snapshot | None, others: tuple[Overlaid, ...] = ()) -> None:
        """Draw the curves of a run, and those of others over them."""
        self._snapshot, self._others = snapshot, others
        self._redraw()

    def change(self, look: Look) -> None:
        """Look at them in another way."""
        self.look = look
        self._redraw()

    def next_axis(self) -> None:
        """Count in steps, in seconds, in epochs."""
        axis = AXES[(AXES.index(self.look.axis) + 1) % len(AXES)]
        self.change(self.look._replace(axis=axis, window=None, cursor=None))

    def next_smoothing(self) -> None:
        """Smooth more, or no more."""
        weight = SMOOTHINGS[(SMOOTHINGS.index(self.look.smoothing) + 1) % len(SMOOTHINGS)]
        self.change(self.look._replace(smoothing=weight))

    def toggle_log(self) -> None:
        """Draw logarithms, or the values themselves."""
        self.change(self.look._replace(log=not self.look.log))

    def move_cursor(self, columns: int) -> None:
        """Move the cursor by columns of the charts; the first move puts it at the newest value."""
        window = self.window
        width = (window.right - window.left) / self._columns
        place = self.look.cursor
        place = self._newest() if place is None else place + columns * width
        place = min(max(place, self._whole.left), self._whole.right)
        if not window.left <= place <= window.right:
            window = window.moved(1 / 2 if place > window.right else -1 / 2, self._whole)
            self.look = self.look._replace(window=window)
        self.change(self.look._replace(cursor=place))

    def zoom(self, factor: float) -> None:
        """Look at `factor` times as much of the x axis."""
        around = self.look.cursor if self.look.cursor is not None else (self.window.left + self.window.right) / 2
        window = self.window.zoomed(factor, around, self._whole)
        self.change(self.look._replace(window=None if window == self._whole else window))

    def pan(self, share: float) -> None:
        """Look further to the right or to the left."""
        if self.look.window is not None:
            self.change(self.look._replace(window=self.look.window.moved(share, self._whole)))

    def reset(self) -> None:
        """Look at all of it, without a cursor."""
        self.change(self.look._replace(window=None, cursor=None))

    @property
    def window(self) -> Window:
        """The part of the x axis that is looked at."""
        return self.look.window or self._whole

    @property
    def _whole(self) -> Window:
        runs = [run for run in (self._snapshot, *(other.snapshot for other in self._others)) if run is not None]
        return Window(0.0, max((curves.whole(run, self.look.axis).right for run in runs), default=1.0))

    @property
    def _columns(self) -> int:
        return self.query_one(f"#{VIEWS[self.look.view][0]}", Chart).columns

    def _newest(self) -> float:
        line = curves.training(self._snapshot, "loss", self.look.axis) if self._snapshot else []
        return min(line[-1][0], self.window.right) if line else self.window.right

    @on(Chart.Looked)
    def _looked(self, event: Chart.Looked) -> None:
        event.stop()
        width = min(event.window.right - event.window.left, self._whole.right - self._whole.left)
        left = min(max(event.window.left, self._whole.left), self._whole.right - width)
        self.change(self.look._replace(window=Window(left, left + width)))

    @on(Chart.Pointed)
    def _pointed(self, event: Chart.Pointed) -> None:
        event.stop()
        self.change(self.look._replace(cursor=event.place))

    def _redraw(self) -> None:
        if not self.is_mounted:
            return
        for view, quantities in VIEWS.items():
            for quantity in quantities:
                chart = self.query_one(f"#{quantity}", Chart)
                chart.display = view == self.look.view
                if chart.display:
                    chart.entitle(self._title(quantity))
                    chart.show(self._drawing(quantity))
        told = reading(self._snapshot, self._others, self.look.axis, self.look.cursor, VIEWS[self.look.view])
        modes = legend(self._snapshot, self._others, self.look.axis, log=self.look.log, smoothing=self.look.smoothing)
        self.query_one("#reading", Static).update(told or modes, layout=False)

    def _title(self, quantity: Quantity) -> Content:
        parts: list[str | tuple[str, str]] = [(TITLES[quantity](), "bold")]
        if self._snapshot is None:
            parts += [_("  validation (training if there is none)") if quantity in ("loss", "accuracy") else ""]
        elif quantity in ("loss", "accuracy"):
            roomy = self._columns >= _ROOMY
            gap, training = ("  ", _("training, running mean")) if roomy else (" ", _("running mean"))
            parts += [(f"{gap}━ ", "$primary"), training, (f"{gap}●━ ", "$accent"), _("validation")]
        return Content.assemble(*parts)

    def _drawing(self, quantity: Quantity) -> Drawing:
        look = self.look
        colors = OVERLAY_COLORS if self._snapshot is not None else (*_OWN_COLORS, *OVERLAY_COLORS)
        lines = [
            self._other(other, quantity, colors[number % len(colors)]) for number, other in enumerate(self._others)
        ]
        marks: tuple[Mark, ...] = ()
        if self._snapshot is not None:
            line = curves.smooth(curves.training(self._snapshot, quantity, look.axis), look.smoothing)
            held_out = curves.validation(self._snapshot, quantity, look.axis)
            lines += [Drawn(line, "primary"), Drawn(held_out, "accent", dots="●")]
            marks = _marks(self._snapshot, quantity, look.axis, held_out)
        return Drawing(tuple(lines), self.window, look.log, look.cursor, marks)

    def _other(self, other: Overlaid, quantity: Quantity, color: str) -> Drawn:
        """Draw of another run what was measured, or where nothing was, what was told while it trained."""
        line = curves.validation(other.snapshot, quantity, self.look.axis)
        if not line:
            line = curves.smooth(curves.training(other.snapshot, quantity, self.look.axis), self.look.smoothing)
        return Drawn(line, color, end=other.sign)


def _marks(snapshot: Snapshot, quantity: Quantity, axis: Axis, held_out: Line) -> tuple[Mark, ...]:
    """Mark the best epoch on the line of validation, and where patience ended the training."""
    marks = []
    if snapshot.early_stop is not None:
        marks.append(Mark(curves.at_epoch(snapshot, snapshot.early_stop.epoch, axis)))
    if (best := snapshot.best) is not None and held_out:
        place = curves.at_epoch(snapshot, best.epoch, axis)
        value = curves.value_at(held_out, place)
        marks.append(Mark(place, value if value is not None else 0.0, "★"))
    return tuple(marks)
