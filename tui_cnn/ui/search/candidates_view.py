"""The candidates of a search before it starts: MACs against parameters, those that fit the limits in the accent."""

from math import log10

from tui_cnn.i18n import _
from tui_cnn.search.survey import CandidateCost
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.toolkit.plot import AxisScale, LegendEntry, Plot, Sign, log_ticks

_AROUND = 0.06


class CandidatesView(PlotView):
    """The plot, drawn for any size; nothing is shown where no candidate is known."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel")
        self._costs: tuple[CandidateCost, ...] = ()
        self.border_title = _("MACs of the candidates against parameters, log scales")

    def show(self, costs: tuple[CandidateCost, ...]) -> None:
        """Show other candidates."""
        self._costs = costs
        self.visible = bool(costs)
        self.on_resize()

    def on_resize(self) -> None:
        """Draw for the new size."""
        if self.size:
            self.show_plot(candidates_plot(self._costs, self.columns, self.size.height))


def candidates_plot(found: tuple[CandidateCost, ...], columns: int, rows: int) -> Plot | None:
    """Plot the candidates whose costs are known; None where there are none."""
    known = [each for each in found if each.params and each.macs]
    if not known:
        return None
    x_axis = _scale([each.params for each in known], max(2, columns // 12))
    y_axis = _scale([each.macs for each in known], max(2, rows // 3))
    looks = {True: ("●", "accent"), False: ("·", "foreground")}
    signs = [
        Sign(log10(each.params), log10(each.macs), *looks[each.fits])
        for each in sorted(known, key=lambda each: each.fits)
    ]
    legend = (
        LegendEntry("●", "accent", _("fits the limits")),
        LegendEntry("·", "foreground", _("excluded")),
    )
    return Plot(x_axis, y_axis, signs=signs, legend=legend, legend_at_bottom=True)


def _scale(values: list[int], most: int) -> AxisScale:
    low, high = log10(min(values)), log10(max(values))
    room = (high - low) * _AROUND or 0.05
    places = log_ticks(low - room, high + room, most)
    return AxisScale(low - room, high + room, tuple((place, short_count(round(10**place))) for place in places))
