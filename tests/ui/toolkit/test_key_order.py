"""Keys that come faster than they are handled do what they do when they come one by one."""

import pytest
from textual import events

from tests.ui.driving import opened

WAYS = {
    "a field is emptied, then filled": ("down", "enter", "ctrl+u", *"12", "down", "ctrl+u", "5", "up", "3"),
    "a dialog is opened, then typed into": ("a", *"dense", "enter", "ctrl+u", *"17", "enter"),
    "cells are filled, one after another": ("4", "i", *"12", "right", *"34", "down", *"5", "enter"),
    "a dialog is opened and left again": ("question_mark", "escape", "down", "d", "u", "down"),
    "a name is changed before it is saved": ("ctrl+s", "ctrl+u", *"own", "escape", "down", "enter", "ctrl+u", *"9"),
}


@pytest.mark.parametrize("keys", WAYS.values(), ids=WAYS)
async def test_fast_keys_do_what_slow_ones_do(keys, home):
    texts = []
    for pace in ("slow", "fast"):
        async with opened("fashion-cnn") as user:
            if pace == "slow":
                await user.press(*keys)
            else:
                await user.press_at_once(*keys)
            texts.append((user.network, user.focused, "\n".join(user.text.splitlines()[:20])))
    assert texts[1] == texts[0]


async def test_text_is_pasted_where_the_keys_before_it_lead():
    async with opened("fashion-cnn") as user:
        for key in ("enter", "ctrl+u"):
            user.send(key)
        paste = events.Paste("48")
        paste.set_sender(user.app)
        user.app._driver.send_message(paste)
        user.send("enter")
        await user.until(lambda: user.layers[0].filters == 48)


async def test_a_key_whose_end_is_kept_holds_up_no_other(monkeypatch):
    """What a handler keeps from going up, or waits for, may take long: the next key comes all the same."""
    async with opened("fashion-cnn") as user:
        stack = user.app.screen.stack
        monkeypatch.setattr(stack, "post_message", lambda _message: True)  # it takes what is sent, and does nothing
        user.send("down")
        await user.until(lambda: user.app.keys._under_way is not None)
        monkeypatch.undo()
        user.send("down")
        await user.until(lambda: user.cursor == (1,))
