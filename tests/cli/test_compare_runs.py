"""`cnn-tui runs compare`, `runs baseline` and `runs --group`: which run is better, and mean and spread over seeds."""

import json

import msgspec
import numpy as np
import pytest

from tests.cli.test_train import FINISHED, STARTED, epoch, tell
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import About, make_run, write_about
from tui_cnn.runs.predictions import KeptPredictions, save_predictions
from tui_cnn.runs.recipe import Recipe

LABELS = np.arange(1000) % 10


@pytest.fixture
def pair():
    """Two finished runs that differ in the seed; the second is wrong about ten times as many images."""
    made = []
    for title, seed, wrong in (("good", 0, 8), ("bad", 1, 80)):
        run = make_run(preset("fashion-dnn"), Recipe(seed=seed))
        accuracy = 1 - wrong / 1000
        tell(run, STARTED, epoch(1, val_accuracy=accuracy), msgspec.structs.replace(FINISHED, test_accuracy=accuracy))
        write_about(run, About(title=title))
        predicted = LABELS.copy()
        predicted[:wrong] = (LABELS[:wrong] + 1) % 10
        save_predictions(run, KeptPredictions(predicted, LABELS, "abc"))
        made.append(run)
    return made


def test_the_difference_stands_below_the_table(cnn_tui, pair):
    good, bad = (run.id for run in pair)
    result = cnn_tui("runs", "compare", good, bad)
    assert (result.exit_code, result.stderr) == (0, "")
    heading, first, second, difference = result.stdout.splitlines()
    assert heading.startswith("network")
    assert (first.split()[0], second.split()[0]) == ("good", "bad")
    assert difference.startswith("good is better than bad: +7.20 points, 95 % interval 5.")
    assert difference.endswith("1,000 test images (p < 0.0001)")


def test_one_line_says_why_there_is_none(cnn_tui, pair):
    pair[1].predictions_file.unlink()
    *_table, line = cnn_tui("runs", "compare", *(run.id for run in pair)).stdout.splitlines()
    assert line == "bad and good are not compared: bad kept no test predictions; repeat it"


def test_against_the_pinned_baseline(cnn_tui, pair):
    good, bad = (run.id for run in pair)
    alone = cnn_tui("runs", "compare", good)
    assert alone.exit_code != 0
    assert cnn_tui("runs", "baseline").stdout == "No baseline is pinned.\n"
    assert cnn_tui("runs", "baseline", bad).stdout == f"{bad}\n"
    assert cnn_tui("runs", "baseline").stdout == f"{bad}\n"
    assert "good is better than bad" in cnn_tui("runs", "compare", good).stdout
    assert cnn_tui("runs", "baseline", "--clear").stdout == "No baseline is pinned.\n"


def test_mean_and_spread_over_seeds(cnn_tui, pair):
    heading, line = cnn_tui("runs", "--group").stdout.splitlines()
    assert heading.split() == ["network", "parameters", "recipe", "runs", "seeds", "validation", "test"]
    spread = "0.9560 ± 0.0509"  # of 0.992 and 0.920, by hand: 0.072 / √2
    assert line == f"fashion-dnn     101,770  tutorial     2  0, 1   {spread}  {spread}"
    group = json.loads(cnn_tui("runs", "--group", "--json").stdout)
    assert group["runs"] == [run.id for run in reversed(pair)]
    assert group["test"] == {"count": 2, "mean": pytest.approx(0.956), "deviation": pytest.approx(0.072 / 2**0.5)}


def test_no_groups(cnn_tui):
    assert cnn_tui("runs", "--group").stdout == "There are no finished runs yet.\n"


def test_the_help(cnn_tui):
    assert "runs baseline last" in cnn_tui("runs", "--help").stdout
    assert "McNemar" in cnn_tui("runs", "compare", "--help").stdout
