"""Starting a worker, and steering it by what is desired of its run."""

import sys
import threading
import time
from pathlib import Path

import msgspec

import tui_cnn
from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.runs.desired import Desired, write_desired
from tui_cnn.runs.directory import RunDirectory, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.preflight import check
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

_PATIENCE = 60.0
"""Seconds until a worker that neither holds its lock nor ends is given up; it needs a fraction of one."""
_GLANCE = 0.01
_PACKAGES = Path(tui_cnn.__file__).parents[1]
"""The worker looks for modules here first, so that it runs the same version of this program as its starter."""


def start(network: Network, recipe: Recipe) -> RunDirectory:
    """Start to train a network in a process of its own, which outlives this one.

    Returns once the worker holds the run's lock, well before it has loaded TensorFlow.

    Raises:
        RunError: the network or the recipe cannot be trained, or nothing can be written.
    """
    if recipe.directory:  # a relative one would mean another place to the worker
        recipe = msgspec.structs.replace(recipe, data=str(recipe.directory.absolute()))
    check(network, recipe)
    run = make_run(network, recipe)
    _launch(run)
    return run


def resume(run: RunDirectory) -> None:
    """Go on with a run that was stopped, failed or was interrupted, from its checkpoint, if it has one.

    Raises:
        RunError: it is running or finished, or its worker cannot start.
    """
    state = Follower(run).poll().state
    if state == "finished":
        raise RunError(_("{run} is finished; train its network anew to go further").format(run=run.id))
    if state in ("running", "paused"):
        raise RunError(_("{run} is being trained already; stop it first").format(run=run.id))
    _launch(run)


def pause(run: RunDirectory) -> None:
    """Let the worker hold still after its current steps.

    Raises:
        RunError: no worker trains the run.
    """
    _wish(run, "pause", _("{run} is not being trained, so there is nothing to pause"))


def go_on(run: RunDirectory) -> None:
    """Let a paused worker go on.

    Raises:
        RunError: no worker trains the run.
    """
    _wish(run, "run", _("{run} is not being trained; resume it instead"))


def stop(run: RunDirectory) -> None:
    """Let the worker save a checkpoint after its current steps, and end.

    Raises:
        RunError: no worker trains the run.
    """
    _wish(run, "stop", _("{run} is not being trained, so there is nothing to stop"))


def _wish(run: RunDirectory, wish: Desired, refusal: str) -> None:
    if Follower(run).poll().state not in ("running", "paused"):
        raise RunError(refusal.format(run=run.id))
    _write_wish(run, wish)


def _write_wish(run: RunDirectory, wish: Desired) -> None:
    try:
        write_desired(run.desired_file, wish)
    except OSError as error:
        raise _unwritable(run.desired_file, error) from None


def _launch(run: RunDirectory) -> None:
    import subprocess

    _write_wish(run, "run")
    command = [sys.executable, "-m", "tui_cnn.worker", "train", str(run.path)]
    try:
        log = run.log_file.open("ab")
    except OSError as error:
        raise _unwritable(run.log_file, error) from None
    with log:
        begin = log.tell()
        try:
            worker = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=_PACKAGES
            )
        except OSError as error:
            message = _("the worker could not start: {program}: {reason}; install this program again")
            raise RunError(message.format(program=sys.executable, reason=error.strerror)) from None
    # Whoever started it must take note of its end, or it would stay behind as a zombie.
    threading.Thread(target=worker.wait, daemon=True).start()
    deadline = time.monotonic() + _PATIENCE
    while not is_held(run.lock_file):
        if worker.poll() is not None:
            said = run.log_file.read_bytes()[begin:].decode("utf-8", "replace").split("\n")
            reason = next((line.strip() for line in reversed(said) if line.strip()), f"exit {worker.returncode}")
            message = _("the worker could not start: {reason} (see {log})")
            raise RunError(message.format(reason=reason, log=run.log_file))
        if time.monotonic() > deadline:
            worker.kill()
            raise RunError(_("the worker did not start in time; try again (see {log})").format(log=run.log_file))
        time.sleep(_GLANCE)


def _unwritable(path: Path, error: OSError) -> RunError:
    message = _("{path}: cannot be written ({reason}); free some space, or check its permissions")
    return RunError(message.format(path=path, reason=error.strerror))
