"""The marked runs beside each other: their curves over each other, then field by field what differs."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.summary import summarize
from tui_cnn.ui.runs.actions import COMPARE
from tui_cnn.ui.runs.comparison import Compared, comparison
from tui_cnn.ui.toolkit.curves import Curves, Overlaid
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.runs import Overlays

_TICK = 1.0
_SIGNS = "123456789abcdefghijklmnopqrstuvwxyz"


class _Comparison(Container):
    """The curves, which have the focus, above a table that the keys up and down scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_table('up')", show=False),
        Binding("down", "scroll_table('down')", show=False),
        Binding("pageup", "scroll_table('page_up')", show=False),
        Binding("pagedown", "scroll_table('page_down')", show=False),
    ]

    def compose(self) -> Iterator[Widget]:
        """Lay out the curves and the table."""
        yield Curves()
        with VerticalScroll(id="fields", classes="panel", can_focus=False) as fields:
            fields.border_title = Content(_("≠ differs"))
            yield Static(id="compared")

    def action_scroll_table(self, way: str) -> None:
        """Scroll the table by a line or a page."""
        getattr(self.query_one("#fields"), f"scroll_{way}")(animate=False)


class CompareScreen(MainScreen):
    """Follows runs that are still being trained."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "Curves"
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARE.bindings()]

    def __init__(self, runs: tuple[RunDirectory, ...]) -> None:
        super().__init__()
        self._directories = runs
        self._overlays = Overlays()
        self._shown: tuple[Overlaid, ...] = ()
        self._reading = Lock()

    def totals(self) -> Sequence[str]:
        """Return none: each of the runs has its own."""
        return ()

    def body(self) -> Iterator[Widget]:
        """Lay out the curves and the fields."""
        yield _Comparison()

    def on_mount(self) -> None:
        """Read the runs now and then."""
        super().on_mount()
        self._read()
        self.set_interval(_TICK, self._read)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def action_next_pair(self) -> None:
        """Show loss and accuracy, or rates."""
        curves = self.query_one(Curves)
        curves.show_view("rates" if curves.view == "learning" else "learning")

    @work(thread=True, group="compare")
    def _read(self) -> None:
        if not self._reading.acquire(blocking=False):
            return
        try:
            shown = self._overlays.read(self._directories, first=_SIGNS)
            if [id(run.snapshot) for run in shown] == [id(run.snapshot) for run in self._shown]:
                return
            compared = [_compare(run, overlaid) for run, overlaid in zip(self._directories, shown, strict=True)]
        finally:
            self._reading.release()
        self.app.call_from_thread(self._show, shown, compared)

    def _show(self, shown: tuple[Overlaid, ...], compared: list[Compared]) -> None:
        self._shown = shown
        curves = self.query_one(Curves)
        curves.show(None, shown)
        self.query_one("#compared", Static).update(comparison(compared, curves.overlay_colours))


def _compare(run: RunDirectory, overlaid: Overlaid) -> Compared:
    try:
        analysis = analyze(run.network())
    except FormatError:
        analysis = None
    return Compared(overlaid.sign, overlaid.name, summarize(run, overlaid.snapshot), analysis)
