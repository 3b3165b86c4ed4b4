"""Accuracy against cost: each trial a dot, those that no other beats joined; a dot can be selected and opened."""

from collections.abc import Callable
from math import log10
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from tui_cnn.i18n import _
from tui_cnn.search.follower import Trial
from tui_cnn.ui.search.actions import COSTS
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.toolkit.chart import MARGIN, PlotView
from tui_cnn.ui.toolkit.numbers import duration, short_count, size
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.ui.toolkit.scatter import Dot, pareto_front, scatter_plot

_TITLE_ENDS = 6
"""Cells of the edge around a title."""


class TrialCost(NamedTuple):
    """A cost of a trial: its title, its value, and how that is written."""

    title: str
    value: Callable[[Trial], float]
    write: Callable[[float], str]


def _count(count: float) -> str:
    return short_count(round(count))


TRIAL_COSTS = (
    TrialCost(_("parameters"), lambda trial: trial.record.planned.params, _count),
    TrialCost(_("MACs"), lambda trial: trial.record.planned.macs, _count),
    TrialCost(
        _("training memory (bytes)"), lambda trial: trial.record.planned.memory, lambda count: size(round(count))
    ),
    TrialCost(_("training time (s)"), lambda trial: trial.seconds, duration),
)


def front_of(trials: tuple[Trial, ...], cost: TrialCost) -> frozenset[int]:
    """Return the numbers of the finished trials that no other beats in both accuracy and cost."""
    finished = [trial for trial in trials if trial.is_finished and cost.value(trial) > 0]
    places = pareto_front([(cost.value(trial), trial.accuracy or 0.0) for trial in finished])
    return frozenset(finished[place].number for place in places)


class CostView(PlotView, can_focus=True):
    """The scatter plot. The selected trial is that of the table."""

    BINDINGS: ClassVar[list[BindingType]] = [*COSTS.bindings()]

    class Selected(Message):
        """Another dot is selected: the number of its trial."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Opened(Message):
        """The selected trial is to be opened."""

    class CostChanged(Message):
        """Accuracy is held against another cost."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel view")
        self._cost = 0
        self._trials: list[Trial] = []
        self._front: frozenset[int] = frozenset()
        self._selected = 0
        self._only_front = False

    @property
    def cost(self) -> TrialCost:
        """What accuracy is held against."""
        return TRIAL_COSTS[self._cost]

    def show(self, shown: Shown | None, selected: int, front: frozenset[int]) -> None:
        """Show the trials as they stand; `front` are those that no other beats."""
        cost = self.cost
        trials = shown.trials if shown else ()
        self._trials = sorted(
            (trial for trial in trials if trial.is_finished and cost.value(trial) > 0),
            key=lambda trial: (cost.value(trial), trial.accuracy or 0.0),
        )
        self._front, self._selected = front, selected
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        cost = self.cost
        chosen = next((trial for trial in self._trials if trial.number == self._selected), None)
        about = ""
        if chosen is not None:
            text = _("trial {number}: {accuracy}, {cost}")
            value = cost.write(cost.value(chosen))
            about = text.format(number=chosen.number, accuracy=share(chosen.accuracy), cost=value)
        elif not self._trials:
            about = _("no trial has finished yet")
        axes = _(" against {cost}, log scale").format(cost=cost.title)
        about = f"   {about}" if about else ""
        titles = [
            Content.assemble((_("Accuracy"), "bold"), (first, "not bold"), (second, "bold"))
            for first, second in ((axes, about), ("", about), (axes, ""))
        ]
        room = self.outer_size.width - _TITLE_ENDS
        self.border_title = next((title for title in titles if title.cell_length <= room), titles[-1])
        if self.size:
            dots = tuple(self._dot(trial) for trial in self._trials)
            self.show_plot(scatter_plot(dots, self.columns, self.size.height) if dots else None)

    def _dot(self, trial: Trial) -> Dot:
        chosen, best = trial.number == self._selected, trial.number in self._front
        sign = "◆" if chosen else "●" if best else "·"
        return Dot(log10(self.cost.value(trial)), trial.accuracy or 0.0, sign, best, chosen)

    def action_next_cost(self) -> None:
        """Hold accuracy against the next cost."""
        self._cost = (self._cost + 1) % len(TRIAL_COSTS)
        self.post_message(self.CostChanged())

    def action_front_only(self) -> None:
        """Step along the Pareto front only, or to all trials."""
        self._only_front = not self._only_front
        self.notify(_("← → step along the Pareto front") if self._only_front else _("← → step to all trials"))

    def action_select(self, by: int) -> None:
        """Select the next trial to the right, or to the left."""
        steps = [trial for trial in self._trials if not self._only_front or trial.number in self._front]
        if not steps:
            return
        here = next((place for place, trial in enumerate(steps) if trial.number == self._selected), None)
        place = (0 if by > 0 else len(steps) - 1) if here is None else max(0, min(here + by, len(steps) - 1))
        self.post_message(self.Selected(steps[place].number))

    def action_open_trial(self) -> None:
        """Open the run of the selected trial."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Select the dot nearest to the mouse; a second click opens it."""
        inside = event.get_content_offset(self)
        if inside is None or self.plot is None or not self._trials:
            return
        x_axis, y_axis = self.plot.x, self.plot.y
        columns, rows = self.columns, max(1, self.size.height - 2)

        def distance(trial: Trial) -> float:
            x = MARGIN + 1 + x_axis.place(log10(self.cost.value(trial)), columns, 1)
            y = rows - 1 - y_axis.place(trial.accuracy or 0.0, rows, 1)
            return (x - inside.x) ** 2 + (2 * (y - inside.y)) ** 2

        self.post_message(self.Selected(min(self._trials, key=distance).number))
        if event.chain == 2:
            self.action_open_trial()
