"""A run in words and numbers."""

from datetime import datetime

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.runs.events import Finished
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.draw.numbers import bar, duration


def state_name(snapshot: Snapshot) -> str:
    """Name the state of a run for a person."""
    if snapshot.state == "interrupted" and snapshot.stopped:
        return _("stopped")
    if snapshot.state == "running" and snapshot.started is None:
        return _("loading TensorFlow")
    return {
        "queued": _("queued"),
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
    }[snapshot.state]


STATE_COLORS = {
    "queued": "secondary",
    "running": "primary",
    "paused": "warning",
    "finished": "success",
    "failed": "error",
    "interrupted": "warning",
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
    """Write when a run was made, in local time, from its id; a dash where a hand has given it an impossible one."""
    try:
        stamp = datetime.strptime(snapshot.run_id[:15] + "+0000", "%Y%m%d-%H%M%S%z").astimezone()
    except (ValueError, OverflowError):
        return "—"
    return f"{stamp:%Y-%m-%d %H:%M}"


def progress_lines(snapshot: Snapshot, width: int) -> Content:
    """Say where the training is, how fast it goes and how long it will take, and how it ended."""
    lines = [_headline(snapshot)]
    progress, started = snapshot.progress, snapshot.started
    if progress is not None and started is not None and snapshot.state in ("running", "paused"):
        place = _("epoch {epoch} of {epochs}").format(epoch=progress.epoch, epochs=started.epochs)
        steps = _("step {step} of {steps}").format(step=f"{progress.step:,}", steps=f"{progress.steps:,}")
        done = (progress.epoch - 1 + progress.step / progress.steps) / started.epochs
        drawn = bar(done, max(10, min(48, width - cell_len(place) - cell_len(steps) - 12)))
        lines.append(Content.assemble(place, "  ", (drawn, "$primary on $surface"), f" {done:>4.0%}   {steps}"))
        left = _("{time} left").format(time=duration(progress.seconds_left)) if progress.seconds_left else ""
        speed = _("{count} images/s").format(count=f"{progress.images_per_second:,.0f}")
        means = _("epoch so far: loss {loss}, accuracy {accuracy}").format(
            loss=f"{progress.loss:.4f}", accuracy=f"{progress.accuracy:.4f}"
        )
        lines.append(Content("   ".join(part for part in (left, speed, means) if part)))
    return Content("\n").join(lines)


def _headline(snapshot: Snapshot) -> Content:
    elapsed, started = duration(snapshot.elapsed), snapshot.started
    if snapshot.finished is not None:
        return _result(snapshot.finished, started.test_images if started else 0)
    if snapshot.failed is not None and snapshot.state == "failed":
        return Content.assemble((snapshot.failed.error, "bold"), f"\n{snapshot.failed.advice}")
    if snapshot.state == "interrupted":
        return Content(_("{state} after {time}; r resumes it").format(state=state_name(snapshot), time=elapsed))
    if started is None:
        return Content(_("the worker loads TensorFlow; this takes a few seconds"))
    message = _("{images} images, {validation} to validate on   {device}, {threads} threads   {time} so far")
    return Content(
        message.format(
            images=f"{started.train_images:,}",
            validation=f"{started.validation_images:,}",
            device=started.device,
            threads=started.threads,
            time=elapsed,
        )
    )


def _result(finished: Finished, images: int) -> Content:
    accuracy = _("test accuracy {accuracy}").format(accuracy=f"{finished.test_accuracy:.4f}")
    rest = _("loss {loss}, on {images} test images, seen once   {time}   best epoch {best}").format(
        loss=f"{finished.test_loss:.4f}",
        images=f"{images:,}",
        time=duration(finished.seconds),
        best=finished.best_epoch,
    )
    return Content.assemble((accuracy, "bold $text-success"), "   ", rest)


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
