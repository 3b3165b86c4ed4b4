"""A run followed to its end, on a terminal or into a file."""

import sys
import time
from collections.abc import Callable

import click
import msgspec

from tui_cnn.cli.group import INTERRUPTED, SOUND, UNSOUND
from tui_cnn.cli.progress import JsonProgress, LiveProgress, NoProgress, PlainProgress
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.launch import stop
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot
from tui_cnn.runs.summary import outcome, summarize
from tui_cnn.ui.toolkit.numbers import duration

_INTERVAL = 0.1
"""Seconds between two polls of the run."""


def follow(run: RunDirectory, *, as_json: bool = False, quiet: bool = False, stops: bool = True) -> int:
    """Show a run's progress until its worker ends; return the exit status.

    As JSON, that is the run's events as they are, a line each, and at last its summary; if `quiet`, it is nothing.
    Ctrl-C stops the run and waits for its checkpoint; a second one leaves the worker to it. Unless it `stops` it:
    then Ctrl-C only ends the watching.
    """
    follower = Follower(run)
    progress = _progress(run, as_json=as_json, quiet=quiet)
    progress.write_line(_("run {id}: {path}").format(id=run.id, path=run.path))
    interrupted = False
    with progress:
        while True:
            try:
                snapshot = follower.poll()
                progress.show(snapshot)
                if snapshot.state not in ACTIVE:
                    break
                time.sleep(_INTERVAL)
            except KeyboardInterrupt:
                if interrupted or not stops:
                    progress.write_line(
                        _("no longer waiting; the run saves a checkpoint and stops by itself") if stops else ""
                    )
                    return INTERRUPTED
                interrupted = True
                _stop(run)
                progress.write_line(_("stopping; waiting for the checkpoint (press Ctrl-C again not to wait)"))
    if as_json:
        click.echo(msgspec.json.encode(summarize(run, snapshot)))
    return _end(run, snapshot, interrupted=interrupted, write_line=progress.write_line)


def _progress(run: RunDirectory, *, as_json: bool, quiet: bool) -> PlainProgress:
    if as_json:
        return JsonProgress(run)
    if quiet:
        return NoProgress()
    return LiveProgress() if sys.stdout.isatty() else PlainProgress()


def _stop(run: RunDirectory) -> None:
    try:
        stop(run)
    except RunError:  # it has just ended by itself
        return


def _end(run: RunDirectory, snapshot: Snapshot, *, interrupted: bool, write_line: Callable[[str], None]) -> int:
    """Print how a run ended, and how to resume it."""
    if snapshot.finished:
        line = _("finished in {time}: test accuracy {accuracy:.4f}, test loss {loss:.4f}")
        finished = snapshot.finished
        time_spent = duration(finished.seconds)
        write_line(line.format(time=time_spent, accuracy=finished.test_accuracy, loss=finished.test_loss))
        return SOUND
    again = _("resume with: cnn-tui resume {id}").format(id=run.id)
    if snapshot.stopped:
        write_line(_("stopped; {again}").format(again=again))
        return INTERRUPTED if interrupted else UNSOUND
    if ended := outcome(run, snapshot):
        click.echo(f"{run.id}: {ended.line}", err=True)
    return UNSOUND
