"""Recipes with a name: where one begins, and what a recipe is called afterwards."""

from typing import Literal, get_args

import msgspec

from tui_cnn.runs.recipe import Recipe

RecipeName = Literal["tutorial", "quick", "custom"]

TUTORIAL = Recipe()
"""The plain way of the tutorials: Adam at 0.001, batches of 32, 5 epochs."""

QUICK = Recipe(epochs=3, batch_size=128, learning_rate=0.005, schedule="one-cycle", precision="auto")
"""What reaches the tutorial's accuracy soonest: larger batches, one cycle of the rate, the fastest precision."""

RECIPES: dict[RecipeName, Recipe] = {"tutorial": TUTORIAL, "quick": QUICK}

_CIRCUMSTANCES = ("validation", "seed", "deterministic", "limit", "threads", "device", "keep", "tensorboard", "data")
"""Fields that say on what, where and how exactly, but not how to train."""


def recipe_name(recipe: Recipe) -> RecipeName:
    """Name a recipe: that of the one it equals in all that matters to the training, else `custom`."""
    for name, known in RECIPES.items():
        same = {field: getattr(known, field) for field in _CIRCUMSTANCES}
        if msgspec.structs.replace(recipe, **same) == known:
            return name
    return "custom"


def with_recipe(recipe: Recipe, name: RecipeName) -> Recipe:
    """Take over how `name` trains, and keep on what, where and how exactly; `custom` changes nothing."""
    assert name in get_args(RecipeName)
    if name == "custom":
        return recipe
    return msgspec.structs.replace(RECIPES[name], **{field: getattr(recipe, field) for field in _CIRCUMSTANCES})
