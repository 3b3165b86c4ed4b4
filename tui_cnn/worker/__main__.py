"""`python -m tui_cnn.worker train RUN_DIR`: train the run in that directory, from its beginning or its checkpoint.

`python -m tui_cnn.worker export keras|onnx FILE`: build the network that comes as TOML on the standard input, write it.

Exit status: 0 trained to the end, or stopped as wished; 1 the training failed, and the run's events say why; 2 bad
usage; 3 the run cannot be trained now, because another worker is at it or it is finished.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from tui_cnn.i18n import _, language_of_environment, use_language
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.failures import explain
from tui_cnn.worker.journal import Journal

_NICENESS = 10
"""Whoever sits before the screen comes first."""


def main(arguments: list[str]) -> int:
    """Run the worker; return the exit status."""
    use_language(language_of_environment())  # that of its starter
    match arguments:
        case ["train", directory] if Path(directory).is_dir():
            return _train(RunDirectory(Path(directory)))
        case ["export", ("keras" | "onnx") as to, target]:
            from tui_cnn.worker.export import main as export

            return export(to, Path(target))
    sys.stderr.write(_("usage: python -m tui_cnn.worker train RUN_DIR | export keras|onnx FILE < NETWORK.toml") + "\n")
    return 2


def _train(run: RunDirectory) -> int:
    control = Control(run.desired_file)
    signal.signal(signal.SIGTERM, control.terminate)
    if sys.platform != "win32":
        os.nice(_NICENESS)
    try:
        with held(run.lock_file):
            if Follower(run).poll().finished:
                raise RunError(_("{run} is finished").format(run=run.id))
            return _train_locked(run, control)
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 3


def _train_locked(run: RunDirectory, control: Control) -> int:
    """Train, and let no failure pass untold. TensorFlow is loaded here, well after the lock is held."""
    try:
        journal = Journal(run.events_file)
        try:
            os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
            from tui_cnn.worker.training import Training

            Training(run, journal, control).run()
        except Exception as error:
            journal.write(explain(error))
            raise
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
