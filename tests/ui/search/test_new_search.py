"""Marking what varies on Build and Train, and setting up a search of it: by the form and as TOML."""

import pytest

from tests.ui.driving import opened
from tests.ui.search_records import PLAN
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search import launch
from tui_cnn.search.directory import list_searches
from tui_cnn.search.limits import NO_ERRORS
from tui_cnn.search.plan import SearchPlan, dumps_plan, loads_plan
from tui_cnn.ui.search.settings import SearchSettings, settings_of, with_settings


@pytest.fixture
def started(monkeypatch):
    calls = []
    monkeypatch.setattr(launch, "start", lambda search, jobs=None, *_, **__: calls.append((search.id, jobs)))
    return calls


async def mark(user, *keys, text=None):
    await user.press(*keys)
    await user.sees("Write ")
    if text is not None:
        await user.type(text)
    await user.press("enter")
    await user.until(lambda: len(user.app.screen_stack) == 1)


async def test_a_field_of_a_layer_is_marked_shown_and_unmarked():
    async with opened(size=(120, 40)) as user:
        await user.press("asterisk")
        await user.sees("Vary · Conv2D · layer 1", "now 32", "5 values: 8, 16, 32, 64, 128")
        await user.type("16, x")
        await user.sees("must be a whole number")
        await user.press("enter")
        assert len(user.app.screen_stack) == 2, "what is wrong is not saved"
        await user.type("16..64 step 16")
        await user.sees("4 values: 16, 32, 48, 64")
        await user.press("enter")
        await user.sees("Conv2D ~", "~ 16..64 step 16")
        (marked,) = user.app.workspace.varied
        assert marked == ((0,), "filters", {"low": 16, "high": 64, "step": 16})
        await mark(user, "asterisk", text="")
        assert user.app.workspace.varied == ()
        await user.until(lambda: "~" not in user.text)


async def test_repeat_and_presence_of_a_layer_are_settings_too():
    async with opened(size=(120, 40)) as user:
        await user.press("down", "asterisk")
        await user.sees("Vary · MaxPooling2D · layer 2")
        while "‹ present ›" not in user.text:
            await user.press("up")
        await user.press("enter")
        await user.sees("present           ~ yes, no")


async def test_a_field_of_an_open_form_is_marked():
    async with opened(size=(120, 40)) as user:
        await user.press("enter", "down", "f6")
        await user.sees("‹ kernel_size ›", "now 3×3")
        await user.press("enter")
        await user.sees("kernel_size ~")
        assert user.focused == "field-kernel_size"
        await user.press("escape")
        assert user.app.workspace.varied[0].given == [[1, 1], [3, 3], [5, 5], [7, 7]]


async def test_a_setting_of_the_training_is_marked():
    async with opened(size=(120, 40)) as user:
        await user.press("2")
        await user.until(lambda: user.focused == "field-recipe")
        await user.press(*["down"] * 5, "f6")
        await user.sees("Vary a setting of the training", "‹ learning_rate ›", "any value of the range")
        await user.press("enter")
        await user.sees("learning_rate ~")
        assert user.app.workspace.varied == ((None, "learning_rate", {"low": 1e-4, "high": 1e-2, "log": True}),)


async def test_marks_follow_edits_and_leave_with_another_network():
    async with opened(size=(120, 40)) as user:
        await mark(user, "down", "down", "asterisk")
        await user.press("home", "down", "D")
        assert [found.path for found in user.app.workspace.varied] == [(3,)]
        await user.press("u")
        assert [found.path for found in user.app.workspace.varied] == [(2,)]
        user.app.open_model("lenet-5")
        await user.until(lambda: user.network.name == "lenet-5")
        assert user.app.workspace.varied == ()


async def test_the_input_has_nothing_to_vary():
    async with opened() as user:
        await user.press("home", "asterisk")
        await user.told("Select a layer")


async def test_a_search_of_the_marks_is_counted_made_and_started(started):
    async with opened(size=(120, 40)) as user:
        await mark(user, "asterisk", text="8, 16, 32")
        await mark(user, "down", "down", "asterisk", text="32, 64")
        await user.press("6")
        await user.sees("2 settings vary.", "Press n")
        await user.press("n")
        await user.sees("conv2d.filters", "8, 16, 32", "candidates: 6", "networks that fit the limits: 6 of 6")
        await user.press(*["down"] * 4)
        await user.until(lambda: user.focused == "field-max_params")
        await user.type("many")
        await user.sees("max_params: “many” is not a number")
        await user.type("70k")
        # 32 filters in the third layer: 58,490, 60,874 and 65,642 parameters; with 64 there are 79,258 at least
        await user.sees("networks that fit the limits: 3 of 6", "excluded by params <= 70k: 3")
        await user.press("enter")
        await user.until(lambda: len(started) == 1)
        (search,) = list_searches()
        plan = search.plan()
        assert (started[0][0], plan.limits, plan.budget.trials) == (search.id, ("params <= 70k",), 20)
        assert plan.space == {"conv2d.filters": [8, 16, 32], "conv2d_1.filters": [32, 64]}
        assert search.network() == user.network
        await user.sees(search.id, "not started")


async def test_a_search_may_be_kept_for_later(started):
    async with opened(size=(80, 24)) as user:
        await mark(user, "asterisk")
        await user.press("6", "n")
        await user.sees("candidates: 5")
        await user.press("f5")
        await user.until(lambda: len(list_searches()) == 1)
        assert not started


async def test_trials_are_trained_for_epochs_also_where_the_form_of_train_has_minutes(started):
    async with opened(size=(80, 24)) as user:
        user.app.workspace.recipe = Recipe(minutes=5.0, batch_size=64)
        await mark(user, "asterisk")
        await user.press("6", "n")
        await user.sees("candidates: 5")
        await user.press("f5")
        await user.until(lambda: len(list_searches()) == 1)
        assert list_searches()[0].plan().recipe == Recipe(batch_size=64)


async def test_nothing_is_made_of_a_plan_that_cannot_run(started):
    async with opened(size=(120, 40)) as user:
        await user.press("6", "n")
        await user.sees("Nothing varies yet.", "the space is empty")
        await user.press("enter")
        await user.told("the space is empty")
        assert list_searches() == []
        await user.press("escape")
        await user.sees("No searches yet.")


async def test_the_plan_is_edited_as_toml_and_comes_back_into_the_form(started):
    async with opened(size=(120, 40)) as user:
        await mark(user, "asterisk", text="8, 16")
        await user.press("6", "n")
        await user.sees("candidates: 2")
        await user.press("f4")
        await user.sees('brain = "random"')
        await user.press("home", "ctrl+k", *'brain = "grid"', "ctrl+s")
        await user.sees("‹ grid ›")
        await user.press("enter")
        await user.until(lambda: len(started) == 1)
        assert list_searches()[0].plan().brain == "grid"


def test_form_and_text_make_the_same_plan():
    settings = settings_of(PLAN)
    assert (settings.max_params, settings.trials, settings.goals, settings.seeds) == ("100k", 12, "none", 1)
    assert with_settings(PLAN, settings) == PLAN
    assert loads_plan(dumps_plan(PLAN), "search.toml") == PLAN
    other = SearchPlan(
        brain="nsga2",
        seeds=(3, 5),
        goals=("accuracy", "macs"),
        limits=("params >= 1k", "macs <= 5M", "receptive_field >= 14"),
        recipe=Recipe(epochs=3),
        space=PLAN.space,
    )
    shown = settings_of(other)
    assert (shown.max_macs, shown.min_rf, shown.goals, shown.seeds) == ("5M", "14", "macs", 2)
    again = with_settings(other, shown)
    assert set(again.limits) == set(other.limits), "what the form has no line for stays"
    assert again.seeds == (3, 5)
    assert NO_ERRORS not in again.limits


def test_the_settings_of_the_form_become_the_plan():
    settings = SearchSettings(
        brain="tpe",
        trials=None,
        minutes=30.0,
        max_memory="2GB",
        goals="params+seconds",
        pruning="none",
        seeds=3,
        jobs=2,
    )
    plan = with_settings(PLAN, settings)
    assert (plan.goals, plan.seeds, plan.jobs) == (("accuracy", "params", "seconds"), (0, 1, 2), 2)
    assert plan.limits == ("memory <= 2GB",)
    assert (plan.budget.trials, plan.budget.minutes) == (None, 30.0)
    assert plan.space == PLAN.space


async def test_a_search_that_is_made_after_one_has_left_ends_no_other_screen():
    async with opened(size=(120, 40)) as user:
        await user.press("asterisk", "enter", "6", "n")
        await user.sees("candidates")
        page = user.app.screen
        await user.press("escape")
        search = user.app.screen
        for _time in range(2):
            page.dismiss()
            await user.settle()
            assert user.app.screen is search
        await user.press("n")
        page = user.app.screen
        await user.press("1")
        page.dismiss()  # while another mode is shown
        await user.settle()
        await user.press("6")
        assert user.app.screen is search
