"""Accuracy against cost: every run a sign, those that no other beats joined by a line."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from tui_cnn.ui.runs.columns import run_name
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.numbers import duration, short_count
from tui_cnn.ui.toolkit.runs import Listed
from tui_cnn.ui.toolkit.scatter import Dot, pareto_front, scatter_plot
from tui_cnn.ui.toolkit.textual_adapter import after_layout

_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHER = "·"


class Cost(NamedTuple):
    """A cost of a run: its title, its value, and how that is written."""

    title: str
    value: Callable[[Listed], float | None]
    write: Callable[[float], str]


COSTS = (
    Cost(_("parameters"), lambda run: run.summary.parameters, lambda count: short_count(round(count))),
    Cost(_("MACs"), lambda run: run.summary.macs, lambda count: short_count(round(count))),
    Cost(_("training time (s)"), lambda run: run.summary.seconds, duration),
)
"""What accuracy can be held against."""


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
        self._on_test = all(run.summary.best_accuracy is None for run in runs)

    def totals(self) -> Sequence[str]:
        """Return none: each of the runs has its own."""
        return ()

    def shown_network(self) -> str:
        """Return the names of the runs' networks."""
        return ", ".join(dict.fromkeys(run.summary.network for run in self._runs))

    def body(self) -> Iterator[Widget]:
        """Lay out the drawing and the list."""
        legend = VerticalScroll(Static(id="list"), id="legend", classes="panel")
        legend.border_title = _("● Pareto optimal: no run is both cheaper and better")
        yield Horizontal(PlotView(id="scatter", classes="panel"), legend, id="scattered")

    def on_resize(self) -> None:
        """Draw for the new size, the first, too."""
        after_layout(self, self._draw)

    def action_next_cost(self) -> None:
        """Hold accuracy against the next cost."""
        self._cost = (self._cost + 1) % len(COSTS)
        self._draw()

    def action_other_accuracy(self) -> None:
        """Take the accuracy on the test images, or the best on those to validate on."""
        self._on_test = not self._on_test
        self._draw()

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def _accuracy(self, run: Listed) -> float | None:
        return run.summary.test_accuracy if self._on_test else run.summary.best_accuracy

    def _draw(self) -> None:
        cost = COSTS[self._cost]
        known = [(run, x, y) for run in self._runs if (x := cost.value(run)) and (y := self._accuracy(run)) is not None]
        best = pareto_front([(x, y) for _run, x, y in known])
        order = best + sorted(set(range(len(known))) - set(best), key=lambda place: -known[place][2])
        networks = Counter(run.summary.network for run, _x, _y in known)
        signs = {place: _SIGNS[number] if number < len(_SIGNS) else _OTHER for number, place in enumerate(order)}
        accuracy = _("test accuracy") if self._on_test else _("best validation accuracy")
        dots = tuple(Dot(log10(known[place][1]), known[place][2], signs[place], place in best) for place in order)
        view = self.query_one(PlotView)
        axes = _(" against {cost}, log scale").format(cost=cost.title)
        view.border_title = Content.assemble((accuracy, "bold"), (axes, "not bold"))
        view.show_plot(scatter_plot(dots, view.columns, view.size.height) if dots else None)
        table = Table.grid(padding=(0, 2, 0, 0))
        for justify in ("left", "left", "right", "right"):
            table.add_column(justify=justify, no_wrap=True)
        titles = ("", _("run"), cost.title, _("test") if self._on_test else _("val."))
        table.add_row(*(Text(title, style="dim") for title in titles))
        for place in order:
            run, x, y = known[place]
            name = run.summary.network
            if run.summary.about.title:
                name = run_name(run)
            elif networks[name] > 1:  # its name does not tell them apart
                name = f"{name[:15]} {run_name(run)}"
            mark = Text(f"{signs[place]} {'●' if place in best else ' '}")
            style = "bold" if place in best else ""
            table.add_row(mark, f"{name[:20]}", cost.write(x), f"{y:.4f}", style=style)
        self.query_one("#list", Static).update(table if known else Text(_("No run has this accuracy yet.")))
