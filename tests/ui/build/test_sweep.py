"""The sweep of one setting: a table, curves, and a value that is taken."""

from threading import Event

import pytest

from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.core.layers import Flatten
from tui_cnn.core.network import Network
from tui_cnn.ui.build import sweep as sweep_dialog


async def test_a_value_is_chosen_and_can_be_taken_back():
    async with opened() as user:
        await user.press("down", "down", "t")
        await user.sees("Sweep · Conv2D · layer 3", "filters", "● 64", "65.6 k", "−30 %", "params ")
        await user.press("up", "enter")
        assert user.layers[2].filters == 32
        assert user.cursor == (2,)
        await user.press("u")
        assert user.layers[2].filters == 64


async def test_a_value_that_breaks_the_network_says_why():
    async with opened(size=(80, 24)) as user:
        await user.press(*["down"] * 4, "t")
        await user.sees("● 64")
        await user.press("right")
        await user.sees("● 3×3", "✗ invalid")
        await user.press("down", "down")
        await user.sees("a 7×7 window does not fit into 5×5")
        await user.press("left", "left")
        await user.sees("use_bias", "● yes")
        await user.press("escape")
        assert not user.app.workspace.design.dirty


async def test_the_values_can_be_typed():
    async with opened() as user:
        await user.press("down", "down", "t")
        await user.sees("● 64")
        await user.press("r")
        await user.type("10..12")
        await user.until(lambda: user.text.count("%") == 9)
        await user.press("left", "x")
        await user.sees("enter values such as 8, 16, 32")
        await user.type("0, 48")
        await user.until(lambda: user.text.count("%") == 3)
        await user.press("enter", "enter")
        assert user.layers[2].filters == 48
        await user.press("t")
        await user.sees("● 48")
        await user.press("r", "escape", "escape")
        assert type(user.app.screen).__name__ == "BuildScreen"


async def test_a_layer_without_such_settings_says_so():
    async with opened(Network("flat", (4, 4, 1), (Flatten(),))) as user:
        await user.press("t")
        await user.told("no settings to sweep")
        await user.press("up", "t")
        assert type(user.app.screen).__name__ == "BuildScreen"


@pytest.mark.parametrize("key", ["t", "a"])
async def test_an_answer_about_a_network_that_has_changed_edits_nothing(key):
    """It may change under a dialog: its file is edited elsewhere, or keys come before the dialog is there."""
    async with opened() as user:
        await user.press("end", key)
        user.app.workspace.edit("cut", lambda network: edits.delete(network, (2,), 3), (0,))
        await user.settle()
        left = user.network
        await user.press("down", "enter")
        await user.told("the network was changed in the meantime")
        assert user.network == left


async def test_no_value_of_one_setting_is_given_to_another(monkeypatch):
    """The values of another setting take a while; until they are shown, there is nothing to take."""
    slowly, tried = Event(), sweep_dialog.sweep

    def slow(network, path, field, values):
        assert field == "filters" or slowly.wait(60)
        return tried(network, path, field, values)

    monkeypatch.setattr(sweep_dialog, "sweep", slow)
    async with opened() as user:
        await user.press("down", "down", "t")
        await user.sees("● 64")
        await user.press("right", "up", "enter")
        slowly.set()
        await user.sees("● 3×3")
        assert not user.app.workspace.design.dirty
        await user.press("up", "enter")
        assert user.layers[2].kernel_size == (1, 1)


async def test_no_key_finds_a_value_where_there_is_none():
    async with opened() as user:
        await user.press("down", "down", "t")
        await user.sees("● 64")
        user.app.screen._show("filters", ())
        await user.settle()
        for key in ("down", "end", "up", "home", "pageup", "pagedown", "enter"):
            await user.press(key)
        await user.sees("no valid value for this setting")
