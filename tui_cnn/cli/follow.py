"""A run followed to its end: line by line, on a terminal with a bar for the current epoch."""

import os
import sys
import time
from typing import Self

import msgspec

from tui_cnn.cli.group import INTERRUPTED, SOUND, UNSOUND
from tui_cnn.cli.streams import echo, notify_terminal
from tui_cnn.i18n import _
from tui_cnn.runs.alert_settings import read_alert_settings
from tui_cnn.runs.alerts import Alert, StallDetector, alert, ending
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Chosen, EarlyStop, Epoch, Queued, Started
from tui_cnn.runs.launch import stop
from tui_cnn.runs.snapshot import ACTIVE, Follower, LineReader, Snapshot
from tui_cnn.runs.summary import beginning, outcome, summarize
from tui_cnn.ui.toolkit.numbers import duration, threads
from tui_cnn.ui.toolkit.runs import recorded_images, share, stopped_early, weights_epoch
from tui_cnn.ui.toolkit.terminal_notice import terminal_notice
from tui_cnn.visible import visible

_INTERVAL = 0.1
"""Seconds between two polls of the run."""


def follow(run: RunDirectory, *, as_json: bool = False, quiet: bool = False, stops: bool = True) -> int:
    """Show a run's progress until its worker ends; return the exit status.

    As JSON, that is the run's events as they are, a line each, and at last its summary; if `quiet`, it is nothing.
    Ctrl-C stops the run and waits for its checkpoint; a second one leaves the worker to it. Unless it `stops` it:
    then Ctrl-C only ends the watching.
    """
    follower, detector = Follower(run), StallDetector(_INTERVAL)
    if as_json:
        progress: PlainProgress = JsonProgress(run)
    elif quiet:
        progress = PlainProgress(quiet=True)
    else:
        progress = LiveProgress() if sys.stdout.isatty() else PlainProgress()
    progress.write_line(_("run {id}: {path}").format(id=run.id, path=run.path))
    interrupted = followed = False
    with progress:
        while True:
            try:
                snapshot = follower.poll()
                progress.show(snapshot)
                if snapshot.state not in ACTIVE:
                    break
                followed = not (as_json or quiet)
                if detector.check(run, snapshot):
                    stalled = alert(run, "stalled", snapshot)
                    progress.write_line(stalled.line)
                    if followed:
                        _notify(stalled)
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
    if followed and (how := ending(snapshot)):
        _notify(alert(run, how, snapshot))
    if as_json:
        echo(msgspec.json.encode(summarize(run, snapshot)))
    if snapshot.finished:
        line, end = _("finished in {time}: test accuracy {accuracy:.4f}, test loss {loss:.4f}"), snapshot.finished
        if end.test_accuracy is None:
            line = _("finished in {time}, not tested")
        line = line.format(time=duration(end.seconds), accuracy=end.test_accuracy, loss=end.test_loss)
        progress.write_line(line + (f" ({weights_epoch(snapshot.tested)})" if snapshot.tested else ""))
        return SOUND
    if snapshot.stopped:
        again = _("resume with: cnn-tui resume {id}").format(id=run.id)
        progress.write_line(_("stopped; {again}").format(again=again))
        return INTERRUPTED if interrupted else UNSOUND
    if ended := outcome(run, snapshot):
        echo(f"{run.id}: {ended.line}", err=True)
    return UNSOUND


def _notify(news: Alert) -> None:
    """Let the terminal ring and notify, as the user has set it."""
    setting = read_alert_settings().settings.notify
    notify_terminal(terminal_notice(news.line, setting, os.environ))


def _stop(run: RunDirectory) -> None:
    try:
        stop(run)
    except RunError:  # it has just ended by itself
        return


class PlainProgress:
    """Writes a line at the start, for each epoch, and for an early end; nothing if `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._started: Started | None = None
        self._queued: Queued | None = None
        self._chosen: Chosen | None = None
        self._early_stop: EarlyStop | None = None
        self._epochs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        return

    def show(self, snapshot: Snapshot) -> None:
        """Write what is new."""
        started = snapshot.started
        if started is not None and started != self._started:
            self._started = started
            self._epochs = started.resumed_from // started.steps_per_epoch
            for line in beginning(snapshot):
                self.write_line(line)
            self.write_line(start_line(started))
        queued = snapshot.queued
        if queued is not None and queued != self._queued:
            self.write_line(_("queued behind {run}").format(run=queued.behind))
        self._queued = queued
        if snapshot.chosen is not None and snapshot.chosen != self._chosen:
            self._chosen = snapshot.chosen
            self.write_line(chosen_line(snapshot.chosen))
        for epoch in snapshot.epochs:
            if epoch.epoch > self._epochs and started is not None:
                self._epochs = epoch.epoch
                self.write_line(epoch_line(epoch, started.epochs))
        if snapshot.early_stop is not None and snapshot.early_stop != self._early_stop:
            self._early_stop = snapshot.early_stop
            self.write_line(stopped_early(snapshot.early_stop))

    def write_line(self, line: str) -> None:
        """Write a line."""
        if not self._quiet:
            echo(line)


class JsonProgress(PlainProgress):
    """Writes the events of a run as they stand in its file, line by line."""

    def __init__(self, run: RunDirectory) -> None:
        super().__init__(quiet=True)
        self._lines = LineReader(run.events_file)

    def show(self, snapshot: Snapshot) -> None:
        """Write the lines that are new and whole."""
        while lines := self._lines.read():
            echo(lines, nl=False)


class LiveProgress(PlainProgress):
    """Keeps a bar below the lines."""

    def __init__(self) -> None:
        super().__init__()
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[news]}"))
        self._task = self._bar.add_task(_("loading TensorFlow"), total=None, news="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._bar.remove_task(self._task)
        self._bar.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Write what is new, and move the bar."""
        super().show(snapshot)
        if (reading := snapshot.decoding) and not snapshot.started:
            self._bar.update(
                self._task, description=_("reading images"), total=reading.images, completed=reading.done, news=""
            )
        if (now := snapshot.progress) and snapshot.started:
            news = _("loss {loss}  accuracy {accuracy}").format(loss=share(now.loss), accuracy=share(now.accuracy))
            if now.images_per_second is not None:
                news += "  " + _("{count} images/s").format(count=f"{now.images_per_second:,.0f}")
            if snapshot.state == "paused":
                news = _("paused")
            elif left := _left(snapshot):
                news += f"  {left}"
            epoch = _("epoch {number}/{all}").format(number=now.epoch, all=snapshot.started.epochs)
            self._bar.update(self._task, description=epoch, total=now.steps, completed=now.step, news=news)
        if at := snapshot.evaluating:
            what = _("validating") if at.images == "validation" else _("testing")
            self._bar.update(self._task, description=what, total=at.steps, completed=at.step, news=_left(snapshot))

    def write_line(self, line: str) -> None:
        """Write a line above the bar."""
        self._bar.console.print(visible(line), markup=False, highlight=False)


def _left(snapshot: Snapshot) -> str:
    left = snapshot.seconds_left
    return _("{time} left").format(time=duration(left)) if left is not None else ""


def start_line(started: Started) -> str:
    """Describe the start: `training on 54,000 images, validating on 6,000, testing on 10,000; CPU, 2 threads`."""
    if started.threads is None:  # it is recorded in another program
        return ", ".join([*recorded_images(started), started.device]) + _resuming(started)
    line = _(
        "training on {train:,} images, validating on {validation:,}, testing on {test:,}; {device}, {threads}"
    ).format(
        train=started.train_images,
        validation=started.validation_images,
        test=started.test_images,
        device=started.device,
        threads=threads(started.threads or 0),
    )
    return line + _resuming(started)


def _resuming(started: Started) -> str:
    if not started.resumed_from:
        return ""
    return "; " + _("resuming from step {step:,}").format(step=started.resumed_from)


def chosen_line(chosen: Chosen) -> str:
    """Describe what was chosen for `auto`: `precision mixed_bfloat16 (float32 5,900 images/s, …)`."""
    speeds = []
    for trial in chosen.trials:
        speed = _("{speed:,.0f} images/s").format(speed=trial.images_per_second) if trial.images_per_second else None
        speeds.append(f"{trial.precision} {speed or _('not possible')}")
    line = (
        _("precision {precision}, measured earlier: {speeds}") if chosen.known else _("precision {precision}: {speeds}")
    )
    return line.format(precision=chosen.precision, speeds=", ".join(speeds))


def epoch_line(epoch: Epoch, epochs: int) -> str:
    """Describe an epoch: losses, accuracies, time."""
    line = _("epoch {number}/{all}  loss {loss}  accuracy {accuracy}").format(
        number=epoch.epoch, all=epochs, loss=share(epoch.loss), accuracy=share(epoch.accuracy)
    )
    if epoch.val_loss is not None and epoch.val_accuracy is not None:
        validation = _("validation loss {loss:.4f}  validation accuracy {accuracy:.4f}")
        line += "  " + validation.format(loss=epoch.val_loss, accuracy=epoch.val_accuracy)
    return line if epoch.seconds is None else f"{line}  {duration(epoch.seconds)}"
