"""The marked runs beside each other: their curves over each other, then field by field what differs."""

from collections.abc import Iterator
from threading import Lock
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
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
from tui_cnn.ui.toolkit.chart_controls import Looking
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.toolkit.curve_readout import Overlaid
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.overlays import Overlays

_TICK = 1.0
_SIGNS = "123456789abcdefghijklmnopqrstuvwxyz"


class _Fields(VerticalScroll, inherit_bindings=False):
    """Scrolls up and down; the other keys are for the curves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
    ]


class CompareScreen(Looking, MainScreen):
    """Follows runs that are still being trained."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#fields"
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARE.bindings(), *CURVES.bindings()]

    def __init__(self, runs: tuple[RunDirectory, ...]) -> None:
        super().__init__()
        self._directories = runs
        self._overlays = Overlays()
        self._shown: tuple[Overlaid, ...] = ()
        self._reading = Lock()

    def body(self) -> Iterator[Widget]:
        """Lay out the curves and the fields."""
        yield Curves()
        with_fields = _Fields(Static(id="compared"), id="fields")
        with_fields.border_title = Content(_("≠ differs"))
        yield with_fields

    def on_mount(self) -> None:
        """Look at the runs now and then."""
        super().on_mount()
        self._look()
        self.set_interval(_TICK, self._look)

    @property
    def curves(self) -> Curves:
        """The curves of all of them."""
        return self.query_one(Curves)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def action_next_pair(self) -> None:
        """Show loss and accuracy, or rates."""
        look = self.curves.look
        self.curves.change(look._replace(view="pace" if look.view == "learning" else "learning"))

    @work(thread=True, group="compare")
    def _look(self) -> None:
        if not self._reading.acquire(blocking=False):
            return
        try:
            shown = self._overlays.look(self._directories, first=_SIGNS)
            if [id(one.snapshot) for one in shown] == [id(one.snapshot) for one in self._shown]:
                return
            compared = [self._compare(run, one) for run, one in zip(self._directories, shown, strict=True)]
        finally:
            self._reading.release()
        self.app.call_from_thread(self._show, shown, compared)

    def _compare(self, run: RunDirectory, one: Overlaid) -> Compared:
        try:
            analysis = analyze(run.network())
        except FormatError:
            analysis = None
        return Compared(one.sign, one.name, summarize(run, one.snapshot), analysis)

    def _show(self, shown: tuple[Overlaid, ...], compared: list[Compared]) -> None:
        self._shown = shown
        self.curves.show(None, shown)
        accent = self.app.theme_variables["accent"]
        self.query_one("#compared", Static).update(comparison(compared, accent))
