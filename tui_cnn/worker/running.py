"""A run trained in this process: its lock, its place in the queue, and its failures reported."""

import signal
import sys
import threading
import traceback
from contextlib import suppress

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Stopped
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.control import Control
from tui_cnn.worker.failures import explain
from tui_cnn.worker.images import images
from tui_cnn.worker.journal import Journal
from tui_cnn.worker.loading import load_tensorflow
from tui_cnn.worker.run_slot import RunSlot


def train(run: RunDirectory) -> int:
    """Train a run until it ends, fails or is to stop; return the exit status of the worker."""
    control = Control(run.desired_file)
    signal.signal(signal.SIGTERM, control.terminate)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with held(run.lock_file):
            if Follower(run).poll().finished:
                raise RunError(_("{run} is finished").format(run=run.id))
            return _train_locked(run, control)
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 3


def _train_locked(run: RunDirectory, control: Control) -> int:
    """Train, and report what goes wrong. TensorFlow is loaded here, well after the lock is held."""
    try:
        journal = Journal(run.events_file)
        slot = RunSlot(run, journal, control)
        try:
            if not slot.acquire():
                journal.write(Stopped())
                return 0
            reading = threading.Thread(target=_read_ahead, args=(run,))
            reading.start()
            load_tensorflow()
            from tui_cnn.worker.training import Training

            reading.join()
            Training(run, journal, control, slot).run()
        except Exception as error:
            if run.path.exists():
                journal.write(explain(error))
            raise
        finally:
            slot.release()
            journal.close()
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _read_ahead(run: RunDirectory) -> None:
    """Read the images while TensorFlow loads; an error comes again when they are needed."""
    with suppress(UserError, OSError):
        images(run.recipe().directory)
