"""A finished run that is trained further: a new run, which begins as the old one ended.

It has the old one's last checkpoint, its best weights and its curve, and more epochs in its recipe: the same as if the
old run had been made for so many epochs, and interrupted.
"""

import shutil
from contextlib import suppress

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Checkpoint, Chosen, Continued, Epoch, Loaded, Progress, Started, decode, encode
from tui_cnn.runs.origin import refuse_foreign
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower, LineReader, Snapshot

_KEPT = (Chosen, Started, Progress, Epoch, Checkpoint, Continued, Loaded)
"""The events of a run that are also those of one that continues it."""
_CHANGEABLE = frozenset(
    (
        *("epochs", "learning_rate", "schedule", "warmup", "weight_decay", "label_smoothing", "augmentation"),
        *("patience", "deterministic", "threads", "device", "keep", "tensorboard"),
    )
)
"""Fields of the recipe that may become others on the way: the images, the batches and the optimizer stay."""


def longer_recipe(run: RunDirectory, added: int, changed: Recipe | None = None) -> Recipe:
    """Return the recipe of a finished run with so many epochs more, or `changed` with them; no time limits them.

    Raises:
        RunError: the run cannot be trained further, or not with what was changed.
        FormatError: its recipe cannot be read.
    """
    before, done = run.recipe(), _epochs_done(run)
    after = changed or run.recipe_again()
    for field in Recipe.__struct_fields__:
        was, wanted = getattr(before, field), getattr(after, field)
        if was != wanted and field not in _CHANGEABLE:
            message = _("{run} was trained with {field} = {was}, which cannot change any more: train a new run")
            raise RunError(message.format(run=run.id, field=field, was=was if was not in (None, "") else _("nothing")))
    return msgspec.structs.replace(after, epochs=done + added, minutes=None)


def make_longer(run: RunDirectory, recipe: Recipe, *, restarted: bool = False) -> RunDirectory:
    """Make a run that goes on from a finished one by a `longer_recipe`; nothing of that is changed.

    `restarted`: the schedule of the learning rate begins anew over the added epochs; else it is that of the recipe.

    Raises:
        RunError: the run cannot be trained further, or the new one cannot be written.
        FormatError: its network cannot be read.
    """
    done = _epochs_done(run)

    def fill(new: RunDirectory) -> None:
        for name in ("checkpoint_file", "best_file", "scaling_file", "classes_file", "images_file"):
            file = getattr(run, name)
            if file.exists():
                shutil.copyfile(file, getattr(new, name))
        with new.events_file.open("wb") as file:
            file.writelines(_past(run))
            file.write(encode(Continued(run=run.id, epochs=done, restarted=restarted)))

    return make_run(run.network(), recipe, fill)


def _epochs_done(run: RunDirectory) -> int:
    """Count the epochs of a finished run; refuse another."""
    refuse_foreign(run)
    snapshot = Follower(run).poll()
    if snapshot.imported is not None:
        message = _("{run} was imported and has no training to continue; train a new run with --weights {run}")
        raise RunError(message.format(run=run.id))
    if snapshot.state != "finished":
        raise RunError(_unfinished(snapshot))
    if not run.checkpoint_file.exists():
        message = _("{run} has no {file} to train further from; train a new run with --weights {run}")
        raise RunError(message.format(run=run.id, file=run.checkpoint_file.name))
    return len(snapshot.epochs)


def _unfinished(snapshot: Snapshot) -> str:
    if snapshot.state in ("failed", "interrupted"):
        message = _("{run} is not finished: resume it first, with: cnn-tui resume {run}")
    else:
        message = _("{run} is still training: wait until it has finished, then train it further")
    return message.format(run=snapshot.run_id)


def _past(run: RunDirectory) -> list[bytes]:
    """Return what a run's events say of its training, without how it ended."""
    kept = []
    for line in LineReader(run.events_file).lines():
        with suppress(ValueError):
            if isinstance(decode(line), _KEPT):
                kept.append(line + b"\n")
    return kept
