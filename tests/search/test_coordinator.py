"""Searches on Fashion-MNIST, each trial trained for real by a worker of its own."""

import json
import random
import time
from collections import Counter

import msgspec
import optuna
import psutil
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from tests.search.networks import TINY, params_by_hand
from tui_cnn.runs.directory import list_runs, read_about
from tui_cnn.runs.events import Epoch, Finished, encode
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search, make_trial_run, runs_of, trial_of
from tui_cnn.search.errors import SearchError
from tui_cnn.search.events import TrialEnded, TrialPlanned, read_events
from tui_cnn.search.hands_local import LocalHands
from tui_cnn.search.history import best_trial, read_history
from tui_cnn.search.plan import Pruning, SearchBudget, SearchPlan
from tui_cnn.search.space import Variation
from tui_cnn.search.trials import ActiveTrial

RECIPE = Recipe(epochs=2, limit=300, learning_rate=0.01, threads=1)


def finishes(run):
    """How often a run was trained to its end; that of the best trial is written once more, with its test."""
    events = map(json.loads, run.events_file.read_text().splitlines())
    return sum(event["event"] == "finished" and event["test_accuracy"] is None for event in events)


def size(search):
    return search.events_file.stat().st_size if search.events_file.exists() else 0


def test_killed_at_random_moments_each_trial_is_trained_once_to_its_end(searcher):
    """The grid has six candidates, of which three fit; the coordinator is killed four times, and a worker once."""
    limit = params_by_hand(4, 1)
    plan = SearchPlan(
        brain="grid",
        space={"1.filters": [2, 8, 4], "dropout.rate": [0.1, 0.2]},
        limits=(f"params <= {limit}",),
        budget=SearchBudget(trials=3),
        recipe=RECIPE,
        jobs=2,
    )
    moments = random.Random(7)
    search = searcher.start(TINY, plan)
    for kill in range(4):
        wanted, deadline = size(search) + moments.randrange(100, 600), time.monotonic() + moments.uniform(0, 2)
        while time.monotonic() < deadline and size(search) < wanted:
            time.sleep(0.001)
        if read_history(search).state != "running":
            break
        coordinator = searcher.coordinator(search)
        coordinator.kill()
        psutil.wait_procs([coordinator])
        assert read_history(search).state == "interrupted"
        if kill == 1:
            for worker in [worker for run in runs_of(search).values() for worker in searcher.workers(run)][:1]:
                worker.kill()
        with search.events_file.open("ab") as events:  # as if it had been killed while it wrote
            events.write(b'{"event":"ended","trial":1,"outc')
        launch.start(search)
    history = searcher.wait_for_end(search)

    assert (history.state, history.finished.reason) == ("finished", "budget")
    events = read_events(search.events_file)
    planned = [event for event in events if isinstance(event, TrialPlanned)]
    assert [tuple(event.values.values()) for event in planned] == [(2, 0.1), (2, 0.2), (4, 0.1)]
    assert [event.params for event in planned] == [params_by_hand(2, 1), params_by_hand(2, 1), limit]
    ends = Counter(event.trial for event in events if isinstance(event, TrialEnded))
    assert ends == {1: 1, 2: 1, 3: 1}
    runs = runs_of(search)
    assert sorted(runs) == [(1, 0), (2, 0), (3, 0)]
    assert len(list_runs()) == 3
    assert {key: finishes(run) for key, run in runs.items()} == dict.fromkeys(runs, 1)
    for record in history.trials:
        run = runs[record.planned.trial, 0]
        snapshot = Follower(run).poll()
        assert record.runs == {0: run.id}
        assert [epoch.epoch for epoch in snapshot.epochs] == [1, 2]
        assert record.ended.outcome == "finished"
        assert record.ended.accuracy == max(epoch.val_accuracy for epoch in snapshot.epochs)
        assert run.network().layers[0].filters == record.planned.values["1.filters"]
        assert run.network().layers[2].rate == record.planned.values["dropout.rate"]
        assert trial_of(run).values == record.planned.values
        assert read_about(run).tags == (search.id,)
    best = best_trial(history.trials)
    tested = {trial: Follower(run).poll().finished.test_accuracy is not None for (trial, _seed), run in runs.items()}
    assert tested == {trial: trial == best.planned.trial for trial in (1, 2, 3)}
    assert best.ended.accuracy == max(record.ended.accuracy for record in history.trials)
    with pytest.raises(SearchError, match="is finished; raise its budget in"):
        launch.start(search)


def test_what_is_worse_is_pruned_and_a_stopped_search_is_resumed(searcher):
    """The second learning rate is too low to learn anything, and ends after its first epoch of many."""
    plan = SearchPlan(
        brain="grid",
        space={"recipe.learning_rate": [0.01, 1e-9]},
        pruning=Pruning(kind="halving", first=1, factor=2),
        recipe=msgspec.structs.replace(RECIPE, epochs=40, threads=None),
    )
    search = searcher.start(TINY, plan, jobs=1)
    searcher.wait(search, lambda history: history.trials and history.trials[0].runs)
    run = runs_of(search)[1, 0]
    assert run.recipe().threads
    assert run.recipe_again() == msgspec.structs.replace(run.recipe(), threads=None)
    follower = Follower(run)
    searcher.wait(search, lambda _history: follower.poll().epochs)
    with pytest.raises(SearchError, match="is already running"):
        launch.start(search)
    launch.stop(search)
    assert searcher.wait_for_end(search).state == "stopped"
    with pytest.raises(SearchError, match="is not running, so it cannot be stopped"):
        launch.stop(search)
    assert follower.poll().stopped
    assert not searcher.workers(run)

    launch.start(search)
    history = searcher.wait_for_end(search)
    assert history.state == "finished"
    assert [record.ended.outcome for record in history.trials] == ["finished", "pruned"]
    assert [epoch.epoch for epoch in follower.poll().epochs] == [*range(1, 41)]
    assert finishes(run) == 1
    pruned = runs_of(search)[2, 0]
    assert Follower(pruned).poll().finished is None
    study = optuna.load_study(
        study_name=search.id, storage=JournalStorage(JournalFileBackend(str(search.journal_file)))
    )
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE, TrialState.PRUNED]
    assert study.best_value == history.trials[0].ended.accuracy
    assert list(study.trials[0].intermediate_values.values()) == [
        epoch.val_accuracy for epoch in follower.poll().epochs
    ]


FROZEN = msgspec.structs.replace(
    TINY, layers=tuple(msgspec.structs.replace(layer, trainable=False) for layer in TINY.layers)
)
"""Has no weights to train, which is known only when a run is to be made: its trials end at once."""


@pytest.mark.parametrize("brain", ["grid", "random", "tpe"])
@pytest.mark.parametrize(
    ("space", "trained"),
    [
        ({"dropout.rate": [0.1, 0.2]}, 2),
        ({"dropout.present": [False], "dropout.rate": [0.1, 0.2]}, 1),  # the same network twice
    ],
)
def test_a_search_ends_when_all_candidates_were_trained(searcher, brain, space, trained):
    search = make_search(FROZEN, SearchPlan(brain=brain, space=space, recipe=RECIPE, jobs=1))
    launch.start(search)
    history = searcher.wait_for_end(search)
    assert (history.state, history.finished.reason) == ("finished", "exhausted")
    assert len({json.dumps(record.planned.values) for record in history.trials}) == len(history.trials) == trained


def test_trials_that_fail_one_after_the_other_end_the_search(searcher):
    plan = SearchPlan(brain="grid", space={"dropout.rate": [0.1, 0.2, 0.3, 0.4]}, recipe=RECIPE, jobs=1)
    search = make_search(FROZEN, plan)
    launch.start(search)
    history = searcher.wait_for_end(search)
    assert history.state == "failed"
    assert [record.ended.outcome for record in history.trials] == ["failed"] * 3
    assert history.failed.error.startswith("3 trials in a row failed, the last one: tiny has no weights to train")
    assert runs_of(search) == {}


def ended_run(search, planned, seed, *accuracies):
    """A run of a trial, as its worker would leave it."""
    run = make_trial_run(search, planned, seed, Variation(TINY, RECIPE))
    epochs = [
        Epoch(
            epoch=number,
            loss=1.0,
            accuracy=0.5,
            val_loss=1.0,
            val_accuracy=accuracy,
            learning_rate=0.01,
            seconds=1.0,
            memory=1,
            best=True,
        )
        for number, accuracy in enumerate(accuracies, 1)
    ]
    finished = Finished(seconds=10.0 + seed, test_loss=1.0, test_accuracy=0.5, best_epoch=1)
    run.events_file.write_bytes(b"".join(map(encode, [*epochs, finished])))
    return run


@pytest.mark.parametrize(
    ("changed", "shares", "threads"),
    [({}, True, None), ({}, False, 1), ({"deterministic": True}, True, 1)],
    ids=["a share", "as asked", "deterministic"],
)
def test_who_trains_a_trial_again_has_all_cores(changed, shares, threads):
    search = make_search(TINY, SearchPlan(brain="grid", space={"dropout.rate": [0.1, 0.2]}, recipe=RECIPE))
    planned = TrialPlanned(trial=1, draw=1, values={}, params=1, macs=1, memory=1)
    recipe = msgspec.structs.replace(RECIPE, threads=1, **changed)
    run = make_trial_run(search, planned, 0, Variation(TINY, recipe), shares_cores=shares)
    assert run.recipe() == recipe
    assert run.recipe_again() == msgspec.structs.replace(recipe, threads=threads)
    run.trial_file.write_text("rubbish")
    assert run.recipe_again() == recipe


def test_a_trial_is_the_mean_over_its_seeds():
    search = make_search(TINY, SearchPlan())
    planned = TrialPlanned(trial=1, draw=0, values={}, params=1, macs=1, memory=1)
    runs = {3: ended_run(search, planned, 3, 0.5, 0.7, 0.6), 4: ended_run(search, planned, 4, 0.2, 0.4)}
    trial = ActiveTrial(LocalHands(1, 1), search, planned, Variation(TINY, RECIPE), (3, 4), runs, pytest.fail)
    assert trial.poll() is None
    reported = [(epoch.epoch, epoch.accuracy) for epoch in trial.new_epochs()]
    assert reported == [(1, 0.5), (2, 0.7), (3, 0.6)], "those that came with the end of the first run, too"
    ended = trial.poll()
    assert list(trial.new_epochs()) == [], "the other runs come only to their end"
    assert (ended.outcome, ended.epochs, ended.seconds) == ("finished", 5, 27.0)
    assert ended.accuracy == pytest.approx((0.7 + 0.4) / 2)
    assert runs_of(search) == {(1, 3): runs[3], (1, 4): runs[4]}
