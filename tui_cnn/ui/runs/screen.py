"""The Runs screen: all runs, those that train among them; any can be opened, compared, named, deleted."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static
from textual.worker import get_current_worker

from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.ui.runs.actions import RUNS
from tui_cnn.ui.runs.comparison import COMPARED_LINES, Compared
from tui_cnn.ui.runs.run_table import RunTable
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.toolkit.help import Place, about_runs
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.numbers import epoch_time, left, size
from tui_cnn.ui.toolkit.runs import Listed, epochs_table, main_settings, with_advice
from tui_cnn.ui.toolkit.textual_adapter import after_layout
from tui_cnn.visible import visible

_GAP = "   "
_FEWEST_FIELDS = 6
"""Lines from which on the fields of a run are written below its words."""


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
        self.show_header()
        self.refresh_bindings()


class RunDetail(Vertical):
    """The selected run: in words at once, its epochs and curves as soon as its events are read."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._listed: Listed | None = None
        self._follower: Follower | None = None
        self._snapshot: Snapshot | None = None

    def compose(self) -> ComposeResult:
        """Lay out the words and the epochs above the curves."""
        epochs = Static(id="epochs", classes="panel")
        epochs.border_title = _("Epochs")
        yield Horizontal(Static(id="words", classes="panel"), epochs)
        curves = Curves()
        curves.can_focus = False
        yield curves

    def show(self, listed: Listed) -> None:
        """Show a run, or how it has moved on."""
        if listed is self._listed:
            return
        is_other = self._listed is None or self._listed.run != listed.run
        self._listed = listed
        if is_other:
            self._follower = Follower(listed.run)
            self._draw(listed, None)
        self._write()
        if self._follower is not None and self.query_one(Curves).display:
            self._read(listed, self._follower)

    def on_resize(self) -> None:
        """Write more where there is more room."""
        after_layout(self, self._write)

    def _write(self) -> None:
        epochs = self.query_one("#epochs", Static)
        epochs.update(epochs_table(self._snapshot, epochs.size.height) if self._snapshot else "")
        if self._listed is not None:
            words = self.query_one("#words", Static)
            words.border_title = Content.styled(self._listed.run.id, "bold")
            lines = _run_words(self._listed)
            width, height = words.size
            if (rest := height - len(lines) - 1) >= _FEWEST_FIELDS:
                lines += [Content(), _run_fields(self._listed, (width, rest))]
            words.update(Content("\n").join(lines))

    @work(thread=True, exclusive=True, group="detail")
    def _read(self, listed: Listed, follower: Follower) -> None:
        snapshot = follower.poll()
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._draw, listed, snapshot)

    def _draw(self, listed: Listed, snapshot: Snapshot | None) -> None:
        if listed is self._listed:
            self._snapshot = snapshot
            self.query_one(Curves).show(snapshot)
            self._write()


def _run_words(listed: Listed) -> list[Content]:
    """Say what was said about a run, how it was trained, and how it ended."""
    summary = listed.summary
    about, recipe = summary.about, summary.recipe
    lines = []
    if about.title or about.tags or about.note:
        tags = visible(" ".join(about.tags))
        parts = [
            Content.styled(visible(about.title), "bold"),
            Content.styled(tags, "$text-accent"),
            Content(about.note),
        ]
        lines.append(Content(_GAP).join(part for part in parts if part))
    if recipe is not None:
        training = [main_settings(recipe)]
        if recipe.schedule != "constant":
            training.append(recipe.schedule)
        if summary.precision:
            training.append(summary.precision)
        if (seconds := summary.seconds_per_epoch) is not None:
            time = epoch_time(seconds)
            if summary.predicted_seconds is not None:
                predicted = epoch_time(summary.predicted_seconds)
                time = _("{taken} (predicted {predicted})").format(taken=time, predicted=predicted)
            training.append(_("{time} per epoch").format(time=time))
        if summary.memory:
            training.append(_("peak RAM {size}").format(size=size(summary.memory)))
        lines.append(Content.styled(_GAP.join(training), "dim"))
    elif summary.settings:
        lines.append(Content.styled(visible(summary.settings), "dim"))
    if summary.outcome is not None and summary.state != "finished":
        lines.append(Content(summary.outcome.line))
    lines += [Content.styled(line, "$text-error") for line in with_advice(summary.damage)]
    return lines


def _run_fields(listed: Listed, room: tuple[int, int]) -> Content:
    """Write the fields that runs are compared by, as many as there is room for, column by column."""
    width, lines = room
    run = Compared("", "", listed.state, listed.summary, None)
    written = [
        (name, text) for fields in COMPARED_LINES.values() for name, write in fields if (text := write(run)) != "—"
    ]
    rows = [Content("")] * lines
    for column in (written[start : start + lines] for start in range(0, len(written), lines)):
        names, texts = (max(map(cell_len, part)) for part in zip(*column, strict=True))
        gap = _GAP if rows[0] else ""
        if rows[0].cell_length + len(gap) + names + 2 + texts > width:
            break
        filled = chain(column, repeat(("", "")))
        rows = [
            Content.assemble(row, gap, (left(name, names + 2), "dim"), left(text, texts))
            for row, (name, text) in zip(rows, filled, strict=False)
        ]
    return Content("\n").join(rows)
