"""A run in words and numbers."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.draw.numbers import bar, duration


def state_name(snapshot: Snapshot) -> str:
    """Name the state of a run for a person."""
    if snapshot.state == "interrupted" and snapshot.stopped:
        return _("stopped")
    if snapshot.state == "running" and snapshot.started is None:
        return _("loading TensorFlow")
    return {
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
    }[snapshot.state]


STATE_STYLES = {
    "running": "$text-primary",
    "paused": "$text-warning",
    "finished": "$text-success",
    "failed": "$text-error",
    "interrupted": "$text-warning",
}
"""The theme's colour for each state."""


def epochs_done(snapshot: Snapshot) -> str:
    """Count the epochs: `3 of 5`."""
    of = snapshot.started.epochs if snapshot.started else 0
    return _("{done} of {all}").format(done=len(snapshot.epochs), all=of) if of else "—"


def share(value: float | None) -> str:
    """Write an accuracy: `0.905`; a dash where there is none."""
    return "—" if value is None else f"{value:.4f}"


def best_accuracy(snapshot: Snapshot) -> float | None:
    """Return the best validation accuracy so far."""
    return max((epoch.val_accuracy for epoch in snapshot.epochs if epoch.val_accuracy is not None), default=None)


def started_at(snapshot: Snapshot) -> str:
    """Write when a run was made, in local time, from its id."""
    stamp = datetime.strptime(snapshot.run_id[:15] + "+0000", "%Y%m%d-%H%M%S%z").astimezone()
    return f"{stamp:%Y-%m-%d %H:%M}"


def progress_lines(snapshot: Snapshot, width: int) -> Text:
    """Say where the training is, how fast it goes and how long it will take, and how it ended."""
    lines = [_state_line(snapshot)]
    progress, started = snapshot.progress, snapshot.started
    if progress is not None and started is not None and snapshot.state in ("running", "paused"):
        place = _("epoch {epoch} of {epochs}").format(epoch=progress.epoch, epochs=started.epochs)
        steps = _("step {step} of {steps}").format(step=f"{progress.step:,}", steps=f"{progress.steps:,}")
        done = (progress.epoch - 1 + progress.step / progress.steps) / started.epochs
        drawn = bar(done, max(10, min(48, width - len(place) - len(steps) - 12)))
        lines.append(Text.assemble(place, "  ", (drawn, "bar"), f" {done:>4.0%}   ", steps))
        left = "" if progress.seconds_left is None else _("{time} left").format(time=duration(progress.seconds_left))
        speed = _("{count} images/s").format(count=f"{progress.images_per_second:,.0f}")
        means = _("running means of this epoch: loss {loss}, accuracy {accuracy}").format(
            loss=f"{progress.loss:.4f}", accuracy=f"{progress.accuracy:.4f}"
        )
        lines.append(Text("   ".join(part for part in (left, speed, means) if part)))
    return Text("\n").join(lines)


def _state_line(snapshot: Snapshot) -> Text:
    elapsed = duration(snapshot.elapsed)
    if finished := snapshot.finished:
        message = _(
            "test accuracy {accuracy}, loss {loss}, on {count} test images, seen once   {time}   best epoch {best}"
        )
        images = snapshot.started.test_images if snapshot.started else 0
        return Text(
            message.format(
                accuracy=f"{finished.test_accuracy:.4f}",
                loss=f"{finished.test_loss:.4f}",
                count=f"{images:,}",
                time=duration(finished.seconds),
                best=finished.best_epoch,
            ),
            style="bold",
        )
    if snapshot.failed is not None and snapshot.state == "failed":
        return Text(f"{snapshot.failed.error} — {snapshot.failed.advice}", style="bold")
    if snapshot.state == "interrupted":
        return Text(_("{state} after {time}; r resumes it").format(state=state_name(snapshot), time=elapsed))
    if snapshot.started is None:
        return Text(_("the worker loads TensorFlow; this takes a few seconds"))
    message = _("{images} images, {validation} to validate on   {device}, {threads} threads   {time} so far")
    return Text(
        message.format(
            images=f"{snapshot.started.train_images:,}",
            validation=f"{snapshot.started.validation_images:,}",
            device=snapshot.started.device,
            threads=snapshot.started.threads,
            time=elapsed,
        )
    )


def epochs_table(snapshot: Snapshot, rows: int) -> Table:
    """List the latest epochs, the newest last; a star marks the best so far."""
    table = Table.grid(padding=(0, 3, 0, 0))
    for title in (_("epoch"), _("loss"), _("accuracy"), _("val. loss"), _("val. accuracy"), _("seconds"), _("memory")):
        table.add_column(justify="right", header=title)
    table.add_row(*(Text(str(column.header), style="dim") for column in table.columns))
    best = max((epoch.epoch for epoch in snapshot.epochs if epoch.best), default=0)
    for epoch in snapshot.epochs[-max(1, rows - 1) :]:
        star = " ★" if epoch.epoch == best else "  "
        table.add_row(
            f"{epoch.epoch}{star}",
            f"{epoch.loss:.4f}",
            share(epoch.accuracy),
            "—" if epoch.val_loss is None else f"{epoch.val_loss:.4f}",
            share(epoch.val_accuracy),
            f"{epoch.seconds:.1f}",
            f"{epoch.memory / 1e9:.2f} GB",
            style="bold" if epoch.epoch == best else "",
        )
    return table
