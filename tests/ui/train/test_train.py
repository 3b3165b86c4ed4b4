"""The Train screen: a run is set up, started, watched and steered."""

import os
import re
import signal
import threading
from contextlib import nullcontext

import msgspec
import psutil
import pytest
from textual.events import MouseScrollUp

from tests.ui import records
from tests.ui.conftest import NoPrewarmedWorker
from tests.ui.driving import opened
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch, process
from tui_cnn.runs.directory import list_runs, read_desired
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.machine import Measurement, digest, features, record
from tui_cnn.runs.preflight import Checked
from tui_cnn.runs.recipe import TUTORIAL, Recipe, with_recipe
from tui_cnn.runs.runtime import runtime, thread_count
from tui_cnn.runs.snapshot import Follower
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.train import setup, worker_pool


@pytest.fixture
def starts(monkeypatch):
    """Note what would be started, and start nothing."""
    started = []

    def start(checked, *, weights, prewarmed):
        started.append(checked)
        return records.make_run(network=checked.network)

    monkeypatch.setattr(launch, "start_checked", start)
    monkeypatch.setattr(setup, "check", Checked)
    return started


def watch(user, run):
    user.app.workspace.shown_run = run
    user.app.switch_mode("train")


async def test_the_form_says_what_will_be_trained_and_how(starts):
    async with opened("lenet-5", data="/some/where") as user:
        await user.press("2")
        await user.sees("Train lenet-5", "‹ tutorial ›", "‹ adam ›", "0.001", "Start from a named recipe")
        assert user.focused == "field-recipe"
        await user.offers("Start", "Find rate", "Weights", "Vary", "Data", "Leave form")
        await user.press("down")
        await user.sees("Number of passes over the training images")
        await user.type("3")
        await user.sees("‹ custom ›")
        await user.press("down", "down")
        await user.type("64")
        await user.press("down", "s", "down")
        await user.type("0.01")
        await user.press("enter")
        await user.until(lambda: starts)
        expected = {"epochs": 3, "batch_size": 64, "optimizer": "sgd", "learning_rate": 0.01, "data": "/some/where"}
        assert starts == [(preset("lenet-5"), msgspec.structs.replace(TUTORIAL, **expected))]
        await user.sees("20260102-030405-fashion-cnn-abcd")


async def test_a_recipe_that_makes_no_sense_is_not_started(starts):
    async with opened(size=(160, 40)) as user:
        await user.press("2", "down")
        await user.type("0")
        await user.sees("epochs must be a whole number, at least 1, not 0")
        await user.press("enter", "escape", "s")
        assert user.focused == "setup"
        await user.offers("Start", "Find rate", "Weights", "Vary", "Data")
        assert starts == []


async def test_the_form_can_be_left_and_entered_again(starts):
    async with opened() as user:
        await user.press("2", "down", "1")
        assert user.app.focused.value == "1", "a digit is typed"
        await user.press("escape", "1")
        assert user.app.current_mode == "build"
        await user.press("2", "tab")
        assert user.focused == "field-recipe"
        await user.press("escape", "s")
        await user.until(lambda: starts)
        assert starts[0][1].epochs == 1


async def test_a_run_is_started_once_however_often_enter_is_pressed(monkeypatch):
    started, go = [], threading.Event()

    def start(checked, *, weights, prewarmed):
        started.append(checked.recipe)
        go.wait(20)
        return records.make_run()

    monkeypatch.setattr(launch, "start_checked", start)
    async with opened() as user:
        await user.press("2")
        await user.press_at_once("enter", "enter", "enter")
        await user.press("enter", "escape", "s", "s")
        go.set()
        await user.sees("20260102-030405")
        assert len(started) == 1


async def test_a_run_that_cannot_start_says_why_and_can_be_tried_again(monkeypatch):
    tried = []

    def refuse(checked, *, weights, prewarmed):
        tried.append(checked.network.name)
        raise RunError("no room for [/it]")

    monkeypatch.setattr(launch, "start_checked", refuse)
    async with opened() as user:
        await user.press("2")
        for tries in (1, 2):
            await user.press("enter")
            await user.until(lambda tries=tries: len(tried) == tries and user.notices == ["no room for [/it]"])
            user.app.clear_notifications()
        assert user.app.workspace.shown_run is None
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


TRAINING = [records.started(), *records.trained(2.4)]
BROKEN_OFF = [records.started(), *records.trained(1.5)]
BEGUN, TRAINED = ["View", "Overlay", "Log"], ["View", "Overlay", "Inspect", "Log"]
STORIES = {
    "loading": ([], ["Pause", "Stop", "New run"], ["loading TensorFlow", "this takes a few seconds"]),
    "running": (
        TRAINING,
        ["Pause", "Stop", "New run"],
        [
            "running",
            "40%   step 40 of 100",
            "48%   epoch 3 of 5   26 s left   24 s so far",
            "epoch averages so far: loss 0.3105   accuracy 0.8984   4,870 images/s",
            "lr 0.00076",
            "gradient 1.09",
            "10.0 s per epoch   best epoch 2: 0.8746",
        ],
    ),
    "begun": (
        [records.started()],
        ["Pause", "Stop", "New run"],
        ["0%   step 0 of 100", "epoch 1 of 5", "Running the first steps …"],
    ),
    "begun again": (
        [*BROKEN_OFF, records.started(resumed_from=150)],
        ["Pause", "Stop", "New run"],
        ["50%   step 50 of 100", "30%   epoch 2 of 5"],
    ),
    "paused": ([*TRAINING, records.paused()], ["Pause", "Stop", "New run"], ["paused", "epoch 3 of 5"]),
    "finished": (
        [records.started(), *records.trained(5), records.finished()],
        ["Train further", "New run"],
        [
            "finished",
            "test accuracy 0.9042   loss 0.2718, 10,000 test images, evaluated once",
            "total 50 s",
            "best epoch 5: 0.9170",
        ],
    ),
    "failed": (
        [*BROKEN_OFF, records.failed()],
        ["Resume", "New run"],
        ["failed", "The computer ran out of memory [/x].", "Try a smaller batch size [bold]."],
    ),
    "stopped": (
        [*BROKEN_OFF, records.stopped()],
        ["Resume", "New run"],
        ["stopped", "Stopped.", "Resume it from its checkpoint.", "checkpoint after step 100"],
    ),
    "interrupted": (
        BROKEN_OFF,
        ["Resume", "New run"],
        ["interrupted", "The worker was killed", "last checkpoint.", "trained for 15 s", "press r to resume"],
    ),
    "queued": (
        [records.queued("20260102-000000-lenet-5-0000")],
        ["Train now", "Stop", "New run"],
        ["queued", "Queued: starts after 20260102-000000-lenet-5-0000."],
    ),
    "validating": (
        [records.started(), *list(records.trained(2))[:-2], records.evaluating(2, 5)],
        ["Pause", "Stop", "New run"],
        ["running", "validating", "25%   batch 5 of 20", "epoch 2 of 5"],
    ),
    "predicted": (
        [records.started(predicted_seconds=9.25, predicted_memory=0.91e9), *records.trained(2.4)],
        ["Pause", "Stop", "New run"],
        ["10.0 s per epoch, predicted 9.2 s   predicted RAM 0.91 GB"],
    ),
    "stopped early": (
        [records.started(), *records.trained(4), records.early_stop(4, 2), records.finished(4)],
        ["Train further", "New run"],
        ["total 40 s   stopped early after epoch 4 (patience 2)"],
    ),
    "torn": (
        [*BROKEN_OFF, b"nonsense\n", b'{"event":"epo'],
        ["Resume", "New run"],
        ["interrupted", "trained for 15 s"],
    ),
}
ALIVE = {"loading", "begun", "begun again", "running", "paused", "queued", "validating", "predicted"}


@pytest.mark.parametrize("state", STORIES)
async def test_a_run_in_each_state(state):
    events, offered, said = STORIES[state]
    run = records.make_run()
    records.write(run, *events)
    with records.training(run) if state in ALIVE else nullcontext():
        async with opened(size=(140, 40)) as user:
            watch(user, run)
            await user.sees(run.id, "Loss over epochs", "━━ training mean", "●━ validation")
            epochs = Follower(run).poll().epochs
            await user.offers("Read", *offered, *(TRAINED if epochs else BEGUN))
            for epoch in epochs:
                await user.sees(f"{epoch.val_accuracy:.4f}")
            await user.resize(80, 24)
            assert all(len(line) <= 80 for line in user.text.split("\n"))
            await user.sees(*(part for text in said for part in text.split("   ")))


async def test_the_newest_epochs_are_listed_where_there_is_room_for_few():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(5), records.finished())
    async with opened(size=(80, 24)) as user:
        watch(user, run)
        for epoch in Follower(run).poll().epochs[-2:]:
            await user.sees(f"{epoch.epoch}", f"{epoch.val_loss:.4f}")


async def test_a_run_without_validation():
    run = records.make_run()
    records.write(run, records.started(validation=0), *records.trained(5, validation=False), records.finished())
    async with opened() as user:
        watch(user, run)
        await user.sees("test accuracy 0.9042", "0.9270", "—")


async def test_a_run_is_followed_while_it_grows():
    run = records.make_run()
    async with opened() as user:
        with records.training(run):
            watch(user, run)
            await user.sees("loading TensorFlow")
            records.write(run, records.started(), *records.trained(0.5))
            await user.sees("of 5 epochs", "step 50 of 100")
            records.write(run, *list(records.trained(1))[5:])
            await user.sees("0.8172", "1 ★")
            records.write(run, records.paused())
            await user.sees("paused")
            records.write(run, records.resumed(), *records.trained(5, first=1), records.finished())
            await user.sees("test accuracy 0.9042", "5 ★")
        await user.offers("Read", "Train further", "New run", *TRAINED)


async def test_a_long_story_is_told_once(monkeypatch):
    """Looks come faster than a slow disk answers; they must not read the same lines twice."""
    import time

    run = records.make_run()
    records.write(run, records.started(), *records.trained(5), records.finished())
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
    run = records.make_run()
    resumed = []
    monkeypatch.setattr(launch, "resume", resumed.append)
    async with opened() as user:
        with records.training(run):
            records.write(run, records.started(), *records.trained(0.5))
            watch(user, run)
            await user.sees("· running ·")
            await user.press("r", "s")
            assert user.app.workspace.shown_run == run, "what makes no sense is not done"
            await user.press("p")
            await user.until(lambda: read_desired(run.desired_file) == "pause")
            await user.sees("· pausing ·")
            records.write(run, records.paused())
            await user.sees("paused")
            await user.press("p")
            await user.until(lambda: read_desired(run.desired_file) == "run")
            records.write(run, records.resumed())
            await user.press("x")
            await user.until(lambda: read_desired(run.desired_file) == "stop")
            await user.sees("· stopping ·")
            assert resumed == []
        await user.sees("interrupted")
        await user.press("p", "x")
        assert read_desired(run.desired_file) == "stop"
        await user.press("r")
        await user.until(lambda: resumed == [run])
        await user.press("n")
        await user.sees("Train fashion-cnn")
        assert user.app.workspace.shown_run is None


async def test_a_key_is_acknowledged_while_tensorflow_loads():
    run = records.make_run()
    async with opened() as user:
        with records.training(run):
            watch(user, run)
            await user.sees("· loading TensorFlow ·")
            await user.press("x")
            await user.sees("· stopping ·")


@pytest.mark.parametrize(
    ("mode", "key", "command", "notice"),
    [
        ("train", "enter", "start_checked", "Starting …"),
        ("train", "r", "resume", "Resuming …"),
        ("runs", "r", "resume", "Resuming …"),
        ("runs", "R", "repeat", "Starting …"),
    ],
)
async def test_a_key_is_acknowledged_while_a_worker_begins(monkeypatch, mode, key, command, notice):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(1))
    begun, asked = threading.Event(), []

    def waits(*given, **more):
        asked.append(given)
        begun.wait()
        return run

    monkeypatch.setattr(launch, command, waits)
    monkeypatch.setattr(setup, "check", Checked)
    async with opened() as user:
        user.app.workspace.shown_run = run if key == "r" else None
        user.app.go_to(mode)
        await user.sees("Train fashion-cnn" if key == "enter" else "interrupted")
        await user.press(key)
        try:
            await user.told(notice)
            await user.until(lambda: asked)
        finally:
            begun.set()


async def test_another_run_is_set_up_while_one_trains(starts):
    run = records.make_run("20260102-030405-lenet-5-abcd", preset("lenet-5"))
    async with opened() as user:
        with records.training(run):
            records.write(run, records.started(), *records.trained(0.5))
            watch(user, run)
            await user.sees("· running ·")
            await user.until(lambda: user.top.split()[0] == "lenet-5")
            await user.press("n")
            await user.sees("Train fashion-cnn")
            assert user.top.split()[0] == "fashion-cnn"
            await user.press("enter")
            await user.until(lambda: starts)


async def test_screens_are_gone_to_from_a_field_that_chooses(starts):
    async with opened() as user:
        for key, mode in (("5", "runs"), ("4", "lab"), ("1", "build")):
            await user.press("2")
            await user.until(lambda: user.focused == "field-recipe")
            await user.press(key)
            await user.until(lambda mode=mode: user.app.current_mode == mode)
    assert not starts


async def test_the_weights_that_were_tested_are_named():
    run = records.make_run()
    tested = msgspec.structs.replace(records.finished(), tested_epoch=2)
    ends = [records.epoch(number, best=number <= 2) for number in (1, 2, 3)]
    records.write(run, records.started(epochs=3), *ends, tested)
    older = records.make_run("20260102-030405-lenet-5-0001")
    records.write(older, records.started(epochs=3), *ends, records.finished())
    async with opened(size=(140, 40)) as user:
        watch(user, run)
        await user.sees("test accuracy 0.9042   best weights, epoch 2", "loss 0.2718")
        watch(user, older)
        await user.sees("test accuracy 0.9042   last weights, epoch 3", "loss 0.2718")


async def test_while_it_tests_the_run_is_not_done():
    run = records.make_run()
    testing = msgspec.structs.replace(records.evaluating(5, 4, "test"), seconds_left=50.0)
    records.write(run, records.started(), *records.trained(5), testing)
    async with opened(size=(80, 24)) as user:
        with records.training(run):
            watch(user, run)
            await user.sees("testing", " 50%", "50 s left")


async def test_steering_that_fails_is_told(monkeypatch):
    for command in ("resume", "pause", "stop"):

        def refuse(run, command=command):
            raise RunError(f"cannot {command} [/x] {run.id}")

        monkeypatch.setattr(launch, command, refuse)
    run = records.make_run()
    records.write(run, records.started(), records.stopped())
    async with opened() as user:
        watch(user, run)
        await user.sees("press r to resume")
        await user.press("r")
        await user.told("cannot resume [/x]")
        with records.training(run):
            await user.sees("· running ·")
            await user.press("p", "x")
            await user.told("cannot pause [/x]")
            await user.told("cannot stop [/x]")


async def test_the_log():
    run = records.make_run()
    records.write(run, records.started(), records.failed())
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
        await user.sees("The log is empty.")
        await user.press("q")
        run.log_file.unlink()
        await user.press("l")
        await user.sees("such file or directory")
        await user.press("enter")
        assert type(user.app.screen).__name__ == "TrainScreen"


async def test_a_run_that_is_deleted_while_it_is_shown():
    import shutil

    run = records.make_run()
    records.write(run, records.started(), *records.trained(1.5))
    async with opened() as user:
        watch(user, run)
        await user.sees("interrupted")
        shutil.rmtree(run.path)
        await user.press("l")
        await user.sees("such file or directory")
        await user.press("escape", "r")
        await user.until(lambda: user.notices)
        await user.press("5")
        await user.sees("No runs yet")
        await user.press("2", "n")
        await user.sees("Train fashion-cnn")


async def test_a_named_recipe_fills_the_form_and_more_shows_the_rest(starts):
    async with opened(size=(120, 40), data="/some/where") as user:
        await user.press("2")
        assert "label_smoothing" not in user.text
        await user.press("right")
        await user.sees("‹ quick ›", "128", "0.005", "‹ one-cycle ›", "‹ auto ›")
        while user.focused != "field-settings":
            await user.press("down")
        await user.press("right")
        await user.sees("label_smoothing", "augmentation", "/some/where")
        await user.press("down")
        assert user.focused == "field-ghost_batches"
        await user.press("up", "left")
        assert "label_smoothing" not in user.text
        await user.press("enter")
        await user.until(lambda: starts)
        assert starts[0][1] == with_recipe(Recipe(data="/some/where"), "quick")


async def test_what_a_run_will_take_is_known_before_it_starts(monkeypatch):
    async with opened(size=(120, 40)) as user:
        await user.press("2")
        await user.sees("Forecast", "93,322", "54,000 images", "6,000 images", "1,688", "unknown until the first run")
        assert "float32" not in user.text, "auto: which one is the fastest is not known yet"
        measure(preset("fashion-cnn"), 32, 0.004, 0.8e9)
        await user.sees(
            "precision        float32",
            "per epoch        7.0 s",
            "whole run        35 s",
            "0.80 GB",
            "from earlier runs",
        )
        await user.press("down")
        await user.type("2")
        await user.sees("whole run        14 s")
        monkeypatch.setattr("tui_cnn.ui.train.forecast.is_training", lambda: True)
        await user.sees("Another run is training")


async def test_where_minutes_make_the_number_of_epochs_it_is_dimmed():
    async with opened(size=(80, 24)) as user:
        await user.press("2", "right", "right")
        await user.sees("‹ best ›", "whole run", "5 min 00 s")
        epochs = user.app.screen.query_one("#field-epochs")
        assert epochs.has_class("-unused")
        await user.press("right")
        await user.sees("‹ fine-tune ›")
        assert not epochs.has_class("-unused")
        assert "whole run" not in user.text


async def test_the_epochs_that_fit_into_some_minutes_are_told_and_drawn():
    measure(preset("fashion-cnn"), 32, 0.004, 8e8)  # 7 s an epoch
    async with opened(size=(120, 70)) as user:
        await user.press("2")
        await user.press("down", "down")
        assert user.focused == "field-minutes"
        await user.type("1")
        await user.sees("whole run        56 s, 8 epochs")
        assert any(line.split("││")[0].split()[1:] == [*"012345678"] for line in user.text.splitlines())


def measure(network, batch_size, seconds, memory):
    """Let the machine know what a step took."""
    cost = features(analyze(network), Recipe(batch_size=batch_size))
    record(
        Measurement(
            network=digest(network),
            precision="float32",
            batch_size=batch_size,
            threads=thread_count(Recipe()),
            features=cost,
            step_seconds=seconds,
            memory=memory,
        )
    )


async def test_earlier_runs_of_this_network_are_told_before_another_starts():
    """The same layers under another name are this network; others are not."""
    renamed = msgspec.structs.replace(preset("fashion-cnn"), name="mine")
    for number, network in enumerate([preset("fashion-cnn"), renamed, preset("lenet-5")]):
        run = records.make_run(f"2026010{number + 1}-030405-x-000{number}", network, Recipe(epochs=number + 3))
        test = msgspec.structs.replace(records.finished(), test_accuracy=0.9 + number / 100)
        records.write(run, records.started(epochs=number + 3), *records.trained(2 - number % 2), test)
    async with opened(size=(120, 40)) as user:
        await user.press("2")
        await user.sees("Earlier runs of this network", "2 of 3", "0.9000", "1 of 4", "0.9100")
        assert f"{records.epoch(2).val_accuracy:.4f}★" in user.text
        assert user.text.count("★") == 1, "the better in validation, not in the test"
        assert "0.92" not in user.text  # that is of lenet-5
        await user.sees("Learning rate over the epochs")
        await user.resize(80, 24)
        await user.until(lambda: "Earlier" not in user.text)
        await user.sees("Forecast")
    async with opened(preset("fashion-dnn"), size=(120, 40)) as user:
        await user.press("2")
        await user.sees("No runs yet: this network has not been trained.")


async def test_averages_that_will_not_settle_are_told_before_it_starts():
    layers = Conv2D(filters=2, kernel_size=(3, 3)), BatchNormalization(), Flatten(), Dense(units=10)
    network = Network("n", (28, 28, 1), layers)
    async with opened(network, size=(120, 40)) as user:
        await user.press("2")
        await user.sees("steps per epoch")
        assert "momentum" not in user.text
        await user.press("down", "down", "down")
        await user.type("32000")  # ten steps in all
        await user.sees("⚠ layer 2: BatchNormalization: with momentum = 0.99", "after 10 steps")


async def test_the_curves_are_looked_at_from_all_sides():
    run, other = records.make_run(), records.make_run("20260101-000000-lenet-5-0001", preset("lenet-5"))
    records.write(run, records.started(), *records.trained(5), records.finished())
    records.write(other, records.started(), *records.trained(3))
    async with opened(size=(140, 40)) as user:
        watch(user, run)
        await user.sees("Loss over epochs", "Accuracy over epochs", "best epoch 5")
        await user.press("left")
        await user.sees(
            "Loss epoch 5.00", "training mean 0.2150", "validation 0.2450", "mean 0.9270", "validation 0.9170"
        )
        await user.press(*["left"] * 23)
        await user.sees(
            "Loss epoch 2.98", "training mean 0.2696", "validation 0.2996", "mean 0.9117", "validation 0.9017"
        )
        await user.press("a")
        await user.sees("over steps")
        await user.press("left")
        await user.sees("step 500 (epoch 5.00)")
        await user.press("0", "a")
        await user.sees("Loss over training time (s)")
        await user.press("a", "y", "m")
        await user.sees("Loss over epochs · log scale · smoothing 0.6")
        await user.press("m", "m", "y")
        await user.sees("Loss over epochs ─")
        curves = user.app.screen.query_one(Curves)
        await user.press("plus", "plus")
        assert curves.window.right - curves.window.left == pytest.approx(5 * 4 / 9)
        left = curves.window.left
        await user.press("shift+right")
        assert curves.window.left > left
        await user.press(*["shift+left"] * 20)
        assert curves.window.left == 0
        await user.press("minus", "minus", "minus")
        assert curves.options.window is None
        await user.press("o")
        await user.sees("Add or remove the curves of another run", "lenet-5 0001")
        await user.press("enter")
        await user.sees("2  lenet-5 0001")
        await user.press("left")
        await user.sees("2  lenet-5 0001 0.2996")
        await user.press("o")
        await user.sees("Add or remove the curves of another run")
        await user.press("enter")
        await user.until(lambda: "lenet-5 0001" not in user.text)


async def test_the_mouse_zooms_drags_and_points():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(5), records.finished())
    async with opened(size=(140, 40)) as user:
        watch(user, run)
        await user.sees("over epochs")
        curves = user.app.screen.query_one(Curves)
        chart = user.app.screen.query_one("#loss")
        await user.pilot.click("#loss", offset=(40, 8))
        await user.sees("epoch 2.")
        await user.pilot._post_mouse_events([MouseScrollUp], chart, offset=(40, 8))
        await user.until(lambda: curves.options.window is not None)
        assert curves.window.right - curves.window.left == pytest.approx(4)


async def test_the_views_of_a_run():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    with records.training(run):
        async with opened(size=(80, 24)) as user:
            watch(user, run)
            await user.sees("Loss", "Accuracy", "epoch 3")
            await user.press("v")
            await user.sees("Learning rate", "Images per second", "Gradient norm")
            await user.press("left")
            await user.sees("0.00076", "4,870")
            await user.press("v")
            await user.sees("Classes, validation after epoch 2", "0 T-shirt/top", "0.883", "6 Shirt", "0.733")
            await user.sees("Shirt predicted as T-shirt/top: 90 images of 600")
            assert user.line("6 Shirt").split()[-10:] == ["15", "·", "·", "·", "·", "·", "73", "12", "·", "·"]
            await user.offers("Pause", "Stop", "New run", *TRAINED)
            records.write(run, *list(records.trained(3, first=2))[4:])
            await user.sees("Classes, validation after epoch 3", "0.908")
            await user.press("v")
            await user.sees("Loss", "Accuracy")


async def test_what_the_worker_takes_is_measured_while_it_is_at_the_run():
    run = records.make_run()
    records.write(run, records.started(pid=os.getpid()), *records.trained(1.5))
    async with opened(size=(140, 40)) as user:
        with records.training(run):
            watch(user, run)
            await user.sees("CPU ", " GB")
            memory = float(re.search(r"RAM ([\d.]+) GB", user.text)[1])
            assert memory == pytest.approx(psutil.Process().memory_info().rss / 1e9, rel=0.2)
        await user.sees("interrupted")
        assert "CPU 1" not in user.text


async def test_a_run_that_waits_can_be_trained_now():
    run = records.make_run()
    records.write(run, records.queued("another"))
    with records.training(run):
        async with opened() as user:
            watch(user, run)
            await user.sees("Queued: starts after another.")
            await user.press("h")
            await user.until(lambda: read_desired(run.desired_file) == "now")


async def test_a_prewarmed_worker_is_used_and_never_left_behind(monkeypatch):
    workers, given = [], []

    class PrewarmedWorker(NoPrewarmedWorker):
        ready = True

        def __init__(self, runtime):
            super().__init__(runtime)
            self.closed = False
            workers.append(self)

        def wait(self, seconds):
            return True

        def close(self):
            self.closed = True

    def start(checked, *, weights, prewarmed):
        given.append(prewarmed)
        return records.make_run()

    monkeypatch.setattr(worker_pool, "PrewarmedWorker", PrewarmedWorker)
    monkeypatch.setattr(launch, "start_checked", start)
    monkeypatch.setattr("tui_cnn.runs.runtime.thread_count", lambda _recipe: 2)
    async with opened() as user:
        assert workers == [], "none before the Train screen opens"
        await user.press("2")
        await user.sees("A worker is ready")
        await user.press("enter")
        await user.sees("20260102-030405-fashion-cnn-abcd")
        assert given == workers[:1]
        await user.press("n")
        await user.until(lambda: len(workers) == 2)
        assert workers[1].runtime == runtime(preset("fashion-cnn"), Recipe())
        await user.press("down", "down", "down")
        await user.type("1")  # too few images for more than one lane
        await user.until(lambda: len(workers) == 3)
        assert workers[2].runtime == runtime(preset("fashion-cnn"), Recipe(batch_size=1))
    assert all(worker.closed for worker in workers)


async def test_the_real_thing(monkeypatch):
    """A prewarmed worker trains on some of the real images, and the screen reads its test accuracy."""
    monkeypatch.setattr(worker_pool, "PrewarmedWorker", process.PrewarmedWorker)
    run = None
    try:
        async with opened("fashion-dnn") as user:
            await user.press("2", "down")
            await user.type("1")
            while user.focused != "field-settings":
                await user.press("down")
            await user.press("right")
            while user.focused != "field-limit":
                await user.press("down")
            await user.type("500")
            await user.sees("A worker is ready", seconds=180)
            await user.press("enter")
            await user.until(lambda: user.app.workspace.shown_run, 60)
            run = user.app.workspace.shown_run
            await user.sees("test accuracy 0.", seconds=180)
            await user.offers("Read", "Train further", "New run", *TRAINED)
            finished = Follower(run).poll().finished
            assert f"test accuracy {finished.test_accuracy:.4f}" in user.text
            assert finished.test_accuracy > 0.4
            await user.sees("450 images, 50 for validation")
            assert run.recipe() == msgspec.structs.replace(TUTORIAL, epochs=1, limit=500)
            assert run.network() == preset("fashion-dnn")
    finally:
        if run is not None and is_held(run.lock_file):
            os.kill(Follower(run).poll().started.pid, signal.SIGKILL)
