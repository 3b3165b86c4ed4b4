"""Alerts of a search: one for all of it, with what its best trial reached in the test."""

import sys

import pytest

from tests.search.networks import TINY
from tests.search.test_coordinator import RECIPE, ended_run
from tui_cnn.runs.events import Finished, encode
from tui_cnn.search.alerting import announce, outcome_of
from tui_cnn.search.directory import make_search
from tui_cnn.search.events import (
    SearchFailed,
    SearchFinished,
    SearchJournal,
    SearchStopped,
    TrialEnded,
    TrialLaunched,
    TrialPlanned,
)
from tui_cnn.search.plan import SearchPlan
from tui_cnn.worker.alerting import announce as announce_run


@pytest.fixture
def alerts(home):
    """The file that the user's command writes its arguments to."""
    file = home / "alerts.txt"
    program = f"import sys; open({str(file)!r}, 'a').write('|'.join(sys.argv[1:]) + chr(10))"
    command = [sys.executable, "-c", program, "{name}", "{outcome}", "{accuracy}"]
    (home / "config.toml").write_text(f"on_finish = {command!r}", "utf-8")
    return file


def test_a_search_reports_the_test_of_its_best_trial_and_its_trials_do_not(alerts):
    search = make_search(TINY, SearchPlan(recipe=RECIPE))
    planned = TrialPlanned(trial=1, draw=0, values={}, params=1, macs=1, memory=1)
    run = ended_run(search, planned, 0, 0.5)
    with run.events_file.open("ab") as file:
        file.write(encode(Finished(seconds=1.0, test_loss=1.0, test_accuracy=0.625, best_epoch=1)))
    journal = SearchJournal(search.events_file)
    journal.write(planned)
    journal.write(TrialLaunched(trial=1, seed=0, run=run.id))
    journal.write(TrialEnded(trial=1, outcome="finished", accuracy=0.5))
    announce_run(run, "finished")
    assert not alerts.exists()
    announce(search, "finished")
    journal.write(SearchFailed(error="it broke"))
    announce(search, "failed")
    assert alerts.read_text().splitlines() == ["search tiny|finished|0.6250", "search tiny|failed|"]


def test_only_an_end_that_its_user_did_not_ask_for_is_worth_an_alert():
    ends = [SearchFinished(reason="budget"), SearchFailed(error=""), SearchStopped()]
    assert list(map(outcome_of, ends)) == ["finished", "failed", None]
