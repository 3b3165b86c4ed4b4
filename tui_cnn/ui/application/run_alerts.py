"""Alerts while the app is open: the terminal rings and a notice says so when a run or a search ends, on any screen."""

import os
from asyncio import Lock, to_thread
from typing import TYPE_CHECKING

from textual.notifications import SeverityLevel

from tui_cnn.config import home
from tui_cnn.i18n import _
from tui_cnn.runs.alerts import Alert, StallDetector, alert, ending
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.ui.toolkit.terminal_notice import terminal_notice
from tui_cnn.ui.toolkit.textual_adapter import AdaptedApp
from tui_cnn.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui_cnn.search.directory import SearchDirectory

EVERY = 2.0
"""Seconds between two looks at the runs that train."""


class TrainingRuns:
    """Knows which runs train, and what became of each. It reads files, from one thread at a time."""

    def __init__(self, interval: float) -> None:
        """Read every `interval` seconds."""
        self._interval = interval
        self._active: dict[RunDirectory, tuple[Follower, StallDetector]] = {}

    def read(self) -> list[Alert]:
        """Return what has happened since the last time; a run is only known once it has been seen to train."""
        for run in _held_runs():
            if run not in self._active and (follower := Follower(run)).poll().state in ACTIVE:
                self._active[run] = follower, StallDetector(self._interval)
        news = []
        for run, (follower, detector) in list(self._active.items()):
            snapshot = follower.poll()
            if snapshot.state in ACTIVE:
                if detector.check(run, snapshot):
                    news.append(alert(run, "stalled", snapshot))
                continue
            del self._active[run]
            if run.path.exists() and (outcome := ending(snapshot)) is not None:
                news.append(alert(run, outcome, snapshot))
        return news


def _held_runs() -> list[RunDirectory]:
    """List the runs that have a worker; the trials of a search are reported once, by the search."""
    try:
        runs = [RunDirectory(path) for path in (home() / "runs").iterdir()]
    except OSError:
        return []
    return [run for run in runs if is_held(run.lock_file) and not run.is_trial]


class RunningSearches:
    """Knows which searches run, and what became of each. It reads files, from one thread at a time."""

    def __init__(self) -> None:
        self._active: set[SearchDirectory] = set()

    def read(self) -> list[Alert]:
        """Return which have ended since the last time; one is only known once it has been seen to run."""
        if not (home() / "searches").is_dir():
            return []
        from tui_cnn.search.alerting import search_alert
        from tui_cnn.search.directory import list_searches

        held = {search for search in list_searches() if is_held(search.lock_file)}
        ended, self._active = self._active - held, held
        return [news for search in ended if search.path.exists() and (news := search_alert(search)) is not None]


class RunAlerts:
    """Looks now and then, and lets the terminal and a notice say what has happened."""

    def __init__(self, app: AdaptedApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace
        self._runs = TrainingRuns(EVERY)
        self._searches = RunningSearches()
        self._reading = Lock()

    def start(self) -> None:
        """Look from now on, unless the user wants no alerts."""
        if self._workspace.configuration.settings.notify != "off":
            self._app.set_interval(EVERY, lambda: self._app.run_worker(self._look(), group="alerts"))

    async def _look(self) -> None:
        if self._reading.locked():
            return
        async with self._reading:
            for news in await to_thread(lambda: [*self._runs.read(), *self._searches.read()]):
                self._show(news)

    def _show(self, news: Alert) -> None:
        setting = self._workspace.configuration.settings.notify
        self._app.write_to_terminal(terminal_notice(news.line, setting, os.environ))
        shown = self._workspace.shown_run
        if self._app.current_mode == "train" and shown is not None and shown.id == news.run:
            return  # the screen says so itself
        title = _("Search") if news.path.startswith(str(home() / "searches")) else _("Runs")
        severity: SeverityLevel = "information" if news.outcome == "finished" else "warning"
        self._app.notify(news.line, title=title, severity=severity, markup=False)
