"""A search as text and as JSON: its trials, the best so far, and the Pareto front."""

from collections.abc import Iterator

import msgspec

from tui_cnn.cli.table import table
from tui_cnn.config import home
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.domain import label
from tui_cnn.search.history import SearchHistory, SearchState, TrialRecord, best_trial, pareto_front, read_history
from tui_cnn.search.winner import accuracy_on_test
from tui_cnn.ui.toolkit.numbers import duration
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.ui.toolkit.searches import trial_state
from tui_cnn.visible import visible


class TrialReport(msgspec.Struct, frozen=True, kw_only=True):
    """A trial now. `accuracy`: the best validation accuracy so far, `epochs` those done; of all its runs together."""

    trial: int
    state: str
    values: dict[str, object]
    params: int
    macs: int
    memory: int
    accuracy: float | None
    epochs: int
    seconds: float
    runs: dict[str, str]
    error: str = ""


def reports(history: SearchHistory) -> list[TrialReport]:
    """Describe the trials; of those that are not ended, as far as their runs are."""
    return [_trial_report(record) for record in history.trials]


def _trial_report(record: TrialRecord) -> TrialReport:
    planned, ended = record.planned, record.ended
    accuracies, epochs, seconds, state = [], 0, 0.0, "queued"
    for run in record.runs.values() if ended is None else ():
        snapshot = Follower(RunDirectory(home() / "runs" / run)).poll()
        state, epochs, seconds = snapshot.state, epochs + len(snapshot.epochs), seconds + snapshot.elapsed
        accuracies += [] if snapshot.best_accuracy is None else [snapshot.best_accuracy]
    accuracy = sum(accuracies) / len(accuracies) if accuracies else None
    return TrialReport(
        trial=planned.trial,
        state=ended.outcome if ended else state,
        values=planned.values,
        params=planned.params,
        macs=planned.macs,
        memory=planned.memory,
        accuracy=ended.accuracy if ended else accuracy,
        epochs=ended.epochs if ended else epochs,
        seconds=ended.seconds if ended else seconds,
        runs={str(seed): run for seed, run in record.runs.items()},
        error=ended.error if ended else "",
    )


def report(search: SearchDirectory) -> Iterator[str]:
    """Describe a search: its state, a table of its trials, the best of them."""
    plan, history = search.plan(), read_history(search)
    trials = reports(history)
    yield visible(search.id)
    yield _state(history)
    if not trials:
        return
    front = (
        {record.planned.trial for record in pareto_front(history.trials, plan.goals)} if len(plan.goals) > 1 else set()
    )
    heading = (_("trial"), _("state"), _("values"), _("parameters"), _("MACs"), _("epochs"), _("validation"))
    yield from table(
        heading, [_cells(trial, starred=trial.trial in front) for trial in trials], numbers={0, 3, 4, 5, 6}
    )
    for trial in trials:
        if trial.error:
            yield visible(_("trial {trial}: {error}").format(trial=trial.trial, error=trial.error))
    if best := best_trial(history.trials):
        yield best_line(best)
    if front:
        yield _("* Pareto front of {goals}: trials {trials}").format(
            goals=", ".join(plan.goals), trials=", ".join(map(str, sorted(front)))
        )


def _cells(trial: TrialReport, *, starred: bool) -> tuple[str, ...]:
    values = " ".join(f"{key}={_value(value)}" for key, value in trial.values.items())
    number = f"{'*' if starred else ''}{trial.trial}"
    costs = f"{trial.params:,}", f"{trial.macs:,}"
    return number, trial_state(trial.state), values, *costs, str(trial.epochs), share(trial.accuracy)


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else label(value)


def _state(history: SearchHistory) -> str:
    ended = sum(record.ended is not None for record in history.trials)
    names: dict[SearchState, str] = {
        "new": _("not started; start it with: cnn-tui search start"),
        "running": _("running"),
        "stopped": _("stopped; resume it with: cnn-tui search resume"),
        "interrupted": _("interrupted; resume it with: cnn-tui search resume"),
        "finished": _("finished"),
        "failed": _("failed"),
    }
    line = names[history.state]
    if history.state == "failed" and history.failed is not None:
        line += f": {visible(history.failed.error)}"
    if history.state == "finished" and history.finished is not None and history.finished.reason == "exhausted":
        line += "; " + _("no more candidates fit the limits")
    counted = _("{ended} of {all} trials ended").format(ended=ended, all=len(history.trials))
    return f"{line} ({counted}, {duration(history.elapsed)})"


def best_line(record: TrialRecord) -> str:
    """Describe a finished trial: its accuracy, and the runs that reached it."""
    ended = record.ended
    line = _("best so far: trial {trial}, validation accuracy {accuracy}, {params:,} parameters, {macs:,} MACs: {runs}")
    if (tested := accuracy_on_test(record)) is not None:
        line = _(
            "best so far: trial {trial}, validation accuracy {accuracy}, test accuracy {tested}, "
            "{params:,} parameters, {macs:,} MACs: {runs}"
        )
    return line.format(
        tested=share(tested),
        trial=record.planned.trial,
        accuracy=share(ended.accuracy if ended else None),
        params=record.planned.params,
        macs=record.planned.macs,
        runs=", ".join(record.runs.values()),
    )


def report_json(search: SearchDirectory) -> bytes:
    """Describe a search as one JSON object; `best` and `pareto` are numbers of trials."""
    plan, history = search.plan(), read_history(search)
    best = best_trial(history.trials)
    data = {
        "id": search.id,
        "path": str(search.path),
        "state": history.state,
        "error": history.failed.error if history.failed else "",
        "seconds": history.elapsed,
        "goals": plan.goals,
        "best": best.planned.trial if best else None,
        "pareto": [record.planned.trial for record in pareto_front(history.trials, plan.goals)],
        "trials": reports(history),
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2)
