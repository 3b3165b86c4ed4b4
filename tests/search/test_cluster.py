"""Searches on a cluster: a scheduler and three nodes as processes on loopback, each with a home of its own.

But for one test, what trains is a stub, so that a run takes a second; all else is what a user has.
"""

import json
import random
import time
from collections import Counter

import pytest

from tests.search.faults import KINDS, finish, strike
from tests.search.loopback import Loopback, environment
from tests.search.networks import TINY
from tests.search.stub.worker import reached
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search, runs_of
from tui_cnn.search.events import TrialEnded, read_events
from tui_cnn.search.history import read_history
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.winner import accuracy_on_test

RATES = [0.01, 0.02, 0.03, 0.04]
PLAN = SearchPlan(
    brain="grid", space={"recipe.learning_rate": RATES}, recipe=Recipe(epochs=3, limit=300, threads=1), seeds=(0,)
)


@pytest.fixture
def cluster(tmp_path):
    cluster = Loopback(tmp_path)
    yield cluster
    cluster.close()


@pytest.fixture
def stub(monkeypatch, home):
    """The coordinator, and what it starts itself, trains by the stub, too."""
    monkeypatch.setenv("PYTHONPATH", environment(home, stub=True)["PYTHONPATH"])


def check_exactly_once(search, rates=RATES):
    """Each candidate was trained once, to its end; all of its run is here, and says what was reached."""
    events = read_events(search.events_file)
    ends = [event for event in events if isinstance(event, TrialEnded)]
    assert Counter(event.trial for event in ends) == dict.fromkeys(range(1, len(rates) + 1), 1)
    assert {event.outcome for event in ends} == {"finished"}
    runs = runs_of(search)
    assert len(runs) == len(rates)
    for record, rate in zip(read_history(search).trials, rates, strict=True):
        run = runs[record.planned.trial, 0]
        snapshot = Follower(run).poll()
        assert [epoch.val_accuracy for epoch in snapshot.epochs] == [reached(rate, epoch) for epoch in (1, 2, 3)]
        assert record.ended.accuracy == reached(rate, 3)
        assert record.ended.epochs == 3
        assert run.best_file.read_text() == "weights of epoch 3"
        assert not run.checkpoint_file.exists()
        kinds = Counter(json.loads(line)["event"] for line in run.events_file.read_text().splitlines())
        assert kinds["finished"] == 1 + (snapshot.finished.test_accuracy is not None)


def test_a_search_on_three_nodes(cluster, stub, searcher):
    search = make_search(TINY, PLAN)
    launch.start(search, scheduler=cluster.address)
    history = searcher.wait_for_end(search)
    assert (history.state, history.finished.reason) == ("finished", "exhausted")
    check_exactly_once(search)
    best = history.trials[3]
    assert accuracy_on_test(best) == 0.5
    assert [accuracy_on_test(trial) for trial in history.trials[:3]] == [None] * 3
    used = [number for number in cluster.nodes if (cluster.home(number) / "node" / "dask").exists()]
    assert used == [0, 1, 2]


def test_killed_at_random_moments_each_trial_ends_once(cluster, stub):
    moments = random.Random(15)
    rates = [number / 100 for number in range(1, 9)]
    plan = SearchPlan(brain="grid", space={"recipe.learning_rate": rates}, recipe=PLAN.recipe)
    search = make_search(TINY, plan)
    launch.start(search, scheduler=cluster.address)
    for kind in moments.sample(KINDS, len(KINDS)):
        time.sleep(moments.uniform(0.2, 1.5))
        strike(cluster, search, kind, moments)
    finish(cluster, search)
    check_exactly_once(search, rates)
