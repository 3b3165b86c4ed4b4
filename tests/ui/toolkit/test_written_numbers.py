"""Runs, edits and numbers in words."""

import pytest
from rich.console import Console
from rich.style import Style

from tests.ui import records
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import BatchNormalization
from tui_cnn.formats.formulas import layer_numbers, network_numbers
from tui_cnn.formats.presets import preset
from tui_cnn.runs.snapshot import Follower
from tui_cnn.ui.build.formulas import write
from tui_cnn.ui.build.preview import preview
from tui_cnn.ui.toolkit.runs import epochs_done, epochs_table, share, started_at, state_name
from tui_cnn.ui.train.progress import progress_lines
from tui_cnn.ui.train.run_watcher import RunWatcher

CNN = preset("fashion-cnn")


def written(renderable, width=120):
    console = Console(width=width, color_system=None, file=None, record=False)
    with console.capture() as capture:
        console.print(renderable)
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def told_of(numbers, width=120):
    return write(numbers, width, Style()).plain


def snapshot(*events, run_id="20260102-030405-net-abcd"):
    run = records.make_run(run_id)
    records.write(run, *events)
    return Follower(run).poll()


def test_a_preview_compares_the_layer_and_the_totals():
    edited = edits.change(CNN, (2,), filters=48)
    assert written(preview(analyze(CNN), analyze(edited), (2,))).split("\n") == [
        "output      11×11×64 → 11×11×48",
        "parameters    18.5 k →   13.9 k  −25 %",
        "MACs          2.23 M →   1.67 M  −25 %",
        "activations  31.0 kB →  23.2 kB  −25 %",
        "in total",
        "parameters    93.3 k →   79.5 k  −15 %",
        "MACs          2.79 M →   2.15 M  −23 %",
        "train step   6.33 MB →  5.81 MB −8.2 %",
    ]


def test_a_preview_of_a_broken_stack_says_why():
    edited = edits.change(CNN, (2,), kernel_size=(99, 99))
    assert written(preview(analyze(CNN), analyze(edited), (2,))).startswith("✗ layer 3: Conv2D: a 99×99 window does")


def test_a_preview_that_mends_a_broken_stack():
    broken = edits.change(CNN, (2,), kernel_size=(99, 99))
    assert "output" in written(preview(analyze(broken), analyze(CNN), (2,)))
    assert "— → 11×11×64" in written(preview(analyze(broken), analyze(CNN), (2,)))


def test_the_numbers_of_a_layer_come_with_their_formulas():
    assert told_of(layer_numbers(analyze(CNN).rows[2])).split("\n") == [
        "output              11×11×64  floor((13 + 2·0 - 3) / 1) + 1 = 11",
        "parameters            18,496  (3·3·32 + 1)·64",
        "MACs               2,230,272  3·3·32·11·11·64",
        "RF                         8  4 + (3 - 1)·2 = 8",
        "                              stride 2·1 = 2, padding 0 + 0·2 = 0",
        "activations          31.0 kB  4·11·11·64 bytes, one image",
        "FLOPs              4,460,544  2·2,230,272: 2 per MAC",
        "FLOPs, tf          4,468,288  as counted by TensorFlow's profiler",
    ]


def test_what_is_not_trained_is_told_apart():
    network = edits.insert(CNN, (1,), BatchNormalization())
    assert told_of(layer_numbers(analyze(network).rows[1])).split("\n")[1] == (
        "parameters               128  2·32 + 2·32 non-trainable"
    )
    assert "64 of them non-trainable" in told_of(network_numbers(analyze(network)))


def test_a_layer_that_cannot_be_built_says_why():
    rows = analyze(edits.change(CNN, (2,), kernel_size=(99, 99))).rows
    assert "a 99×99 window does not fit into 13×13" in told_of(layer_numbers(rows[2]))
    assert "an earlier layer cannot be built" in told_of(layer_numbers(rows[3]))


def test_the_numbers_of_the_network():
    assert told_of(network_numbers(analyze(CNN))).split("\n") == [
        "output                    10  after 8 layers",
        "parameters            93,322",
        "MACs               2,794,240  multiply-accumulates for one image",
        "FLOPs              5,588,480  2 per MAC",
        "FLOPs, tf          5,646,588  as counted by TensorFlow's profiler",
        "inference peak        108 kB  4·(26·26·32 + 13·13·32) bytes, one image",
        "training step        6.33 MB  4·(93,322 + 3·93,322 + 32·37,818) bytes, batch 32, adam",
    ]
    assert "—" in told_of(network_numbers(analyze(edits.change(CNN, (2,), kernel_size=(99, 99)))))


def test_states_have_names():
    assert state_name(snapshot()) == "interrupted"
    run_id = "20260102-030405-other-abcd"
    assert state_name(snapshot(records.started(), records.stopped(), run_id=run_id)) == "stopped"


def test_the_start_is_told_in_local_time(monkeypatch):
    import time

    for zone, expected in [("UTC", "2026-01-02 03:04"), ("KST-9", "2026-01-02 12:04")]:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert started_at(snapshot(run_id=f"20260102-030405-{zone.lower()}-abcd")) == expected
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("run_id", ["99999999-999999-x-0000", "00000101-000000-x-0000", "99991231-235959-x-0000"])
def test_a_run_named_by_hand_has_no_start(run_id):
    assert started_at(snapshot(run_id=run_id)) in ("—", "9999-12-31 23:59", "10000-01-01")


def test_epochs_and_the_best_of_them():
    taken = snapshot(records.started(), *records.trained(2.5))
    assert epochs_done(taken) == "2 of 5"
    assert taken.best_accuracy == records.epoch(2).val_accuracy
    assert share(taken.best_accuracy) == "0.8746"
    assert share(None) == "—"
    empty = snapshot(run_id="20260102-030405-empty-abcd")
    assert epochs_done(empty) == "—"
    assert empty.best_accuracy is None


def test_the_table_shows_the_latest_epochs_and_marks_the_best():
    table = written(epochs_table(snapshot(records.started(epochs=9), *records.trained(9, of=9)), 4)).split("\n")
    assert table[0].split() == ["epoch", "loss", "accuracy", "val.", "loss", "val.", "accuracy", "seconds", "RAM"]
    assert [line.split()[0] for line in table[1:]] == ["7", "8", "9"]
    assert "★" in table[3]
    assert table[1].split()[-3:] == ["10.0", "0.86", "GB"]


def test_progress_is_never_wider_than_it_should_be():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    with records.training(run):
        watched = RunWatcher(run).read()
    for width in (76, 96, 116):
        for beside_headlines in (True, False):
            lines = progress_lines(watched, width, beside_headlines=beside_headlines).plain.split("\n")
            assert len(lines) == (6 if beside_headlines else 5)
            assert all(len(line) <= width for line in lines)
