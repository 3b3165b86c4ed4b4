"""The learning rate as a function of the step, so that a resumed run continues at the very rate it had.

Steps count from 0 here: the rate at step 0 is that of the first update.
"""

import math

from tui_cnn.runs.recipe import Recipe

_RISE = 0.3
"""Share of a one-cycle in which the rate rises, unless the recipe has a warm-up."""
_LOWEST_START = 1 / 25
_LOWEST_END = 1e-4
"""Where one-cycle begins and ends, as shares of its peak (Smith and Topin 2018, with the figures of fastai)."""
_DROPS = (1 / 2, 3 / 4)
"""When `step` divides the rate by ten, as shares of all steps (He et al. 2016)."""


def rate_at(recipe: Recipe, step: int, steps_per_epoch: int) -> float:
    """Return the rate of the update at `step`, of `recipe.epochs * steps_per_epoch` in all."""
    total = recipe.epochs * steps_per_epoch
    warmup = min(round(recipe.warmup * steps_per_epoch), total)
    if recipe.schedule == "one-cycle":
        return recipe.learning_rate * _one_cycle(step, total, warmup or round(_RISE * total))
    if step < warmup:
        return recipe.learning_rate * (step + 1) / (warmup + 1)
    match recipe.schedule:
        case "cosine":
            return recipe.learning_rate * _fall(_share(step - warmup, total - warmup))
        case "step":
            return recipe.learning_rate * 0.1 ** sum(step >= drop * total for drop in _DROPS)
        case _:
            return recipe.learning_rate


def rates(recipe: Recipe, first: int, count: int, steps_per_epoch: int) -> list[float]:
    """Return the rates of `count` updates from step `first` on."""
    return [rate_at(recipe, step, steps_per_epoch) for step in range(first, first + count)]


def _one_cycle(step: int, total: int, rise: int) -> float:
    if step < rise:
        return 1 - (1 - _LOWEST_START) * _fall(step / rise)
    return _LOWEST_END + (1 - _LOWEST_END) * _fall(_share(step - rise, total - rise - 1))


def _fall(share: float) -> float:
    """Fall from 1 to 0 along half a cosine."""
    return (1 + math.cos(math.pi * share)) / 2


def _share(step: int, steps: int) -> float:
    return min(1.0, step / steps) if steps > 0 else 1.0
