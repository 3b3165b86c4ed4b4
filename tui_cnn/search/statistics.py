"""What the trials of a search say together: the best so far, time left."""

from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple

from tui_cnn.search.follower import SearchSnapshot, Trial
from tui_cnn.search.plan import SearchPlan

_MOST_DONE = 0.95
"""Of the mean time of a trial, what one that is still trained counts as done at most."""


class BestSoFar(NamedTuple):
    """A trial in the order in which they ended.

    Attributes:
        ended: how many had ended with it.
        seconds: since the first trial was planned.
        accuracy: its own; None where it did not finish.
        best: the best of all that had finished; None where none had.
    """

    trial: int
    ended: int
    seconds: float
    accuracy: float | None
    best: float | None


def progress(trials: Iterable[Trial]) -> list[BestSoFar]:
    """Return how the best validation accuracy has risen, a point for each trial that has ended."""
    known = list(trials)
    begun = min((trial.record.planned.time for trial in known), default=0.0)
    ended = [(trial.record.ended.time, trial) for trial in known if trial.record.ended is not None]
    points: list[BestSoFar] = []
    best: float | None = None
    for number, (time, trial) in enumerate(sorted(ended, key=lambda each: each[0]), 1):
        accuracy = trial.accuracy if trial.is_finished else None
        if accuracy is not None and (best is None or accuracy > best):
            best = accuracy
        points.append(BestSoFar(trial.number, number, max(0.0, time - begun), accuracy, best))
    return points


def best_of(trials: Iterable[Trial]) -> Trial | None:
    """Return the finished trial of the highest accuracy; of equal ones that with the fewest parameters."""
    finished = [trial for trial in trials if trial.is_finished]
    return max(finished, key=lambda trial: (trial.accuracy, -trial.record.planned.params), default=None)


def planned_trials(plan: SearchPlan | None, count: int | None = None) -> int | None:
    """Return how many trials a search has at most, of `count` candidates; None: no bound is known."""
    bounds = [bound for bound in (plan.trials if plan else None, count) if bound is not None]
    return min(bounds, default=None)


def seconds_left(found: SearchSnapshot, planned: int | None) -> float | None:
    """Predict how long a search still takes by its trials so far; None where nothing is known.

    Each trial that is to come takes as long as the mean of those that have ended, pruned ones among them.
    """
    plan, started = found.plan, found.history.started
    ended = [trial for trial in found.trials if trial.record.ended is not None]
    if plan is None or started is None or not ended:
        return None
    mean = fmean(trial.seconds for trial in ended)
    done = sum(min(trial.seconds, _MOST_DONE * mean) for trial in found.trials if trial.record.ended is None)
    left = []
    if planned is not None:
        left.append(max(0.0, (planned - len(ended)) * mean - done) / max(1, started.jobs))
    if plan.budget.minutes is not None:
        left.append(max(0.0, 60 * plan.budget.minutes - found.history.elapsed))
    if plan.budget.epochs is not None and (epochs := sum(trial.epochs for trial in ended)):
        per_epoch = sum(trial.seconds for trial in ended) / epochs
        used = sum(trial.epochs for trial in found.trials)
        left.append(max(0.0, plan.budget.epochs - used) * per_epoch / max(1, started.jobs))
    return min(left, default=None)
