"""The table of trials: only the lines in view are drawn, so that thousands of trials cost no more than a few."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_cnn.i18n import _, ngettext
from tui_cnn.search.follower import Trial
from tui_cnn.ui.search.actions import TRIALS
from tui_cnn.ui.search.columns import FIXED, GAP, SORTS, TrialColumn, Widths, fitting, sort_trials, trial_columns
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.numbers import left, right

_STATE_COLOURS = {
    "queued": "secondary",
    "running": "primary",
    "paused": "warning",
    "finished": "success",
    "pruned": "secondary",
    "stopped": "warning",
    "failed": "error",
    "interrupted": "warning",
}
_GUTTER = 3
"""Cells before the columns: the cursor, a mark, and a sign of the best and of the Pareto front."""
_BEST, _FRONT, _MARKED = "★", "●", "✓"


class TrialTable(ScrollView, can_focus=True):
    """A line a trial. One is under the cursor, and stays so wherever it comes to stand."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *TRIALS.bindings(),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "cursor(-1000000000)", show=False),
        Binding("end,G", "cursor(1000000000)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"trials--header", "trials--dim", "trials--cursor"}
    DEFAULT_CSS = """
    TrialTable {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .trials--header { color: $foreground 70%; }
        & > .trials--dim { color: $foreground 60%; }
        & > .trials--cursor { background: $foreground 8%; }
        &:focus > .trials--cursor { background: $primary 35%; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    """The line under the cursor."""

    class Selected(Message):
        """Another trial is under the cursor."""

    class Opened(Message):
        """The trial under the cursor is to be opened, by what the action is called."""

        def __init__(self, trial: Trial, command: str) -> None:
            super().__init__()
            self.trial = trial
            self.command = command

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown: Shown | None = None
        self._order: list[Trial] = []
        self._columns: tuple[TrialColumn, ...] = ()
        self._visible: list[TrialColumn] = []
        self._widths: Widths | None = None
        self._keys: tuple[str, ...] = ()
        self._search = ""
        self._sort = SORTS[0]
        self._first = 0
        self._gap = GAP
        self.front: frozenset[int] = frozenset()
        self.marked: frozenset[int] = frozenset()

    @property
    def selected(self) -> Trial | None:
        """The trial under the cursor."""
        return self._order[self.cursor] if 0 <= self.cursor < len(self._order) else None

    @property
    def in_view(self) -> Sequence[int]:
        """The numbers of the trials that are seen."""
        top = self.scroll_offset.y
        return [trial.number for trial in self._order[top : top + self._room]]

    def show(self, shown: Shown | None, front: frozenset[int], marked: frozenset[int]) -> None:
        """Show the trials as they stand, with the cursor on the one that it was on."""
        number = self.selected.number if self.selected else 0
        name = shown.snapshot.search.id if shown else ""
        if name != self._search:
            self._search, self._widths, self._first, number = name, None, 0, 0
        self._shown, self.front, self.marked = shown, front, marked
        trials = shown.trials if shown else ()
        keys = tuple(parameter.key for parameter in shown.space.parameters) if shown and shown.space else ()
        if not keys and trials:
            keys = tuple(trials[0].record.planned.values)
        if self._widths is None or keys != self._keys:
            self._widths, self._keys = Widths(keys), keys
        last = trials[-1].number if trials else 0
        self._columns = trial_columns(shown.snapshot.plan if shown else None, keys, self._widths.add(trials), last)
        self._arrange(number)

    def select(self, number: int) -> None:
        """Put the cursor on a trial."""
        place = next((place for place, trial in enumerate(self._order) if trial.number == number), None)
        if place is not None:
            self.cursor = place

    def sort_by(self, key: str) -> None:
        """Sort by a column."""
        number = self.selected.number if self.selected else 0
        self._sort = key
        self._arrange(number)
        self.reveal()

    def _arrange(self, number: int) -> None:
        self._order = sort_trials(self._shown.trials if self._shown else (), self._sort)
        place = next((place for place, trial in enumerate(self._order) if trial.number == number), 0)
        before = self.cursor
        self.set_reactive(TrialTable.cursor, place)
        self._measure()
        self.refresh()
        if place != before:
            self.reveal()

    def _measure(self) -> None:
        self._visible, self._gap = fitting(self._columns, self._first, self._width)
        self.virtual_size = Size(self.size.width, len(self._order) + 1)
        count = len(self._order)
        title = ngettext("{count:,} trial", "{count:,} trials", count).format(count=count)
        names = {column.key: column.title for column in self._columns}
        by = _("sorted by {column}").format(column=names.get(self._sort, ""))
        hidden = len(self._columns) - len(self._visible)
        more = _("← → {count} more columns").format(count=hidden) if hidden > 0 else ""
        about = "   ".join(part for part in (by if count else "", more) if part)
        self.border_title = Content.assemble((title, "bold"), (f"  {about}" if about else "", "not bold"))

    @property
    def _width(self) -> int:
        """So many cells there are for the columns: one is free before the scroll bar."""
        scrolls = len(self._order) > self._room
        return self.outer_size.width - self.gutter.width - _GUTTER - 2 * scrolls

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 1)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._measure()
        self.reveal()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about a trial only where there is one that has a run."""
        if action in ("inspect_trial", "open_trial", "mark_trial", "load_trial"):
            return self.selected is not None and bool(self.selected.record.runs or action == "load_trial")
        return True

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor among the lines."""
        return max(0, min(cursor, len(self._order) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Scroll to the line, and report the trial."""
        if before != after:
            self.reveal()
            self.refresh()
            self.refresh_bindings()
            self.post_message(self.Selected())

    def reveal(self) -> None:
        """Scroll to the line under the cursor."""
        if self.size.height:
            self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)

    def action_cursor(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor += lines

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is in view."""
        self.cursor += pages * max(1, self._room - 1)

    def action_shift_columns(self, by: int) -> None:
        """Show other columns."""
        most = max(0, len(self._columns) - FIXED - 1)
        whole = len(self._visible) == len(self._columns) - self._first
        if by < 0 or not whole:
            self._first = max(0, min(self._first + by, most))
            self._measure()
            self.refresh()

    def action_sort_trials(self) -> None:
        """Sort by the next column."""
        self.sort_by(SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)])

    def action_open_trial(self) -> None:
        """Open the run of the trial."""
        self._open("open")

    def action_inspect_trial(self) -> None:
        """Inspect the network of the trial."""
        self._open("inspect")

    def action_load_trial(self) -> None:
        """Open the network of the trial on the Build screen."""
        self._open("build")

    def action_mark_trial(self) -> None:
        """Mark the runs of the trial, and go to the next."""
        self._open("mark")
        self.cursor += 1

    def _open(self, command: str) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected, command))

    def on_click(self, event: events.Click) -> None:
        """Select the line under the mouse; a second click opens it."""
        inside = event.get_content_offset(self)
        if inside is not None and 0 < inside.y <= len(self._order) - self.scroll_offset.y:
            self.cursor = inside.y - 1 + self.scroll_offset.y
            if event.chain == 2:
                self.action_open_trial()

    def render_line(self, y: int) -> Strip:
        """Draw one line; the first is the header, which does not scroll."""
        width, base = self.size.width, self.visual_style.rich_style
        if y == 0:
            header = self.get_component_rich_style("trials--header")
            titles = [Segment(" " * _GUTTER, base)]
            for number, column in enumerate(self._visible):
                here = column.key == self._sort
                titles.append(
                    Segment(_cell(column, column.title, self._gap * bool(number)), base + header + Style(bold=here))
                )
            return Strip(titles).adjust_cell_length(width, base)
        number = y - 1 + self.scroll_offset.y
        if number >= len(self._order):
            return Strip.blank(width, base)
        if number == self.cursor:
            cursor = self.get_component_rich_style("trials--cursor")
            base += Style(bgcolor=cursor.bgcolor, bold=cursor.bold)
        return Strip(self._line(self._order[number], number, base)).adjust_cell_length(width, base)

    def _line(self, trial: Trial, number: int, base: Style) -> list[Segment]:
        accent = theme_style(self.app, "text-primary", bold=True)
        is_best = self._shown is not None and self._shown.best is not None and self._shown.best.number == trial.number
        sign = _BEST if is_best else _FRONT if trial.number in self.front else " "
        segments = [
            Segment("▌" if number == self.cursor else " ", base + accent),
            Segment(_MARKED if trial.number in self.marked else " ", base + theme_style(self.app, "text-accent")),
            Segment(sign, base + theme_style(self.app, "family-dense")),
        ]
        dim = self.get_component_rich_style("trials--dim", partial=True)
        quiet = trial.state in ("pruned", "failed", "stopped")
        for place, column in enumerate(self._visible):
            style = base + Style(bold=True) if is_best else base
            if column.key == "state":
                style = base + theme_style(self.app, f"text-{_STATE_COLOURS.get(trial.state, 'secondary')}")
            elif column.key == "curve":
                style = base + accent + Style(bold=False)
            elif quiet:
                style = base + dim
            segments.append(Segment(_cell(column, column.text(trial), self._gap * bool(place)), style))
        return segments


def _cell(column: TrialColumn, text: str, gap: int) -> str:
    return " " * gap + (right(text, column.width) if column.right else left(text, column.width))
