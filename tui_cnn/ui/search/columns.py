"""The columns of the table of trials: how wide each is, and what stands in it for a trial."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.cells import cell_len

from tui_cnn.i18n import _
from tui_cnn.runs.groups import spread
from tui_cnn.search.follower import Trial
from tui_cnn.search.plan import SearchPlan
from tui_cnn.ui.toolkit.headline import clock
from tui_cnn.ui.toolkit.numbers import short_count, shortened, spark
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.ui.toolkit.searches import short_keys, trial_state, value_text

GAP = 2
CURVE = 8
"""Cells of a curve at least: one an epoch."""
_LONGEST_CURVE = 24
_WIDEST_GAP = 5
_WIDEST_VALUE = 16
FIXED = 3
"""Columns that stay at the left."""


class TrialColumn(NamedTuple):
    """A column: its key, its title, its width in cells, whether it is aligned to the right, and what it writes."""

    key: str
    title: str
    width: int
    right: bool
    text: Callable[[Trial], str]


class Widths:
    """The widest value of each parameter so far: trials are only ever added."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._widest = dict.fromkeys(keys, 1)
        self._read = 0

    def add(self, trials: tuple[Trial, ...]) -> dict[str, int]:
        """Take the new trials into account."""
        for trial in trials[self._read :]:
            for key, value in trial.record.planned.values.items():
                if key in self._widest:
                    self._widest[key] = max(self._widest[key], cell_len(value_text(value)))
        self._read = len(trials)
        return self._widest


def trial_columns(
    plan: SearchPlan | None, keys: tuple[str, ...], widest: dict[str, int], last: int
) -> tuple[TrialColumn, ...]:
    """Return the columns of a search with these parameters, whose last trial has the number `last`."""
    seeds = len(plan.seeds) if plan else 1
    names = short_keys(keys)
    curve = min(max(plan.recipe.epochs if plan else CURVE, CURVE), _LONGEST_CURVE)
    columns = [
        TrialColumn("number", "#", max(2, len(str(last))), True, lambda trial: f"{trial.number}"),
        TrialColumn("state", _("state"), 0, False, lambda trial: trial_state(trial.state)),
        TrialColumn("accuracy", _("val."), 6, True, lambda trial: share(trial.accuracy)),
        *([TrialColumn("seeds", _("± seeds"), 7, True, _spread)] if seeds > 1 else []),
        TrialColumn("curve", _("curve"), curve, False, lambda trial: spark(trial.curve, curve)),
        *(_value_column(key, names[key], widest.get(key, 1)) for key in keys),
        TrialColumn("params", _("params"), 6, True, lambda trial: short_count(trial.record.planned.params)),
        TrialColumn("macs", _("MACs"), 6, True, lambda trial: short_count(trial.record.planned.macs)),
        TrialColumn("epochs", _("epochs"), 6, True, lambda trial: f"{trial.epochs:,}"),
        TrialColumn("seconds", _("time"), 7, True, lambda trial: clock(trial.seconds)),
    ]
    states = max(map(cell_len, map(trial_state, _STATES)))
    return tuple(
        column._replace(width=max(column.width, cell_len(column.title), states if column.key == "state" else 0))
        for column in columns
    )


_STATES = ("queued", "running", "paused", "finished", "pruned", "stopped", "failed", "interrupted")


def _value_column(key: str, name: str, widest: int) -> TrialColumn:
    width = min(max(widest, cell_len(name)), _WIDEST_VALUE)

    def text(trial: Trial) -> str:
        values = trial.record.planned.values
        return shortened(value_text(values[key]), width) if key in values else "—"

    return TrialColumn(key, shortened(name, width), width, True, text)


def _spread(trial: Trial) -> str:
    found = spread(trial.by_seed if trial.is_finished else ())
    return "—" if found.deviation is None else f"±{found.deviation:.4f}"


def fitting(columns: tuple[TrialColumn, ...], first: int, width: int) -> tuple[list[TrialColumn], int]:
    """Return the columns that fit, and the gap between them: wider where there is room.

    They are the fixed ones, and of the others those from `first` on, each of them whole.
    """
    shown: list[TrialColumn] = []
    used = 0
    for column in (*columns[:FIXED], *columns[FIXED + first :]):
        needed = column.width + (GAP if shown else 0)
        if used + needed > width:
            break
        shown.append(column)
        used += needed
    return shown, GAP + min(_WIDEST_GAP - GAP, max(0, width - used) // max(1, len(shown) - 1))


SORTS = ("number", "accuracy", "params", "macs", "seconds")
"""The keys of the columns that trials are sorted by."""


def sort_trials(trials: Iterable[Trial], key: str) -> list[Trial]:
    """Sort: the newest first, the most accurate first, or the cheapest first; those without a value come last."""
    known = list(trials)
    match key:
        case "accuracy":
            return sorted(known, key=lambda trial: (trial.accuracy is None, -(trial.accuracy or 0.0), -trial.number))
        case "params":
            return sorted(known, key=lambda trial: (trial.record.planned.params, -trial.number))
        case "macs":
            return sorted(known, key=lambda trial: (trial.record.planned.macs, -trial.number))
        case "seconds":
            return sorted(known, key=lambda trial: (trial.seconds, -trial.number))
        case _:
            return known[::-1]
