"""The table of runs: it follows them without being built anew."""

from typing import Any

from rich.text import Text
from textual.widgets import DataTable

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.ui.runs.columns import Column, arrange, cells, columns
from tui_cnn.ui.toolkit.run_list import Listed

_MARK = "mark"


class RunTable(DataTable[Text]):
    """Shows runs in an order, filtered by words; only cells that differ are written."""

    DEFAULT_CSS = """
    RunTable {
        height: 1fr;
        background: $background;
        scrollbar-size: 0 1;
        &:focus { background-tint: $foreground 0%; }
        & > .datatable--header, & > .datatable--header-hover { background: $background; color: $text-muted; }
        & > .datatable--cursor, &:focus > .datatable--cursor {
            background: $primary 35%; color: $foreground; text-style: bold;
        }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", cursor_foreground_priority="renderable")
        self._columns_shown: tuple[Column, ...] = columns()
        self.sorted_by = self.place("begun") or 0
        self.reversed = False
        self.words = ""
        self._runs: tuple[Listed, ...] = ()
        self._marked: tuple[RunDirectory, ...] = ()
        self._rows: dict[str, Listed] = {}
        self._cells: dict[str, list[Text]] = {}

    def on_mount(self) -> None:
        """Set the columns up."""
        self.add_column(Text(" "), key=_MARK)
        for column in self._columns_shown:
            self.add_column(self._title(column), key=column.key)

    @property
    def selected(self) -> Listed | None:
        """The run under the cursor."""
        shown = list(self._rows.values())
        return shown[self.cursor_row] if 0 <= self.cursor_row < len(shown) else None

    @property
    def shown(self) -> list[Listed]:
        """The runs in the table, from top to bottom."""
        return list(self._rows.values())

    def show(self, runs: tuple[Listed, ...], marked: tuple[RunDirectory, ...]) -> None:
        """Show the runs as they stand."""
        self._runs, self._marked = runs, marked
        self._arrange()

    def filter(self, words: str) -> None:
        """Show only the runs in which all the words occur."""
        self.words = words
        self._arrange()

    def sort_by(self, place: int, *, reverse: bool = False) -> None:
        """Sort by a column."""
        self.sorted_by, self.reversed = place % len(self._columns_shown), reverse
        for column in self._columns_shown:
            heading = next(heading for key, heading in self.columns.items() if key.value == column.key)
            heading.label = self._title(column)
        self._arrange()
        self.refresh()

    def place(self, key: str | None) -> int | None:
        """Find a column by its key."""
        return next((place for place, column in enumerate(self._columns_shown) if column.key == key), None)

    def _title(self, column: Column) -> Text:
        """Name a column; an arrow tells of the one that the runs are sorted by, and how."""
        here = self._columns_shown[self.sorted_by] is column
        down = column.largest_first != self.reversed
        arrow = ("↓" if down else "↑") if here else " "
        title = f"{column.title}{arrow}"
        return Text(title, style="bold" if here else "", justify="right" if column.is_number else "left")

    def _arrange(self) -> None:
        if not self.is_mounted:
            return
        column = self._columns_shown[self.sorted_by]
        wanted = arrange(self._runs, self.words, column, reverse=self.reversed)
        selected = self.selected
        if [one.run.id for one in wanted] == list(self._rows):
            self._update(wanted)
        else:
            self._rebuild(wanted, selected.run.id if selected else "")

    def _update(self, wanted: list[Listed]) -> None:
        """Write the cells that differ."""
        for one in wanted:
            before, now = self._cells[one.run.id], self._written(one)
            for column, old, new in zip(self.columns, before, now, strict=True):
                if old != new:
                    self.update_cell(one.run.id, column, new, update_width=old.cell_len != new.cell_len)
            self._cells[one.run.id] = now
            self._rows[one.run.id] = one

    def _rebuild(self, wanted: list[Listed], selected: str) -> None:
        """Put the lines in another order, with the cursor on the run that it was on."""
        row, scroll = self.cursor_row, self.scroll_y
        self.clear()
        self._rows = {one.run.id: one for one in wanted}
        self._cells = {one.run.id: self._written(one) for one in wanted}
        for name, written in self._cells.items():
            self.add_row(*written, key=name)
        ids = list(self._rows)
        place = ids.index(selected) if selected in self._rows else min(row, len(ids) - 1)
        self.move_cursor(row=max(0, place), animate=False, scroll=False)
        self.scroll_to(y=scroll, animate=False)

    def _written(self, one: Listed) -> list[Text]:
        colors: dict[str, Any] = self.app.theme_variables
        return cells(one, self._columns_shown, colors, marked=one.run in self._marked)
