"""The Runs screen: all runs, those that train among them; any can be opened, compared, named, deleted."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.runs.actions import RUNS
from tui_cnn.ui.runs.detail import RunDetail
from tui_cnn.ui.runs.run_table import RunTable
from tui_cnn.ui.toolkit.help import Place, about_runs
from tui_cnn.ui.toolkit.main_screen import MainScreen


class RunFilter(Input):
    """Takes words that must occur; it is shown while there are some."""

    class Left(Message):
        """The user is done with it."""

    def on_key(self, event: events.Key) -> None:
        """Leave it by Escape, which clears it, by Enter or by an arrow, which keep it."""
        if event.key in ("escape", "down", "enter"):
            event.stop()
            if event.key == "escape":
                self.value = ""
            self.post_message(self.Left())


class RunsScreen(MainScreen):
    """A table of runs, and what there is to say about the selected one."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "RunTable"

    def body(self) -> Iterator[Widget]:
        """Lay out the filter, the table with a notice for when it is empty, and what is known of a run."""
        filter_ = RunFilter(placeholder=_("filter by name, state, tag …"), compact=True, id="filter")
        filter_.display = False
        table = RunTable(id="runs", classes="panel")
        table.border_title = _("Runs")
        yield Vertical(filter_, table, Static(id="notice"), id="list")
        yield RunDetail(id="detail")

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the table is about."""
        return ("accuracy", "parameters")

    def totals(self) -> Sequence[str]:
        """Return how many runs there are."""
        count = len(self.table.runs or ())
        return (ngettext("{count} run", "{count} runs", count).format(count=count),)

    def on_screen_resume(self) -> None:
        """Read the runs at once when the screen comes up."""
        self.table.update_runs()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    def place(self) -> Place:
        """The list of runs."""
        about = Text(_("Each line is a training run. It continues when you quit."))
        return Place((RUNS,), _("Runs"), about, (about_runs(),))

    @on(RunTable.FilterRequested)
    def _open_filter(self) -> None:
        self.query_one(RunFilter).display = True
        self.query_one(RunFilter).focus()

    @on(RunTable.FilterCleared)
    def _clear_filter(self) -> None:
        self.query_one(RunFilter).value = ""
        self.query_one(RunFilter).display = False

    @on(RunFilter.Left)
    def _close_filter(self) -> None:
        self.query_one(RunFilter).display = bool(self.table.words)
        self.table.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.table.filter(event.value)

    @on(DataTable.RowHighlighted)
    @on(RunTable.RunsChanged)
    def _show_detail(self) -> None:
        table, detail, notice = self.table, self.query_one(RunDetail), self.query_one("#notice", Static)
        listed = table.selected
        detail.display, notice.display = listed is not None, listed is None and table.runs is not None
        if listed is not None:
            detail.show(listed)
        elif table.runs:
            notice.update(_("No matching runs. Press Esc to show all."))
        else:
            notice.update(_("No runs yet. Press 2 to train the network on the Build screen."))
        self.show_totals()
        self.refresh_bindings()
