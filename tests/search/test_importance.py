"""Importance, against Optuna's own numbers, and against what made the accuracies."""

import json
import random
import subprocess
import sys
import warnings

import optuna
import pytest

from tests.ui import search_records
from tests.ui.search_records import PLAN
from tui_cnn.formats.presets import preset
from tui_cnn.search import importance
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import TrialEnded, TrialPlanned
from tui_cnn.search.follower import Trial
from tui_cnn.search.history import TrialRecord
from tui_cnn.search.importance import importances

SPACE = PLAN.space_on(preset("fashion-cnn"))
FILTERS, PRESENT, RATE = (parameter.key for parameter in SPACE.parameters)


def drawn(count, accuracy, outcome="finished", seed=0):
    dice = random.Random(seed)
    for number in range(1, count + 1):
        values = SPACE.draw(dice)
        plan = TrialPlanned(trial=number, draw=number, values=values, params=1, macs=1, memory=1)
        found = accuracy(values, dice)
        end = TrialEnded(trial=number, outcome=outcome, accuracy=found)
        record = TrialRecord(planned=plan, ended=end)
        yield Trial(record=record, state=outcome, accuracy=found, epochs=1, seconds=1.0)


def by_filters(values, dice):
    return 0.5 + 0.01 * values[FILTERS] + dice.gauss(0, 0.005)


@pytest.mark.parametrize("most_for_forest", [300, 0], ids=["fANOVA", "PED-ANOVA"])
def test_what_makes_the_accuracy_is_found_and_the_rest_is_no_more_than_chance(monkeypatch, most_for_forest):
    monkeypatch.setattr(importance, "_MOST_FOR_FOREST", most_for_forest)
    monkeypatch.setattr(importance, "_SHUFFLES", 3)
    monkeypatch.setattr(importance, "_TREES", 8)
    found = importances(SPACE, list(drawn(40, by_filters)))
    first, *others = found.shares
    assert (found.method, found.trials) == ("fANOVA" if most_for_forest else "PED-ANOVA", 40)
    assert first.key == FILTERS
    assert first.share > 0.8 > first.chance
    assert all(each.share < 0.2 for each in others)
    assert sum(each.share for each in found.shares) == pytest.approx(1)


def test_the_shares_are_those_of_optuna(monkeypatch):
    monkeypatch.setattr(importance, "_SHUFFLES", 1)
    trials = list(drawn(20, by_filters))
    study = optuna.create_study(direction="maximize")
    distributions = {
        FILTERS: optuna.distributions.CategoricalDistribution([8, 16, 32]),
        PRESENT: optuna.distributions.CategoricalDistribution([True, False]),
        RATE: optuna.distributions.FloatDistribution(1e-4, 1e-2, log=True),
    }
    for trial in trials:
        study.add_trial(
            optuna.trial.create_trial(
                params=trial.record.planned.values, distributions=distributions, value=trial.accuracy
            )
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=32, seed=0)
        expected = optuna.importance.get_param_importances(study, evaluator=evaluator)
    assert {each.key: each.share for each in importances(SPACE, trials).shares} == pytest.approx(expected)


def test_what_is_not_finished_does_not_count_and_few_say_nothing():
    assert importances(SPACE, list(drawn(20, by_filters, outcome="pruned"))).trials == 0
    assert importances(SPACE, list(drawn(4, by_filters))).shares == ()
    assert importances(SPACE, list(drawn(20, lambda _values, _dice: 0.5))).shares == ()


def test_few_trials_are_called_weak(monkeypatch):
    monkeypatch.setattr(importance, "_SHUFFLES", 1)
    assert importances(SPACE, list(drawn(20, by_filters))).is_weak
    assert not importance.Importances((importance.Importance("a", 1.0, 0.0),), "fANOVA", 10).is_weak


def test_without_optuna_one_line_says_what_to_install(without):
    without("optuna")
    with pytest.raises(SearchError, match=r"needs the package optuna; install it with: .*optuna"):
        importances(SPACE, list(drawn(20, by_filters)))


def test_a_process_writes_them_as_json(home):
    search = search_records.finished_search(8)
    command = [sys.executable, "-m", "tui_cnn.search.importance", str(search.path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = json.loads(ended.stdout)["found"]
    assert (found["method"], found["trials"]) == ("fANOVA", 6)
    assert {each[0] for each in found["shares"]} == {FILTERS, PRESENT, RATE}
    search.plan_file.write_text("[")
    broken = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "search.toml" in json.loads(broken.stdout)["problem"]
