"""The curve of a search for a learning rate: smoothed loss over the rate, which rises exponentially."""

from math import isfinite, log10

from tui_cnn.i18n import _
from tui_cnn.runs.rate_search import HIGHEST, LOWEST, RateCurve
from tui_cnn.ui.toolkit.plot import AxisScale, LegendEntry, Plot, Rule, Stroke, labels, log_ticks, short_labels, ticks

_A_COLUMN, _A_ROW = 10, 3
"""Columns and rows that a number at an axis needs."""
_ABOVE = 1.5
"""What is drawn above the first loss, where it is about to diverge; more would flatten the curve."""


def rate_curve(curve: RateCurve, columns: int, rows: int) -> Plot:
    """Plot a search, whole or not yet, with a rule at the suggested rate."""
    points = [(log10(rate), loss) for rate, loss in zip(curve.rates, curve.smoothed, strict=True) if isfinite(loss)]
    losses = [loss for _rate, loss in points] or [0.0, 1.0]
    low, high = min(losses), min(max(losses), _ABOVE * losses[0])
    room = (high - low) * 0.05 or 0.1
    low, high = low - room, high + room
    across = log_ticks(log10(LOWEST), log10(HIGHEST), max(2, columns // _A_COLUMN))
    up = ticks(low, high, max(2, rows // _A_ROW))
    x = AxisScale(
        log10(LOWEST),
        log10(HIGHEST),
        tuple(zip(across, short_labels([10**place for place in across]), strict=True)),
    )
    y = AxisScale(low, high, tuple(zip(up, labels(up), strict=True)))
    legend = [LegendEntry("━━", "primary", _("smoothed loss"))]
    rules = []
    if curve.suggested is not None:
        rules.append(Rule(log10(curve.suggested), "success"))
        legend.append(LegendEntry("│ ", "success", _("suggested: {rate:g}").format(rate=curve.suggested)))
    return Plot(x, y, rules, (Stroke(tuple(points), "primary"),), legend=legend, legend_at_bottom=True)
