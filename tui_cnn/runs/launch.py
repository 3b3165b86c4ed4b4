"""Starting a worker, and controlling it by the `desired` file of its run."""

import subprocess

from tui_cnn.confinement import is_served
from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import Desired, RunDirectory, make_run, write_desired
from tui_cnn.runs.errors import RunError, unwritable
from tui_cnn.runs.further import longer_recipe, make_longer
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.origin import refuse_foreign
from tui_cnn.runs.preflight import Checked, check
from tui_cnn.runs.process import PrewarmedWorker, file_size, has_started, require_tensorflow, start_worker
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.runs.transfer import Weights, make_with_weights
from tui_cnn.runs.turns import check_queue, check_room


def start(
    network: Network,
    recipe: Recipe,
    *,
    weights: Weights | None = None,
    prewarmed: PrewarmedWorker | None = None,
    now: bool = False,
) -> RunDirectory:
    """Start to train a network in a process of its own, which outlives this one.

    Checks them first; otherwise as `start_checked`.

    Raises:
        RunError: the network or the recipe cannot be trained, or nothing can be written.
    """
    return start_checked(check(network, recipe), weights=weights, prewarmed=prewarmed, now=now)


def repeat(run: RunDirectory) -> RunDirectory:
    """Start to train a run's network by its recipe again, in a new run.

    Raises:
        RunError: it was not trained here; otherwise as `start`.
        FormatError: the network or the recipe cannot be read.
    """
    refuse_foreign(run)
    return start(run.network(), run.recipe_again())


def start_checked(
    checked: Checked,
    *,
    weights: Weights | None = None,
    prewarmed: PrewarmedWorker | None = None,
    now: bool = False,
) -> RunDirectory:
    """Start to train what `preflight.check` has passed, without checking it again; from `weights`, where they fit.

    A `prewarmed` worker that is ready is used, if it suits. Unless the run is to train `now`, it waits in the
    queue while another one trains. Returns once the worker holds the run's lock, well before it has loaded TensorFlow.

    Raises:
        RunError: TensorFlow is missing, none of the weights fits, nothing can be written, or the worker cannot start.
    """
    require_tensorflow()
    run = make_with_weights(*checked, weights) if weights else make_run(*checked)
    suits = prewarmed is not None and prewarmed.runtime == runtime(checked.network, checked.recipe)
    _launch(run, "now" if now else "run", prewarmed if suits else None)
    return run


def train_further(
    run: RunDirectory, epochs: int, changed: Recipe | None = None, *, restarted: bool = False, now: bool = False
) -> RunDirectory:
    """Train a finished run for so many epochs more, in a new run; return that.

    `changed` is its recipe with what is to be otherwise from now on. `restarted`: the schedule of the learning rate
    begins anew over the added epochs; else it is stretched over all of them.

    Raises:
        RunError: the run cannot be trained further, nothing can be written, or the worker cannot start.
        FormatError: a file of the run cannot be read.
    """
    require_tensorflow()
    refuse_foreign(run)
    checked = check(run.network(), longer_recipe(run, epochs, changed))
    longer = make_longer(run, checked.recipe, restarted=restarted)
    _launch(longer, "now" if now else "run")
    return longer


def resume(run: RunDirectory, *, now: bool = False) -> None:
    """Resume a run that was stopped, failed or was interrupted, from its checkpoint, if it has one.

    Unless it is to train `now`, it waits in the queue while another one trains.

    Raises:
        RunError: it is running or finished, or its worker cannot start.
    """
    refuse_foreign(run)
    state = Follower(run).poll().state
    if state == "finished":
        raise RunError(
            _("{run} is finished; to train it further: cnn-tui train --from {run} --epochs +5").format(run=run.id)
        )
    if state == "imported":
        raise RunError(_("{run} was imported and has no training to resume").format(run=run.id))
    if state in ACTIVE:
        raise RunError(_("{run} is already training; stop it first").format(run=run.id))
    _launch(run, "now" if now else "run")


def skip_queue(run: RunDirectory) -> None:
    """Let a run that waits in the queue train now, beside the others.

    Raises:
        RunError: no worker is at the run, or the app is served: whose turn it is, the server says.
    """
    if is_served():
        raise RunError(_("{run} is queued with the runs of all people; it starts by itself").format(run=run.id))
    _command(run, "now", _("{run} is not queued; resume it instead"))


def probe() -> subprocess.Popen[bytes] | None:
    """Measure this machine in the background, unless it was measured before; it takes a minute or two.

    Raises:
        RunError: it cannot be started.
    """
    if read_machine().measured:
        return None
    return start_worker("probe", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pause(run: RunDirectory) -> None:
    """Pause the worker after its current steps.

    Raises:
        RunError: no worker trains the run.
    """
    _command(run, "pause", _("{run} is not training, so it cannot be paused"))


def unpause(run: RunDirectory) -> None:
    """Let a paused worker continue.

    Raises:
        RunError: no worker trains the run.
    """
    _command(run, "run", _("{run} is not training; resume it instead"))


def stop(run: RunDirectory) -> None:
    """Let the worker save a checkpoint after its current steps, and end.

    Raises:
        RunError: no worker trains the run.
    """
    _command(run, "stop", _("{run} is not training, so it cannot be stopped"))


def _command(run: RunDirectory, command: Desired, refusal: str) -> None:
    if Follower(run).poll().state not in ACTIVE:
        raise RunError(refusal.format(run=run.id))
    write_desired(run.desired_file, command)


def _launch(run: RunDirectory, command: Desired = "run", prewarmed: PrewarmedWorker | None = None) -> None:
    check_queue()
    check_room()
    write_desired(run.desired_file, "run" if is_served() else command)
    events_size = file_size(run.events_file)
    too_late = RunError(_("the worker did not start in time; try again (see {log})").format(log=run.log_file))
    try:
        log_size = file_size(run.log_file)
        if prewarmed and (worker := prewarmed.assign(run)) and has_started(worker, run, events_size, too_late):
            return
        with run.log_file.open("ab") as log:
            worker = start_worker("train", str(run.path), stdout=log, stderr=log)
    except OSError as error:
        raise unwritable(run.log_file, error) from None
    if not has_started(worker, run, events_size, too_late):
        lines = run.log_file.read_bytes()[log_size:].decode("utf-8", "replace").split("\n")
        reason = next((line.strip() for line in reversed(lines) if line.strip()), f"exit {worker.returncode}")
        message = _("the worker could not start: {reason} (see {log})")
        raise RunError(message.format(reason=reason, log=run.log_file))
