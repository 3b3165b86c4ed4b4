"""Optuna as the brain. What it has kept is read by Optuna itself; no trial is trained here."""

import math

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from tests.search.networks import TINY
from tui_cnn.search.brains import open_brain, require_optuna
from tui_cnn.search.directory import make_search
from tui_cnn.search.enumeration import Known
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import Pruning, SearchPlan

SPACE = {
    "conv2d.filters": {"low": 2, "high": 15, "step": 4},
    "conv2d.kernel_size": [3, [5, 3]],
    "recipe.learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
}
GRID = {"conv2d.filters": [2, 4], "dropout.present": [True, False]}


class Study:
    """A search directory, its brain as often as it is opened, and its journal as Optuna reads it."""

    def __init__(self, **fields):
        self.plan = SearchPlan(**{"space": SPACE, **fields})
        self.search = make_search(TINY, self.plan)
        self.space = self.plan.space_on(TINY)

    def open(self, *known):
        return open_brain(self.search, self.plan, self.space, known)

    def read(self):
        backend = JournalFileBackend(str(self.search.journal_file))
        return optuna.load_study(study_name=self.search.id, storage=JournalStorage(backend))


def test_optuna_reads_what_was_asked_and_recorded():
    study = Study(brain="tpe")
    brain = study.open()
    draws = [brain.ask() for _number in range(4)]
    brain.record(draws[0].number, (0.5,))
    brain.refuse(draws[1].number, {"params <= 10": 0.25})
    brain.record(draws[2].number, None)
    trials = study.read().trials
    assert [trial.state for trial in trials] == [
        TrialState.COMPLETE,
        TrialState.PRUNED,
        TrialState.FAIL,
        TrialState.RUNNING,
    ]
    assert trials[0].value == 0.5
    assert trials[1].constraints == {"params <= 10": 0.25}
    for draw, trial in zip(draws, trials, strict=True):
        values = dict(draw.values)
        assert values["conv2d.filters"] in (2, 6, 10, 14)
        kernel = values.pop("conv2d.kernel_size")
        params = dict(trial.params)
        assert params.pop("conv2d.kernel_size") == (3 if kernel == 3 else "[5, 3]")
        assert params == values
        study.space.build(draw.values)
    assert study.read().best_trial.number == draws[0].number


def test_tpe_learns_what_is_good_and_what_does_not_fit():
    study = Study(brain="tpe", seed=3)
    brain = study.open()
    distances, refused = [], []
    for _number in range(40):
        draw = brain.ask()
        distances.append(abs(math.log10(draw.values["recipe.learning_rate"]) + 2))
        refused.append(draw.values["conv2d.kernel_size"] == 3)
        if refused[-1]:
            brain.refuse(draw.number, {"params <= 100": 1.0})
        else:
            brain.record(draw.number, (1 - distances[-1],))
    # random draws of three decades lie 0.83 decades from the second on average, and half of them do not fit
    assert sum(distances[20:]) / 20 < 0.5
    assert sum(refused[20:]) <= 5


def test_nsga2_has_a_direction_for_each_goal():
    study = Study(brain="nsga2", goals=("accuracy", "macs"))
    brain = study.open()
    for accuracy, macs in ((0.5, 100.0), (0.6, 200.0), (0.4, 300.0)):
        brain.record(brain.ask().number, (accuracy, macs))
    assert [trial.number for trial in study.read().best_trials] == [0, 1]


def test_halving_prunes_what_is_worse_at_a_rung():
    study = Study(space=GRID, brain="grid", pruning=Pruning(kind="halving", first=2, factor=2))
    brain = study.open()
    first, second = brain.ask(), brain.ask()
    assert (first.values, second.values) == (
        {"conv2d.filters": 2, "dropout.present": True},
        {"conv2d.filters": 2, "dropout.present": False},
    )
    assert [brain.report(first.number, epoch, 0.5) for epoch in (1, 2, 3)] == [False] * 3
    assert [brain.report(second.number, epoch, 0.4) for epoch in (1, 2)] == [False, True]
    brain.record(second.number, None, pruned=True)
    assert study.read().trials[1].state == TrialState.PRUNED
    assert study.read().trials[1].intermediate_values == {1: 0.4, 2: 0.4}
    assert brain.ask().values["conv2d.filters"] == brain.ask().values["conv2d.filters"] == 4
    assert brain.ask() is None


@pytest.mark.parametrize("brain", ["tpe", "grid"])
def test_what_a_killed_coordinator_asked_and_did_not_record_comes_again(brain):
    """Three draws: the first ended but was not recorded with Optuna, the second is trained, the third is unknown."""
    study = Study(space=GRID, brain=brain, pruning=Pruning(kind="halving"))
    killed = study.open()
    draws = [killed.ask() for _number in range(3)]
    with study.search.journal_file.open("ab") as journal:
        journal.write(b'{"op_code": 4, "worker_id": "torn')
    again = study.open(Known(0, True, (0.75,)), Known(1, False))
    assert again.ask() == draws[2]
    assert again.ask().number == 3
    again.record(1, (0.5,))
    assert [trial.value for trial in study.read().trials][:2] == [0.75, 0.5]
    assert len(study.read().trials) == 4


def test_a_damaged_or_lost_journal_is_refused_in_one_line():
    study = Study(brain="tpe")
    study.search.journal_file.write_text("no json\nat all\n")
    with pytest.raises(SearchError, match=r"Optuna cannot read its journal \(.+\); restore it, or make a new search$"):
        study.open()
    study.search.journal_file.unlink()
    with pytest.raises(SearchError, match="file not found"):
        study.open(Known(0, False))


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        (SearchPlan(brain="tpe"), "brain = “tpe”"),
        (SearchPlan(pruning=Pruning(kind="halving")), "pruning = “halving”"),
    ],
)
def test_without_optuna_one_line_names_what_to_install(without, plan, what):
    without("optuna")
    with pytest.raises(SearchError) as refusal:
        require_optuna(plan)
    assert str(refusal.value).startswith(f"{what} needs the package optuna; install it with: ")
    require_optuna(SearchPlan(brain="grid"))
