"""Whole screens, compared with their pictures."""

import asyncio
import time

import pytest
from textual.widgets import Input

from tests.ui import answering, told
from tests.ui.answering import Answering
from tests.ui.driving import opened
from tests.ui.picture import explain, words
from tui_cnn.core import edits
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.ui.plain import ink
from tui_cnn.ui.screens import inspect
from tui_cnn.ui.variants import keep

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
BROKEN = edits.change(preset("fashion-cnn"), (4,), kernel_size=(9, 9))


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """No cursor blinks, and the clock is that of Greenwich."""
    monkeypatch.setattr(Input, "_watch_cursor_blink", lambda *_: None)
    monkeypatch.setattr(Input, "_restart_blink", lambda *_: None)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda *_: None)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(params=SIZES)
def size(request):
    return request.param


async def at_rest(user):
    """Wait until the picture stays the same for a while: footers, charts and scroll bars come a moment late."""
    seen = []
    while len(seen) < 4 or len(set(seen[-4:])) > 1:
        await asyncio.sleep(0.1)
        await user.settle()
        for screen in user.app.screen_stack:  # what lies beneath a dialog, too
            screen._on_timer_update()
        seen.append(user.app.export_screenshot(title="", simplify=True))


def finished_run():
    run = told.make_run()
    told.write(run, told.started(), *told.trained(5), told.finished())
    return run


async def test_build(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("down", "down")
        await at_rest(user)
        picture(user.app)


async def test_build_light(picture, size):
    async with opened(size=SIZES[size]) as user:
        user.app.theme = "textual-light"
        await user.press("down", "down")
        await at_rest(user)
        picture(user.app)


async def test_build_editing(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("down", "down", "enter")
        await user.type("48")
        await at_rest(user)
        picture(user.app)


async def test_build_editing_with_an_error(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("down", "down", "enter", "down")
        await user.type("3×")
        await at_rest(user)
        picture(user.app)


async def test_build_narrow_editing(picture):
    async with opened(size=(60, 16)) as user:
        await user.press("down", "down", "enter")
        await user.type("48")
        await at_rest(user)
        picture(user.app)


async def test_build_broken(picture, size):
    async with opened(BROKEN, size=SIZES[size]) as user:
        await user.press(*["down"] * 4)
        await at_rest(user)
        picture(user.app)


async def test_build_empty(picture):
    async with opened(Network("new", (28, 28, 1)), size=(120, 40)) as user:
        await at_rest(user)
        picture(user.app)


async def test_add(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("a")
        await at_rest(user)
        picture(user.app)


async def test_unsaved(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("d", "q")
        await at_rest(user)
        picture(user.app)


async def test_train_setup(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("2")
        await at_rest(user)
        picture(user.app)


async def test_train_running(picture, size):
    run = told.make_run()
    told.write(run, told.started(), *told.trained(2.4))
    with told.training(run):
        async with opened(size=SIZES[size]) as user:
            user.app.shown_run = run
            await user.press("2")
            await user.sees("epoch 3 of 5")
            await at_rest(user)
            picture(user.app)


async def test_train_finished(picture):
    run = finished_run()
    async with opened(size=(120, 40)) as user:
        user.app.shown_run = run
        await user.press("2")
        await user.sees("test accuracy")
        await at_rest(user)
        picture(user.app)


async def test_runs(picture, size):
    finished_run()
    other = told.make_run("20260101-120000-lenet-5-0001", preset("lenet-5"))
    told.write(other, told.started(), *told.trained(1.5), told.failed())
    training = told.make_run("20260103-120000-fashion-dnn-0002", preset("fashion-dnn"))
    told.write(training, told.started(), *told.trained(2.4))
    with told.training(training):
        async with opened(size=SIZES[size]) as user:
            await user.press("5")
            await user.sees("finished", "failed", "running")
            await at_rest(user)
            picture(user.app)


async def test_train_classes(picture, size):
    run = told.make_run()
    told.write(run, told.started(), *told.trained(2.4))
    async with opened(size=SIZES[size]) as user:
        user.app.shown_run = run
        await user.press("2", "v", "v")
        await user.sees("Confused most")
        await at_rest(user)
        picture(user.app)


async def test_compare(picture, size):
    user_runs = (finished_run(), told.make_run("20260101-120000-lenet-5-0001", preset("lenet-5")))
    told.write(user_runs[1], told.started(), *told.trained(3.5), told.failed())
    async with opened(size=SIZES[size]) as user:
        user.app.marked = user_runs
        await user.press("5")
        await user.sees("finished")
        await user.press("c")
        await user.sees("best validation")
        await user.press("left")
        await at_rest(user)
        picture(user.app)


async def test_scatter(picture, size):
    finished_run()
    for number, name in enumerate(("lenet-5", "fashion-dnn", "small-mobile")):
        run = told.make_run(f"20260101-12000{number}-{name}-000{number}", preset(name))
        told.write(run, told.started(), *told.trained(3 + number), told.finished())
    async with opened(size=SIZES[size]) as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("v", "y")
        await user.sees("worth its cost")
        await at_rest(user)
        picture(user.app)


async def test_no_runs(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("5")
        await user.sees("No runs yet")
        await at_rest(user)
        picture(user.app)


async def in_the_lab(user, link):
    await user.press("4")
    user.app.action_follow_link(link)
    await user.settle()
    await user.until(lambda: user.app.screen.query_one("LessonPanel").lesson is not None)
    await at_rest(user)


async def test_lab_convolution(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:convolution?place=7")
        picture(user.app)


async def test_lab_channels(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:convolution?image=colours&side=7&filters=2&place=7")
        picture(user.app)


async def test_lab_light(picture):
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await in_the_lab(user, "lab:convolution?image=white-left&padding=same&place=9")
        picture(user.app)


async def test_lab_settings(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:pooling?right=1&place=5")
        await user.press("enter")
        await at_rest(user)
        picture(user.app)


async def test_lab_clothes(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:convolution?image=fashion&index=4&kernel=sobel-x&place=300")
        await user.until(lambda: "103 108 122" in user.text)
        await at_rest(user)
        picture(user.app)


async def test_lab_sizes(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:sizes")
        picture(user.app)


async def test_lab_weights(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lab:weights")
        picture(user.app)


async def test_lab_pairs(picture):
    async with opened(size=(80, 24)) as user:
        await in_the_lab(user, "lab:pairs")
        picture(user.app)


async def test_lab_lesson(picture, size):
    async with opened(size=SIZES[size]) as user:
        await in_the_lab(user, "lesson:filters")
        picture(user.app)


async def test_help(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("question_mark")
        await at_rest(user)
        picture(user.app)


async def test_sweep(picture, size):
    async with opened(size=SIZES[size]) as user:
        await user.press("down", "down", "down", "down", "t")
        await user.sees("● 64")
        await user.press("right")
        await user.sees("● 3×3")
        await at_rest(user)
        picture(user.app)


async def test_export(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("E")
        await at_rest(user)
        picture(user.app)


@pytest.mark.parametrize("screen", ["train", "runs", "sweep", "help"])
async def test_light(picture, screen, home):
    finished_run()
    keep(BROKEN, home / "variants" / "fashion-cnn" / "broken.toml")
    keys, words = {
        "train": ("2", "Before it starts"),
        "runs": ("5", "finished"),
        "sweep": ("t", "● 32"),
        "help": ("question_mark", "Conv2D, layer 1"),
    }[screen]
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await user.press(keys)
        await user.sees(words)
        await at_rest(user)
        picture(user.app)


async def test_too_small(picture):
    async with opened(size=(40, 10)) as user:
        await at_rest(user)
        picture(user.app)


def test_a_picture_that_differs_says_how_to_look_at_it_and_how_to_accept_it():
    line = '<text class="terminal-r1" x="0" y="{y}" textLength="9" clip-path="url(#l)">{text}</text>'
    before = line.format(y=20, text="loss&#160;0.3") + line.format(y=44.4, text="same")
    after = line.format(y=20, text="loss&#160;0.2") + line.format(y=44.4, text="same")
    assert words(before) == ["loss 0.3", "same"]
    told = explain("tests/snapshots/train.svg", before, after, "/tmp/actual.svg")
    for part in ("-loss 0.3", "+loss 0.2", "tests/snapshots/train.svg", "/tmp/actual.svg", "pytest --snapshot-update"):
        assert part in told
    assert "same" not in told
    assert "colours or places differ" in explain("train.svg", before, before, "x")
    assert "no such picture yet" in explain("train.svg", None, after, "x")


VIEWS = {
    "maps": "m",
    "kernels": "k",
    "field": "f",
    "why": "w",
    "evaluation": "e",
    "moves": "v",
    "draw": "d",
    "history": "h",
}


@pytest.fixture
def inspected(monkeypatch):
    """A run to look into; in 80 columns its pictures are in colours, in more as a terminal without any has them."""
    monkeypatch.setattr(inspect, "Inspector", Answering)
    monkeypatch.setattr(inspect, "ink", lambda app: "blocks" if app.size.width == SIZES["80x24"][0] else ink(app))
    return answering.make_run()


@pytest.mark.parametrize("view", VIEWS)
async def test_inspect(picture, size, inspected, view):
    async with opened(size=SIZES[size]) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press(VIEWS[view])
        await at_rest(user)
        picture(user.app)


async def test_inspect_large_map(picture, size, inspected):
    async with opened(size=SIZES[size]) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("right", "enter", "down", "right")
        await at_rest(user)
        picture(user.app)


async def test_inspect_beside_another(picture, size, inspected):
    answering.make_run("20260101-000000-other-0001")
    async with opened(size=SIZES[size]) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("c", "b")
        await user.sees("Compare with which run?")
        await user.choose("other")
        await user.sees("only other is right")
        await user.press("right")
        await user.until(lambda: "working" not in user.text and "Images" in user.footer and "✓" in user.text)
        await at_rest(user)
        picture(user.app)


@pytest.mark.parametrize("view", ["moves", "evaluation", "why"])
async def test_inspect_on_a_large_screen(picture, inspected, view):
    async with opened(size=(200, 60)) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press(VIEWS[view])
        await at_rest(user)
        picture(user.app)


async def test_inspect_through_time(picture, inspected):
    for step in (0, 20, 150, 600, 2000):
        (inspected.path / f"step-{step}.keras").write_bytes(b"")
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("h")
        await user.sees("step 2,000", "one scale for all steps")
        await at_rest(user)
        picture(user.app)


async def test_inspect_light_and_grey(picture, inspected):
    async with opened(size=(120, 40)) as user:
        user.app.theme = "textual-light"
        await user.press("3")
        await user.sees("Test image 0", "above zero")
        await user.press("g", "k")
        await at_rest(user)
        picture(user.app)


async def test_nothing_to_inspect(picture):
    async with opened(size=(80, 24)) as user:
        await user.press("3")
        await user.sees("There is nothing to look into yet")
        await at_rest(user)
        picture(user.app)
