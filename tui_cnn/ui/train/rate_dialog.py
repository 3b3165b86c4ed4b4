"""The search for a learning rate, drawn while it goes on; Enter takes the suggested rate over."""

from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.rate_search import STEPS, RateCurve, RateSearch, Tried, curve
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.toolkit.rate_plot import rate_curve
from tui_cnn.ui.toolkit.textual_adapter import after_layout

_REDRAWN = 0.1
"""Seconds between two drawings."""


class RateDialog(SingleResult[float | None]):
    """Its worker ends with it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take_over", show=False)]
    DEFAULT_CSS = """
    RateDialog {
        & #dialog { width: 90%; height: 80%; max-width: 110; max-height: 34; }
        & PlotView { height: 1fr; }
        & #result { height: auto; padding-top: 1; }
    }
    """

    def __init__(
        self,
        network: Network,
        recipe: Recipe,
        search: Callable[[Network, Recipe], RateSearch] = RateSearch,
    ) -> None:
        super().__init__()
        self._network = network
        self._recipe = recipe
        self._start = search
        self._search: RateSearch | None = None
        self._curve: RateCurve | None = None
        self._failed = ""
        self._done = False

    def compose(self) -> ComposeResult:
        """Lay out the curve above what came of it."""
        with frame(_("Find a learning rate"), _("Enter use the suggested rate   Esc back")):
            yield PlotView()
            yield Static(_("Loading TensorFlow …"), id="result", markup=False)

    def on_mount(self) -> None:
        """Begin to search."""
        self._run()

    def on_unmount(self) -> None:
        """End the worker."""
        if self._search is not None:
            self._search.close()

    def on_resize(self) -> None:
        """Fit the curve to the new size."""
        after_layout(self, self._draw)

    def action_take_over(self) -> None:
        """Answer with the suggested rate, once there is one."""
        if self._done and self._curve is not None and self._curve.suggested is not None:
            self.dismiss(self._curve.suggested)

    @work(thread=True, group="search")
    def _run(self) -> None:
        tried: list[Tried] = []
        shown_at = 0.0
        failed = ""
        try:
            self._search = self._start(self._network, self._recipe)
            if not self.is_mounted:  # it was closed meanwhile
                self._search.close()
            for step in self._search.steps():
                tried.append(step)
                if monotonic() - shown_at >= _REDRAWN:
                    shown_at = monotonic()
                    self.app.call_from_thread(self._show, curve(tried))
        except UserError as error:
            failed = str(error)
        if self.is_mounted:
            self.app.call_from_thread(self._show, curve(tried), failed, done=True)

    def _show(self, found: RateCurve, failed: str = "", *, done: bool = False) -> None:
        self._curve, self._failed, self._done = found, failed, done
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or self._curve is None:
            return
        plot = self.query_one(PlotView)
        shown = self._curve if self._done else self._curve._replace(suggested=None)
        plot.show_plot(rate_curve(shown, plot.columns, plot.size.height))
        self.query_one("#result", Static).update(Content(self._result(shown)))

    def _result(self, shown: RateCurve) -> str:
        if self._failed:
            return self._failed
        if not self._done:
            return _("step {step} of {steps}").format(step=len(shown.rates), steps=STEPS)
        if shown.suggested is None:
            return _("No rate can be suggested: the loss did not fall.")
        return _("suggested learning rate: {rate:g} ({rule})").format(rate=shown.suggested, rule=shown.rule)
