"""The list of searches: a line of each."""

from typing import ClassVar

from rich.text import Text
from textual.message import Message
from textual.widgets import DataTable

from tui_cnn.i18n import _
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.history import SearchState
from tui_cnn.ui.search.reader import ListedSearch
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.numbers import shortened
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.ui.toolkit.whole_columns import WholeColumns
from tui_cnn.visible import visible

_NAME = 18

STATE_COLOURS: dict[SearchState, str] = {
    "new": "secondary",
    "running": "primary",
    "stopped": "warning",
    "interrupted": "warning",
    "finished": "success",
    "failed": "error",
}


def search_state(state: SearchState) -> str:
    """Name the state of a search."""
    return {
        "new": _("not started"),
        "running": _("running"),
        "stopped": _("stopped"),
        "interrupted": _("interrupted"),
        "finished": _("finished"),
        "failed": _("failed"),
    }[state]


class SearchList(WholeColumns[Text]):
    """Follows the searches without being built anew; only cells that differ are written."""

    DEFAULT_CSS = """
    SearchList {
        background: $background;
        scrollbar-size: 0 1;
        &:focus { background-tint: $foreground 0%; }
        & > .datatable--cursor { background: $foreground 8%; color: $foreground; }
        &:focus > .datatable--cursor { background: $primary 35%; color: $foreground; text-style: bold; }
    }
    """
    COLUMNS: ClassVar[tuple[str, ...]] = ("name", "state", "trials", "best", "begun")

    class Selected(Message):
        """Another search is under the cursor; None: there are none."""

        def __init__(self, search: SearchDirectory | None) -> None:
            super().__init__()
            self.search = search

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(
            id=id, classes=classes, cursor_type="row", show_header=False, cursor_foreground_priority="renderable"
        )
        self.searches: tuple[ListedSearch, ...] | None = None
        self._written: dict[str, list[Text]] = {}
        self._told: SearchDirectory | None = None

    def on_mount(self) -> None:
        """Set the columns up."""
        for key in self.COLUMNS:
            self.add_column("", key=key)

    @property
    def selected(self) -> SearchDirectory | None:
        """The search under the cursor."""
        listed = self.searches or ()
        return listed[self.cursor_row].search if 0 <= self.cursor_row < len(listed) else None

    def show(self, searches: tuple[ListedSearch, ...]) -> None:
        """Show the searches as they stand, with the cursor on the one that it was on; a new one comes under it."""
        if searches == self.searches:
            return
        before, self.searches = self.searches, searches
        ids = [listed.search.id for listed in searches]
        if ids == list(self._written):
            for listed in searches:
                self._update(listed)
        else:
            known = {listed.search.id for listed in before or ()}
            fresh = [name for name in ids if name not in known] if before is not None else []
            here = fresh[0] if fresh else self._told.id if self._told is not None else ""
            self.clear()
            self._written = {listed.search.id: self._cells(listed) for listed in searches}
            for name, cells in self._written.items():
                self.add_row(*cells, key=name)
            self.move_cursor(row=ids.index(here) if here in ids else 0, animate=False)
        self._tell()

    def select(self, search: SearchDirectory) -> None:
        """Put the cursor on a search."""
        if search.id in self._written:
            self.move_cursor(row=list(self._written).index(search.id), animate=False)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say which search is under the cursor."""
        event.stop()
        self._tell()

    def _tell(self) -> None:
        if self.selected != self._told:
            self._told = self.selected
            self.post_message(self.Selected(self._told))

    def _update(self, listed: ListedSearch) -> None:
        now, name = self._cells(listed), listed.search.id
        for key, old, new in zip(self.COLUMNS, self._written[name], now, strict=True):
            if old != new:
                self.update_cell(name, key, new, update_width=old.cell_len != new.cell_len)
        self._written[name] = now

    def _cells(self, listed: ListedSearch) -> list[Text]:
        planned = "" if listed.planned is None else f"/{listed.planned:,}"
        stamp = listed.search.id
        return [
            Text(shortened(visible(listed.title), _NAME)),
            Text(search_state(listed.state), style=theme_style(self.app, f"text-{STATE_COLOURS[listed.state]}")),
            Text(f"{listed.ended:,}{planned}", justify="right"),
            Text(share(listed.best), justify="right"),
            Text(f"{stamp[4:6]}-{stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}", style="dim"),
        ]
