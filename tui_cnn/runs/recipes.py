"""Recipes with a name, and the name of a recipe."""

from typing import Literal, get_args

import msgspec

from tui_cnn.runs.recipe import Recipe

RecipeName = Literal["tutorial", "quick", "custom"]

TUTORIAL = Recipe()
"""The plain way of the tutorials: Adam at 0.001, batches of 32, 5 epochs."""

QUICK = Recipe(epochs=3, batch_size=128, learning_rate=0.005, schedule="one-cycle", precision="auto")
"""What reaches the tutorial's accuracy soonest: larger batches, one cycle of the rate, the fastest precision."""

RECIPES: dict[RecipeName, Recipe] = {"tutorial": TUTORIAL, "quick": QUICK}

_UNRELATED_FIELDS = ("validation", "seed", "deterministic", "limit", "threads", "device", "keep", "tensorboard", "data")
"""Fields for the data, the machine and the outputs, not for how to train."""


def recipe_name(recipe: Recipe) -> RecipeName:
    """Name a recipe: that of a known one that trains in the same way, else `custom`."""
    for name, known in RECIPES.items():
        same = {field: getattr(known, field) for field in _UNRELATED_FIELDS}
        if msgspec.structs.replace(recipe, **same) == known:
            return name
    return "custom"


def with_recipe(recipe: Recipe, name: RecipeName) -> Recipe:
    """Train as `name` does, with the data, the machine and the outputs of `recipe`; `custom` changes nothing."""
    assert name in get_args(RecipeName)
    if name == "custom":
        return recipe
    return msgspec.structs.replace(RECIPES[name], **{field: getattr(recipe, field) for field in _UNRELATED_FIELDS})
