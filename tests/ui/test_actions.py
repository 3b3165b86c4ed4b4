"""The registry of actions, and all that speaks from it."""

import asyncio
from collections import Counter

import pytest

from tests.ui import told
from tests.ui.driving import opened
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.ui.actions import VIEWS, actions, bindings
from tui_cnn.ui.app import CnnTui
from tui_cnn.ui.dialogs.help import key_names, scope_titles
from tui_cnn.ui.inspecting.desk import Desk


def test_no_two_actions_share_a_key_where_both_can_be_meant():
    together = {
        "stack": ("stack", "app"), "checks": ("checks", "app"), "form": ("form", "app"),
        "recipe": ("recipe", "train", "app"),
        "train": ("train", "curves", "app"), "runs": ("runs", "app"), "stepper": ("stepper", "lab", "app"),
        "lab_form": ("lab_form", "lab", "app"), "chain": ("chain", "lab", "app"),
        "weights": ("weights", "lab", "app"), "pairs": ("pairs", "lab", "app"), "lesson": ("lesson", "lab", "app"),
        "compare": ("compare", "curves", "app"), "scatter": ("scatter", "app"),
        **{view: (view, "inspect", "app") for view in VIEWS},
    }  # fmt: skip
    for scopes in together.values():
        keys = Counter(key for action in actions() if action.scope in scopes for key in action.keys.split(","))
        assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_is_bound_under_its_keys():
    for scope in {action.scope for action in actions()}:
        for action, binding in zip([a for a in actions() if a.scope == scope], bindings(scope), strict=True):
            assert (binding.key, binding.action, binding.description) == (action.keys, action.target, action.label)


def test_every_action_exists():
    from tui_cnn.ui.screens.build import BuildScreen
    from tui_cnn.ui.screens.compare import CompareScreen
    from tui_cnn.ui.screens.inspect import InspectScreen
    from tui_cnn.ui.screens.lab import LabScreen
    from tui_cnn.ui.screens.runs import RunsScreen
    from tui_cnn.ui.screens.scatter import ScatterScreen
    from tui_cnn.ui.screens.train import TrainScreen
    from tui_cnn.ui.widgets.inspect.views import all_views

    places = {
        "app": CnnTui, "stack": BuildScreen, "checks": BuildScreen, "form": BuildScreen,
        "recipe": TrainScreen, "train": TrainScreen, "runs": RunsScreen,
        "curves": TrainScreen, "compare": CompareScreen, "scatter": ScatterScreen,
        "inspect": InspectScreen, **{view.scope: view for view in all_views(Desk(None, lambda: None))},
    }  # fmt: skip
    for action in actions():
        assert callable(getattr(places.get(action.scope, LabScreen), f"action_{action.id}")), action.id


async def test_help_lists_every_action():
    async with opened(size=(120, 400)) as user:
        for key in ("f1", "question_mark"):
            await user.press(key)
            await user.sees("Help", *scope_titles().values())
            for action in actions():
                line = user.line(f"{key_names(action.keys)} ")
                assert action.help in user.text, action.id
                assert line, f"{action.keys} is not in the help"
            await user.press("escape")
        assert {action.scope for action in actions()} == set(scope_titles())


async def test_help_scrolls_in_a_small_terminal():
    async with opened(size=(80, 24)) as user:
        await user.press("f1", "end")
        await user.sees("Leave the drawing")
        await user.press("q")
        assert user.app.current_mode == "build"
        assert user.app.is_running


async def found(user, query):
    """Type into the palette, and list what it offers."""
    await user.press("ctrl+p")
    await user.until(lambda: type(user.app.screen).__name__ == "Palette" and user.app.focused is not None)
    await user.press_at_once(*query)


@pytest.mark.parametrize("mode", ["1", "2", "3", "4", "5"])
async def test_the_palette_offers_what_the_screen_offers_once(mode):
    told.make_run()
    async with opened(size=(120, 340)) as user:
        await user.press("d", mode)
        if mode == "5":
            await user.sees("interrupted")
        bound = {active.binding.action for active in user.app.screen.active_bindings.values()}
        expected = {a.target: a for a in reversed(actions()) if a.scope == "app" or a.target in bound}
        await user.press("ctrl+p")
        await user.sees(*(action.help for action in expected.values()), *(f"Open preset {n}" for n in preset_names()))
        for action in actions():
            times = action in expected.values()
            assert user.text.count(f"  {action.help}") == times, action
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ != "Palette")


async def test_the_palette_runs_what_is_chosen():
    async with opened() as user:
        await found(user, "duplicate")
        await user.sees("Put a copy below the selected layer")
        await user.press("enter")
        await user.until(lambda: len(user.layers) == 9)
        await user.press("u")
        await found(user, "preset lenet")
        await user.sees("Open preset lenet-5")
        await asyncio.sleep(0)
        await user.press("enter")
        await user.until(lambda: user.network == preset("lenet-5"))


async def test_other_screens_are_a_key_away():
    async with opened() as user:
        for key, mode in [
            ("2", "train"),
            ("escape", "train"),
            ("3", "inspect"),
            ("5", "runs"),
            ("4", "lab"),
            ("1", "build"),
            ("5", "runs"),
        ]:
            await user.press(key)
            assert user.app.current_mode == mode
        await user.press("q")
        await user.until(lambda: not user.app.is_running)


@pytest.mark.parametrize("keys", [["a"], ["ctrl+o"], ["f1"], ["S"], ["d", "q"], ["ctrl+p"]])
@pytest.mark.parametrize("answer", ["enter", "escape"])
async def test_a_dialog_answers_once(keys, answer):
    async with opened() as user:
        await user.press(*keys)
        await user.until(lambda: len(user.app.screen_stack) == 2)
        await user.press_at_once(*[answer] * 5)
        await user.settle()
        assert user.app.is_running
        assert len(user.app.screen_stack) >= 1
