"""Accuracy against cost: every run a sign, those that are worth their cost joined by a line."""

from collections.abc import Callable, Iterator
from math import log10
from typing import ClassVar, NamedTuple

from rich.table import Table
from rich.text import Text
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.runs.actions import SCATTER
from tui_cnn.ui.runs.columns import name
from tui_cnn.ui.runs.pareto import front
from tui_cnn.ui.runs.scatter import Dot, Scatter
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.numbers import duration, short_count
from tui_cnn.ui.toolkit.run_list import Listed

_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHER = "·"


class Cost(NamedTuple):
    """A cost of a run: its title, its value, and how that is written."""

    title: str
    value: Callable[[Listed], float | None]
    write: Callable[[float], str]


def costs() -> tuple[Cost, ...]:
    """List the costs that accuracy can be held against."""
    return (
        Cost(_("parameters"), lambda one: one.summary.parameters, lambda count: short_count(round(count))),
        Cost(_("MACs"), lambda one: one.summary.macs, lambda count: short_count(round(count))),
        Cost(_("training time (s)"), lambda one: one.summary.seconds, duration),
    )


class ScatterScreen(MainScreen):
    """A drawing, and the list of what is in it."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#legend"
    BINDINGS: ClassVar[list[BindingType]] = [*SCATTER.bindings()]

    def __init__(self, runs: tuple[Listed, ...]) -> None:
        super().__init__()
        self._runs = runs
        self._cost = 0
        self._test = any(one.summary.test_accuracy is not None for one in runs)

    def body(self) -> Iterator[Widget]:
        """Lay out the drawing and the list."""
        yield Horizontal(Scatter(id="scatter"), VerticalScroll(Static(id="list"), id="legend"), id="across")

    def on_mount(self) -> None:
        """Draw."""
        super().on_mount()
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Draw for the new size."""
        super().on_resize()
        self.call_after_refresh(self._draw)

    def action_next_cost(self) -> None:
        """Hold accuracy against the next cost."""
        self._cost = (self._cost + 1) % len(costs())
        self._draw()

    def action_other_accuracy(self) -> None:
        """Take the accuracy on the test images, or the best on those to validate on."""
        self._test = not self._test
        self._draw()

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def _accuracy(self, one: Listed) -> float | None:
        return one.summary.test_accuracy if self._test else one.summary.best_accuracy

    def _draw(self) -> None:
        cost = costs()[self._cost]
        told = [(one, cost.value(one), self._accuracy(one)) for one in self._runs]
        known = [(one, x, y) for one, x, y in told if x and y is not None]
        best = front([(x, y) for _one, x, y in known])
        order = best + sorted(set(range(len(known))) - set(best), key=lambda place: -known[place][2])
        signs = {place: _SIGNS[number] if number < len(_SIGNS) else _OTHER for number, place in enumerate(order)}
        accuracy = _("test accuracy") if self._test else _("best validation accuracy")
        dots = [Dot(log10(known[place][1]), known[place][2], signs[place], place in best) for place in order]
        drawing = self.query_one(Scatter)
        drawing.border_title = Content.assemble(
            (accuracy, "bold"), _(" against {cost}, log scale").format(cost=cost.title)
        )
        drawing.show(tuple(dots))
        table = Table.grid(padding=(0, 2, 0, 0))
        for justify in ("left", "left", "right", "right"):
            table.add_column(justify=justify, no_wrap=True)
        table.add_row(
            *(Text(title, style="dim") for title in ("", _("run"), cost.title, _("test") if self._test else _("val.")))
        )
        for place in order:
            one, x, y = known[place]
            called = one.summary.network if not one.summary.about.title else name(one)
            mark = Text(f"{signs[place]} {'●' if place in best else ' '}")
            style = "bold" if place in best else ""
            table.add_row(mark, f"{called[:20]}", cost.write(x), f"{y:.4f}", style=style)
        none = Text(_("No run has this accuracy yet."))
        legend = self.query_one("#legend")
        legend.border_title = Content(_("● Pareto optimal: no run is both cheaper and better"))
        self.query_one("#list", Static).update(table if known else none)
