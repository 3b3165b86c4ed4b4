"""Thousands of keys, struck at random: the app never falls over, and what it shows is what it holds."""

import random
import re

import pytest
from textual import events

from tests.ui.driving import opened
from tests.ui.random_keys import KEYS, PASTES, SIZES, TREE, start_no_process, write_runs
from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.formats.toml import read_network
from tui_cnn.ui.toolkit.network_summary import widest_field
from tui_cnn.ui.toolkit.numbers import short_count


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """No key starts a process."""
    start_no_process(monkeypatch.setattr)


@pytest.mark.parametrize("seed", range(2))
async def test_random_keys(seed, monkeypatch, home):
    dice = random.Random(seed)
    network = TREE if seed % 2 else preset("fashion-cnn")
    write_runs()
    async with opened(network, size=SIZES[seed % 2], painted=True) as user:
        monkeypatch.setattr(user.app, "exit", lambda *_, **__: None)
        monkeypatch.setattr(user.app, "deliver_screenshot", lambda *_: None)
        struck = []
        for _burst in range(50):
            keys = dice.choices(KEYS, k=dice.choice([1, 3, 12, 60]))
            struck.append(keys)
            try:
                await user.press_at_once(*keys)
                if dice.random() < 0.05:  # one by one: Textual's palette falls over keys that come before its list
                    struck.append(keys := ["ctrl+p", *dice.choices(["down", "up", "s", "e", "enter"], k=4)])
                    await user.press(*keys)
                if dice.random() < 0.1:
                    struck.append([paste := dice.choice(PASTES)])
                    user.app.post_message(events.Paste(paste))
                    await user.settle()
                if dice.random() < 0.1:
                    struck.append([size := dice.choice(SIZES)])
                    await user.resize(*size)
                assert user.app.is_running
                assert user.app._exception is None
            except BaseException:
                print("the keys were:", struck)
                raise
        await to_build(user)
        assert layers_shown_are_those_held(user), user.text
        while user.app.workspace.design.history.past:
            user.app.workspace.undo()
        await user.settle()
        trained = map(read_network, home.glob("runs/*/network.toml"))
        begun = Network("untitled", (28, 28, 1))
        assert user.network in (TREE, begun, *map(preset, preset_names()), *trained), "what was opened last, as it was"
        assert layers_shown_are_those_held(user), user.text


async def to_build(user):
    """Leave whatever dialog or form is open, and go to Build; no notice lies over it."""
    await user.resize(150, 40)  # there is room for all totals at the top
    for _each in ("the mode that it is in", "build"):  # each has screens of its own
        while len(user.app.screen_stack) > 1:
            await user.press("escape")
            await user.settle()
        if user.app.current_mode == "build":
            await user.press("escape")
        user.app.go_to("build")
        await user.until(lambda: user.app.current_mode == "build")
    assert len(user.app.screen_stack) == 1
    user.app.clear_notifications()
    await user.settle()


def layers_shown_are_those_held(user):
    """The totals at the top and the lines of the stack are those of the network."""
    analysis = analyze(user.network)
    least = "" if analysis.totals.complete or not analysis.rows else "≥ "
    totals = f"{least}{analysis.totals.params:,} parameters · {least}{short_count(analysis.totals.macs)} MACs"
    kinds = re.findall(r"^(?:│ )?[▌ ][✗⚠· ] {0,3}\d+  (?:│ )*. (\S+)", user.text, re.MULTILINE)
    named = ["Input", *(row.layer.name or type(row.layer).__name__ for row in analysis.rows)]
    field = re.search(r"· field (\S+)", user.top)
    seen = field is None or field[1] == widest_field(analysis)
    return totals in user.top and seen and all(kind in named for kind in kinds) and len(kinds) > 0
