"""The Runs screen: every run is listed as it stands, and can be opened."""

import re
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch
from tui_cnn.runs.baseline import read_baseline
from tui_cnn.runs.directory import About, read_about, read_desired, write_about
from tui_cnn.runs.predictions import KeptPredictions, save_predictions
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.trash import list_trash
from tui_cnn.ui.runs import run_table
from tui_cnn.ui.toolkit.runs import RunList

OLD = "20260101-000000-lenet-5-0001"
NEW = "20260102-030405-fashion-cnn-abcd"


@pytest.fixture
def runs():
    """An older run that is finished and a newer one that was interrupted."""
    old, new = records.make_run(OLD, preset("lenet-5")), records.make_run(NEW)
    records.write(old, records.started(), *records.trained(5), records.finished())
    records.write(new, records.started(), *records.trained(2.5))
    return old, new


async def test_no_runs_say_what_to_do():
    async with opened() as user:
        await user.press("5")
        await user.sees("No runs yet. Press 2 to train the network on the Build screen.")
        await user.offers()
        await user.press("enter", "b", "down", "d", "space", "s", "v", "c", "t")
        assert user.app.current_mode == "runs"
        records.make_run()
        await user.sees("interrupted")
        await user.offers("Open", "Mark", "Filter", "Sort", "Scatter", "Inspect", "Build", "Delete")


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_runs_are_listed_newest_first(runs, size):
    async with opened(size=size) as user:
        await user.press("5")
        await user.sees("finished", "lenet-5", "fashion-cnn", "interrupted")
        assert user.text.index("abcd") < user.text.index("0001")
        await user.sees("0.9042", "0.9170", "93.3 k", "61.7 k", NEW)
        if size[0] > 100:
            await user.sees("2.79 M", "417 k", "50 s", "tutorial")


async def test_the_fields_of_a_run_stand_apart(runs):
    async with opened(size=(200, 60)) as user:
        await user.press("5")
        await user.sees("best, epoch 5")
        await user.press("down")
        await user.until(lambda: re.search("tested weights  +best, epoch 5", user.text))
        assert re.search(r"tested weights  +best, epoch 5   +\w+  +\S+   +\w", user.text)


async def test_a_run_is_opened_by_key_and_by_mouse(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("down", "enter")
        await user.sees("test accuracy 0.9042")
        assert user.app.workspace.shown_run == runs[0]
        await user.press("5")
        await user.sees(OLD)
        await user.click("abcd")
        await user.sees(NEW)
        await user.click("abcd")
        await user.sees("press r to resume")
        assert user.app.workspace.shown_run == runs[1]


async def test_a_runs_network_is_put_on_the_build_screen(runs):
    async with opened("fashion-dnn") as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("down", "b")
        await user.until(lambda: user.network == preset("lenet-5"))
        assert user.app.current_mode == "build"
        await user.sees("61,706")


async def test_unsaved_changes_are_asked_about_before_a_runs_network_comes(runs):
    async with opened("fashion-dnn") as user:
        await user.press("d", "5")
        await user.sees("finished")
        await user.press("b")
        await user.sees("Unsaved changes")
        await user.press("escape")
        assert user.app.current_mode == "runs"
        assert len(user.layers) == 2
        await user.press("b", "d")
        await user.until(lambda: user.network == preset("fashion-cnn"))


async def test_a_damaged_network_is_told(runs):
    runs[1].network_file.write_text("[[")
    async with opened() as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("b")
        await user.told("not valid TOML")
        assert user.app.current_mode == "runs"


async def test_a_run_is_followed_and_the_cursor_stays_on_its_run(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("2 of 5")
        await user.press("down")
        with records.training(runs[1]):
            await user.sees("running")
            records.write(runs[1], *list(records.trained(3))[-3:])
            await user.sees("3 of 5")
            records.make_run("20260103-000000-new-0003")
            await user.sees("0003")
            await user.press("enter")
            assert user.app.workspace.shown_run == runs[0]


async def test_a_run_that_goes_away(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("0001", NEW)
        shutil.rmtree(runs[1].path)
        await user.press("b")
        await user.until(lambda: order(user) == ["0001"] and NEW not in user.text)
        await user.press("enter")
        assert user.app.workspace.shown_run == runs[0]


async def test_directories_named_by_hand():
    records.make_run("99999999-999999-[bold] x [[-0000")
    records.make_run("20261301-000000-month-0000")
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("99999999-999999-[bold] x [[-0000")
        await user.press("down")
        await user.sees("20261301-000000-month-0000")
        await user.press("enter")
        await user.sees("The worker ended before its first checkpoint.")


SEVERAL = [  # id, network, validation accuracy, test accuracy, state, title, tags
    ("20260101-000000-lenet-5-0001", "lenet-5", 0.88, 0.8701, "finished", "", ()),
    ("20260102-000000-fashion-dnn-0002", "fashion-dnn", 0.86, 0.8502, "finished", "baseline", ("dense",)),
    ("20260103-000000-fashion-cnn-0003", "fashion-cnn", 0.91, 0.9103, "finished", "", ("wide", "dropout")),
    ("20260104-000000-all-conv-0004", "all-conv", 0.90, None, "failed", "", ()),
]


@pytest.fixture
def several():
    made = []
    for name, network, validation, test, state, title, tags in SEVERAL:
        recipe = Recipe(seed=7) if network == "all-conv" else Recipe()
        run = records.make_run(name, preset(network), recipe)
        epoch = msgspec.structs.replace(records.epoch(1), val_accuracy=validation)
        end = msgspec.structs.replace(records.finished(1), test_accuracy=test) if test else records.failed()
        records.write(run, records.started(1), records.progress(0.5, 1), epoch, end)
        if title or tags:
            write_about(run, About(title=title, tags=tags))
        made.append(run)
        assert Follower(run).poll().state == state
    return made


def order(user):
    """The runs of the table, from top to bottom, by the end of their ids."""
    return [one.run.id[-4:] for one in user.app.screen.table.shown]


async def test_runs_are_sorted_by_keys_and_by_the_mouse(several):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("when↓", "baseline", "failed")
        assert order(user) == ["0004", "0003", "0002", "0001"]
        await user.press("down", "o")
        await user.sees("when↑")
        assert order(user) == ["0001", "0002", "0003", "0004"]
        assert user.app.screen.table.selected.run == several[2], "the cursor stays on its run"
        await user.click("test ")
        await user.sees("test↓")
        assert order(user) == ["0003", "0001", "0002", "0004"], "what has none comes last"
        await user.click("test↓")
        await user.sees("test↑")
        assert order(user) == ["0002", "0001", "0003", "0004"]
        await user.press("s")
        await user.sees("params↑")
        assert order(user) == ["0001", "0003", "0004", "0002"]


async def test_runs_are_filtered_by_typing(several):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("slash")
        await user.press_at_once(*"fashion fin")
        assert order(user) == ["0003", "0002"], "a network's name, a title, a tag"
        await user.press_at_once(*" drop")
        assert order(user) == ["0003"]
        await user.press_at_once(*"zz")
        await user.sees("No matching runs. Press Esc to show all.")
        await user.press("backspace", "backspace", "enter")
        assert user.focused == "runs"
        await user.sees("fashion fin drop")
        await user.press("enter")
        await user.until(lambda: user.app.workspace.shown_run == several[2])
        await user.press("5", "escape")
        await user.until(lambda: len(order(user)) == 4)
        await user.press("slash", "x", "d", "escape")
        assert len(order(user)) == 4
        assert user.focused == "runs"


async def test_marked_runs_are_compared(several):
    async with opened(preset("alexnet"), size=(140, 60)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("down", "space")
        assert user.app.workspace.marked == (several[2],)
        assert "✓" in user.line("0.9103")
        await user.press("space", "space")
        assert user.app.workspace.marked == (several[2], several[1], several[0])
        await user.press("up", "up", "space")
        assert user.app.workspace.marked == (several[1], several[0])
        user.app.workspace.marked = (several[2], several[1])
        await user.press("c")
        await user.sees("1  fashion-cnn 0003", "2  baseline", "≠ differs")
        assert user.top.startswith(" fashion-cnn, fashion-dnn "), "the networks of the runs, not that of Build"
        assert "≠" in user.line("test accuracy")
        assert user.line("test accuracy").split()[-3:-1] == ["0.9103", "0.8502"]
        assert user.line("≠  parameters").split()[3:5] == ["93,322", "101,770"]
        assert "≠" not in user.line("learning_rate")
        await user.press("left")
        await user.sees("1  fashion-cnn 0003 0.9100", "2  baseline 0.8600")
        await user.press("v")
        await user.sees("Images per second")
        await user.press(*["pagedown"] * 5)
        await user.sees("Layers: fashion-cnn 0003 → baseline", "− ", "Conv2D")
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ == "RunsScreen")
        await user.press("escape")
        assert user.app.workspace.marked == ()


async def test_recipes_are_compared_field_by_field(several):
    async with opened(size=(140, 90)) as user:
        user.app.workspace.marked = (several[2], several[3])
        await user.press("5")
        await user.sees("baseline")
        await user.press("c")
        await user.sees("≠ differs", "best validation")
        await user.press("pagedown")
        await user.sees("learning_rate", " seed")
        assert user.line(" seed").split()[1:-1] == ["≠", "seed", "0", "7"]
        assert "≠" not in user.line("batch_size")


async def test_accuracy_is_held_against_cost(several):
    async with opened(preset("alexnet"), size=(120, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("v")
        await user.sees("best validation accuracy against parameters", "all-conv", "● Pareto optimal")
        assert "alexnet" not in user.text
        assert user.top.split(",")[0].strip() in {"all-conv", "fashion-cnn", "fashion-dnn", "lenet-5"}
        await user.press("y")
        await user.sees("test accuracy against parameters", "baseline")
        assert [
            line.split("│")[-2].split()[-4:] for line in user.text.split("\n") if " ● " in line and "0." in line
        ] == [
            ["lenet-5", "61.7", "k", "0.8701"],
            ["fashion-cnn", "93.3", "k", "0.9103"],
        ]
        await user.press("a")
        await user.sees("against MACs", "2.79 M")
        await user.press("a")
        await user.sees("against training time (s)")
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ == "RunsScreen")


async def test_a_run_is_named_tagged_and_noted(several):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("t")
        await user.type("wider [/x]")
        await user.press("enter")
        await user.until(lambda: read_about(several[3]).title == "wider [/x]")
        await user.sees("wider [/x]")
        await user.press("g")
        await user.type("a b a")
        await user.press("enter")
        await user.until(lambda: read_about(several[3]).tags == ("a", "b"))
        await user.press("n")
        await user.type("it overfits")
        await user.press("enter")
        await user.sees("it overfits")
        await user.press("n", "x", "escape")
        assert read_about(several[3]) == About(title="wider [/x]", tags=("a", "b"), note="it overfits")


async def test_runs_are_deleted_after_two_questions_and_taken_back(several):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("d")
        await user.sees("Delete 1 run", several[3].id)
        await user.press("d")
        await user.sees("Are you sure?")
        await user.press("escape")
        assert several[3].path.exists()
        user.app.workspace.marked = (several[3], several[0])
        await user.press("d")
        await user.sees("Delete 2 runs")
        await user.press("d", "y")
        await user.until(lambda: order(user) == ["0003", "0002"])
        assert user.app.workspace.marked == ()
        await user.press("T")
        await user.sees("2 runs are in the trash.")
        await user.press("r")
        await user.sees("Restore a run")
        await user.choose("lenet")
        await user.until(lambda: order(user) == ["0003", "0002", "0001"])
        await user.press("T")
        await user.sees("1 run is in the trash.")
        await user.press("e")
        await user.sees("Empty the trash?")
        await user.press("y")
        await user.until(lambda: list_trash() == [])
        await user.press("T")
        await user.told("The trash is empty.")


async def test_a_run_is_resumed_stopped_and_repeated(several, monkeypatch):
    resumed, repeated = [], []
    monkeypatch.setattr(launch, "resume", resumed.append)
    again = records.make_run("20260105-000000-all-conv-0005", preset("all-conv"))

    def start(network, recipe):
        repeated.append((network, recipe))
        return again

    monkeypatch.setattr(launch, "start", start)
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("down", "r")
        await user.until(lambda: resumed == [several[3]])
        await user.press("R")
        await user.until(lambda: user.app.workspace.shown_run == again)
        assert repeated == [(preset("all-conv"), Recipe(seed=7))]
        await user.until(lambda: user.app.current_mode == "train")
        await user.press("5", "up", "x")
        with records.training(again):
            await user.sees("loading TensorFlow")
            await user.press("x")
            await user.until(lambda: read_desired(again.desired_file) == "stop")
            await user.press("d")
            assert len(user.app.screen_stack) == 1, "a run that is trained is not deleted"


async def test_the_best_network_is_exported(several, here, monkeypatch):
    written = []
    monkeypatch.setattr(run_table, "export_run", lambda run, to, path: written.append((run, to, path)))
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("e")
        await user.sees("Export the best network", "all-conv.keras")
        await user.press("enter")
        await user.told("Exported to all-conv.keras")
        await user.press("e")
        await user.type("net.onnx")
        await user.press("enter")
        await user.until(lambda: len(written) == 2)
        assert written[1] == (several[3], "onnx", Path("net.onnx"))
        await user.press("e")
        await user.type("net.txt")
        await user.press("enter")
        await user.told("the name must end in .keras or .onnx")


async def test_a_run_without_a_best_network_is_not_exported(several):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("e", "enter")
        await user.told("train for at least one epoch")


def test_hundreds_of_runs_are_read_once(several, monkeypatch):
    polled = []
    poll = Follower.poll
    monkeypatch.setattr(Follower, "poll", lambda one: polled.append(one.run.id[-4:]) or poll(one))
    runs = RunList()
    [*_, first] = runs.read()
    assert polled == ["0004", "0003", "0002", "0001"]
    [*_, second] = runs.read()
    assert [*map(id, first)] == [*map(id, second)]
    assert len(polled) == 4, "what has not changed is not read again"
    write_about(several[1], About(note="new"))
    records.write(several[3], records.stopped())
    [*_, third] = runs.read()
    assert polled[4:] == ["0004", "0002"]
    assert third[2].summary.about.note == "new"
    assert third[1] is first[1]


def kept(run, wrong):
    labels = np.arange(1000) % 10
    predicted = labels.copy()
    predicted[:wrong] = (labels[:wrong] + 1) % 10
    save_predictions(run, KeptPredictions(predicted, labels, "abc"))


async def test_the_marked_runs_are_compared_on_the_same_images(several):
    kept(several[2], 10)
    kept(several[1], 90)
    async with opened(size=(140, 60)) as user:
        await user.press("5")
        await user.sees("baseline")
        user.app.workspace.marked = (several[2], several[1], several[0])
        await user.press("c")
        await user.sees(
            "1 fashion-cnn 0003 is better than 2 baseline: +8.00 points, 95 % interval ",
            "1,000 test images (p < 0.0001)",
            "3 lenet-5 0001 and 1 fashion-cnn 0003 are not compared: 3 lenet-5 0001 kept no test predictions",
        )


async def test_a_baseline_is_pinned_and_compared_with(several):
    kept(several[2], 10)
    kept(several[3], 90)
    async with opened(size=(140, 60)) as user:
        await user.press("5")
        await user.sees("baseline")
        await user.press("p")
        await user.told(f"Baseline: {several[3].id}")
        await user.until(lambda: "★ 0004" in user.text)
        assert read_baseline() == several[3]
        await user.press("down", "space", "c")
        await user.sees("1 fashion-cnn 0003 is better than all-conv 0004: +8.00 points")
        await user.press("escape")
        await user.until(lambda: type(user.app.screen).__name__ == "RunsScreen")
        await user.press("up", "up", "p")
        await user.until(lambda: read_baseline() is None and "★ 0004" not in user.text)


async def test_runs_that_differ_in_the_seed_are_grouped():
    for seed, accuracy in enumerate((0.91, 0.93, 0.95)):
        run = records.make_run(f"2026010{seed + 1}-000000-lenet-5-000{seed}", preset("lenet-5"), Recipe(seed=seed))
        end = msgspec.structs.replace(records.finished(1), test_accuracy=accuracy)
        records.write(run, records.started(1), records.epoch(1), end)
    async with opened(size=(80, 24)) as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("G")
        await user.sees("Runs that differ in the seed alone", "0.9300 ± 0.0200")
        assert user.line("0.9300 ±").split("│")[1].split()[:5] == ["lenet-5", "61.7", "k", "tutorial", "3"]
        await user.press("escape", "slash", *"zzz", "enter", "G")
        await user.sees("No matching runs")
