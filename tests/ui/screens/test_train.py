"""The Train screen: a run is set up, started, watched and steered."""

import os
import signal
import threading
from contextlib import nullcontext

import psutil
import pytest

from tests.ui import told
from tests.ui.driving import opened
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch
from tui_cnn.runs.desired import read_desired
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower


@pytest.fixture
def starts(monkeypatch):
    """Note what would be started, and start nothing."""
    started = []

    def start(network, recipe):
        started.append((network, recipe))
        return told.make_run(network=network)

    monkeypatch.setattr(launch, "start", start)
    return started


def watch(user, run):
    user.app.shown_run = run
    user.app.switch_mode("train")


async def test_the_form_says_what_will_be_trained_and_how(starts):
    async with opened("lenet-5", data="/some/where") as user:
        await user.press("2")
        await user.sees("Train lenet-5", "epochs", "‹ adam ›", "0.001", "/some/where", "How many times to go through")
        assert user.focused == "field-epochs"
        await user.offers("Start", "Leave form")
        await user.type("3")
        await user.press("down")
        await user.type("64")
        await user.press("down", "s", "down")
        await user.type("0.01")
        await user.press("enter")
        await user.until(lambda: starts)
        expected = Recipe(epochs=3, batch_size=64, optimizer="sgd", learning_rate=0.01, data="/some/where")
        assert starts == [(preset("lenet-5"), expected)]
        await user.sees("20260102-030405-fashion-cnn-abcd")


async def test_a_recipe_that_makes_no_sense_is_not_started(starts):
    async with opened(size=(160, 40)) as user:
        await user.press("2")
        await user.type("0")
        await user.sees("epochs must be a whole number, at least 1, but is 0")
        await user.press("enter", "escape", "s")
        assert user.app.focused is None
        await user.offers("Start")
        assert starts == []


async def test_the_form_can_be_left_and_entered_again(starts):
    async with opened() as user:
        await user.press("2", "1")
        assert user.app.focused.value == "1", "a digit is typed"
        await user.press("escape", "1")
        assert user.app.current_mode == "build"
        await user.press("2", "tab")
        assert user.focused == "field-epochs"
        await user.press("escape", "s")
        await user.until(lambda: starts)
        assert starts[0][1].epochs == 1


async def test_one_run_is_started_however_often_enter_is_pressed(monkeypatch):
    started, go = [], threading.Event()

    def start(network, recipe):
        started.append(recipe)
        go.wait(20)
        return told.make_run()

    monkeypatch.setattr(launch, "start", start)
    async with opened() as user:
        await user.press("2")
        await user.press_at_once("enter", "enter", "enter")
        await user.press("enter", "escape", "s", "s")
        go.set()
        await user.sees("20260102-030405")
        assert len(started) == 1


async def test_a_run_that_cannot_start_says_why_and_can_be_tried_again(monkeypatch):
    def refuse(network, recipe):
        raise RunError("no room for [/it]")

    monkeypatch.setattr(launch, "start", refuse)
    async with opened() as user:
        await user.press("2")
        for tries in (1, 2):
            await user.press("enter")
            await user.until(lambda tries=tries: user.notices.count("no room for [/it]") == tries)
        assert user.app.shown_run is None
        await user.sees("Train fashion-cnn")


async def test_a_network_that_cannot_be_trained_is_refused():
    async with opened() as user:
        await user.press("d", "d", "d", "d", "d", "d", "d", "d", "2")
        await user.sees("✗ the network has no layers")
        await user.press("enter")
        await user.told("fashion-cnn: the network has no layers")
        assert list_runs() == []


async def test_a_home_that_cannot_be_written_is_told(here, monkeypatch):
    (here / "file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(here / "file"))
    async with opened() as user:
        await user.press("2", "enter")
        await user.told("cannot be written")
        await user.sees("Train fashion-cnn")


TRAINING = [told.started(), *told.trained(2.4)]
BROKEN_OFF = [told.started(), *told.trained(1.5)]
STORIES = {
    "loading": ([], ["Pause", "Stop"], ["loading TensorFlow", "this takes a few seconds"]),
    "running": (
        TRAINING,
        ["Pause", "Stop", "Inspect"],
        [
            "running",
            "54,000 images, 6,000 to validate on   CPU, 2 threads   24 s so far",
            "epoch 3 of 5",
            "48%   step 40 of 100",
            "26 s left   4,870 images/s   epoch so far: loss 0.3105, accuracy 0.8984",
        ],
    ),
    "paused": ([*TRAINING, told.paused()], ["Pause", "Stop", "Inspect"], ["paused", "epoch 3 of 5"]),
    "finished": (
        [told.started(), *told.trained(5), told.finished()],
        ["New run", "Inspect"],
        [
            "finished",
            "test accuracy 0.9042   loss 0.2718, on 10,000 test images, seen once   50 s   best epoch 5",
        ],
    ),
    "failed": (
        [*BROKEN_OFF, told.failed()],
        ["Resume", "New run", "Inspect"],
        ["failed", "The computer ran out of memory [/x].", "Try a smaller batch size [bold]."],
    ),
    "stopped": ([*BROKEN_OFF, told.stopped()], ["Resume", "New run", "Inspect"], ["stopped after 15 s; r resumes it"]),
    "interrupted": (BROKEN_OFF, ["Resume", "New run", "Inspect"], ["interrupted after 15 s; r resumes it"]),
    "torn": (
        [*BROKEN_OFF, b"nonsense\n", b'{"event":"epo'],
        ["Resume", "New run", "Inspect"],
        ["interrupted after 15 s; r resumes it"],
    ),
}
ALIVE = {"loading", "running", "paused"}


@pytest.mark.parametrize("state", STORIES)
async def test_a_run_in_each_state(state):
    events, offered, said = STORIES[state]
    run = told.make_run()
    told.write(run, *events)
    with told.training(run) if state in ALIVE else nullcontext():
        async with opened(size=(140, 40)) as user:
            watch(user, run)
            await user.sees(run.id, "Loss   ━ training   ━ validation", *said)
            await user.offers(*offered)
            for epoch in Follower(run).poll().epochs:
                await user.sees(f"{epoch.val_accuracy:.4f}")
            await user.resize(80, 24)
            await user.sees(*(part for text in said for part in text.split("   ")))


async def test_a_run_without_validation():
    run = told.make_run()
    told.write(run, told.started(validation=0), *told.trained(5, validation=False), told.finished())
    async with opened() as user:
        watch(user, run)
        await user.sees("test accuracy 0.9042", "0.9270", "—")


async def test_a_run_is_followed_while_it_grows():
    run = told.make_run()
    async with opened() as user:
        with told.training(run):
            watch(user, run)
            await user.sees("loading TensorFlow")
            told.write(run, told.started(), *told.trained(0.5))
            await user.sees("epoch 1 of 5", "step 50 of 100")
            told.write(run, *list(told.trained(1))[5:])
            await user.sees("0.8172", "1 ★")
            told.write(run, told.paused())
            await user.sees("paused")
            told.write(run, told.resumed(), *told.trained(5, first=1), told.finished())
            await user.sees("test accuracy 0.9042", "5 ★")
        await user.offers("New run", "Inspect")


async def test_a_long_story_is_told_once(monkeypatch):
    """Looks come faster than a slow disk answers; they must not read the same lines twice."""
    import time

    run = told.make_run()
    told.write(run, told.started(), *told.trained(5), told.finished())
    at_once, most = [], []
    poll = Follower.poll

    def slow(follower):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.7)
        at_once.pop()
        return poll(follower)

    monkeypatch.setattr(Follower, "poll", slow)
    async with opened() as user:
        watch(user, run)
        await user.sees("test accuracy")
        await user.press("5")
        await user.sees("0.9042")
        watch(user, run)
        await user.until(lambda: len(most) > 6)
    assert max(most) <= 2, "one for each screen"


async def test_steering(monkeypatch):
    run = told.make_run()
    resumed = []
    monkeypatch.setattr(launch, "resume", resumed.append)
    async with opened() as user:
        with told.training(run):
            told.write(run, told.started(), *told.trained(0.5))
            watch(user, run)
            await user.sees("running")
            await user.press("r", "n", "s")
            assert user.app.shown_run == run, "what makes no sense is not done"
            await user.press("p")
            await user.until(lambda: read_desired(run.desired_file) == "pause")
            told.write(run, told.paused())
            await user.sees("paused")
            await user.press("p")
            await user.until(lambda: read_desired(run.desired_file) == "run")
            told.write(run, told.resumed())
            await user.press("x")
            await user.until(lambda: read_desired(run.desired_file) == "stop")
            assert resumed == []
        await user.sees("interrupted")
        await user.press("p", "x")
        assert read_desired(run.desired_file) == "stop"
        await user.press("r")
        await user.until(lambda: resumed == [run])
        await user.press("n")
        await user.sees("Train fashion-cnn")
        assert user.app.shown_run is None


async def test_steering_that_fails_is_told(monkeypatch):
    def refuse(run):
        raise RunError(f"cannot [/x] {run.id}")

    for command in ("resume", "pause", "stop"):
        monkeypatch.setattr(launch, command, refuse)
    run = told.make_run()
    told.write(run, told.started(), told.stopped())
    async with opened() as user:
        watch(user, run)
        await user.sees("r resumes it")
        await user.press("r")
        await user.told("cannot [/x]")
        with told.training(run):
            await user.sees("running")
            await user.press("p", "x")
            await user.until(lambda: len(user.notices) == 3)


async def test_the_log():
    run = told.make_run()
    told.write(run, told.started(), told.failed())
    run.log_file.write_text("".join(f"line {i} [/not] [bold]markup\n" for i in range(500)) + "the end\n")
    async with opened(size=(160, 40)) as user:
        watch(user, run)
        await user.sees("failed")
        await user.press("l")
        await user.sees("the end", "line 499 [/not] [bold]markup")
        await user.press("home")
        await user.sees("line 0 ")
        await user.press("escape")
        run.log_file.write_text("")
        await user.press("l")
        await user.sees("The worker has written nothing.")
        await user.press("q")
        run.log_file.unlink()
        await user.press("l")
        await user.sees("No such file or directory")
        await user.press("enter")
        assert type(user.app.screen).__name__ == "TrainScreen"


async def test_a_run_that_is_deleted_while_it_is_shown():
    import shutil

    run = told.make_run()
    told.write(run, told.started(), *told.trained(1.5))
    async with opened() as user:
        watch(user, run)
        await user.sees("interrupted")
        shutil.rmtree(run.path)
        await user.press("l", "escape", "r")
        await user.until(lambda: user.notices)
        await user.press("5")
        await user.sees("No runs yet")
        await user.press("2", "n")
        await user.sees("Train fashion-cnn")


async def test_the_real_thing():
    """A worker trains on some of the real images, and the screen reads its test accuracy."""
    run = None
    try:
        async with opened("fashion-dnn") as user:
            await user.press("2")
            await user.type("1")
            while user.focused != "field-limit":
                await user.press("down")
            await user.type("500")
            await user.press("enter")
            await user.until(lambda: user.app.shown_run, 60)
            run = user.app.shown_run
            await user.sees("test accuracy 0.", seconds=180)
            await user.offers("New run", "Inspect")
            finished = Follower(run).poll().finished
            assert f"test accuracy {finished.test_accuracy:.4f}" in user.text
            assert finished.test_accuracy > 0.4
            assert "450 images, 50" not in user.text
            assert run.recipe() == Recipe(epochs=1, limit=500)
            assert run.network() == preset("fashion-dnn")
    finally:
        for process in psutil.process_iter(["cmdline"]):
            if run is not None and str(run.path) in (process.info["cmdline"] or []):
                os.kill(process.pid, signal.SIGKILL)
