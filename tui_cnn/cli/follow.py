"""A run followed to its end, on a terminal or into a file."""

import sys
import time

import click

from tui_cnn.cli.group import INTERRUPTED, SOUND, UNSOUND
from tui_cnn.cli.progress import LiveProgress, PlainProgress
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.launch import stop
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.runs.state import ACTIVE
from tui_cnn.ui.draw.numbers import duration

_GLANCE = 0.1
"""Seconds from one look at the run to the next."""


def follow(run: RunDirectory) -> int:
    """Show a run's progress until its worker ends; return the exit status.

    Ctrl-C stops the run and waits for its checkpoint; a second one leaves the worker to it.
    """
    click.echo(_("run {id} in {path}").format(id=run.id, path=run.path))
    follower = Follower(run)
    progress = LiveProgress() if sys.stdout.isatty() else PlainProgress()
    interrupted = False
    with progress:
        while True:
            try:
                snapshot = follower.poll()
                progress.show(snapshot)
                if snapshot.state not in ACTIVE:
                    break
                time.sleep(_GLANCE)
            except KeyboardInterrupt:
                if interrupted:
                    progress.say(_("left alone; it stops by itself and keeps a checkpoint"))
                    return INTERRUPTED
                interrupted = True
                _stop(run)
                progress.say(_("stopping; waiting for the checkpoint (press Ctrl-C again not to wait)"))
    return _end(run, snapshot, interrupted=interrupted)


def _stop(run: RunDirectory) -> None:
    try:
        stop(run)
    except RunError:  # it has just ended by itself
        return


def _end(run: RunDirectory, snapshot: Snapshot, *, interrupted: bool) -> int:
    """Say how a run ended, and how to go on."""
    if snapshot.finished:
        line = _("finished in {time}: test accuracy {accuracy:.4f}, test loss {loss:.4f}")
        finished = snapshot.finished
        time_spent = duration(finished.seconds)
        click.echo(line.format(time=time_spent, accuracy=finished.test_accuracy, loss=finished.test_loss))
        return SOUND
    again = _("resume with: cnn-tui resume {id}").format(id=run.id)
    if snapshot.stopped:
        click.echo(_("stopped; {again}").format(again=again))
        return INTERRUPTED if interrupted else UNSOUND
    if snapshot.failed:
        click.echo(f"{run.id}: {snapshot.failed.error} {snapshot.failed.advice}", err=True)
    else:
        line = _("{id}: the worker ended without a word (see {log}); {again}")
        click.echo(line.format(id=run.id, log=run.log_file, again=again), err=True)
    return UNSOUND
