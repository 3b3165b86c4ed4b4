"""The curve of a search for a learning rate: its smoothing against pandas' rule, and the rate that is suggested."""

import math

import numpy as np
import pytest

from tui_cnn.runs.rate_search import SmoothedLoss, Tried, curve, rate_of
from tui_cnn.ui.toolkit.rate_plot import rate_curve


def bowl(lowest, rates):
    """Losses that fall to the lowest at a rate, and rise from there."""
    return [Tried(rate, 1 + (math.log10(rate) - math.log10(lowest)) ** 2) for rate in rates]


RATES = [rate_of(step, 400) for step in range(400)]


def test_rates_rise_by_the_same_factor_from_the_lowest_to_the_highest():
    assert RATES[0] == pytest.approx(1e-7)
    assert RATES[-1] == pytest.approx(10)
    np.testing.assert_allclose(np.diff(np.log10(RATES)), 8 / 399)
    assert rate_of(0, 1) == 1e-7


def test_smoothing_is_a_weighted_mean_of_all_losses_so_far():
    losses = np.random.default_rng(0).normal(size=30)
    smoothed = curve([Tried(1.0, float(loss)) for loss in losses], steps=200).smoothed
    for place, ours in enumerate(smoothed):
        weights = 0.9 ** np.arange(place, -1, -1)
        assert ours == pytest.approx(np.average(losses[: place + 1], weights=weights))


def test_a_tenth_of_the_rate_of_the_lowest_smoothed_loss_is_suggested():
    found = curve(bowl(0.01, RATES), 400)
    lowest = found.rates[int(np.argmin(found.smoothed))]
    assert 0.01 < lowest < 0.1  # the average lags behind
    assert found.suggested == pytest.approx(lowest / 10, rel=0.05)
    assert found.suggested == float(f"{found.suggested:.2g}")


@pytest.mark.parametrize("losses", [[], [2.3], [1.0, 1.1, 1.2, 1.3], [math.nan], [2.0, 2.0], [2.0, 1.95, 1.95]])
def test_none_is_suggested_where_the_loss_does_not_fall(losses):
    found = curve([Tried(rate_of(step, 4), loss) for step, loss in enumerate(losses)], 4)
    assert found.suggested is None
    assert rate_curve(found, 40, 12).rules == []


def test_it_has_diverged_at_four_times_the_lowest_or_where_it_is_no_number():
    smoothing = SmoothedLoss(100)
    smoothing.add(1.0)
    assert not smoothing.has_diverged(4.0)
    assert smoothing.has_diverged(4.001)
    assert smoothing.has_diverged(math.nan)
    assert smoothing.has_diverged(math.inf)


def test_what_is_drawn_is_the_smoothed_loss_with_a_rule_at_the_suggested_rate():
    found = curve(bowl(0.01, RATES), 400)
    plot = rate_curve(found, 80, 18)
    ((points, _style),) = plot.strokes
    np.testing.assert_allclose(points, np.column_stack([np.log10(found.rates), found.smoothed]))
    assert plot.rules[0].x == pytest.approx(math.log10(found.suggested))
    assert (plot.x.low, plot.x.high) == pytest.approx((-7, 1))
