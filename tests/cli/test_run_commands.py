"""Commands about one run: show, stop, attach, about, curves, delete, trash; and the run's events as JSON."""

import json

import msgspec
import pytest

from tests.cli.test_train import FAILED, FINISHED, STARTED, epoch, tell
from tui_cnn.cli import follow as following
from tui_cnn.cli.follow import follow
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch, preflight
from tui_cnn.runs.directory import About, list_runs, make_run, read_about
from tui_cnn.runs.events import Chosen, EarlyStop, PrecisionTrial, Queued
from tui_cnn.runs.recipe import Recipe


@pytest.fixture
def run():
    run = make_run(preset("fashion-dnn"), Recipe(epochs=3))
    tell(run, STARTED, epoch(1, val_accuracy=0.91), epoch(2, best=False), FINISHED)
    return run


def test_show(cnn_tui, run):
    said = cnn_tui("show", "last").stdout
    for part in ("fashion-dnn (101,770 parameters, 101,632 MACs)", "custom", "0.9123", "epoch 2/3  loss 0.5000"):
        assert part in said
    shown = json.loads(cnn_tui("show", run.id, "--json").stdout)
    assert (shown["id"], shown["state"], shown["test_accuracy"]) == (run.id, "finished", 0.91234)
    assert shown["started"]["seed"] == 0
    assert shown["tested"] == {"weights": "last", "epoch": 2}, "as versions did that do not say"
    assert "tested weights  " in said.replace("test accuracy", "")
    assert "last, epoch 2" in said
    assert [one["val_accuracy"] for one in shown["epochs_told"]] == [0.91, 0.9]


def test_show_lists_what_is_custom_in_a_recipe(cnn_tui):
    make_run(preset("fashion-dnn"), Recipe(epochs=3, learning_rate=0.01, schedule="cosine", limit=500))
    custom = "custom, epochs = 3, learning_rate = 0.01, schedule = cosine, precision = float32, limit = 500"
    assert ["recipe", custom] in [line.split(maxsplit=1) for line in cnn_tui("show", "last").stdout.splitlines()]
    make_run(preset("fashion-dnn"), Recipe(seed=4))  # in whatever precision, it is the tutorial's
    assert " tutorial, precision = float32, seed = 4\n" in cnn_tui("show", "last").stdout


def test_a_run_that_patience_ended_shows_it_and_which_weights_were_tested(cnn_tui):
    run = make_run(preset("fashion-dnn"), Recipe(epochs=3))
    tested = msgspec.structs.replace(FINISHED, best_epoch=1, tested_epoch=1)
    early = EarlyStop(epoch=2, best_epoch=1, patience=1)
    tell(run, STARTED, epoch(1, val_accuracy=0.91), epoch(2, best=False), early, tested)
    said = cnn_tui("show", "last").stdout
    assert "stopped early after epoch 2 (patience 1)" in said
    assert "best, epoch 1" in said
    assert "best, epoch 1" in cnn_tui("runs").stdout
    assert json.loads(cnn_tui("show", "last", "--json").stdout)["tested"] == {"weights": "best", "epoch": 1}


def test_runs_as_json(cnn_tui, run):
    (line,) = cnn_tui("runs", "--json").stdout.splitlines()
    told = json.loads(line)
    assert (told["id"], told["best_accuracy"], told["recipe"]["epochs"]) == (run.id, 0.91, 3)


def test_a_run_followed_as_json_is_its_events_and_its_summary(run, capsys):
    assert follow(run, as_json=True) == 0
    *events, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert [event["event"] for event in events] == ["started", "epoch", "epoch", "finished"]
    assert summary["outcome"]["sentence"] == "Finished."


def test_a_failure_as_json_is_a_failure(capsys):
    run = make_run(preset("fashion-dnn"), Recipe(epochs=3))
    tell(run, STARTED, FAILED)
    assert follow(run, as_json=True) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["outcome"]["advice"] == "Make the batches smaller."


def test_waiting_and_choosing_are_told(run, capsys):
    trials = (
        PrecisionTrial(precision="float32", images_per_second=1000.0),
        PrecisionTrial(precision="mixed_float16", images_per_second=None),
    )
    tell(run, Queued(behind="another-run"), Chosen(precision="float32", trials=trials))
    follow(run)
    lines = capsys.readouterr().out.splitlines()
    assert "queued behind another-run" in lines
    assert "precision float32: float32 1,000 images/s, mixed_float16 not possible" in lines


def test_about(cnn_tui, run):
    cnn_tui("about", "last", "--title", "wide", "--tag", "a", "--tag", "b")
    cnn_tui("about", "last", "--note", "good")
    assert read_about(run) == About(title="wide", tags=("a", "b"), note="good")
    assert cnn_tui("about", "last").stdout == "wide\na b\ngood\n"


def test_curves(cnn_tui, run):
    assert len(cnn_tui("curves", "last").stdout.splitlines()) == 2
    heading, *rows = cnn_tui("curves", "last", "--csv").stdout.splitlines()
    assert heading.startswith("kind,epoch,step,seconds,loss,accuracy")
    assert [row.split(",")[:3] for row in rows] == [["epoch", "1.0", "10"], ["epoch", "2.0", "20"]]


def test_delete_and_trash(cnn_tui, run):
    assert cnn_tui("delete", "last").stdout == f"{run.id} moved to the trash\n"
    assert cnn_tui("trash").stdout == f"{run.id}\n"
    cnn_tui("trash", "--restore", run.id)
    assert list_runs() == [run]
    assert cnn_tui("delete", "last", "--purge").exit_code == 130  # asked, and nobody said yes
    assert list_runs() == [run]
    assert cnn_tui("delete", "last", "--purge", "--yes").stdout == f"{run.id} deleted\n"
    assert (list_runs(), cnn_tui("trash").stdout) == ([], "")


def test_what_is_not_trained_cannot_be_stopped(cnn_tui, run):
    result = cnn_tui("stop", "last")
    assert (result.exit_code, result.stderr) == (2, f"{run.id} is not training, so it cannot be stopped\n")


def test_a_network_of_a_run_is_exported(cnn_tui, run):
    assert cnn_tui("export", "--run", "last", "--to", "toml").stdout.startswith('name = "fashion-dnn"')
    result = cnn_tui("export", "--run", "last", "--output", "best.keras")
    assert (result.exit_code, result.stderr) == (
        2,
        f"{run.best_file}: not available yet; train for at least one epoch\n",
    )
    assert "specify a MODEL, or a run with --run" in cnn_tui("export", "--to", "toml").stderr


def test_compare_checks_each_network_once_before_it_trains_any(cnn_tui, monkeypatch):
    calls = []

    def check(network, recipe):
        calls.append(f"check {network.name}")
        return real(network, recipe)

    def follow(run, **_options):
        calls.append(f"train {run.name}")
        return 0

    real = preflight.check
    for module in (preflight, launch):
        monkeypatch.setattr(module, "check", check)
    monkeypatch.setattr(launch, "_launch", lambda *_: None)
    monkeypatch.setattr(following, "follow", follow)
    assert cnn_tui("compare", "fashion-dnn", "fashion-cnn").exit_code == 0
    assert calls == ["check fashion-dnn", "check fashion-cnn", "train fashion-dnn", "train fashion-cnn"]


def test_compare_trains_both_and_lays_them_side_by_side(cnn_tui):
    result = cnn_tui("compare", "fashion-dnn", "fashion-cnn-strides", "--epochs", "1", "--limit", "500")
    assert result.exit_code == 0, result.stderr
    *_lines, heading, dense, strides, tested, difference = result.stdout.splitlines()
    assert difference.startswith("fashion-dnn ")
    assert " is better than fashion-cnn-strides " in difference
    assert ", 10,000 test images (p < 0.0001)" in difference
    assert tested == "test set evaluated 2 times in 2 runs; choose runs by validation"
    assert heading.split()[:3] == ["network", "parameters", "MACs"]
    assert dense.split()[:4] == ["fashion-dnn", "101,770", "101,632", "custom"]
    assert strides.startswith("fashion-cnn-strides")
    assert {run.name for run in list_runs()} == {"fashion-dnn", "fashion-cnn-strides"}
