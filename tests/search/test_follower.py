"""A search is followed by what is new of its events, and of the runs of its trials."""

import pytest

from tests.ui import records, search_records
from tests.ui.search_records import BEGUN, SECONDS
from tui_cnn.search import follower as following
from tui_cnn.search.events import SearchStarted, TrialLaunched
from tui_cnn.search.follower import HistoryReader, SearchFollower
from tui_cnn.search.history import read_history


def test_it_says_what_a_whole_reading_says(home):
    search = search_records.stopped_search(6)
    followed = SearchFollower(search).poll()
    assert followed.history == read_history(search)
    assert [trial.record for trial in followed.trials] == list(read_history(search).trials)
    assert [trial.state for trial in followed.trials][:5] == ["finished", "finished", "pruned", "finished", "failed"]
    assert followed.trials[-1].state == "interrupted"
    assert followed.trials[-1].epochs == 2


def test_only_what_is_new_is_read_and_nothing_is_made_anew_without_news(home):
    search = search_records.stopped_search(6)
    follower = SearchFollower(search)
    follower.poll()
    first = follower.poll()
    assert follower.poll() is first
    with search.events_file.open("ab") as file:
        file.write(b'{"event":"ended","trial":7,"outcome":"fini')
    assert follower.poll() is first, "a torn line is left for the next time"
    search_records.write(search, search_records.ended(7))
    after = follower.poll()
    assert after.trials[:6] == first.trials[:6]
    assert all(one is other for one, other in zip(after.trials[:6], first.trials[:6], strict=True))
    assert after.trials[6].state == "finished"


def test_the_curves_of_ended_trials_come_piece_by_piece_those_in_view_first(home, monkeypatch):
    monkeypatch.setattr(following, "_CURVES_A_POLL", 2)
    search = search_records.finished_search(6)
    follower = SearchFollower(search)
    counts = [sum(bool(trial.curve) for trial in follower.poll(wanted=(1,)).trials) for _poll in range(6)]
    assert counts[-1] == 6
    assert counts == sorted(counts)
    fresh = SearchFollower(search)
    fresh.poll()
    assert fresh.poll(wanted=(1,)).trials[0].curve, "the trial in view is among the first two"
    curve = fresh.poll().trials[0].curve
    expected = [event.val_accuracy for event in records.trained(5) if hasattr(event, "val_accuracy")]
    assert list(curve) == pytest.approx(expected)


def test_a_trial_that_is_trained_shows_its_run(home):
    search = search_records.make_search()
    started = SearchStarted(time=BEGUN, pid=1, jobs=1, threads=1)
    run = records.make_run("20260102-030101-fashion-cnn-0101")
    launched = TrialLaunched(time=BEGUN, trial=1, seed=0, run=run.id)
    search_records.write(search, started, search_records.planned(1), launched)
    follower = SearchFollower(search)
    with search_records.running(search), records.training(run):
        assert (follower.poll().history.state, follower.poll().trials[0].state) == ("running", "running")
        records.write(run, records.started(), *records.trained(2))
        trial = follower.poll().trials[0]
        assert (trial.epochs, len(trial.curve), trial.seconds) == (2, 2, 20.0)
        assert trial.accuracy == max(trial.curve)
        records.write(run, *records.trained(3, first=2))
        assert follower.poll().trials[0].epochs == 3


def test_mean_over_seeds_comes_from_each_run(home):
    search = search_records.finished_search(2, plan=search_records.several_seeds(0, 1, 2))
    follower = SearchFollower(search)
    follower.poll()
    trial = follower.poll().trials[0]
    assert len(trial.by_seed) == 3
    assert trial.accuracy == pytest.approx(sum(search_records.accuracy(1, seed) for seed in range(3)) / 3)


def test_a_plan_that_cannot_be_read_is_named_and_read_again(home):
    search = search_records.finished_search(1)
    good = search.plan_file.read_text()
    follower = SearchFollower(search)
    search.plan_file.write_text("brain = 1")
    problem = follower.poll().problem
    assert "search.toml" in problem
    assert follower.poll().plan is None
    search.plan_file.write_text(good + "\n# edited\n")
    import os

    os.utime(search.plan_file, (BEGUN, BEGUN + SECONDS))
    assert follower.poll().plan is not None


def test_the_time_of_a_stopped_search_stands_still(home):
    search = search_records.stopped_search(2)
    reader = HistoryReader(search)
    first = reader.read()
    assert first.elapsed == SECONDS * 4
    assert reader.read() is first
