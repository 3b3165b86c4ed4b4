"""A run trained in this process: its lock, its place in the queue, and its failures reported.

A prewarmed worker has loaded TensorFlow before there is a run. It writes `ready` on its standard output and waits for a
line on its standard input: the directory of a run. From then on it is that run's worker, and nothing that happens to
the screen affects it. If its input closes first, it ends.
"""

import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Decoding, Stopped
from tui_cnn.runs.lock import held
from tui_cnn.runs.runtime import Runtime
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.alerting import StallWatch, announce, ending_of
from tui_cnn.worker.control import Control, QueueSlot
from tui_cnn.worker.execution import StopRequestedError
from tui_cnn.worker.journal import Journal, explain
from tui_cnn.worker.loading import load_tensorflow, read_ahead

_REPORT_EVERY = 0.5
"""Seconds between reports of images that are decoded."""


def train(run: RunDirectory) -> int:
    """Train a run until it ends, fails or is to stop; return the exit status of the worker."""
    control = Control(run.desired_file)
    signal.signal(signal.SIGTERM, control.terminate)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with held(run.lock_file), StallWatch(run):
            if Follower(run).poll().finished:
                raise RunError(_("{run} is finished").format(run=run.id))
            status = _train_locked(run, control)
            outcome = ending_of(Follower(run).poll(), status)
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    if outcome is not None:  # the lock is released: what the user starts now may resume the run
        announce(run, outcome)
    return status


def _train_locked(run: RunDirectory, control: Control) -> int:
    """Train, and report what goes wrong. TensorFlow is loaded here, well after the lock is held."""
    try:
        journal = Journal(run.events_file)
        slot = QueueSlot(run, journal, control)
        try:
            if not slot.acquire():
                journal.write(Stopped())
                return 0
            progress = _DecodingProgress(journal, control)
            reading = threading.Thread(target=_read_ahead, args=(run, progress))
            reading.start()
            load_tensorflow()
            from tui_cnn.worker.training import Training

            reading.join()
            Training(run, journal, control, slot, progress).run()
        except StopRequestedError:  # while the images were read
            journal.write(Stopped())
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


def _read_ahead(run: RunDirectory, progress: "_DecodingProgress") -> None:
    """Read the images while TensorFlow loads; an error, or the wish to stop, comes again when they are needed."""
    with suppress(UserError, OSError, StopRequestedError):
        read_ahead(run.recipe(), run.network().input_shape, progress)


class _DecodingProgress:
    """Reports how many images are decoded, now and then, and stops that on command."""

    def __init__(self, journal: Journal, control: Control) -> None:
        self._journal = journal
        self._control = control
        self._reported_at = 0.0

    def __call__(self, done: int, images: int) -> None:
        if self._control.command() == "stop":
            raise StopRequestedError
        if time.monotonic() - self._reported_at >= _REPORT_EVERY:
            self._reported_at = time.monotonic()
            self._journal.write(Decoding(done=done, images=images))


def wait_for_run(runtime: Runtime) -> int:
    """Load TensorFlow, wait for a run, train it; return the exit status."""
    lines: list[bytes] = []
    reader = threading.Thread(target=_read_line, args=(lines,), daemon=True)
    reader.start()  # so that it ends at once, even while it loads, when the screen does
    _warm_up(runtime)
    try:
        os.write(sys.stdout.fileno(), b"ready\n")
    except OSError:
        return 0
    reader.join()
    if not lines:
        return 0
    run = RunDirectory(Path(os.fsdecode(lines[0])))
    _redirect_output(run.log_file)
    return train(run)


def _read_line(lines: list[bytes]) -> None:
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        os._exit(0)
    lines.append(line[:-1])


def _warm_up(runtime: Runtime) -> None:
    """Load all that a training needs, the data too, and do a step: what is lazy is then done."""
    load_tensorflow()
    import_module("tui_cnn.worker.training")
    import tensorflow as tf

    from tui_cnn.core.layers import Conv2D, Dense, Flatten
    from tui_cnn.core.network import Network
    from tui_cnn.data.fitting import fit
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.device import configure
    from tui_cnn.worker.steps import Samples, Steps

    recipe = Recipe()
    lanes = configure(runtime).lanes
    network = Network("warm-up", (28, 28, 1), (Conv2D(filters=1, kernel_size=(3, 3)), Flatten(), Dense(units=10)))
    data = read_ahead(recipe, network.input_shape)
    steps = Steps(make_model(network, recipe), fit(data.image_shape, network.input_shape), recipe, lanes)
    few = Samples(tf.constant(data.train_images[:64]), tf.constant(data.train_labels[:64]))
    steps.train(few, tf.range(64), 0, tf.fill((2,), 0.001), 0)


def _redirect_output(log: Path) -> None:
    """Let go of the pipes to the screen: all output from now on goes to the run's log."""
    with log.open("ab") as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
