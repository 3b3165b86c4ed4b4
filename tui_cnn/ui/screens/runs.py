"""The Runs screen: all runs, those that train among them; any can be opened."""

from collections.abc import Iterator
from threading import Lock
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.numbers import duration
from tui_cnn.ui.draw.run import STATE_COLORS, best_accuracy, epochs_done, share, started_at, state_name
from tui_cnn.ui.messages import RunsListed
from tui_cnn.ui.screens.base import MainScreen

_TICK = 1.0


class RunsScreen(MainScreen):
    """A table of runs, newest first."""

    MODE = "runs"
    CSS_PATH = "runs.tcss"
    AUTO_FOCUS: ClassVar[str] = "DataTable"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("runs")]

    def __init__(self) -> None:
        super().__init__()
        self._followers: dict[str, Follower] = {}
        self._shown: tuple[Snapshot, ...] | None = None
        self._listing = Lock()

    def body(self) -> Iterator[Widget]:
        """Lay out the table, and a word for when it is empty."""
        yield DataTable(cursor_type="row", id="runs", cursor_foreground_priority="renderable")
        yield Static(_("No runs yet. Press 2 to train the network that is on the Build screen."), id="empty")

    def on_mount(self) -> None:
        """Look at the runs now and then."""
        super().on_mount()
        titles = [_("state"), _("network"), _("begun"), _("epochs"), _("best val."), _("test"), _("time"), _("run")]
        self.query_one(DataTable).add_columns(*titles)
        self.query_one("#empty").display = False
        self._list()
        self.set_interval(_TICK, self._list)

    def on_screen_resume(self) -> None:
        """Look at once when the screen comes up."""
        self._list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about a run only where there is one."""
        return bool(self._shown) if action in ("open_run", "inspect_run", "load_network") else True

    def action_open_run(self) -> None:
        """Open the selected run on the Train screen."""
        if run := self._selected():
            self.cnn_tui.shown_run = run
            self.app.switch_mode("train")

    def action_inspect_run(self) -> None:
        """Look inside the selected run's network."""
        if run := self._selected():
            self.cnn_tui.inspect_run(run)

    def action_load_network(self) -> None:
        """Put the selected run's network on the Build screen."""
        if run := self._selected():
            try:
                network = run.network()
            except FormatError as error:
                self.notify(str(error), severity="error", timeout=10, markup=False)
            else:
                self.cnn_tui.put_on_table(network)

    @on(DataTable.RowSelected)
    def _row_selected(self) -> None:
        self.action_open_run()

    @work(thread=True, group="list")
    def _list(self) -> None:
        if self._listing.acquire(blocking=False):  # or else the last look is not over yet
            try:
                self._look()
            finally:
                self._listing.release()

    def _look(self) -> None:
        runs = list_runs()
        self._followers = {run.id: self._followers.get(run.id) or Follower(run) for run in runs}
        snapshots = tuple(follower.poll() for follower in self._followers.values())
        if self._shown is None or [*map(id, snapshots)] != [*map(id, self._shown)]:
            self.post_message(RunsListed(snapshots))

    @on(RunsListed)
    def _show(self, event: RunsListed) -> None:
        table = self.query_one(DataTable)
        selected = self._shown[table.cursor_row].run_id if self._shown else ""
        self._shown = event.snapshots
        table.clear()
        for snapshot in event.snapshots:
            table.add_row(
                Text(state_name(snapshot), style=self.app.theme_variables[STATE_COLORS[snapshot.state]]),
                Text(snapshot.name),
                started_at(snapshot),
                epochs_done(snapshot),
                share(best_accuracy(snapshot)),
                share(snapshot.finished.test_accuracy if snapshot.finished else None),
                duration(snapshot.elapsed),
                Text(snapshot.run_id),
            )
        rows = [snapshot.run_id for snapshot in event.snapshots]
        if selected in rows:
            table.move_cursor(row=rows.index(selected))
        table.display = bool(rows)
        self.query_one("#empty").display = not rows
        self.refresh_bindings()

    def _selected(self) -> RunDirectory | None:
        if not self._shown:
            return None
        follower = self._followers.get(self._shown[self.query_one(DataTable).cursor_row].run_id)
        return follower.run if follower else None
