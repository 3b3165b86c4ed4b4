"""Runs against each other: predictions that are kept, the pinned baseline, and groups that differ in the seed."""

import io
import statistics
import zipfile

import msgspec
import numpy as np
import pytest

from tests.runs import event_lines
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.presets import preset
from tui_cnn.runs.baseline import baseline_file, pin_baseline, read_baseline
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.groups import group_by_seed, spread
from tui_cnn.runs.paired import Named, compare_runs, paired_line, paired_lines
from tui_cnn.runs.predictions import KeptPredictions, load_predictions, save_predictions
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.summary import summarize

LABELS = np.arange(1000) % 10


def predicting(wrong, test_set="abc", labels=LABELS):
    """A run that is wrong about these images."""
    run = make_run(preset("fashion-dnn"), Recipe())
    predicted = labels.copy()
    predicted[wrong] = (labels[wrong] + 1) % 10
    save_predictions(run, KeptPredictions(predicted, labels, test_set))
    return run


class TestKept:
    def test_what_is_saved_is_loaded(self, run):
        assert load_predictions(run) is None
        save_predictions(run, KeptPredictions(np.array([3, 1]), np.array([3, 2]), "abc"))
        kept = load_predictions(run)
        assert (kept.predicted.tolist(), kept.labels.tolist(), kept.test_set) == ([3, 1], [3, 2], "abc")
        assert kept.predicted.dtype == kept.labels.dtype == np.uint16
        assert kept.right.tolist() == [True, False]
        with np.load(run.path / "test.npz") as arrays:
            assert sorted(arrays) == ["label", "predicted", "test_set"]

    def test_many_classes(self, run):
        save_predictions(run, KeptPredictions(np.array([70_000]), np.array([1]), "abc"))
        assert load_predictions(run).predicted.tolist() == [70_000]

    @pytest.mark.parametrize(
        "arrays",
        [
            {},
            {"predicted": [1], "label": [1]},
            {"predicted": [1], "label": [1, 2], "test_set": "a"},
            {"predicted": [[1]], "label": [[1]], "test_set": "a"},
            {"predicted": [], "label": [], "test_set": "a"},
            {"predicted": [1.5], "label": [1], "test_set": "a"},
            {"predicted": [-1], "label": [1], "test_set": "a"},
            {"predicted": np.array([1, None]), "label": [1, 1], "test_set": "a"},
            {"predicted": np.array([1], np.uint16), "label": np.array([1], np.uint16), "test_set": 3},
        ],
    )
    def test_other_arrays_are_one_line(self, run, arrays):
        np.savez(run.predictions_file, **arrays)
        with pytest.raises(FormatError, match=r"test\.npz: is damaged; delete it"):
            load_predictions(run)

    def test_a_torn_file_and_one_that_unpacks_to_gigabytes(self, run):
        save_predictions(run, KeptPredictions(LABELS, LABELS, "abc"))
        whole = run.predictions_file.read_bytes()
        for length in range(0, len(whole), 37):
            run.predictions_file.write_bytes(whole[:length])
            with pytest.raises(FormatError):
                load_predictions(run)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("predicted.npy", bytes(65 << 20))
        run.predictions_file.write_bytes(data.getvalue())
        with pytest.raises(FormatError, match="is damaged"):
            load_predictions(run)
        run.predictions_file.unlink()
        run.predictions_file.mkdir()
        with pytest.raises(FormatError, match="is a directory"):
            load_predictions(run)


class TestCompared:
    def test_one_is_better(self):
        good, bad = predicting(np.arange(20)), predicting(np.arange(10, 90))
        compared = compare_runs(Named("A", good), Named("B", bad))
        assert (compared.images, compared.only_a, compared.only_b) == (1000, 70, 10)
        line = paired_line(Named("A", good), Named("B", bad))
        assert line == paired_line(Named("B", bad), Named("A", good)), "the better one is named first"
        assert line.startswith("A is better than B: +6.00 points, 95 % interval 4.")
        assert line.endswith(", 1,000 test images (p < 0.0001)")

    def test_none_is_shown_to_be(self):
        line = paired_line(Named("A", predicting(np.arange(12))), Named("B", predicting(np.arange(8, 18))))
        assert line.startswith("no difference shown between A and B: -0.20 points, 95 % interval -1.00 to 0.")
        assert line.endswith(" 1,000 test images (p = 0.79)")

    def test_why_not(self):
        one, other = Named("A", predicting([1])), Named("B", make_run(preset("fashion-dnn"), Recipe()))
        assert paired_line(one, other) == "A and B are not compared: B kept no test predictions; repeat it"
        for run in (predicting([1], "def"), predicting([1], labels=LABELS[:500])):
            assert paired_line(one, Named("C", run)) == "A and C are not compared: their test sets differ"
        other.run.predictions_file.write_bytes(b"PK")
        assert "test.npz: is damaged" in paired_line(other, one)

    def test_all_against_the_first_or_the_baseline(self):
        runs = [Named(name, predicting([number])) for number, name in enumerate("ABC")]
        against_first = paired_lines(runs, None)
        assert [line.split(":")[0].split()[-3:] for line in against_first] == [["B", "and", "A"], ["C", "and", "A"]]
        against = paired_lines(runs, runs[2])
        assert [line.split(":")[0].split()[-3:] for line in against] == [["A", "and", "C"], ["B", "and", "C"]]
        assert paired_lines([], None) == paired_lines(runs[:1], None) == []


class TestBaseline:
    def test_pinned_and_unpinned(self, run):
        assert read_baseline() is None
        pin_baseline(run)
        assert read_baseline() == run
        run.network_file.unlink()
        assert read_baseline() is None, "it is gone"
        pin_baseline(None)
        pin_baseline(None)
        assert not baseline_file().exists()

    @pytest.mark.parametrize("data", [b"", b"..", b"../../etc", b"\xff\n", b"a\0b", b"x" * 100_000])
    def test_a_damaged_file_is_none(self, data):
        baseline_file().write_bytes(data)
        assert read_baseline() is None


def finished(accuracy, **fields):
    run = make_run(preset("fashion-dnn"), Recipe(**fields))
    end = msgspec.structs.replace(event_lines.finished(), test_accuracy=accuracy)
    event_lines.write(run, event_lines.started(), event_lines.epoch(1), end)
    return summarize(run)


class TestGroups:
    def test_runs_that_differ_in_the_seed_alone(self):
        accuracies = [0.91, 0.93, 0.95]
        same = [finished(accuracy, seed=seed) for seed, accuracy in enumerate(accuracies)]
        other, unfinished = finished(0.5, learning_rate=0.1), summarize(make_run(preset("fashion-dnn"), Recipe()))
        first, second = group_by_seed([*same, other, unfinished])
        assert (first.runs, first.seeds) == (tuple(run.id for run in same), (0, 1, 2))
        assert first.test.mean == pytest.approx(statistics.mean(accuracies))
        assert first.test.deviation == pytest.approx(statistics.stdev(accuracies))
        assert first.test.text == "0.9300 ± 0.0200"
        assert first.validation.text == "—"
        assert (second.runs, second.test.text) == ((other.id,), "0.5000")

    def test_how_many_epochs_filled_the_same_minutes_makes_no_difference(self):
        runs = [finished(0.9, epochs=epochs, seed=epochs, minutes=5.0) for epochs in (7, 8)]
        assert len(group_by_seed(runs)) == 1
        assert len(group_by_seed([*runs, finished(0.9, minutes=6.0)])) == 2

    def test_those_that_begin_with_other_weights_are_apart(self):
        one = finished(0.9)
        assert len(group_by_seed([one, msgspec.structs.replace(one, beginning=("weights of x",))])) == 2

    def test_few_numbers(self):
        assert spread([]).text == spread([None]).text == "—"
        assert spread([0.5, None]).count == 1
        assert spread([0.5, 0.5]).text == "0.5000 ± 0.0000"
