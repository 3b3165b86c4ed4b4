"""What trials say together, against numpy and numbers worked out by hand."""

import msgspec
import numpy as np
import pytest

from tests.ui.search_records import BEGUN, PLAN, SECONDS, ended, planned
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import SearchStarted
from tui_cnn.search.follower import SearchSnapshot, Trial
from tui_cnn.search.history import SearchHistory, TrialRecord
from tui_cnn.search.plan import SearchBudget
from tui_cnn.search.statistics import best_of, planned_trials, progress, seconds_left


def trial(number, accuracy=None, outcome="finished", seconds=10.0, params=None, epochs=5):
    plan = planned(number) if params is None else msgspec.structs.replace(planned(number), params=params)
    end = None
    if outcome is not None:
        end = msgspec.structs.replace(ended(number, outcome), accuracy=accuracy, seconds=seconds)
    record = TrialRecord(planned=plan, ended=end)
    state = outcome or "running"
    return Trial(record=record, state=state, accuracy=accuracy, epochs=epochs, seconds=seconds)


def test_best_so_far_is_the_running_maximum_of_those_that_finished(tmp_path):
    accuracies = [0.5, 0.7, 0.6, 0.9, 0.8, 0.95]
    outcomes = ["finished", "finished", "finished", "pruned", "finished", "finished"]
    given = zip(accuracies, outcomes, strict=True)
    points = progress(trial(number, *each) for number, each in enumerate(given, 1))
    counted = [value if outcome == "finished" else 0 for value, outcome in zip(accuracies, outcomes, strict=True)]
    assert [point.best for point in points] == list(np.maximum.accumulate(counted))
    assert points[3].accuracy is None, "it was pruned"
    assert [point.ended for point in points] == [1, 2, 3, 4, 5, 6]
    assert [point.seconds for point in points] == [SECONDS * number for number in range(1, 7)]


def test_of_equal_trials_the_smaller_is_the_best():
    trials = [trial(1, 0.9, params=200), trial(2, 0.9, params=100), trial(3, 0.95, "pruned"), trial(4, None, None)]
    assert best_of(trials).number == 2
    assert best_of([]) is None


def snapshot(trials, plan=PLAN, elapsed=100.0, jobs=2):
    started = SearchStarted(time=BEGUN, pid=1, jobs=jobs, threads=1)
    history = SearchHistory(state="running", started=started, elapsed=elapsed)
    return SearchSnapshot(search=SearchDirectory(None), history=history, trials=tuple(trials), plan=plan)


def with_budget(**budget):
    return msgspec.structs.replace(PLAN, budget=SearchBudget(**budget))


def test_time_left_worked_out_by_hand():
    done = [trial(1, 0.5, seconds=10), trial(2, 0.6, seconds=30)]
    active = [trial(3, None, None, seconds=5.0)]
    # ten of twelve are left, 20 s each, 5 s of one are done, two at a time
    assert seconds_left(snapshot(done + active), 12) == pytest.approx((10 * 20 - 5) / 2)
    assert seconds_left(snapshot(active), 12) is None, "nothing is known yet"
    assert seconds_left(snapshot(done, with_budget(minutes=2.0)), None) == pytest.approx(20)
    assert seconds_left(snapshot(done, with_budget(minutes=60.0)), 4) == pytest.approx(20)
    # 10 of 30 epochs are done, 4 s each
    assert seconds_left(snapshot(done, with_budget(epochs=30)), None) == pytest.approx(20 * 4 / 2)


def test_there_are_no_more_trials_than_candidates():
    assert planned_trials(PLAN, 6) == 6
    assert planned_trials(PLAN, 600) == 12
    assert planned_trials(with_budget(minutes=1.0)) is None
