"""What has the focus is in view: the focus walks through every form and every dialog, in terminals of any size."""

from contextlib import suppress
from typing import NamedTuple

import pytest
from textual.errors import NoWidget

from tests.ui import answering, records, search_records
from tests.ui.answering import Answering
from tests.ui.driving import opened
from tests.ui.train.test_find_rate import FakeSearch
from tui_cnn.core.layers import BatchNormalization, Block, Branches, Conv2D, Dense, Dropout, Flatten, Route
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.runs.run_table import RunTable
from tui_cnn.ui.train import rate_dialog

SIZES = ((60, 16), (80, 24), (100, 30), (120, 40), (160, 55), (200, 60))

NETWORK = Network(
    "all-kinds",
    (28, 28, 1),
    (
        Conv2D(filters=4, kernel_size=(3, 3), name="first"),
        BatchNormalization(),
        Branches(branches=((Conv2D(filters=4, kernel_size=(3, 3), padding="same"),), ()), merge="add"),
        Block(name="block", layers=(Dropout(rate=0.5),)),
        Route(layers=("first",)),
        Flatten(),
        Dense(units=10),
    ),
)


class Walk(NamedTuple):
    """Keys that open a form or a dialog, and that close it."""

    name: str
    keys: tuple[str, ...]
    close: tuple[str, ...] = ("escape",)


def of_layer(downs):
    """The form of a layer, with its rare fields open where it has some."""
    return ("1", "home", *["down"] * downs, "enter")


WALKS = (
    *(Walk(f"layer {number}", of_layer(number)) for number in (0, 1, 3, 6)),
    Walk("sweep", ("1", "home", "down", "t")),
    Walk("columns", ("1", "c")),
    Walk("add a layer", ("1", "a")),
    Walk("menu", ("1", "full_stop")),
    Walk("variants", ("1", "v", "enter", "C")),
    Walk("formulas", ("1", "w")),
    Walk("save as", ("1", "S")),
    Walk("open", ("ctrl+o",)),
    Walk("export", ("E",)),
    Walk("settings", ("comma",)),
    Walk("help", ("question_mark",)),
    Walk("command palette", ("ctrl+p",)),
    Walk("unsaved", ("1", "d", "q"), ("escape", "u")),
    Walk("train", ("2",)),
    Walk("data", ("2", "ctrl+d")),
    Walk("another data set", ("2", "ctrl+d", "o"), ("escape", "escape")),
    Walk("find a rate", ("2", "f2")),
    Walk("findings", ("1",), ()),
    Walk("lab convolution", ("4", "c", "enter")),
    Walk("lab pooling", ("4", "p", "enter")),
    Walk("lab weights", ("4", "w", "enter")),
    Walk("lab sizes", ("4", "s"), ()),
    Walk("lab pairs", ("4", "v"), ()),
    Walk("lesson", ("4", "l")),
    Walk("lessons", ("4", "L")),
    Walk("rename", ("5", "t")),
    Walk("tags", ("5", "g")),
    Walk("note", ("5", "n")),
    Walk("train further", ("5", "home", "f")),
    Walk("groups", ("5", "G")),
    Walk("trash", ("5", "T")),
    Walk("export run", ("5", "e")),
    Walk("delete", ("5", "d")),
    Walk("filter", ("5", "slash")),
    Walk("runs", ("5",), ()),
    Walk("compare", ("5", "home", "space", "down", "space", "c")),
    Walk("scatter", ("5", "v")),
    Walk("vary", ("1", "home", "down", "asterisk")),
    Walk("search", ("6",), ()),
    Walk("rename search", ("6", "t")),
    Walk("plan", ("6", "e")),
    Walk("new search", ("6", "n")),
    *(Walk(f"search view {number}", ("6", "v"), ()) for number in range(5)),
    Walk("find images", ("3", "slash")),
    Walk("export a view", ("3", "x")),
    Walk("open an image", ("3", "o")),
    *(Walk(f"inspect {key}", ("3", key), ()) for key in "mkfwevdh"),
)


SCREENS = {"1": "build", "2": "train", "3": "inspect", "4": "lab", "5": "runs", "6": "search"}
PLACES = (*SCREENS.values(), "every screen")


def place_of(walk):
    """The screen that a walk goes to; some begin on whichever there is."""
    return SCREENS.get(walk.keys[0], "every screen")


LISTED = {
    "5": lambda screen: screen.query_one(RunTable).row_count > 0,
    "6": lambda screen: screen.searches.selected is not None,
}
"""Screens whose keys mean what is in a list, and whether that is read."""


def out_of_sight(app):
    """Say which part of what has the focus cannot be seen; nothing if all of it can."""
    return "" if app.focused is None else hidden_part(app.screen, app.focused)


def hidden_part(screen, widget):
    try:
        place = screen.find_widget(widget)
    except NoWidget:
        return f"{widget} is not on the screen"
    seen = place.visible_region
    if not seen or seen != place.region:
        return f"{widget}: {place.region}, of which {seen} is in view"
    return ""


async def until_listed(user, is_read):
    """Wait until a list is read; leave a dialog that read files first, and has come up only now."""

    def is_there():
        return len(user.app.screen_stack) > 1 or is_read(user.app.screen)

    await user.until(is_there)
    while len(user.app.screen_stack) > 1:
        await user.press("escape")
        await user.until(is_there)


async def open_all_fields(user):
    """Show the rare fields of a form."""
    for choice in user.app.screen.query("#more, #field-settings"):
        choice.value = choice.words[-1]
        await user.settle()


async def steps(user):
    """Walk once around with Tab, and some steps back with an arrow; yield the key of each step."""
    begun = user.app.focused
    await user.press("tab")
    yield "tab"
    met = [begun]
    while user.app.focused not in met:  # also where a dialog came up only now: it reads a file first
        met.append(user.app.focused)
        await user.press("tab")
        yield "tab"
    for _step in range(3):
        await user.press("up")
        yield "up"


async def out_of_sight_at(user, size):
    """Walk through what is open at this size; return what cannot be seen, a line each.

    Where all that can have the focus is in view at once, no step scrolls it away.
    """
    await user.resize(*size)
    screen = user.app.screen
    if not any(hidden_part(screen, widget) for widget in screen.focus_chain):
        return []
    problems = []
    async for key in steps(user):
        with suppress(AssertionError):  # it is told below; scrolling waits for a frame
            await user.until(lambda: not out_of_sight(user.app), seconds=5)
        if problem := out_of_sight(user.app):
            problems.append("{}x{}, {}: {}".format(*size, key, problem))
    return problems


@pytest.mark.timeout(1800)  # some sixty forms, each field of each
@pytest.mark.parametrize("place", PLACES)
async def test_what_has_the_focus_is_in_view(place, monkeypatch):
    """Each form is opened once, half of them in the smallest terminal and half in the largest, and goes through all."""
    monkeypatch.setattr(inspect, "Inspector", Answering)
    monkeypatch.setattr(rate_dialog.RateDialog.__init__, "__defaults__", (FakeSearch,))
    answering.make_run()
    other = records.make_run("20260101-120000-lenet-5-0001", preset("lenet-5"))
    records.write(other, records.started(), *records.trained(3), records.finished())
    search_records.finished_search(4)
    problems, sizes = [], SIZES
    async with opened(NETWORK, size=sizes[0]) as user:
        user.app.animation_level = "none"
        for walk in (walk for walk in WALKS if place_of(walk) == place):
            first, *others = walk.keys
            await user.press(first)
            if first in LISTED:
                await until_listed(user, LISTED[first])
            await user.press(*others)
            await open_all_fields(user)
            for size in sizes:
                problems += [f"{walk.name}, {problem}" for problem in await out_of_sight_at(user, size)]
            sizes = sizes[::-1]
            await user.press(*walk.close)
            with suppress(AssertionError):  # a dialog that read files first may have come up after its Escape
                await user.until(lambda: len(user.app.screen_stack) == 1, seconds=2)
            if len(user.app.screen_stack) > 1:
                await user.press("escape")
            await user.until(lambda: len(user.app.screen_stack) == 1)
    assert not problems, "\n".join(problems)
