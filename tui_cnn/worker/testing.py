"""The test of a run that finished without one, as trials of a search do: only the best of them is worth it."""

import sys
import traceback
from contextlib import closing
from typing import Any

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.loading import load_tensorflow


class _NoJournal(Journal):
    """Writes nothing: the run has finished, and stays so whatever becomes of its test."""

    def __init__(self) -> None:
        pass

    def write(self, event: Any) -> None:
        """Leave it."""


def test_finished(run: RunDirectory) -> int:
    """Evaluate the weights of a finished run on the test set, once; return the exit status of the worker."""
    try:
        with held(run.lock_file):
            finished = Follower(run).poll().finished
            if finished is None:
                raise RunError(_("{run} has not finished, so it cannot be tested").format(run=run.id))
            if finished.test_accuracy is not None:
                return 0
            load_tensorflow()
            from tui_cnn.worker.training import Training

            training = Training(run, _NoJournal(), Control(run.desired_file))
            means = training.test()
            tested = {"test_loss": means.loss, "test_accuracy": means.accuracy, "confusion": training.confusion}
            with closing(Journal(run.events_file)) as journal:
                journal.write(msgspec.structs.replace(finished, **tested))
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except Exception:
        traceback.print_exc()
        return 1
    return 0
