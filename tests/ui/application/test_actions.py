"""The registry of actions, and all that speaks from it."""

import asyncio
import importlib
import pkgutil
from collections import Counter

import pytest

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn import ui
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.ui.application.actions import APP, SCOPES
from tui_cnn.ui.build.screen import BuildScreen
from tui_cnn.ui.toolkit.help import key_names
from tui_cnn.ui.toolkit.main_screen import MainScreen


def owners():
    """Which classes declare the keys of each scope."""
    found = {scope.name: set() for scope in SCOPES}
    for module in pkgutil.walk_packages(ui.__path__, "tui_cnn.ui."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and kind.__module__ == module.name:
                for binding in vars(kind).get("BINDINGS", ()):
                    scope = (getattr(binding, "id", None) or "").partition(".")[0]
                    if scope:
                        found[scope].add(kind)
    return found


def test_no_two_actions_share_a_key_where_both_can_be_meant():
    for scope in SCOPES:
        together = [other for other in SCOPES if scope.works_with(other)]
        screens = {name for other in together for name in other.within}
        for screen in screens or {""}:
            meant = [other for other in together if not other.within or screen in other.within]
            own = {key for action in scope.actions for key in action.keys.split(",")}
            others = [key for o in meant if o is not scope for action in o.actions for key in action.keys.split(",")]
            assert own.isdisjoint(others), scope.name
        keys = Counter(key for action in scope.actions for key in action.keys.split(","))
        assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_is_bound_under_its_keys():
    for scope in SCOPES:
        for action, binding in zip(scope.actions, scope.bindings(), strict=True):
            assert (binding.key, binding.description) == (action.keys, action.label)
            assert binding.action.rpartition(".")[2] == (action.command or action.id)


def test_every_action_exists_where_its_keys_are_declared():
    screens = [kind for kinds in owners().values() for kind in kinds if issubclass(kind, MainScreen)]
    screens.append(BuildScreen)
    for scope in SCOPES:
        kinds = owners()[scope.name]
        assert kinds or not scope.actions, scope.name
        for action in scope.actions:
            name = "action_" + (action.command or action.id).partition("(")[0]
            places = screens if scope.on == "screen" else kinds
            assert any(callable(getattr(kind, name, None)) for kind in places), (scope.name, name)


async def test_help_lists_every_action():
    async with opened(size=(120, 600)) as user:
        for key in ("f1", "question_mark"):
            await user.press(key)
            await user.sees("Help", *(scope.title for scope in SCOPES if scope.actions))
            text = user.text  # it is painted anew each time
            for action in (action for scope in SCOPES for action in scope.actions):
                assert action.help in text, action.id
                assert f"{key_names(action.keys)} " in text, f"{action.keys} is not in the help"
            await user.press("escape")


async def test_help_scrolls_in_a_small_terminal():
    async with opened(size=(80, 24)) as user:
        await user.press("f1", "end")
        await user.sees("Close the scatter plot")
        await user.press("q")
        assert user.app.current_mode == "build"
        assert user.app.is_running


async def found(user, query):
    """Type into the palette, and list what it offers."""
    await user.press("ctrl+p")
    await user.until(lambda: type(user.app.screen).__name__ == "Palette" and user.app.focused is not None)
    await user.press_at_once(*query)


@pytest.mark.parametrize("mode", ["1", "2", "3", "4", "5", "6"])
async def test_the_palette_offers_what_the_screen_offers_once(mode):
    records.make_run()
    async with opened(size=(120, 340)) as user:
        await user.press("d", mode)
        if mode == "5":
            await user.sees("interrupted")
        bound = {active.binding.id: active.node for active in user.app.screen.active_bindings.values()}
        everything = [(scope, action) for scope in SCOPES for action in scope.actions]
        commands = {}
        for scope, action in reversed(everything):
            if scope is APP or scope.binding_id(action) in bound:
                commands[bound.get(scope.binding_id(action)), scope.command(action)] = action
        expected = list(commands.values())
        await user.press("ctrl+p")
        await user.sees(*(action.help for action in expected), *(f"Open preset {n}" for n in preset_names()))
        offered = Counter(action.help for action in expected)
        listed = Counter(line.strip(" │▏▎▕▁▔▊▍█▌") for line in user.text.split("\n"))
        for _scope, action in everything:
            assert listed[action.help] == offered[action.help], action
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ != "Palette")


async def test_the_palette_runs_what_is_chosen():
    async with opened() as user:
        await found(user, "duplicate")
        await user.sees("Duplicate the selected layers below")
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
            ("6", "search"),
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
        saves = keys == ["d", "q"] and answer == "enter"  # the second Enter takes the file's name, and then it quits
        assert user.app.is_running is not saves
        assert saves or len(user.app.screen_stack) >= 1
