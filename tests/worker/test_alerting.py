"""The worker's alerts: a real run starts the user's command at its end, and a failure of that is not the run's."""

import json
import sys
import time

import pytest

from tests.runs import event_lines
from tui_cnn.core.layers import Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.events import Failed, Stopped
from tui_cnn.runs.lock import held, is_held
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker import alerting
from tui_cnn.worker.alerting import StallWatch, announce, ending_of

PLAIN = Network("it's; $(x)", (28, 28, 1), (Flatten(), Dense(units=10)))
WRITER = "import sys, json, pathlib; pathlib.Path('argv').write_text(json.dumps(sys.argv[1:])); print('told')"


def wait_for(condition):
    """The limit is only there to end a broken test."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_ends_and_the_users_command_is_told(runner, home):
    command = [sys.executable, "-c", WRITER, "{name}", "{outcome}", "{accuracy}", "{path}"]
    (home / "config.toml").write_text(f"on_finish = {json.dumps(command)}\nwebhook = 'http://127.0.0.1:1/'\n")
    run = runner.start(PLAIN, Recipe(epochs=1, limit=200))
    snapshot = runner.wait_for_end(run)
    assert snapshot.state == "finished", snapshot.failed
    wait_for(lambda: "told\n" in run.log_file.read_text())
    accuracy = f"{snapshot.finished.test_accuracy:.4f}"
    assert json.loads((run.path / "argv").read_text()) == [run.name, "finished", accuracy, str(run.path)]
    wait_for(lambda: "webhook 127.0.0.1: " in run.log_file.read_text())
    assert not is_held(run.lock_file)


@pytest.mark.parametrize(
    ("status", "events", "outcome"),
    [
        (0, [event_lines.finished()], "finished"),
        (0, [Stopped()], None),
        (1, [event_lines.failed()], "failed"),
        (1, [Failed(error="NaN", advice="", diverged=True)], "diverged"),
        (1, [], "failed"),
    ],
)
def test_how_it_ended_is_known_while_the_lock_is_held(status, events, outcome):
    run = make_run(PLAIN, Recipe())
    event_lines.write(run, event_lines.started(), *events)
    with held(run.lock_file):
        assert ending_of(Follower(run).poll(), status) == outcome


def test_an_error_of_ours_is_printed_and_no_more(monkeypatch, capsys):
    run = make_run(PLAIN, Recipe())
    monkeypatch.setattr(alerting, "deliver", lambda *_arguments: 1 / 0)
    announce(run, "failed")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_stall_is_told_once(monkeypatch):
    told = []
    run = make_run(PLAIN, Recipe())
    event_lines.write(run, event_lines.started())
    monkeypatch.setattr(alerting, "announce", lambda *arguments: told.append(arguments))
    monkeypatch.setattr(alerting.StallDetector.__init__, "__defaults__", (0.05,))
    with held(run.lock_file), StallWatch(run, every=0.01):
        wait_for(lambda: told)
    assert told == [(run, "stalled")]
