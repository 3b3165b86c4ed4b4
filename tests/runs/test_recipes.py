"""Recipes with a name."""

import msgspec

from tui_cnn.runs.recipe import BEST, QUICK, TUTORIAL, Recipe, recipe_name, with_recipe


def test_a_recipe_is_called_what_it_trains_like():
    assert recipe_name(Recipe()) == "tutorial"
    assert recipe_name(msgspec.structs.replace(QUICK, seed=3, limit=10, validation=0.2)) == "quick"
    assert recipe_name(msgspec.structs.replace(TUTORIAL, batch_size=64)) == "custom"


def test_another_recipe_keeps_on_what_and_where():
    mine = Recipe(epochs=50, seed=3, limit=10, data="/mnist", keep=4)
    quick = with_recipe(mine, "quick")
    assert recipe_name(quick) == "quick"
    assert (quick.seed, quick.limit, quick.data, quick.keep) == (3, 10, "/mnist", 4)
    assert with_recipe(mine, "custom") == mine


def test_the_best_recipe_is_that_whatever_time_it_has_and_however_many_epochs_fitted():
    assert recipe_name(BEST) == "best"
    assert recipe_name(msgspec.structs.replace(BEST, minutes=20.0, epochs=77, seed=3)) == "best"
    assert recipe_name(msgspec.structs.replace(BEST, minutes=None)) == "custom"
    assert recipe_name(msgspec.structs.replace(TUTORIAL, minutes=5.0)) == "custom"
