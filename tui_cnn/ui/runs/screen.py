"""The Runs screen: all runs, those that train among them; any can be opened, compared, named, deleted."""

from collections.abc import Iterator
from threading import Lock
from typing import ClassVar

from rich.text import Text
from textual import events, on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.state import ACTIVE
from tui_cnn.ui.runs.actions import RUNS
from tui_cnn.ui.runs.detail import run_detail
from tui_cnn.ui.runs.run_actions import RunActions
from tui_cnn.ui.runs.run_table import RunTable
from tui_cnn.ui.toolkit.about import about_runs
from tui_cnn.ui.toolkit.help import Place
from tui_cnn.ui.toolkit.overlays import MOST_MARKED
from tui_cnn.ui.toolkit.run_list import Listed, RunList

_TICK = 1.0
_ANYTIME = frozenset({"open_trash", "unmark_runs"})
"""Actions that are offered where there is no run, too."""
_ACTIONS = frozenset(action.id for action in RUNS.actions)


class RunsScreen(RunActions):
    """A table of runs, and what there is to say about the selected one."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "RunTable"
    BINDINGS: ClassVar[list[BindingType]] = [*RUNS.bindings()]

    def __init__(self) -> None:
        super().__init__()
        self._list = RunList()
        self._runs: tuple[Listed, ...] | None = None
        self._listing = Lock()

    def body(self) -> Iterator[Widget]:
        """Lay out the filter, the table, what is said of a run, and a word for when there is none."""
        yield Input(placeholder=_("filter by name, state, tag …"), compact=True, id="filter")
        yield RunTable(id="runs")
        yield Static(_("No matching runs. Press Esc to show all."), id="unfound")
        yield Static(id="detail")
        yield Static(_("No runs yet. Press 2 to train the network on the Build screen."), id="empty")

    def on_mount(self) -> None:
        """Look at the runs now and then."""
        super().on_mount()
        for name in ("#filter", "#empty", "#unfound"):
            self.query_one(name).display = False
        self.workspace.subscribe(self, "marked", self._marks_changed, init=False)
        self._look()
        self.set_interval(_TICK, self._look)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the table is about."""
        return ("accuracy", "parameters")

    def on_screen_resume(self) -> None:
        """Look at once when the screen comes up."""
        self._look()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    def look_again(self) -> None:
        """Look at once, because something was done to a run."""
        self._look()

    def selected(self) -> Listed | None:
        """The run under the cursor."""
        return self.table.selected

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about a run only where there is one, and nothing but typing in the filter."""
        if action not in _ACTIONS:
            return True
        if isinstance(self.focused, Input):
            return False
        listed = self.selected()
        if action in _ANYTIME or listed is None:
            return action in _ANYTIME
        state = listed.summary.state
        allowed = {
            "resume_run": state in ("interrupted", "failed"),
            "stop_run": state in ACTIVE,
            "delete_run": state not in ACTIVE or bool(self.workspace.marked),
            "compare_runs": bool(self.workspace.marked),
        }
        return allowed.get(action, True)

    def place(self) -> Place:
        """The list of runs."""
        about = Text(_("Each line is a training run. It continues when you quit."))
        return Place((RUNS,), _("Runs"), about, (about_runs(),))

    def action_open_run(self) -> None:
        """Open the selected run on the Train screen."""
        if listed := self.selected():
            self.workspace.show_run(listed.run)

    def action_inspect_run(self) -> None:
        """Look inside the selected run's network."""
        if listed := self.selected():
            self.workspace.inspect_run(listed.run)

    def action_load_network(self) -> None:
        """Put the selected run's network on the Build screen."""
        if listed := self.selected():
            try:
                network = listed.run.network()
            except FormatError as error:
                self.notify(str(error), severity="error", timeout=10, markup=False)
            else:
                self.workspace.open_network(network)

    def action_mark_run(self) -> None:
        """Mark the selected run, or no more, and go on to the next."""
        listed, marked = self.selected(), self.workspace.marked
        if listed is None:
            return
        if listed.run not in marked and len(marked) >= MOST_MARKED:
            self.notify(_("You can mark at most {count} runs").format(count=len(marked)))
            return
        self.workspace.toggle_mark(listed.run)
        self.table.action_cursor_down()

    def action_unmark_runs(self) -> None:
        """Show all runs; where all are shown, mark none."""
        if self.table.words:
            self.query_one("#filter", Input).value = ""
            self.query_one("#filter").display = False
        else:
            self.workspace.marked = ()

    def action_compare_runs(self) -> None:
        """Compare the marked runs."""
        from tui_cnn.ui.runs.compare_screen import CompareScreen

        self.app.push_screen(CompareScreen(self.workspace.marked))

    def action_show_scatter(self) -> None:
        """Show accuracy against cost."""
        from tui_cnn.ui.runs.scatter_screen import ScatterScreen

        self.app.push_screen(ScatterScreen(tuple(self.table.shown)))

    def action_filter_runs(self) -> None:
        """Type words that must occur."""
        self.query_one("#filter").display = True
        self.query_one("#filter").focus()

    def action_sort_runs(self) -> None:
        """Sort by the next column."""
        self.table.sort_by(self.table.sorted_by + 1)

    def action_reverse_runs(self) -> None:
        """Sort the other way round."""
        self.table.sort_by(self.table.sorted_by, reverse=not self.table.reversed)

    @on(DataTable.HeaderSelected)
    def _header_clicked(self, event: DataTable.HeaderSelected) -> None:
        place = self.table.place(event.column_key.value)
        if place is not None:
            again = place == self.table.sorted_by
            self.table.sort_by(place, reverse=again and not self.table.reversed)

    @on(DataTable.RowSelected)
    def _row_selected(self) -> None:
        self.action_open_run()

    @on(DataTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self._show_detail()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.table.filter(event.value)
        self._show_detail()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#filter").display = bool(self.table.words)
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """Leave the filter by Escape, which takes it away, and by an arrow, which keeps it."""
        if not isinstance(self.focused, Input) or event.key not in ("escape", "down"):
            return
        event.stop()
        if event.key == "escape":
            self.query_one("#filter", Input).value = ""
        self._filter_done()

    @work(thread=True, group="list")
    def _look(self) -> None:
        if self._listing.acquire(blocking=False):  # or else the last look is not over yet
            try:
                for runs in self._list.read():
                    if self._runs is None or [*map(id, runs)] != [*map(id, self._runs)]:
                        self.app.call_from_thread(self._take, runs)
            finally:
                self._listing.release()

    def _take(self, runs: tuple[Listed, ...]) -> None:
        self._runs = runs
        self.table.show(runs, self.workspace.marked)
        self.query_one("#empty").display = not runs
        self._show_detail()

    def _marks_changed(self, marked: tuple[RunDirectory, ...]) -> None:
        if self._runs is not None:
            self.table.show(self._runs, marked)
        self.refresh_bindings()

    def _show_detail(self) -> None:
        listed, any_runs = self.selected(), bool(self._runs)
        self.table.display = any_runs and listed is not None
        self.query_one("#unfound").display = any_runs and listed is None
        detail = self.query_one("#detail", Static)
        detail.display = listed is not None
        if listed is not None:
            detail.border_title = Content.styled(listed.run.id, "bold")
            detail.update(run_detail(listed))
        self.refresh_bindings()
