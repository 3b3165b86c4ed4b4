"""The candidates of a search before it starts: MACs against parameters, those that fit the limits in the accent."""

from math import log10

from tui_cnn.i18n import _
from tui_cnn.search.survey import CandidateCost
from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.toolkit.plot import AxisScale, LegendEntry, Plot, Sign, log_ticks

_AROUND = 0.06


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
