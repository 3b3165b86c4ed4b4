"""The learning curves: loss and accuracy, of training and validation."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual_plot import HiResMode, PlotWidget

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot

_BEGINNING = 0.05
"""Epochs at the very start that are left out: means over a handful of images would set the scale for all others."""

_TALL = 16

Line = Sequence[tuple[float, float]]


class Curve(Container):
    """One chart: a line for training and one for validation, over epochs."""

    DEFAULT_CSS = """
    Curve {
        width: 1fr;
        height: 100%;
        border-top: solid $foreground 20%;
        border-title-color: $text;
        border-subtitle-color: $text-muted;
        & PlotWidget { height: 100%; }
    }
    """

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay out the chart."""
        yield PlotWidget()

    def on_mount(self) -> None:
        """Name the lines where the eye looks for them: in the title."""
        self.border_title = Content.assemble(
            (self._title, "bold"), ("   ━ ", "$primary"), _("training"), ("   ━ ", "$accent"), _("validation")
        ).markup
        plot = self.query_one(PlotWidget)
        plot.can_focus = False
        plot.margin_top = 0
        plot.margin_left = 7

    def on_resize(self) -> None:
        """Name the axis where there is room for it."""
        plot, tall = self.query_one(PlotWidget), self.size.height >= _TALL
        plot.margin_bottom = 3 if tall else 2
        plot.set_xlabel(_("epoch") if tall else "")

    def show(self, training: Line, validation: Line, epochs: int) -> None:
        """Draw both lines over an axis of `epochs`."""
        plot = self.query_one(PlotWidget)
        colors = self.app.theme_variables
        plot.clear()
        plot.set_xlimits(0, max(1, epochs))
        for line, color in ((training, colors["primary"]), (validation, colors["accent"])):
            if len(line) > 1:
                x, y = zip(*line, strict=True)
                plot.plot(list(x), list(y), line_style=color, hires_mode=HiResMode.BRAILLE)
            elif line:
                plot.scatter([line[0][0]], [line[0][1]], marker="●", marker_style=color)


class Curves(Horizontal):
    """Both charts, side by side; drawn anew only when there is something new."""

    def compose(self) -> ComposeResult:
        """Lay out the charts."""
        yield Curve(_("Loss"), id="loss")
        yield Curve(_("Accuracy"), id="accuracy")

    def show(self, snapshot: Snapshot) -> None:
        """Draw the curves of a run."""
        epochs = snapshot.started.epochs if snapshot.started else 1
        for chart, name in (("loss", "loss"), ("accuracy", "accuracy")):
            every = max(1, len(snapshot.curve) // max(2 * self.size.width // 2, 1))
            points = snapshot.curve[::-every][::-1]  # about two a column, and always the newest
            training = [(point.epoch, getattr(point, name)) for point in points if point.epoch > _BEGINNING]
            held_out = [(float(epoch.epoch), getattr(epoch, f"val_{name}")) for epoch in snapshot.epochs]
            validation = [(at, value) for at, value in held_out if value is not None]
            self.query_one(f"#{chart}", Curve).show(training, validation, epochs)
