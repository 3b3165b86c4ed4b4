"""Whole runs, by real workers in processes of their own, on a slice of Fashion-MNIST."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.networks import SMALL_CNN
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch, resources
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

SLICE = Recipe(epochs=2, limit=2000)
ENDLESS = Recipe(epochs=5000, limit=2000)


def steps_of(snapshot):
    return [point.epoch for point in snapshot.curve]


@pytest.mark.parametrize("which", ["dense", "convolutional"])
def test_from_start_to_test_accuracy(runner, which):
    run = runner.start(preset("fashion-dnn") if which == "dense" else SMALL_CNN, SLICE)
    (worker,) = runner.workers(run)
    assert os.getsid(worker.pid) == worker.pid  # it outlives this session
    assert worker.nice() > 0
    snapshot = runner.wait_for_end(run)
    assert snapshot.state == "finished", snapshot.failed
    assert snapshot.finished.test_accuracy > 0.65  # chance is 0.1
    assert snapshot.started.pid == worker.pid
    assert snapshot.started.steps_per_epoch == 57  # 2,000 less 200 to validate on, in batches of 32
    assert (snapshot.started.train_images, snapshot.started.validation_images) == (1800, 200)
    assert snapshot.started.test_images == 10_000
    assert [event.epoch for event in snapshot.epochs] == [1, 2]
    assert snapshot.epochs[1].loss < snapshot.epochs[0].loss
    assert all(0 < event.val_accuracy <= 1 for event in snapshot.epochs)
    assert snapshot.checkpoint.step == 114
    assert snapshot.damaged == 0
    assert run.checkpoint_file.exists()
    assert run.best_file.exists()
    worker.wait()
    with pytest.raises(RunError, match="is finished"):
        launch.resume(run)
    left = {path.name for path in run.path.iterdir()}
    assert left == {
        "images.json",
        "network.toml",
        "recipe.toml",
        "events.jsonl",
        "lock",
        "desired",
        "checkpoint.keras",
        "best.keras",
        "classes.json",
        "test.npz",
        "worker.log",
    }


def test_pause_go_on_stop_and_resume(runner):
    run = runner.start(preset("fashion-dnn"), ENDLESS)
    follower = Follower(run)
    with pytest.raises(RunError, match="is already training"):
        launch.resume(run)

    launch.pause(run)  # while TensorFlow is loading: it holds before the first step
    paused = runner.wait(follower, lambda snapshot: snapshot.state == "paused")
    assert paused.progress is None
    launch.unpause(run)
    assert runner.wait(follower, lambda snapshot: snapshot.epochs).state == "running"

    launch.pause(run)
    paused = runner.wait(follower, lambda snapshot: snapshot.state == "paused")
    with pytest.raises(RunError, match="is already training"):
        launch.resume(run)
    assert follower.poll() is paused

    launch.stop(run)
    stopped = runner.wait(follower, lambda snapshot: snapshot.state == "interrupted")
    assert stopped.stopped
    assert stopped.progress == paused.progress  # nothing was done while it was paused
    with pytest.raises(RunError, match="is not training"):
        launch.pause(run)

    launch.resume(run)
    begun = runner.wait(follower, lambda snapshot: snapshot.started != stopped.started)
    assert begun.started.resumed_from == stopped.checkpoint.step
    done = len(stopped.epochs)
    grown = runner.wait(follower, lambda snapshot: len(snapshot.epochs) > done + 1)
    assert [event.epoch for event in grown.epochs] == list(range(1, len(grown.epochs) + 1))
    assert steps_of(grown) == sorted(set(steps_of(grown)))
    assert steps_of(grown)[: len(stopped.curve) - 1] == steps_of(stopped)[:-1]
    assert grown.elapsed > stopped.elapsed

    (worker,) = runner.workers(run)
    worker.send_signal(signal.SIGTERM)
    ended = runner.wait(follower, lambda snapshot: snapshot.state == "interrupted")
    assert ended.stopped
    assert ended.checkpoint.step >= grown.checkpoint.step


def test_a_killed_worker_is_noticed_and_its_run_resumed(runner):
    run = runner.start(preset("fashion-dnn"), ENDLESS)
    follower = Follower(run)
    runner.wait(follower, lambda snapshot: snapshot.checkpoint)
    (worker,) = runner.workers(run)
    worker.kill()
    killed = runner.wait(follower, lambda snapshot: snapshot.state == "interrupted")
    assert not killed.stopped
    with run.events_file.open("ab") as file:
        file.write(b'{"event":"progress","ti')  # as a kill in the middle of a write would leave it

    launch.resume(run)
    done = len(killed.epochs)
    resumed = runner.wait(follower, lambda snapshot: snapshot.started != killed.started and len(snapshot.epochs) > done)
    assert [event.epoch for event in resumed.epochs] == list(range(1, len(resumed.epochs) + 1))
    assert resumed.started.resumed_from > 0
    assert resumed.damaged == 0


def test_a_broken_checkpoint_fails_with_a_sentence(runner):
    run = runner.adopt(make_run(preset("fashion-dnn"), SLICE))
    run.checkpoint_file.write_bytes(b"this is no checkpoint")
    launch.resume(run)
    snapshot = runner.wait_for_end(run)
    assert snapshot.state == "failed"
    assert snapshot.failed.error == "checkpoint.keras cannot be read: File is not a zip file"
    assert snapshot.failed.advice == f"Delete {run.checkpoint_file} and resume the run: it starts over."
    assert "Traceback" in run.log_file.read_text()


def test_the_command_refuses_what_it_cannot_do(tmp_path, capfd):
    from tui_cnn.worker.__main__ import main

    assert main([]) == main(["train"]) == main(["train", str(tmp_path / "missing")]) == main(["prewarm", "{"]) == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 4
    usage = "usage: python -m tui_cnn.worker train RUN_DIR | test RUN_DIR | prewarm RUNTIME | probe | export "
    assert all(line.startswith(usage) for line in lines)


_AUTOGROUP = Path("/proc/self/autogroup")


@pytest.mark.skipif(not _AUTOGROUP.exists(), reason="this kernel does not weigh sessions")
@pytest.mark.parametrize("alone", [True, False], ids=["a session of its own", "started by hand"])
def test_a_worker_steps_back_alone(alone):
    """In the session of a shell, the shell and all that it runs would be slowed down with it, and stay so."""
    script = """
import os
from pathlib import Path
from tui_cnn.runs.resources import lower_priority
lower_priority(10)
print(os.nice(0), Path("/proc/self/autogroup").read_text())
"""
    # Nothing is told of a session that is not weighed, as that which the machine began with.
    before = os.nice(0), _AUTOGROUP.read_text().split()
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=alone)
    nice, *autogroup = done.stdout.split()
    assert int(nice) == min(19, before[0] + 10)
    if alone:
        assert autogroup[1:] in (["nice", "10"], [])
    else:
        assert autogroup == before[1]
    assert _AUTOGROUP.read_text().split() == before[1]


@pytest.mark.skipif(sys.platform == "win32", reason="has no sessions")
def test_a_worker_asks_again_when_the_kernel_is_busy(monkeypatch):
    """Linux takes ten such wishes a second of those who are not root, and tells the others to come back."""
    written = []

    def write_text(path, text, _encoding):
        written.append((str(path), text))
        if len(written) < 3:
            raise BlockingIOError

    monkeypatch.setattr(os, "nice", lambda _by: 10)
    monkeypatch.setattr(os, "getsid", lambda _process: os.getpid())
    monkeypatch.setattr(resources.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(Path, "write_text", write_text)
    resources.lower_priority(10)
    assert written == [("/proc/self/autogroup", "10")] * 3


def test_what_is_loaded_is_not_searched_for_garbage_but_what_comes_later_is():
    script = """
import gc, os
os.environ["KERAS_BACKEND"] = "torch"
from tui_cnn.worker.loading import load_tensorflow
load_tensorflow()
load_tensorflow()
import keras
print(gc.isenabled(), gc.get_freeze_count() > 100_000, keras.backend.backend())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "tensorflow"]


def test_a_worker_that_has_told_why_it_ended_was_started(monkeypatch):
    """It may hold its lock for less time than lies between two looks."""

    class Ended:
        returncode = 1

        def poll(self):
            return self.returncode

    def start_worker(_train, run, **_streams):
        (Path(run) / "events.jsonl").write_bytes(b"{}\n")
        return Ended()

    monkeypatch.setattr(launch, "start_worker", start_worker)
    run = launch.start(preset("fashion-dnn"), Recipe())
    with pytest.raises(RunError, match="could not start: exit 1"):  # it tells no more than before
        launch.resume(run)
