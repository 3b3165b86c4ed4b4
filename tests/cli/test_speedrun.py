"""`cnn-tui speedrun`: trainings are measured, results are files, and a file that breaks a rule is refused."""

import json

import pytest

from tests.ui import records
from tui_cnn.runs import speedrun
from tui_cnn.runs.directory import list_runs, make_run

ACCURACIES = {0: 0.89, 1: 0.91, 2: 0.915, 3: 0.90, 4: 0.92}


@pytest.fixture
def trained(monkeypatch):
    """Each training ends at once, with an accuracy that depends on its seed; the recipes that were trained."""
    recipes = []

    def start(network, recipe):
        import msgspec

        recipes.append(recipe)
        run = make_run(network, recipe)
        end = msgspec.structs.replace(records.finished(), test_accuracy=ACCURACIES[recipe.seed])
        records.write(run, records.started(), *records.trained(2), end)
        return run

    monkeypatch.setattr(speedrun.launch, "start", start)
    return recipes


@pytest.fixture
def result(cnn_tui, trained, tmp_path):
    """The file of a result, as it is written."""
    done = cnn_tui("speedrun", "start", "fashion-cnn", "--recipe", "quick", "--seeds", "5", "-o", "result.json")
    assert done.exit_code == 0, done.stderr
    return tmp_path / "result.json"


def test_each_seed_is_trained_and_all_count(cnn_tui, trained, tmp_path):
    done = cnn_tui("speedrun", "start", "fashion-cnn", "--recipe", "quick", "--seeds", "3")
    assert done.exit_code == 0
    assert [recipe.seed for recipe in trained] == [0, 1, 2]
    assert {recipe.batch_size for recipe in trained} == {128}
    lines = done.stdout.splitlines()
    assert lines[0].startswith("seed 0: ")
    assert lines[0].endswith("test accuracy 0.8900")
    mean = (0.89 + 0.91 + 0.915) / 3
    assert f"test accuracy {mean:.4f}, target 0.90 reached" in lines[3]
    assert lines[4] == "Result: speedrun-fashion-cnn.json"
    record = speedrun.read_record(tmp_path / "speedrun-fashion-cnn.json")
    assert record.mean_accuracy == pytest.approx(mean)
    assert len(list_runs()) == 3, "they are ordinary runs"


def test_a_target_that_is_missed_is_written_and_told_by_the_status(cnn_tui, trained, tmp_path):
    done = cnn_tui("speedrun", "start", "fashion-cnn", "--target", "0.93", "--seeds", "3")
    assert done.exit_code == 1
    assert "target 0.93 missed" in done.stdout
    shown = cnn_tui("speedrun", "show", "speedrun-fashion-cnn.json")
    assert shown.exit_code == 1
    assert "no" in shown.stdout.splitlines()[1].split()


def test_results_are_compared_the_fastest_first(cnn_tui, result):
    again = cnn_tui("speedrun", "repeat", "result.json", "--seeds", "3", "-o", "again.json")
    assert again.exit_code == 0
    first, second = (json.loads(result.with_name(name).read_text()) for name in ("result.json", "again.json"))
    assert (first["network"], first["recipe"]) == (second["network"], second["recipe"])
    shown = cnn_tui("speedrun", "show", "result.json", "again.json")
    assert shown.exit_code == 0
    listed = shown.stdout.splitlines()[1:]
    times = {"result.json": first, "again.json": second}
    means = {name: sum(one["seconds"] for one in each["tries"]) / len(each["tries"]) for name, each in times.items()}
    assert [line.split()[-1] for line in listed] == sorted(means, key=means.get)
    assert all("fashion-cnn" in line and "93,322" in line for line in listed)


def changed(result, change, *, honest=False):
    """Change a result; `honest` writes the digest anew, as who breaks a rule by hand would."""
    data = json.loads(result.read_text())
    change(data)
    if honest:
        import msgspec

        record = msgspec.convert({**data, "digest": ""}, speedrun.SpeedrunRecord)
        data["digest"] = speedrun._digest(record)
    result.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("change", "honest", "line"),
    [
        (lambda data: data["tries"][0].update(seconds=0.5), False, "was changed after it was written"),
        (lambda data: data["tries"].pop(0) and data["tries"].pop(1), True, "do not follow each other"),
        (lambda data: [data["tries"].pop() for _ in range(3)], True, "has 2 seeds, but at least 3 are needed"),
        (lambda data: data.update(recipe=data["recipe"] + "limit = 100\n"), True, "all of Fashion-MNIST"),
        (lambda data: data.update(recipe="epochs = 'many'\n"), True, "epochs must be"),
        (lambda data: data.update(network="name = 'n'\n"), True, "input_shape"),
        (lambda data: data.update(network="name = 'n'\ninput_shape = [10]\n"), True, "does not give 10 classes"),
        (lambda data: data.update(tries=[{"seed": -1}]), False, "is not valid JSON"),
        (lambda data: data.update(more=1), False, "is not valid JSON"),
    ],
)
def test_a_file_that_breaks_a_rule_is_one_line(cnn_tui, result, change, honest, line):
    changed(result, change, honest=honest)
    for command in ("show", "repeat"):
        refused = cnn_tui("speedrun", command, "result.json")
        assert refused.exit_code in (1, 2)
        assert refused.stderr.count("\n") == 1
        assert line in refused.stderr
        assert refused.stderr.startswith("result.json: ")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--limit", "500"), "the record is for all 60,000 training images; leave --limit out"),
        (("--data", "photos"), "the record is for Fashion-MNIST; leave --data out"),
        (("--seeds", "2"), "2 is not in the range"),
        (("--target", "1.5"), "1.5 is not in the range"),
    ],
)
def test_what_is_no_training_of_the_record_is_refused(cnn_tui, trained, tmp_path, arguments, line):
    refused = cnn_tui("speedrun", "start", "fashion-cnn", *arguments)
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert line in refused.stderr
    assert not trained


def test_beside_another_run_nothing_is_measured(cnn_tui, trained):
    from tui_cnn.runs.lock import held

    run = records.make_run()
    with held(run.lock_file):
        records.write(run, records.started(), records.progress(100))
        refused = cnn_tui("speedrun", "start", "fashion-cnn")
    assert refused.exit_code == 2
    assert "another run is training" in refused.stderr


def test_a_training_that_ends_without_a_test_ends_the_measurement(cnn_tui, monkeypatch, tmp_path):
    def start(network, recipe):
        run = make_run(network, recipe)
        records.write(run, records.started(), records.failed())
        return run

    monkeypatch.setattr(speedrun.launch, "start", start)
    refused = cnn_tui("speedrun", "start", "fashion-cnn")
    assert refused.exit_code == 2
    assert "ended without a test" in refused.stderr
    assert not list(tmp_path.glob("*.json"))
