"""A run, summed up: its numbers, how it ended, and its result.

Lists and comparisons show it, and `--json` prints it.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_tail
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.directory import About, RunDirectory, list_runs, load_about
from tui_cnn.runs.errors import is_out_of_memory
from tui_cnn.runs.inspection.ends import choices_of
from tui_cnn.runs.ledger import TestUse, use_of_test_set
from tui_cnn.runs.machine import digest
from tui_cnn.runs.origin import Origin, how_to_resume, read_origin
from tui_cnn.runs.recipe import Recipe, RecipeName, recipe_name
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot, State, Tested

T = TypeVar("T")

_UNWRITTEN = re.compile(r"\n(?:OSError|PermissionError|FileNotFoundError): (?:\[Errno \d+\] )?(?P<reason>[^\n]+)\n?\Z")
"""The last line of a log whose writer could not even write down why it ended."""


class Outcome(msgspec.Struct, frozen=True):
    """What happened, and what to do; nothing to do where all is well."""

    sentence: str
    advice: str = ""

    @property
    def line(self) -> str:
        """Both in one line."""
        stop = "" if self.sentence.endswith((".", "!", "?")) or not self.advice else "."
        return f"{self.sentence}{stop} {self.advice}".rstrip()


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run, summed up.

    Attributes:
        network: the name of what is trained; parameters and MACs (for one image) are None where it cannot be read.
        digest: the same for networks that compute the same, whatever they are called; None where it cannot be read.
        recipe_name: `tutorial`, `quick` or `custom`; None where the recipe cannot be read or the run was
            not trained here, as is `recipe` then.
        settings: what is known of how a run was trained by another program; empty: it was trained here, or nothing is.
        epochs_done, epochs: how many are done, and of how many.
        best_accuracy: the best on the validation images; test_accuracy: on the test images, at the end, of the weights
            `tested`.
        test_use: how often the same test set was evaluated, for all runs; None where that is not known.
        seconds: spent training; seconds_per_epoch: the mean; predicted_seconds: the prediction for an epoch.
        memory: the most that the worker held in RAM, in bytes, as far as is known.
        outcome: how it ended, and what to do; None while it is trained.
        beginning: a line for each thing that it began with, where that was not fresh weights.
        damage: a line for each file of the run that cannot be read.
    """

    id: str
    network: str
    path: str
    state: State
    about: About
    parameters: int | None
    macs: int | None
    digest: str | None
    recipe_name: RecipeName | None
    recipe: Recipe | None
    settings: str
    epochs_done: int
    epochs: int | None
    best_epoch: int | None
    best_accuracy: float | None
    test_accuracy: float | None
    test_loss: float | None
    tested: Tested | None
    test_use: TestUse | None
    seconds: float
    seconds_per_epoch: float | None
    predicted_seconds: float | None
    memory: int | None
    precision: str | None
    device: str | None
    outcome: Outcome | None
    beginning: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()


class Result(NamedTuple):
    """A finished run: what was trained, how far, the best accuracy in validation, and that on the test images."""

    run_id: str
    network: Network
    epochs: int
    validation: float | None
    test: float | None


def summarize(run: RunDirectory, snapshot: Snapshot | None = None) -> Summary:
    """Sum up a run, as it stands now or in a snapshot."""
    snapshot = snapshot or Follower(run).poll()
    network, params, macs, same = _figures(run, written(run.network_file))
    read, about = _recipe(run), _about(run)
    origin = _origin(run)
    is_ours = snapshot.imported is None and not run.origin_file.exists()
    recipe = read if is_ours and not isinstance(read, FormatError) else None
    known = origin if isinstance(origin, Origin) and not origin.file else None
    started, finished, epochs, best = snapshot.started, snapshot.finished, snapshot.epochs, snapshot.best
    return Summary(
        id=run.id,
        network=network,
        path=str(run.path),
        state=snapshot.state,
        about=About() if isinstance(about, FormatError) else about,
        parameters=params,
        macs=macs,
        digest=same,
        recipe_name=recipe_name(recipe) if recipe else None,
        recipe=recipe,
        settings=f"{known.settings} ({known.program})" if known else "",
        epochs_done=len(epochs),
        epochs=recipe.epochs if recipe else started.epochs if started and not is_ours else None,
        best_epoch=best.epoch if best else None,
        best_accuracy=snapshot.best_accuracy,
        test_accuracy=finished.test_accuracy if finished else None,
        test_loss=finished.test_loss if finished else None,
        tested=snapshot.tested,
        test_use=use_of_test_set(run.id) if finished else None,
        seconds=snapshot.elapsed,
        seconds_per_epoch=snapshot.seconds_per_epoch,
        predicted_seconds=started.predicted_seconds if started else None,
        memory=(finished and finished.peak_memory)
        or max((epoch.memory for epoch in epochs if epoch.memory), default=None),
        precision=started.precision if started else None,
        device=started.device if started else None,
        outcome=outcome(run, snapshot),
        beginning=tuple(beginning(snapshot)),
        damage=damage_lines(run, snapshot),
    )


def damage(run: RunDirectory, snapshot: Snapshot) -> Iterator[FormatError]:
    """Yield what is wrong with each file of a run that cannot be read; the `source` of the error is its path."""
    origin = _origin(run)
    lacks_network = isinstance(origin, Origin) and bool(origin.no_network)
    lacks_recipe = isinstance(origin, Origin) and not run.recipe_file.exists()
    files = [*([] if lacks_network else [_network(run)]), *([] if lacks_recipe else [_recipe(run)])]
    for found in (*files, _about(run), origin):
        if isinstance(found, FormatError):
            yield found
    if snapshot.damaged:
        message = ngettext("{count} line cannot be read", "{count} lines cannot be read", snapshot.damaged)
        yield FormatError(run.events_file, message.format(count=snapshot.damaged))


def damage_lines(run: RunDirectory, snapshot: Snapshot) -> tuple[str, ...]:
    """Write what is wrong in a line for each file: `recipe.toml: is not UTF-8 text (byte 3)`."""
    return tuple(f"{Path(error.source).name}: {error.problem}" for error in damage(run, snapshot))


Written = tuple[int, int]


def written(path: Path) -> Written:
    """When a file was last written, in nanoseconds, and how long it is, in bytes; zeros where there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _network(run: RunDirectory) -> Network | FormatError:
    return _read(RunDirectory.network, run, run.network_file)


def _recipe(run: RunDirectory) -> Recipe | FormatError:
    return _read(RunDirectory.recipe, run, run.recipe_file)


def _origin(run: RunDirectory) -> Origin | FormatError | None:
    return _read(read_origin, run, run.origin_file)


def _about(run: RunDirectory) -> About | FormatError:
    return _read(load_about, run, run.about_file)


def _read(read: Callable[[RunDirectory], T], run: RunDirectory, file: Path) -> T | FormatError:
    """Read a file of a run, or what is wrong with it: once, until it is written again."""
    return cast("T | FormatError", _read_once(read, run, written(file)))


@lru_cache(maxsize=4096)
def _read_once(read: Callable[[RunDirectory], object], run: RunDirectory, _written: Written) -> object:
    try:
        return read(run)
    except FormatError as error:
        return error


@lru_cache(maxsize=1024)
def _figures(run: RunDirectory, _written: Written) -> tuple[str, int | None, int | None, str | None]:
    """Name a run's network, count its parameters and MACs, and digest it."""
    network = _network(run)
    if isinstance(network, FormatError):
        return run.name, None, None, None
    analysis = analyze(network)
    return network.name, analysis.totals.params, analysis.totals.macs, digest(network)


def results() -> tuple[Result, ...]:
    """List the finished runs, the newest first. A run that cannot be read is left out."""
    finished = []
    for run in list_runs():
        snapshot = Follower(run).poll()
        if snapshot.finished is None:
            continue
        try:
            network = run.network()
        except FormatError:
            continue
        best, test = snapshot.best_accuracy, snapshot.finished.test_accuracy
        finished.append(Result(run.id, network, len(snapshot.epochs), best, test))
    return tuple(finished)


def results_of(network: Network, known: tuple[Result, ...]) -> tuple[Result, ...]:
    """Choose the runs of this network, whatever it was called then: its input and its layers make it what it is."""
    same = (network.input_shape, network.layers)
    return tuple(result for result in known if (result.network.input_shape, result.network.layers) == same)


def beginning(snapshot: Snapshot) -> list[str]:
    """Say what a run began with, where that was not fresh weights, a line for each."""
    lines = []
    if (before := snapshot.continued) is not None:
        lines.append(_("continues {run} after epoch {epoch}").format(run=before.run, epoch=before.epochs))
        if before.restarted:
            lines[-1] += ", " + _("with the schedule restarted")
    if (loaded := snapshot.loaded) is not None:
        count = len(loaded.layers) + len(loaded.others)
        layers = ngettext("{fitting} of {count} layer", "{fitting} of {count} layers", count)
        lines.append(
            _("weights of {model}: {layers}").format(
                model=loaded.source, layers=layers.format(fitting=len(loaded.layers), count=count)
            )
        )
        if loaded.others:
            lines[-1] += "; " + _("not loaded: {layers}").format(layers=loaded.listed)
    return lines


def outcome(run: RunDirectory, snapshot: Snapshot) -> Outcome | None:
    """Describe how a run ended; None while a worker trains it."""
    if snapshot.finished is not None:
        return Outcome(_("Finished."))
    if snapshot.imported is not None:
        is_history = isinstance(_origin(run), Origin)
        lacking = _("It is a history, with neither a network nor weights.") if is_history else ""
        model = snapshot.imported
        sentence = _("Imported from {file}.").format(file=model.file)
        if chosen := choices_of(model):
            sentence = _("Imported from {file}: {chosen}.").format(file=model.file, chosen=", ".join(chosen))
        return Outcome(sentence, lacking)
    if snapshot.state in ACTIVE:
        return None
    if not run.path.exists():
        return Outcome(
            _("The directory of the run is missing: {path}").format(path=run.path),
            _("Put it back to resume the run, or train the network again."),
        )
    if not os.access(run.path, os.W_OK):
        return Outcome(
            _("The directory of the run cannot be written: {path}").format(path=run.path),
            _("Fix its permissions or the disk, then resume the run."),
        )
    if run.origin_file.exists():
        return _recorded(run, snapshot)
    if snapshot.state == "failed" and snapshot.failed is not None:
        return Outcome(snapshot.failed.error, snapshot.failed.advice)
    if snapshot.stopped:
        return Outcome(_("Stopped."), _("Resume it from its checkpoint."))
    return _killed(run, snapshot)


def _recorded(run: RunDirectory, snapshot: Snapshot) -> Outcome:
    """Describe how a run ended that a program recorded: only that program can go on with it."""
    if snapshot.state == "failed" and snapshot.failed is not None:
        return Outcome(snapshot.failed.error, snapshot.failed.advice)
    if snapshot.stopped:
        return Outcome(_("Stopped."), how_to_resume())
    return Outcome(_("The program that trained it was killed, or the machine shut down."), how_to_resume())


def _killed(run: RunDirectory, snapshot: Snapshot) -> Outcome:
    """Describe a worker that ended without an event: killed, or crashed in native code."""
    log = ""
    with suppress(OSError):
        log = read_tail(run.log_file)
    if is_out_of_memory(log):
        return Outcome(
            _("The worker ran out of memory."),
            _("Start a new run with a smaller batch size or a smaller network."),
        )
    if unwritten := _UNWRITTEN.search(log):
        return Outcome(
            _("The worker could no longer write: {reason}").format(reason=unwritten["reason"]),
            _("Fix the problem, then resume the run."),
        )
    lost = _(
        "The worker was killed, perhaps for lack of memory, or the machine shut down; "
        "everything recorded is still there."
    )
    if snapshot.checkpoint is not None:
        return Outcome(lost, _("Resume it from its last checkpoint."))
    return Outcome(
        _("The worker ended before its first checkpoint."),
        _("Resume it to start over; if it ends again, try a smaller batch size to save memory, or see {log}.").format(
            log=run.log_file
        ),
    )
