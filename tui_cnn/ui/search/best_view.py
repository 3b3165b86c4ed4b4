"""The best validation accuracy so far, as trials end; and each trial's own."""

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.search.statistics import BestSoFar, progress
from tui_cnn.ui.search.actions import BEST
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.plot import AxisScale, LegendEntry, Plot, Rule, Sign, Stroke, labels, ticks

_AROUND = 0.06
_WHOLE = 3
"""Minutes or hours from which the axis is marked at whole ones; trials always are."""
_MINUTE, _HOUR = 60.0, 3600.0


class BestView(PlotView, can_focus=True):
    """A step for each trial that is better than all before."""

    BINDINGS: ClassVar[list[BindingType]] = [*BEST.bindings()]

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel view")
        self._points: list[BestSoFar] = []
        self._selected = 0
        self._over_time = False

    def show(self, shown: Shown | None, selected: int) -> None:
        """Show the trials as they stand."""
        self._points = progress(shown.trials) if shown else []
        self._selected = selected
        self._redraw()

    def action_next_axis(self) -> None:
        """Put the time on the axis, or the number of trials."""
        self._over_time = not self._over_time
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        unit, axis = 1.0, _("over the trials that ended")
        if self._over_time:
            longest = max((point.seconds for point in self._points), default=0.0)
            unit, axis = (_HOUR, _("over hours")) if longest >= 2 * _HOUR else (_MINUTE, _("over minutes"))
        if all(point.best is None for point in self._points):
            axis = _("no trial has finished yet")
        self.border_title = Content.assemble((_("Best so far"), "bold"), (f"  {axis}", "not bold"))
        if self.size:
            points = [
                (point.seconds / unit if self._over_time else float(point.ended), point) for point in self._points
            ]
            whole = _WHOLE if self._over_time else 0
            self.show_plot(best_plot(points, self._selected, self.columns, self.size.height, whole))


def best_plot(
    points: list[tuple[float, BestSoFar]], selected: int, columns: int, rows: int, whole: float
) -> Plot | None:
    """Plot the accuracies of trials, and the best so far as steps; None where no trial has finished.

    An axis that goes to `whole` or further is marked at whole numbers alone.
    """
    known = [(x, point) for x, point in points if point.best is not None]
    accuracies = [point.accuracy for _x, point in points if point.accuracy is not None]
    if not known or not accuracies:
        return None
    low, high = min(accuracies), max(accuracies)
    room = (high - low) * _AROUND or 0.01
    last = max(x for x, _point in points)
    across = ticks(0, last, max(2, columns // 8), least=1 if last >= whole else 0)
    up = ticks(low - room, high + room, max(2, rows // 3))
    x_axis = AxisScale(0, last or 1.0, tuple(zip(across, labels(across), strict=True)))
    y_axis = AxisScale(low - room, high + room, tuple(zip(up, labels(up), strict=True)))
    steps: list[tuple[float, float]] = []
    for x, point in known:
        best = point.best or 0.0
        if steps and steps[-1][1] != best:
            steps.append((x, steps[-1][1]))
        steps.append((x, best))
    steps.append((last, steps[-1][1]))
    signs = [
        Sign(
            x,
            point.accuracy,
            "◆" if point.trial == selected else "•",
            "bold primary" if point.trial == selected else "secondary",
        )
        for x, point in sorted(points, key=lambda each: each[1].trial == selected)
        if point.accuracy is not None
    ]
    rules = [Rule(x, "axis") for x, point in points if point.trial == selected]
    legend = (LegendEntry("━", "accent", _("best so far")), LegendEntry("•", "secondary", _("trial")))
    return Plot(x_axis, y_axis, rules, (Stroke(tuple(steps), "accent"),), signs, legend, legend_at_bottom=True)
