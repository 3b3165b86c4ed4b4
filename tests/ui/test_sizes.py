"""Terminals of any size: what is too small says so, and loses nothing."""

import pytest

from tests.ui.answering import Answering, make_run
from tests.ui.driving import opened
from tests.ui.search_records import finished_search
from tui_cnn.formats.presets import preset
from tui_cnn.ui.design import open_design
from tui_cnn.ui.inspect import screen as inspect

KIND = "cnn-tui needs a terminal of 60×16"


@pytest.mark.parametrize("size", [(40, 10), (59, 16), (60, 15), (3, 1)])
async def test_too_small_is_said_kindly_and_nothing_is_lost(size):
    async with opened(size=size) as user:
        if size[0] > 10:
            await user.sees(KIND)
        assert "Conv2D" not in user.text
        await user.resize(80, 24)
        await user.sees("Conv2D", "93,322 parameters", "a Add")
        assert KIND not in user.text
        await user.press("down")
        assert user.cursor == (1,)


@pytest.mark.parametrize("mode", ["1", "2", "3", "4", "5", "6"])
async def test_every_screen_comes_back_with_its_keys(mode, monkeypatch):
    monkeypatch.setattr(inspect, "Inspector", Answering)
    make_run()
    finished_search(4)
    async with opened(size=(80, 24)) as user:
        await user.press(mode)
        await user.until(lambda: user.app.focused is not None)
        focused = user.focused
        await user.resize(50, 12)
        await user.sees(KIND)
        await user.resize(80, 24)
        await user.until(lambda: user.focused == focused)
        assert KIND not in user.text


_READS = 1.2
"""Seconds within which what is read twice a second has been read."""


@pytest.mark.parametrize("other", [(61, 200), (60, 16), (200, 17)])
async def test_what_changed_behind_at_another_size_has_its_room_again(other):
    """What a screen shows while another is in front is laid out for the terminal as it is once the screen is back."""
    finished_search(4)
    async with opened("fashion-cnn", size=(120, 40)) as user:
        await user.press("6")
        await user.sees("▁▅▇██", "0.78 ┤")
        await user.pilot.pause(_READS)
        search = user.text
        await user.press("1")
        build = user.text
        await user.press("4")
        await user.resize(*other)
        for name in ("alexnet", "fashion-cnn"):
            user.app.workspace.design = open_design(preset(name), None)
            await user.settle()
        await user.resize(120, 40)
        await user.press("1")
        await user.until(lambda: user.text == build)
        await user.press("6")
        await user.until(lambda: user.text == search)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (99, 31), (100, 32), (200, 60)])
async def test_all_that_matters_is_in_view(size):
    async with opened(size=size) as user:
        assert "93,322 parameters · 2.79 M MACs" in user.top
        await user.press("down", "down")
        await user.sees("Conv2D", "11×11×64", "18,496", "layer 4", "a Add")
        assert all(len(line) <= size[0] for line in user.text.split("\n"))
        await user.press("enter")
        await user.type("48")
        await user.sees("filters", "48")
        if size[1] >= 24:
            await user.sees("79.5 k", "−15 %", "2.15 M", "−23 %")
        await user.press("enter")
        assert "79,482" in user.top


async def test_a_form_outlives_a_terminal_that_is_too_small():
    async with opened(size=(80, 24)) as user:
        await user.press("enter", "down")
        await user.type("5")
        await user.resize(40, 10)
        await user.sees(KIND)
        await user.press("enter", "7", "d", "escape")
        assert len(user.layers) == 8
        await user.resize(120, 40)
        await user.until(lambda: user.focused == "field-kernel_size")
        assert user.app.focused.value == "5"
        await user.press("enter")
        assert user.layers[0].kernel_size == (5, 5)


async def test_every_dialog_lives_through_every_size():
    async with opened(size=(120, 40)) as user:
        await user.press("v", "enter", "d")
        for key in ("t", "C", "v", "ctrl+o", "E", "comma", "question_mark"):
            await user.press(key)
            await user.until(lambda: len(user.app.screen_stack) == 2)
            for size in [(200, 60), (80, 24), (60, 16), (40, 10), (3, 1), (100, 32)]:
                await user.resize(*size)
                assert all(len(line) <= size[0] for line in user.text.split("\n"))
            await user.press("escape")
            await user.until(lambda: len(user.app.screen_stack) == 1)


async def test_at_the_top_the_field_gives_way_first_and_then_the_names_of_the_screens():
    async with opened(size=(130, 40)) as user:
        assert "2.79 M MACs · RF 18" in user.top
        await user.press("down", "down", "}")  # 5×5: 4 + 4·2 = 12, pooled 12 + 1·2 = 14, and then 14 + 2·4 = 22
        assert "RF 22" in user.top
        assert "● fashion-cnn" in user.top
        await user.resize(100, 32)
        assert "RF" not in user.top
        assert "2 Train" in user.top
        await user.resize(80, 24)
        assert "2 Train" not in user.top
        assert "● " in user.top
        await user.resize(130, 40)
        assert "RF 22" in user.top
