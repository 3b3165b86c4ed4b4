"""A run in words and numbers."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Snapshot


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


def marked_state(snapshot: Snapshot, *, damaged: bool) -> str:
    """Name the state of a run, and say so where files of it cannot be read."""
    return _("{state}, damaged").format(state=state_name(snapshot)) if damaged else state_name(snapshot)


def with_advice(damage: tuple[str, ...]) -> list[str]:
    """Add to the lines about damaged files of a run what to do; nothing where there are none."""
    return [*damage, _("To repair: cnn-tui doctor")] if damage else []


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
    epochs = snapshot.started.epochs if snapshot.started else 0
    return _("{done} of {all}").format(done=len(snapshot.epochs), all=epochs) if epochs else "—"


def share(value: float | None) -> str:
    """Write an accuracy: `0.905`; a dash where there is none."""
    return "—" if value is None else f"{value:.4f}"


def best_accuracy(snapshot: Snapshot) -> float | None:
    """Return the best validation accuracy so far."""
    return max((epoch.val_accuracy for epoch in snapshot.epochs if epoch.val_accuracy is not None), default=None)


def started_at(snapshot: Snapshot) -> str:
    """Write when a run was made, in local time, from its id; a dash where that holds no such time."""
    try:
        stamp = datetime.strptime(snapshot.run_id[:15] + "+0000", "%Y%m%d-%H%M%S%z").astimezone()
    except (ValueError, OverflowError):
        return "—"
    return f"{stamp:%Y-%m-%d %H:%M}"


def epochs_table(snapshot: Snapshot, rows: int) -> Table:
    """List the latest epochs, the newest last; a star marks the best so far."""
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
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
