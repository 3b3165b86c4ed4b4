"""Runs whose workers meet what can happen to them: each ends in a state with a name, and its run can go on."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import pytest

import tui_cnn
from tests.worker.networks import IN_LANES, SMALL_CNN
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.process import PrewarmedWorker
from tui_cnn.runs.recipe import AUGMENTATIONS, Recipe, dumps_recipe
from tui_cnn.runs.runtime import Runtime
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.summary import outcome

PACKAGES = Path(tui_cnn.__file__).parents[1]
ALL_AT_ONCE = Recipe(
    epochs=4,
    limit=1500,
    batch_size=20,
    deterministic=True,
    augmentation="flip+shift+erase",
    schedule="one-cycle",
    optimizer="adamw",
    learning_rate=0.003,
    label_smoothing=0.1,
    patience=3,
    keep=4,
)
KILLS = 3
ENDLESS = Recipe(epochs=5000, limit=2000)


def ended(run):
    return outcome(run, Follower(run).poll())


def weights(path):
    import keras

    return [weight.tolist() for weight in keras.saving.load_model(path, compile=False).get_weights()]


def told(run):
    return [
        (epoch.epoch, epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy, epoch.confusion, epoch.best)
        for epoch in Follower(run).poll().epochs
    ]


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(
    ("network", "batch_size", "limit", "lanes", "changes"),
    [
        (IN_LANES, 33, 2600, 2, {}),
        (SMALL_CNN, 20, 1500, 1, {"ema": 0.95, "class_weights": "balanced", "augmentation": "+".join(AUGMENTATIONS)}),
    ],
    ids=["in lanes", "averaged and augmented"],
)
def test_killed_at_random_moments_it_ends_with_the_very_numbers_of_a_run_that_never_was(
    runner, network, batch_size, limit, lanes, changes
):
    """Each kill comes after so many more bytes of events, or while a checkpoint is written."""
    recipe = msgspec.structs.replace(ALL_AT_ONCE, batch_size=batch_size, limit=limit, threads=2, **changes)
    whole = runner.start(network, recipe)
    assert runner.wait_for_end(whole).state == "finished"
    assert Follower(whole).poll().started.lanes == lanes

    moments = random.Random(5)
    run = runner.adopt(make_run(network, recipe))
    kills = 0
    while True:
        launch.resume(run)
        (worker,) = runner.workers(run)
        size = run.events_file.stat().st_size if run.events_file.exists() else 0
        wanted = size + moments.randrange(1000, 2600)
        while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
            temporary = moments.random() < 0.01 and any(run.path.glob("*.tmp.keras"))
            if kills < KILLS and (temporary or (run.events_file.exists() and run.events_file.stat().st_size > wanted)):
                worker.kill()
                kills += 1
                break
            time.sleep(0.001)
        state = runner.wait_for_end(run).state
        if state == "finished":
            break
        assert state == "interrupted"
        assert "killed" in ended(run).sentence or "before its first checkpoint" in ended(run).sentence
    assert kills == KILLS
    assert told(run) == told(whole)
    for name in ("checkpoint.keras", "best.keras"):
        assert weights(run.path / name) == weights(whole.path / name)
    assert sorted(path.name for path in run.kept_directory.iterdir()) == sorted(
        path.name for path in whole.kept_directory.iterdir()
    )
    mine, other = (Follower(one).poll().finished for one in (run, whole))
    assert (mine.test_loss, mine.test_accuracy, mine.confusion) == (
        other.test_loss,
        other.test_accuracy,
        other.confusion,
    )
    assert not list(run.path.glob("*.tmp.keras"))


def test_a_closed_terminal_and_a_dead_screen_end_nothing_but_the_spare(runner):
    """A screen that has started one run by a spare, and has another spare, is killed; the run goes on."""
    script = """
import sys, time
from tui_cnn.formats.presets import preset
from tui_cnn.runs.launch import start
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.runs.process import PrewarmedWorker
by = runtime(preset("fashion-dnn"), Recipe())
first, second = PrewarmedWorker(by), PrewarmedWorker(by)
assert first.wait(120)
run = start(preset("fashion-dnn"), Recipe(epochs=5000, limit=2000), prewarmed=first)
assert not first.ready and second.wait(120)
print(run.path, first.pid, second.pid, flush=True)
time.sleep(600)
"""
    screen = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PACKAGES, start_new_session=True
    )
    path, trainer, spare = screen.stdout.readline().split()
    run, trainer, spare = RunDirectory(Path(path)), psutil.Process(int(trainer)), psutil.Process(int(spare))
    try:
        follower = Follower(run)
        before = runner.wait(follower, lambda snapshot: snapshot.epochs)
        assert before.started.pid == trainer.pid
        screen.kill()
        screen.communicate()
        trainer.send_signal(signal.SIGHUP)
        spare.wait(60)
        after = runner.wait(follower, lambda snapshot: len(snapshot.epochs) > len(before.epochs) + 2)
        assert after.state == "running"
        assert len(Follower(run).poll().epochs) >= len(after.epochs)  # a second screen sees all of it
        launch.stop(run)
        assert runner.wait_for_end(run).stopped
    finally:
        for process in (trainer, spare):
            if process.is_running():
                process.kill()


def test_a_spare_that_is_set_up_otherwise_is_not_taken(runner):
    class Other:
        runtime = Runtime(threads=77)

        def give(self, run):
            raise AssertionError

    run = runner.adopt(launch.start(preset("fashion-dnn"), Recipe(epochs=1, limit=500), prewarmed=Other()))
    assert runner.wait_for_end(run).state == "finished"


def test_a_spare_that_is_not_needed_ends_with_its_input():
    spare = PrewarmedWorker(Runtime())
    process = psutil.Process(spare.pid)
    assert spare.loading
    assert process.parent().pid == os.getpid()
    spare.close()
    process.wait(60)
    assert not spare.wait(60)
    assert not spare.loading


def test_runs_train_one_after_the_other_unless_told_otherwise(runner):
    first = runner.start(preset("fashion-dnn"), ENDLESS)
    runner.wait(Follower(first), lambda snapshot: snapshot.epochs)
    second = runner.start(preset("fashion-dnn"), Recipe(epochs=1, limit=500))
    third = runner.start(preset("fashion-dnn"), Recipe(epochs=1, limit=500))
    waiting = runner.wait(Follower(second), lambda snapshot: snapshot.state == "queued")
    assert waiting.queued.behind == first.id
    assert runner.wait(Follower(third), lambda snapshot: snapshot.state == "queued").queued.behind == second.id
    assert not any("tensorflow" in region.path for region in runner.workers(third)[0].memory_maps())

    launch.skip_queue(third)
    assert runner.wait_for_end(third).state == "finished"
    assert Follower(second).poll().state == "queued"
    launch.pause(first)  # a run that is paused lets others have their turn
    assert runner.wait_for_end(second).state == "finished"
    launch.unpause(first)
    assert runner.wait(Follower(first), lambda snapshot: snapshot.state == "running").finished is None

    last = runner.start(preset("fashion-dnn"), Recipe(epochs=1, limit=500))
    runner.wait(Follower(last), lambda snapshot: snapshot.state == "queued")
    launch.stop(last)
    assert runner.wait_for_end(last).stopped
    runner.workers(first)[0].kill()  # and nobody waits for the dead
    launch.resume(last)
    assert runner.wait_for_end(last).state == "finished"


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A home on a disk of one and a half megabytes."""
    if (
        os.getuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", tmp_path], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a disk")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path))
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(small_disk, runner):
    run = runner.start(preset("fashion-dnn"), Recipe(epochs=2, limit=2000))  # best and checkpoint take 2.4 MB
    assert runner.wait_for_end(run).state == "failed"
    assert ended(run).sentence == "The disk is full."
    assert ended(run).advice == "Free some space, then resume the run."
    assert Follower(run).poll().damaged == 0
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    launch.resume(run)
    assert runner.wait_for_end(run).state == "finished"


def test_a_disk_full_to_the_last_byte_still_has_room_to_say_so(small_disk, runner):
    small = Network("small", (28, 28, 1), (Flatten(), Dense(units=10)))
    run = runner.start(small, ENDLESS)
    runner.wait(Follower(run), lambda snapshot: snapshot.epochs)
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError:
            pass
        snapshot = runner.wait_for_end(run)
    assert snapshot.state == "failed"
    assert ended(run).sentence == "The disk is full."


def test_a_directory_that_vanishes_ends_its_run_only(runner):
    import shutil

    run = runner.start(preset("fashion-dnn"), ENDLESS)
    runner.wait(Follower(run), lambda snapshot: snapshot.epochs)
    (worker,) = runner.workers(run)
    while run.path.exists():  # the worker may write a file while it goes
        shutil.rmtree(run.path, ignore_errors=True)
    worker.wait(60)
    assert "is missing" in ended(run).sentence
    other = runner.start(preset("fashion-dnn"), Recipe(epochs=1, limit=500))
    assert runner.wait_for_end(other).state == "finished"


def test_a_network_too_large_for_the_memory_is_told(runner):
    """Its kernel takes 3.1 GB, and Adam twice as much; the worker is allowed 7 GB of addresses.

    So the kernel fits beside TensorFlow, which crashes at times where the first of such size does not. Zeros are
    quickly made.
    """
    wide = Dense(units=1_000_000, kernel_initializer="zeros")
    large = Network("large", (28, 28, 1), (Flatten(), wide, Dense(units=10)))
    run = runner.start(large, Recipe(epochs=1, limit=500))
    for worker in runner.workers(run):
        worker.rlimit(psutil.RLIMIT_AS, (7 * 10**9, 7 * 10**9))
    runner.wait_for_end(run)
    assert "memory" in ended(run).sentence
    assert "smaller" in ended(run).advice


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("train", "lenet-5"), "Not enough memory."),
        (("export", "lenet-5", "--to", "keras", "-o", "x.keras"), "not enough memory; close other programs"),
    ],
    ids=["train", "export"],
)
def test_too_little_memory_to_load_tensorflow_is_told(command, line, tmp_path):
    limited = ["bash", "-c", 'ulimit -v 900000 && exec "$@"', "limited", sys.executable, "-m", "tui_cnn", *command]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    ended = subprocess.run(limited, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode
    assert line in ended.stdout + ended.stderr
    assert "einstall" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("breakage", "state", "sentence"),
    [
        ("raise ImportError('libcudart is missing')", "failed", "TensorFlow cannot be loaded: libcudart is missing"),
        ("import os; os.abort()", "interrupted", "The worker ended before its first checkpoint."),
    ],
)
def test_a_worker_that_dies_while_it_imports(runner, tmp_path, monkeypatch, breakage, state, sentence):
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text(breakage)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    run = runner.adopt(make_run(preset("fashion-dnn"), Recipe(epochs=1, limit=500)))
    with suppress(RunError):  # it may be gone before anyone sees that it was there
        launch.resume(run)
    assert runner.wait_for_end(run).state == state
    assert ended(run).sentence == sentence
    monkeypatch.delenv("PYTHONPATH")
    launch.resume(run)
    assert runner.wait_for_end(run).state == "finished"


def test_what_this_machine_lacks_is_said_before_it_trains(runner):
    run = runner.start(preset("fashion-dnn"), Recipe(device="gpu"))
    assert runner.wait_for_end(run).state == "failed"
    assert ended(run).sentence == "TensorFlow found no GPU on this machine."


def test_an_old_recipe_and_events_are_read(runner):
    """As the first version wrote them: no schedule, no precision; sums without steps."""
    run = runner.adopt(make_run(preset("fashion-dnn"), Recipe()))
    old = "epochs = 1\nbatch_size = 32\noptimizer = 'adam'\nlearning_rate = 0.001\nvalidation = 0.1\nseed = 0\n"
    run.recipe_file.write_text(old + "limit = 500\ndata = ''\n")
    launch.resume(run)
    snapshot = runner.wait_for_end(run)
    assert snapshot.state == "finished"
    assert snapshot.started.precision == "float32"
    lines = [json.loads(line) for line in run.events_file.read_text().splitlines()]
    assert {"started", "epoch", "checkpoint", "finished"} <= {line["event"] for line in lines}
    assert dumps_recipe(run.recipe()) == dumps_recipe(Recipe(epochs=1, limit=500, split_seed=None))
