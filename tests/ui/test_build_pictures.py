"""The Build screen in each of its states, in three sizes, dark and light, compared with its pictures."""

from typing import NamedTuple

import pytest

from tests.ui.driving import opened
from tests.ui.picture import SIZES, at_rest
from tests.ui.records import BROKEN
from tui_cnn.core import edits
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.build.variants import keep

pytestmark = pytest.mark.usefixtures("still")


class State(NamedTuple):
    """Keys that lead from a network to a state of the screen; after a word there are some to wait for."""

    keys: tuple[str, ...]
    sees: str
    network: str | Network = "fashion-cnn"
    then: tuple[str, ...] = ()


STATES = {
    "stack": State(("down", "down"), "2,230,272"),
    "tree": State(("down", "space", "down", "space", "down", "down", "down"), "branch", "small-resnet"),
    "range": State(("down", "V", "down", "m", "shift+up"), "mute", "small-inception"),
    "editing": State(("down", "down", "enter", "ctrl+u", "4", "8"), "79.5 k"),
    "error": State(("down", "down", "enter", "down", "ctrl+u", "3", "×"), "×"),
    "broken": State(("down",) * 4, "does not fit", BROKEN),
    "empty": State((), "Input", Network("new", (28, 28, 1))),
    "add": State(("a",), "Add a layer", then=("s", "e", "p")),
    "columns": State(("c",), "activations"),
    "why": State(("down", "down", "w"), "TensorFlow"),
    "help": State(("question_mark",), "Conv2D, layer 1"),
    "palette": State(("ctrl+p",), "Search", then=("d", "u", "p")),
    "sweep": State(("down", "down", "down", "down", "t"), "● 64", then=("right",)),
    "variants": State(("C",), "narrow", then=("right",)),
    "open": State(("ctrl+o",), "lenet-5", then=("v", "g", "g")),
    "export": State(("E",), ".onnx", then=("down",)),
    "unsaved": State(("d", "q"), "unsaved changes"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", STATES)
async def test_state(picture, home, name, size):
    state = STATES[name]
    narrow = edits.change(preset("fashion-cnn"), (2,), filters=48)
    keep(narrow, home / "variants" / "fashion-cnn" / "narrow.toml")
    async with opened(state.network, size=SIZES[size]) as user:
        for keys in (state.keys, state.then):
            await user.press(*keys)
            await user.sees(state.sees) if keys is state.keys else None
            await at_rest(user)
        picture(user.app)
        user.app.theme = "textual-light"
        await at_rest(user)
        picture(user.app)


async def test_editing_in_the_smallest_terminal(picture):
    async with opened(size=(60, 16)) as user:
        await user.press("down", "down", "enter")
        await user.type("48")
        await at_rest(user)
        picture(user.app)
