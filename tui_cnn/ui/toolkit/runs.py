"""Runs in words, in a list, and as curves laid over those of another run."""

from asyncio import to_thread
from collections.abc import Iterator
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, list_runs, read_about
from tui_cnn.runs.events import EarlyStop, Started
from tui_cnn.runs.inspection.ends import choices_of
from tui_cnn.runs.inspection.requests import Source
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import ACTIVE, Follower, Snapshot, Tested
from tui_cnn.runs.summary import Summary, summarize, written
from tui_cnn.ui.toolkit.curves import Overlaid
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, LineDialog, ask
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.workspace import Workspace
from tui_cnn.visible import visible


def state_name(snapshot: Snapshot) -> str:
    """Name the state of a run for a person."""
    if snapshot.state == "interrupted" and snapshot.stopped:
        return _("stopped")
    if snapshot.state in ACTIVE and snapshot.desired == "stop":
        return _("stopping")
    if snapshot.state == "running" and snapshot.desired == "pause":
        return _("pausing")
    if snapshot.state == "running" and snapshot.started is None:
        return _("loading TensorFlow")
    return {
        "queued": _("queued"),
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
        "imported": _("imported"),
    }[snapshot.state]


def main_settings(recipe: Recipe) -> str:
    """Say with which optimizer, batch size and learning rate a run was trained."""
    message = _("{optimizer}, batch {batch}, lr {rate:g}")
    return message.format(optimizer=recipe.optimizer, batch=recipe.batch_size, rate=recipe.learning_rate)


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
    "imported": "secondary",
}
"""The theme's colour for each state."""


def epochs_done(snapshot: Snapshot) -> str:
    """Count the epochs: `3 of 5`; of a history, where nobody knows of how many: `3`."""
    if snapshot.imported and snapshot.epochs:
        return str(len(snapshot.epochs))
    epochs = snapshot.started.epochs if snapshot.started else 0
    return _("{done} of {all}").format(done=len(snapshot.epochs), all=epochs) if epochs else "—"


def share(value: float | None) -> str:
    """Write an accuracy or a loss: `0.9050`; a dash where there is none."""
    return "—" if value is None else f"{value:.4f}"


def recorded_images(started: Started) -> list[str]:
    """Count the images of a training that was recorded in another program, as far as it is known."""
    counts = (
        (_("{count} images"), started.train_images),
        (_("{count} for validation"), started.validation_images),
        (_("{count} to test on"), started.test_images),
    )
    known = [text.format(count=f"{count:,}") for text, count in counts if count]
    return known if started.train_images is not None else [_("number of images unknown"), *known]


def tested_weights(tested: Tested | None) -> str:
    """Name the weights that were tested in a table: `best, epoch 3`; a dash where none were."""
    if tested is None:
        return "—"
    message = _("best, epoch {epoch}") if tested.weights == "best" else _("last, epoch {epoch}")
    return message.format(epoch=tested.epoch)


def weights_epoch(weights: Tested) -> str:
    """Name weights in a sentence: `best weights, epoch 3`."""
    message = _("best weights, epoch {epoch}") if weights.weights == "best" else _("last weights, epoch {epoch}")
    return message.format(epoch=weights.epoch)


def weights_of(source: Source) -> Tested | None:
    """Find out of which epoch the best or the last weights of a run are; None where that is not known. Reads events."""
    if source.is_file or source.which not in ("best", "last"):
        return None
    snapshot = Follower(source.run).poll()
    if source.which == "best":
        return snapshot.weights_of(snapshot.best.epoch) if snapshot.best else None
    if snapshot.checkpoint is None or snapshot.started is None:
        return None
    return Tested("last", max(1, ceil(snapshot.checkpoint.step / snapshot.started.steps_per_epoch)))


def weights_name(source: Source) -> str:
    """Say which weights are read, and of which epoch: `best weights, epoch 3`. Reads the run's events."""
    if source.is_file:
        return source.path
    if (imported := Follower(source.run).poll().imported) is not None:
        weights = _("weights of {file}").format(file=visible(Path(imported.file).name))
        return ", ".join([weights, *map(visible, choices_of(imported))])
    if (known := weights_of(source)) is not None:
        return weights_epoch(known)
    names = {"best": _("best weights"), "last": _("last weights")}
    return names.get(str(source.which)) or _("weights after step {step}").format(step=source.which)


def stopped_early(event: EarlyStop) -> str:
    """Say when the recipe's patience ended a training: `stopped early after epoch 4 (patience 2)`."""
    message = _("stopped early after epoch {epoch} (patience {patience})")
    return message.format(epoch=event.epoch, patience=event.patience)


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
    for title in (_("epoch"), _("loss"), _("accuracy"), _("val. loss"), _("val. accuracy"), _("seconds"), _("RAM")):
        table.add_column(justify="right", header=title)
    table.add_row(*(Text(str(column.header), style="dim") for column in table.columns))
    best = max((epoch.epoch for epoch in snapshot.epochs if epoch.best), default=0)
    for epoch in snapshot.epochs[-max(1, rows - 1) :]:
        star = " ★" if epoch.epoch == best else "  "
        table.add_row(
            f"{epoch.epoch}{star}",
            share(epoch.loss),
            share(epoch.accuracy),
            share(epoch.val_loss),
            share(epoch.val_accuracy),
            "—" if epoch.seconds is None else f"{epoch.seconds:.1f}",
            f"{epoch.memory / 1e9:.2f} GB" if epoch.memory else "—",
            style="bold" if epoch.epoch == best else "",
        )
    return table


_BATCH = 40
"""How many new runs are read before the list is shown: hundreds come piece by piece."""


class Listed(NamedTuple):
    """A run in the list, with its columns."""

    run: RunDirectory
    summary: Summary
    state: str
    begun: str
    epochs: str

    @property
    def words(self) -> str:
        """All that a filter searches, in small letters."""
        about = self.summary.about
        texts = (self.summary.network, self.state, self.summary.recipe_name or "", about.title, about.note, self.run.id)
        return " ".join((*texts, *about.tags)).lower()


class _Known(NamedTuple):
    signature: tuple[object, ...]
    listed: Listed


class RunList:
    """Reads the runs, from one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._followers: dict[str, Follower] = {}

    def read(self) -> Iterator[tuple[Listed, ...]]:
        """Yield the runs, newest first; more of them each time where many have to be read."""
        runs = list_runs()
        known: dict[str, _Known] = {}
        read = 0
        for run in runs:
            known[run.id], is_new = self._read_run(run)
            read += is_new
            if read == _BATCH:
                read = 0
                yield tuple(entry.listed for entry in known.values())
        self._known = known
        self._followers = {name: follower for name, follower in self._followers.items() if name in known}
        yield tuple(entry.listed for entry in known.values())

    def _read_run(self, run: RunDirectory) -> tuple[_Known, bool]:
        files = (run.events_file, run.about_file, run.desired_file)
        signature = (*map(written, files), is_held(run.lock_file))
        before = self._known.get(run.id)
        if before is not None and before.signature == signature:
            return before, False
        follower = self._followers.pop(run.id, None) or Follower(run)
        snapshot = follower.poll()
        if snapshot.state in ACTIVE:  # others are read again from their beginning, should they ever change
            self._followers[run.id] = follower
        summary = summarize(run, snapshot)
        state = marked_state(snapshot, damaged=bool(summary.damage))
        listed = Listed(run, summary, state, started_at(snapshot), epochs_done(snapshot))
        return _Known(signature, listed), before is None


_SIGNS = "23456789abcdefghijklmnopqrstuvwxyz"
MOST_MARKED = len(_SIGNS)


class Overlays:
    """Follows the marked runs, from one thread at a time."""

    def __init__(self) -> None:
        self._followers: dict[RunDirectory, Follower] = {}
        self.shown: tuple[Overlaid, ...] = ()

    def read(self, marked: tuple[RunDirectory, ...], without: str = "", *, first: str = _SIGNS) -> tuple[Overlaid, ...]:
        """Read the marked runs as they stand: the same values as before where nothing has changed."""
        runs = [run for run in marked if run.id != without]
        self._followers = {run: self._followers.get(run) or Follower(run) for run in runs}
        self.shown = tuple(
            Overlaid(sign, run_title(run), follower.poll())
            for sign, (run, follower) in zip(first, self._followers.items(), strict=False)
        )
        return self.shown


def run_title(run: RunDirectory) -> str:
    """Call a run what the user calls it, or by its network and the end of its id."""
    return visible(read_about(run).title) or f"{run.name} {run.id[-4:]}"


async def ask_overlay(app: App[Any], workspace: Workspace, shown: RunDirectory) -> None:
    """Let the user pick a run to mark, or one that is marked to leave out."""
    items = await to_thread(_items, workspace.marked, shown)
    picked = await app.push_screen_wait(Pick(_("Add or remove the curves of another run"), items))
    if picked is not None:
        workspace.toggle_mark(picked)


class Further(NamedTuple):
    """How a run is to be trained further: the epochs to add, and whether its schedule restarts with these."""

    epochs: int
    restarted: bool


async def ask_further(app: App[Any], workspace: Workspace, run: RunDirectory) -> Further | None:
    """Ask for how many epochs more a run is to be trained, and where it has one, whether its schedule restarts."""
    try:
        recipe = await to_thread(run.recipe)
    except FormatError as error:
        workspace.report(error)
        return None
    about = _("Epochs to add. The run is not changed; a new run continues from its last checkpoint.")
    text = await app.push_screen_wait(LineDialog(_("Train further"), "5", about, _("Enter continue   Esc back")))
    if text is None:
        return None
    if not text.isdecimal() or not int(text):
        workspace.report(_("“{text}” is not a number of epochs; enter for example 5").format(text=text))
        return None
    if recipe.schedule == "constant" and not recipe.warmup:
        return Further(int(text), restarted=False)
    answer = await ask(
        app,
        _("Learning rate"),
        _("Stretch the schedule ({schedule}) over all epochs, or restart it over the added ones?").format(
            schedule=recipe.schedule
        ),
        Answer("stretch", "s", _("Stretch")),
        Answer("restart", "r", _("Restart")),
    )
    return None if answer is None else Further(int(text), restarted=answer == "restart")


def _items(marked: tuple[RunDirectory, ...], shown: RunDirectory) -> list[Item[RunDirectory]]:
    runs = [run for run in list_runs() if run != shown]
    runs.sort(key=lambda run: run not in marked)
    items = []
    for run in runs:
        snapshot = Follower(run).poll()
        about = f"{state_name(snapshot)}  {share(snapshot.best_accuracy)}  {run.id}"
        items.append(Item(("✓ " if run in marked else "  ") + run_title(run), about, run))
    return items
