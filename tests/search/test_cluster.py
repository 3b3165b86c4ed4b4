"""Searches on a cluster: a scheduler and three nodes as processes on loopback, each with a home of its own.

But for one test, what trains is a stub, so that a run takes a second; all else is what a user has.
"""

import json
import random
import time
from collections import Counter
from functools import partial

import numpy as np
import pytest
from distributed import Client

from tests.search.faults import KINDS, finish, strike
from tests.search.loopback import Loopback, environment
from tests.search.networks import TINY
from tests.search.stub.worker import reached
from tui_cnn.data.dataset import load
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search, runs_of
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import TrialEnded, read_events
from tui_cnn.search.hands_node import CORES
from tui_cnn.search.history import read_history
from tui_cnn.search.plan import Pruning, SearchPlan
from tui_cnn.search.winner import accuracy_on_test

RATES = [0.01, 0.02, 0.03, 0.04]
PLAN = SearchPlan(
    brain="grid", space={"recipe.learning_rate": RATES}, recipe=Recipe(epochs=3, limit=300, threads=1), seeds=(0,)
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    cluster = Loopback(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(shared):
    """The one of all these tests, with all its nodes: one that was killed may have ended for good."""
    shared.restore()
    return shared


@pytest.fixture
def alone(tmp_path):
    """A scheduler without nodes."""
    cluster = Loopback(tmp_path, nodes=0)
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
    assert {event.outcome for event in ends} == {"finished"}, ends
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


def snapshots(search):
    return [Follower(run).poll() for run in runs_of(search).values()]


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


@pytest.fixture
def photos(tmp_path):
    """Real images in a file that only this machine has: 300 of Fashion-MNIST, some of them to validate on."""
    data = load()
    images = {
        "x_train": data.train_images[:200],
        "x_validation": data.train_images[200:250],
        "x_test": data.test_images[:50],
    }
    labels = {"y_train": data.train_labels[:200], "y_validation": data.train_labels[200:250]}
    np.savez(tmp_path / "clothes.npz", **images, **labels, y_test=data.test_labels[:50], class_names=data.class_names)
    return tmp_path / "clothes.npz"


def trained(search):
    """What each trial came to, without times."""
    found = {}
    for (trial, _seed), run in sorted(runs_of(search).items()):
        epochs = Follower(run).poll().epochs
        found[trial] = [(epoch.loss, epoch.accuracy, epoch.val_loss, epoch.val_accuracy) for epoch in epochs]
    return found


def test_one_machine_and_three_nodes_give_equal_numbers(tmp_path, photos, searcher):
    """Trained for real, each twice; the nodes have the data set from the coordinator."""
    recipe = Recipe(epochs=2, batch_size=16, learning_rate=0.01, threads=1, deterministic=True, data=str(photos))
    plan = SearchPlan(brain="grid", space={"dropout.rate": [0.1, 0.3]}, recipe=recipe)
    here, there = make_search(TINY, plan), make_search(TINY, plan)
    cluster = Loopback(tmp_path, stub=False)
    try:
        launch.start(there, scheduler=cluster.address)
        assert searcher.wait_for_end(there).state == "finished"
        launch.start(here, jobs=2)
        assert searcher.wait_for_end(here).state == "finished"
        copies = list(tmp_path.glob("node*/datasets/*/clothes.npz"))
    finally:
        cluster.close()
    assert copies  # a trial may be begun on a node, and then go to another
    assert trained(there) == trained(here)
    assert [len(epochs) for epochs in trained(here).values()] == [2, 2]
    for search in (here, there):
        tested = [accuracy_on_test(trial) for trial in read_history(search).trials]
        assert sum(accuracy is not None for accuracy in tested) == 1


def test_a_killed_coordinator_leaves_trials_that_can_be_stopped_and_resumed(cluster, stub, searcher):
    endless = Recipe(epochs=2000, limit=300, threads=1)  # none ends before the last of three has begun
    plan = SearchPlan(brain="grid", space={"recipe.learning_rate": RATES}, recipe=endless)
    search = make_search(TINY, plan)
    launch.start(search, scheduler=cluster.address)
    searcher.wait(search, lambda _history: [bool(now.epochs) for now in snapshots(search)] == [True] * 3)
    Loopback.kill(searcher.coordinator(search))
    assert read_history(search).state == "interrupted"
    assert len(cluster.trainers()) == 3
    launch.stop(search)
    assert read_history(search).state == "stopped"
    assert cluster.trainers() == []
    assert [now.stopped for now in snapshots(search)] == [True] * 3
    with pytest.raises(SearchError, match="is not running, so it cannot be stopped"):
        launch.stop(search)
    assert sum(run.checkpoint_file.exists() for run in runs_of(search).values()) == 3  # another node can go on

    launch.start(search, scheduler=cluster.address)
    followed = [Follower(run) for run in runs_of(search).values()]

    def resumed():
        states = [follower.poll() for follower in followed]
        return sum(now.state == "running" and now.started.resumed_from > 0 for now in states)

    searcher.wait(search, lambda _history: resumed() == 3)
    launch.stop(search)
    assert searcher.wait_for_end(search).state == "stopped"


def test_what_is_pruned_stops_on_its_node(cluster, stub, searcher):
    """The first trial is the best; those that are worse after their first epoch end then, with their weights."""
    plan = SearchPlan(
        brain="grid",
        space={"recipe.learning_rate": [0.3, 0.001, 0.002]},
        recipe=Recipe(epochs=12, limit=300, threads=1),
        pruning=Pruning(kind="halving", first=1, factor=2),
    )
    search = make_search(TINY, plan)
    launch.start(search, scheduler=cluster.address)
    history = searcher.wait_for_end(search)
    outcomes = {record.planned.values["recipe.learning_rate"]: record.ended.outcome for record in history.trials}
    assert outcomes[0.3] == "finished"
    assert set(outcomes.values()) == {"finished", "pruned"}
    for record in history.trials:
        if record.ended.outcome == "pruned":
            run = runs_of(search)[record.planned.trial, 0]
            snapshot = Follower(run).poll()
            assert (snapshot.stopped, snapshot.finished) == (True, None)
            assert len(snapshot.epochs) < 12
            assert run.best_file.exists()


def test_a_scheduler_that_goes_away_ends_the_search_with_a_line(cluster, stub, searcher):
    search = make_search(TINY, PLAN)
    launch.start(search, scheduler=cluster.address)
    searcher.wait(search, lambda _history: runs_of(search))
    Loopback.kill(cluster.scheduler)
    history = searcher.wait_for_end(search)
    assert history.state == "failed"
    line = f"the scheduler at {cluster.address} has gone; start it again, then resume the search"
    assert history.failed.error == line
    assert search.log_file.read_text().splitlines()[-1] == line
    cluster.start_scheduler()
    finish(cluster, search)
    check_exactly_once(search)


def wait_for_nodes(cluster, count):
    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=120)


def test_a_node_with_a_full_disk_says_so_and_the_others_go_on(alone, stub, searcher):
    alone.start_node(0, STUB_DISK="full")
    wait_for_nodes(alone, 1)
    search = make_search(TINY, PLAN)
    launch.start(search, scheduler=alone.address)
    history = searcher.wait_for_end(search)
    assert history.state == "failed"
    home = alone.home(0)
    reason = f"no node can train: {home}: No space left on device; fix that, then resume the search"
    assert history.failed.error == reason
    alone.start_node(1)
    wait_for_nodes(alone, 2)
    finish(alone, search)
    check_exactly_once(search)


def test_workers_of_another_version_get_no_trials(alone, stub, searcher):
    share = partial(launch.cluster_share, PLAN, 1e8, None, alone.address)
    assert share() == ((1, 1), [f"no nodes yet; add some with: cnn-tui node --scheduler {alone.address}"])
    alone.start_plain_worker(0, "cnn-tui-0.0.1=1")
    wait_for_nodes(alone, 1)
    with pytest.raises(SearchError, match=rf"none of the nodes at \S+ has {CORES}, but cnn-tui-0.0.1; start them with"):
        share()
    alone.start_plain_worker(1, f"{CORES}=2 memory=1e9")
    wait_for_nodes(alone, 2)
    (jobs, threads), remarks = share()
    assert (jobs, threads) == (2, 1)
    (remark,) = remarks
    assert remark.endswith(f"has cnn-tui-0.0.1 instead of {CORES}: it gets no trials")
    with pytest.raises(SearchError, match=rf"no node offers what a trial takes \({CORES} 1, memory 2,000,000,000\)"):
        launch.cluster_share(PLAN, 2e9, None, alone.address)
    search = make_search(TINY, PLAN)
    launch.start(search, scheduler=alone.address, memory=1e8)
    assert searcher.wait_for_end(search).state == "finished"
    check_exactly_once(search)


def test_epochs_stream_again_from_a_scheduler_that_was_started_again(cluster, stub, searcher):
    plan = SearchPlan(
        brain="grid", space={"recipe.learning_rate": RATES[:2]}, recipe=Recipe(epochs=400, limit=300, threads=1)
    )
    search = make_search(TINY, plan)
    launch.start(search, scheduler=cluster.address)
    searcher.wait(search, lambda _history: any(now.epochs for now in snapshots(search)))
    Loopback.kill(cluster.scheduler)
    cluster.start_scheduler()

    def streams():
        lines = [run.events_file.read_text().split('"event":"started"') for run in runs_of(search).values()]
        return all(len(parts) > 2 and parts[-1].count('"event":"epoch"') > 1 for parts in lines)

    deadline = time.monotonic() + 200
    while not streams():
        assert time.monotonic() < deadline, search.log_file.read_text()
        if read_history(search).state == "failed":  # it was not back in time
            launch.start(search, scheduler=cluster.address)
        time.sleep(0.1)
    launch.stop(search)
    assert searcher.wait_for_end(search).state == "stopped"
    assert [now.stopped for now in snapshots(search)] == [True, True]
