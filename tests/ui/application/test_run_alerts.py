"""Alerts while the app is open, and what they write to which terminal."""

import pytest

from tests.terminal import Terminal
from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.formats.presets import preset
from tui_cnn.runs.lock import held
from tui_cnn.search.directory import make_search
from tui_cnn.search.events import SearchFailed, SearchJournal
from tui_cnn.search.plan import SearchPlan
from tui_cnn.ui.application import run_alerts
from tui_cnn.ui.application.run_alerts import RunningSearches, TrainingRuns
from tui_cnn.ui.toolkit.terminal_notice import BELL, terminal_notice

OSC_9, OSC_777 = "\x1b]9;cnn-tui: it ended\a\a", "\x1b]777;notify;cnn-tui;it ended\a\a"


@pytest.mark.parametrize(
    ("environment", "written"),
    [
        ({}, BELL),
        ({"TERM": "linux"}, BELL),
        ({"TERM": "xterm-256color"}, BELL),
        ({"TERM": "dumb"}, BELL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, BELL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC_9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, OSC_9),
        ({"TERM": "xterm-kitty"}, OSC_9),
        ({"TERM": "xterm-ghostty"}, OSC_777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, OSC_777),
        ({"TERM": "foot"}, OSC_777),
        ({"TERM": "rxvt-unicode-256color"}, OSC_777),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"}, BELL),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-1000/default,1,0"}, BELL),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts"}, BELL),
    ],
)
def test_only_terminals_known_to_have_notifications_get_one(environment, written):
    assert terminal_notice("it ended", "auto", environment) == written
    assert terminal_notice("it ended", "bell", environment) == BELL
    assert terminal_notice("it ended", "off", environment) == ""


def test_nothing_in_a_name_acts_on_the_terminal():
    written = terminal_notice("a\x1b\\b\ac\x9c\nd " + "x" * 1000, "auto", {"TERM": "foot"})
    assert written.startswith("\x1b]777;notify;cnn-tui;a \\b c  d xxx")
    assert written.count("\x1b") == 1
    assert len(written) < 300
    assert "\a" not in written.rstrip("\a")


def test_what_became_of_runs_that_train():
    ended, killed, old = (
        records.make_run(f"20260102-030405-fashion-cnn-000{number}", preset("fashion-dnn")) for number in range(3)
    )
    runs = TrainingRuns(interval=2.0)
    records.write(old, records.started(), *records.trained(5), records.finished())
    records.write(ended, records.started())
    with records.training(ended), records.training(killed):
        assert runs.read() == []
        records.write(ended, *records.trained(5), records.finished())
        assert [(news.run, news.outcome, news.accuracy) for news in runs.read()] == [(ended.id, "finished", 0.9042)]
        assert runs.read() == [], "its worker has not yet let go of the lock"
    assert [(news.run, news.outcome) for news in runs.read()] == [(killed.id, "interrupted")]
    assert runs.read() == []
    with records.training(killed):
        assert runs.read() == []
        records.write(killed, records.stopped())
    assert runs.read() == [], "it was stopped on command"


def test_trials_are_silent_and_their_search_reports_once():
    search = make_search(preset("fashion-dnn"), SearchPlan(space={"1.units": [4, 8]}))
    trial = records.make_run("20260102-030405-fashion-cnn-0009", preset("fashion-dnn"))
    trial.trial_file.write_text('search = "s"\ntrial = 1\n')
    runs, searches = TrainingRuns(interval=2.0), RunningSearches()
    assert searches.read() == []
    with records.training(trial), held(search.lock_file):
        assert (runs.read(), searches.read()) == ([], [])
        records.write(trial, records.started(), *records.trained(5), records.finished())
        SearchJournal(search.events_file).write(SearchFailed(error="it broke"))
    assert runs.read() == []
    assert [(news.run, news.outcome, news.reason) for news in searches.read()] == [(search.id, "failed", "it broke")]
    assert searches.read() == []


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(run_alerts, "EVERY", 0.05)


async def test_a_notice_says_so_on_every_screen_but_that_of_the_run(often, monkeypatch):
    written = []
    run = records.make_run()
    records.write(run, records.started())
    async with opened() as user:
        monkeypatch.setattr(user.app, "write_to_terminal", written.append)
        known = user.app._alerts._runs._active
        with records.training(run):
            await user.until(lambda: run in known)
        await user.told("fashion-cnn was interrupted: its worker ended")
        assert written == [BELL]
        user.app.clear_notifications()
        user.app.workspace.show_run(run)
        await user.until(lambda: user.app.current_mode == "train")
        with records.training(run):
            await user.until(lambda: run in known)
            records.write(run, *records.trained(5), records.finished())
            await user.until(lambda: len(written) == 2)
        assert user.notices == []


async def test_off_is_off(often, home):
    (home / "config.toml").write_text('notify = "off"')
    async with opened() as user:
        assert run_alerts.EVERY not in [timer._interval for timer in user.app._timers]
    (home / "config.toml").write_text('notify = "bell"')
    async with opened() as user:
        assert run_alerts.EVERY in [timer._interval for timer in user.app._timers]


PROGRAM = """
from tui_cnn.ui.application import run_alerts
run_alerts.EVERY = 0.05
from tui_cnn.ui.app import run_app
run_app()
"""


def test_the_terminal_itself_is_written_to():
    run = records.make_run()
    records.write(run, records.started())
    with Terminal("-c", PROGRAM, env={"TERM": "foot"}) as terminal:
        terminal.wait_for("MaxPooling2D")
        while b"interrupted: its worker ended\a\a" not in terminal.output:  # it may not have looked in between
            with records.training(run):
                terminal.reads(0.2)
            terminal.reads(0.2)
    assert b"\x1b]777;notify;cnn-tui;fashion-cnn was interrupted: its worker ended\a\a" in terminal.output
