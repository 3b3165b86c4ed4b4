"""The table of runs: it follows them without being built anew, and does what can be done to them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import ClassVar, Literal

from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import DataTable

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs import launch, trash
from tui_cnn.runs.baseline import pin_baseline, read_baseline
from tui_cnn.runs.directory import RunDirectory, read_about, write_about
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.export import export_run
from tui_cnn.runs.snapshot import ACTIVE
from tui_cnn.ui.runs.actions import RUNS
from tui_cnn.ui.runs.columns import COLUMNS, Column, cells, sort_runs
from tui_cnn.ui.runs.dialogs import AboutField, ask_about, ask_deletion, ask_export_path, ask_trash
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.runs import MOST_MARKED, Listed, RunList, ask_further
from tui_cnn.ui.toolkit.whole_columns import WholeColumns
from tui_cnn.ui.workspace import Workspace, workspace_of

_MARK = "mark"
_TICK = 1.0
"""Seconds between two readings of the runs."""
_ACTIONS = frozenset((action.command or action.id).partition("(")[0] for action in RUNS.actions)
_WITHOUT_RUNS = frozenset({"open_trash", "unmark_runs"})
"""Actions that are offered where there is no run, too."""
_FORMATS = {".keras": "keras", ".onnx": "onnx"}


class RunTable(WholeColumns[Text]):
    """Shows all runs in an order, filtered by words; only cells that differ are written."""

    BINDINGS: ClassVar[list[BindingType]] = [*RUNS.bindings()]
    DEFAULT_CSS = """
    RunTable {
        height: 1fr;
        background: $background;
        &:focus { background-tint: $foreground 0%; }
        & > .datatable--header, &:ansi > .datatable--header, & > .datatable--header-hover {
            background: $background; color: $text-muted;
        }
        & > .datatable--cursor, &:focus > .datatable--cursor {
            background: $primary 35%; color: $foreground; text-style: bold;
        }
    }
    """

    class RunsChanged(Message):
        """Other runs are shown, or the selected one has moved on."""

    class FilterRequested(Message):
        """The user wants to type words that must occur."""

    class FilterCleared(Message):
        """All runs are to be shown."""

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes, cursor_type="row", cursor_foreground_priority="renderable")
        self.sorted_by = self.place("begun") or 0
        self.reversed = False
        self.words = ""
        self.runs: tuple[Listed, ...] | None = None
        self._list = RunList()
        self._reading = Lock()
        self._baseline: RunDirectory | None = None
        self._rows: dict[str, Listed] = {}
        self._cells: dict[str, list[Text]] = {}

    def on_mount(self) -> None:
        """Set the columns up, and read the runs again and again."""
        self.add_column(Text(" "), key=_MARK)
        for column in COLUMNS:
            self.add_column(self._title(column), key=column.key)
        self._workspace.subscribe(self, "marked", lambda _marked: self._arrange(), init=False)
        self.update_runs()
        self.set_interval(_TICK, self.update_runs)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about a run only where there is one that it makes sense for."""
        listed = self.selected
        if action not in _ACTIONS or action in _WITHOUT_RUNS:
            return True
        if listed is None:
            return False
        match action, *parameters:
            case "steer", "resume":
                return listed.summary.state in ("interrupted", "failed") and not listed.run.origin_file.exists()
            case "steer", "stop":
                return listed.summary.state in ACTIVE
            case ("train_further",):
                return listed.summary.state == "finished" and not listed.run.origin_file.exists()
            case ("delete_run",):
                return listed.summary.state not in ACTIVE or bool(self._workspace.marked)
            case ("compare_runs",):
                return bool(self._workspace.marked)
            case _:
                return True

    @on(DataTable.RowSelected)
    def action_open_run(self) -> None:
        """Open the selected run on the Train screen."""
        if listed := self.selected:
            self._workspace.show_run(listed.run)

    def action_inspect_run(self) -> None:
        """Look inside the selected run's network."""
        if listed := self.selected:
            self._workspace.inspect_run(listed.run)

    def action_load_network(self) -> None:
        """Put the selected run's network on the Build screen."""
        if listed := self.selected:
            try:
                self._workspace.open_network(listed.run.network())
            except FormatError as error:
                self._workspace.report(error)

    def action_mark_run(self) -> None:
        """Mark the selected run, or unmark it, and go on to the next."""
        listed, marked = self.selected, self._workspace.marked
        if listed is None:
            return
        if listed.run not in marked and len(marked) >= MOST_MARKED:
            self.notify(_("You can mark at most {count} runs").format(count=len(marked)))
            return
        self._workspace.toggle_mark(listed.run)
        self.action_cursor_down()

    def action_unmark_runs(self) -> None:
        """Show all runs; where all are shown, unmark all."""
        if self.words:
            self.post_message(self.FilterCleared())
        else:
            self._workspace.marked = ()

    def action_compare_runs(self) -> None:
        """Compare the marked runs."""
        from tui_cnn.ui.runs.comparison import CompareScreen

        self.app.push_screen(CompareScreen(self._workspace.marked))

    def action_pin_baseline(self) -> None:
        """Pin the selected run as the one that others are compared with; unpin it where it is that."""
        if listed := self.selected:
            pinned = None if listed.run == self._baseline else listed.run
            self._apply(lambda: pin_baseline(pinned))
            message = _("Baseline: {run}").format(run=listed.run.id) if pinned else _("No baseline is pinned.")
            self.notify(message, markup=False)

    def action_group_runs(self) -> None:
        """Show the runs in groups that differ in the seed alone."""
        from tui_cnn.ui.runs.grouping import groups_dialog

        self.app.push_screen(groups_dialog(self.shown))

    def action_show_scatter(self) -> None:
        """Show accuracy against cost."""
        from tui_cnn.ui.runs.scatter import ScatterScreen

        self.app.push_screen(ScatterScreen(tuple(self.shown)))

    def action_filter_runs(self) -> None:
        """Ask for words that must occur."""
        self.post_message(self.FilterRequested())

    def action_sort_runs(self) -> None:
        """Sort by the next column."""
        self.sort_by(self.sorted_by + 1)

    def action_reverse_runs(self) -> None:
        """Sort the other way round."""
        self.sort_by(self.sorted_by, reverse=not self.reversed)

    @on(DataTable.HeaderSelected)
    def _sort_by_header(self, event: DataTable.HeaderSelected) -> None:
        place = self.place(event.column_key.value)
        if place is not None:
            again = place == self.sorted_by
            self.sort_by(place, reverse=again and not self.reversed)

    def action_steer(self, command: Literal["resume", "stop"]) -> None:
        """Resume the selected run, or stop it with a checkpoint."""
        if listed := self.selected:
            if command == "resume":
                self.notify(_("Resuming …"))
            self._apply(lambda: getattr(launch, command)(listed.run))

    def action_repeat_run(self) -> None:
        """Train the selected run's network by its recipe again."""
        if listed := self.selected:
            self._start(lambda: launch.repeat(listed.run))

    @work
    async def action_train_further(self) -> None:
        """Ask how, and train the selected run for more epochs, in a new run."""
        if (listed := self.selected) and (how := await ask_further(self.app, self._workspace, listed.run)):
            self._start(lambda: launch.train_further(listed.run, how.epochs, restarted=how.restarted))

    def _start(self, start: Callable[[], RunDirectory]) -> None:
        """Start a run, and show it once its worker has begun."""
        self.notify(_("Starting …"))
        self._show_started(start)

    @work(thread=True, group="start")
    def _show_started(self, start: Callable[[], RunDirectory]) -> None:
        try:
            run = start()
        except (RunError, FormatError) as error:
            self._workspace.report(error)
        else:
            self.app.call_from_thread(self._workspace.show_run, run)

    @work
    async def action_edit_about(self, field: AboutField) -> None:
        """Change the title, the tags or the note of the selected run."""
        if (listed := self.selected) and (change := await ask_about(self.app, listed, field)):
            self._apply(lambda: write_about(listed.run, change(read_about(listed.run))))

    @work
    async def action_export_run(self) -> None:
        """Ask where to, and write the best network there."""
        if (listed := self.selected) and (path := await ask_export_path(self.app, listed)):
            self._apply(lambda: self._export(listed.run, path))

    @work
    async def action_delete_run(self) -> None:
        """Ask twice, and move the marked runs, or the selected one, to the trash."""
        listed = self.selected
        runs = self._workspace.marked or ((listed.run,) if listed else ())

        def delete() -> None:
            for run in runs:
                trash.delete(run)

        if runs and await ask_deletion(self.app, runs):
            self._apply(delete)
            self._workspace.marked = ()

    @work
    async def action_open_trash(self) -> None:
        """Offer to restore deleted runs, or to empty the trash."""
        if command := await ask_trash(self.app):
            self._apply(command)

    @work(thread=True, group="apply")
    def _apply(self, command: Callable[[], object]) -> None:
        """Do something to runs, and show at once what has come of it."""
        try:
            command()
        except (RunError, FormatError) as error:
            self._workspace.report(error)
        self.app.call_from_thread(self.update_runs)

    def _export(self, run: RunDirectory, path: Path) -> None:
        to = _FORMATS.get(path.suffix.lower())
        if to is None:
            self._workspace.report(_("{path}: the name must end in .keras or .onnx").format(path=path))
            return
        self.notify(_("Writing {path}; this takes a few seconds").format(path=path), markup=False)
        export_run(run, to, path)
        self.notify(_("Exported to {path}").format(path=path), markup=False)

    @property
    def _workspace(self) -> Workspace:
        return workspace_of(self)

    @property
    def selected(self) -> Listed | None:
        """The run under the cursor."""
        return self.shown[self.cursor_row] if 0 <= self.cursor_row < len(self._rows) else None

    @property
    def shown(self) -> list[Listed]:
        """The runs in the table, from top to bottom."""
        return list(self._rows.values())

    @work(thread=True, group="list")
    def update_runs(self) -> None:
        """Read the runs as they stand."""
        if self._reading.acquire(blocking=False):  # or else the last reading is not over yet
            try:
                if (pinned := read_baseline()) != self._baseline:
                    self._baseline = pinned
                    self.app.call_from_thread(self._arrange)
                for runs in self._list.read():
                    if self.runs is None or [*map(id, runs)] != [*map(id, self.runs)]:
                        self.app.call_from_thread(self._show, runs)
            finally:
                self._reading.release()

    def _show(self, runs: tuple[Listed, ...]) -> None:
        self.runs = runs
        self._arrange()

    def filter(self, words: str) -> None:
        """Show only the runs in which all the words occur."""
        self.words = words
        self._arrange()

    def sort_by(self, place: int, *, reverse: bool = False) -> None:
        """Sort by a column."""
        self.sorted_by, self.reversed = place % len(COLUMNS), reverse
        for column, heading in zip(COLUMNS, self.ordered_columns[1:], strict=True):
            heading.label = self._title(column)
        self._arrange()
        self.refresh()

    def place(self, key: str | None) -> int | None:
        """Find a column by its key."""
        return next((place for place, column in enumerate(COLUMNS) if column.key == key), None)

    def _title(self, column: Column) -> Text:
        """Name a column; an arrow tells of the one that the runs are sorted by, and how."""
        here = COLUMNS[self.sorted_by] is column
        down = column.largest_first != self.reversed
        arrow = ("↓" if down else "↑") if here else " "
        title = f"{column.title}{arrow}"
        return Text(title, style="bold" if here else "", justify="right" if column.is_number else "left")

    def _arrange(self) -> None:
        if not self.is_mounted:
            return
        wanted = sort_runs(self.runs or (), self.words, COLUMNS[self.sorted_by], reverse=self.reversed)
        selected = self.selected
        if [listed.run.id for listed in wanted] == list(self._rows):
            self._update(wanted)
        else:
            self._rebuild(wanted, selected.run.id if selected else "")
        self.post_message(self.RunsChanged())
        self.refresh_bindings()

    def _update(self, wanted: list[Listed]) -> None:
        """Write the cells that differ."""
        for listed in wanted:
            before, now = self._cells[listed.run.id], self._written(listed)
            for column, old, new in zip(self.columns, before, now, strict=True):
                if old != new:
                    self.update_cell(listed.run.id, column, new, update_width=old.cell_len != new.cell_len)
            self._cells[listed.run.id] = now
            self._rows[listed.run.id] = listed

    def _rebuild(self, wanted: list[Listed], selected: str) -> None:
        """Put the lines in another order, with the cursor on the run that it was on."""
        row, scroll = self.cursor_row, self.scroll_y
        self.clear()
        self._rows = {listed.run.id: listed for listed in wanted}
        self._cells = {listed.run.id: self._written(listed) for listed in wanted}
        for name, written in self._cells.items():
            self.add_row(*written, key=name)
        ids = list(self._rows)
        place = ids.index(selected) if selected in self._rows else min(row, len(ids) - 1)
        self.move_cursor(row=max(0, place), animate=False, scroll=False)
        self.scroll_to(y=scroll, animate=False)

    def _written(self, listed: Listed) -> list[Text]:
        styles, marked = partial(theme_style, self.app), listed.run in self._workspace.marked
        return cells(listed, styles, marked=marked, baseline=listed.run == self._baseline)
