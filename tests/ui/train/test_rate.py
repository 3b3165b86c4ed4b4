"""The learning rate before a run has begun: what is plotted is what would be trained with."""

import pytest

from tui_cnn.runs.recipe import Recipe, rate_at
from tui_cnn.ui.train.forecast import rate_plot


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step", "one-cycle"])
def test_the_plotted_rates_are_those_of_the_schedule_from_the_first_step_to_the_last(schedule):
    recipe = Recipe(epochs=4, schedule=schedule, learning_rate=0.02, warmup=0.5)
    plot = rate_plot(recipe, 300, columns=40, rows=10)
    ((points, _style),) = plot.strokes
    assert points[0] == (0.0, rate_at(recipe, 0, 300))
    *points, end = points
    assert points[-1] == (1199 / 300, rate_at(recipe, 1199, 300))
    assert end == (4.0, points[-1][1])
    assert len(points) == 80
    assert all(rate == rate_at(recipe, round(epoch * 300), 300) for epoch, rate in points)
    assert plot.y.low == 0 < max(rate for _epoch, rate in points) < plot.y.high
    assert [label for _place, label in plot.x.ticks] == ["0", "1", "2", "3", "4"]


def test_a_run_of_a_single_step_has_a_plot():
    plot = rate_plot(Recipe(epochs=1, limit=1), 1, columns=40, rows=10)
    assert plot.strokes[0].points == ((0.0, 0.001), (1.0, 0.001))
