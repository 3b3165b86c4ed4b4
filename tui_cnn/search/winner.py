"""The best trial of a search, tested: it was chosen by validation, so the test set has not been looked at before."""

import os
import sys
from collections.abc import Iterable

from tui_cnn.config import home
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.process import run_worker, why_failed
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search.history import TrialRecord, best_trial
from tui_cnn.visible import visible


def evaluate_winner(trials: Iterable[TrialRecord]) -> None:
    """Evaluate all runs of the best trial on the test set, once. What goes wrong is a line on standard error."""
    best = best_trial(trials)
    for run in () if best is None else map(_directory, best.runs.values()):
        finished = Follower(run).poll().finished
        if finished is None or finished.test_accuracy is not None:
            continue
        worker = run_worker("test", os.fspath(run.path))
        if worker.returncode:
            reason = why_failed(worker.stderr, worker.returncode)
            line = _("{run} cannot be tested: {reason}").format(run=run.id, reason=reason)
            sys.stderr.write(f"{visible(line)}\n")


def accuracy_on_test(trial: TrialRecord) -> float | None:
    """Return the accuracy of a trial on the test set, the mean over its seeds; None: it was not tested."""
    ends = [Follower(_directory(run)).poll().finished for run in trial.runs.values()]
    accuracies = [end.test_accuracy for end in ends if end is not None and end.test_accuracy is not None]
    return sum(accuracies) / len(accuracies) if accuracies else None


def _directory(run_id: str) -> RunDirectory:
    return RunDirectory(home() / "runs" / run_id)
