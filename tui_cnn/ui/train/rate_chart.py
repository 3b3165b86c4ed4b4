"""The learning rate over a run, as a plot, before the run has begun."""

from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.schedule import rate_at
from tui_cnn.ui.toolkit.plot import AxisScale, Plot, Stroke, labels, ticks

_ABOVE = 1.1
"""How far the y axis reaches, as a multiple of the highest rate."""
_ROWS = 3
"""Rows of the y axis that a number takes, with the space around it."""


def rate_plot(recipe: Recipe, steps: int, columns: int, rows: int) -> Plot:
    """Plot the rate over the epochs, of so many steps each; about two points a column say all that can be seen."""
    last = recipe.epochs * steps - 1
    points = min(last + 1, 2 * max(1, columns))
    places = sorted({round(last * point / max(1, points - 1)) for point in range(points)})
    line = [(place / steps, rate_at(recipe, place, steps)) for place in places]
    line.append((float(recipe.epochs), line[-1][1]))  # the last step takes until there
    high = recipe.learning_rate * _ABOVE
    across = ticks(0.0, float(recipe.epochs), max(2, columns // (len(f"{recipe.epochs:,}") + 4)), least=1)
    up = ticks(0.0, high, max(2, rows // _ROWS))
    x = AxisScale(0.0, float(recipe.epochs), tuple(zip(across, labels(across), strict=True)))
    return Plot(
        x, AxisScale(0.0, high, tuple(zip(up, labels(up), strict=True))), strokes=(Stroke(tuple(line), "primary"),)
    )
