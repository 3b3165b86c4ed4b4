"""Runs as a worker would have left them: the same each time, to the byte."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import exp

import msgspec

from tui_cnn.config import home
from tui_cnn.core import edits
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.events import (
    Checkpoint,
    EarlyStop,
    Epoch,
    Evaluating,
    Failed,
    Finished,
    Paused,
    Progress,
    Queued,
    Resumed,
    Started,
    Stopped,
    encode,
)
from tui_cnn.runs.lock import held
from tui_cnn.runs.recipe import Recipe, dumps_recipe

BEGUN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BROKEN = edits.change(preset("fashion-cnn"), (4,), kernel_size=(9, 9))
NO_PROCESS = 2**30
"""The number of a process that no system has."""
STEPS = 100
SECONDS = 10.0
"""Steps and seconds of an epoch."""


def make_run(run_id="20260102-030405-fashion-cnn-abcd", network=None, recipe=None):
    """Make the directory of a run that no worker has begun yet."""
    run = RunDirectory(home() / "runs" / run_id)
    run.path.mkdir(parents=True)
    run.recipe_file.write_text(dumps_recipe(recipe or Recipe()))
    run.network_file.write_text(dumps_network(network or preset("fashion-cnn")))
    return run


def write(run, *events):
    with run.events_file.open("ab") as file:
        for event in events:
            file.write(event if isinstance(event, bytes) else encode(event))


def finished_run():
    """A run that has done its five epochs and the test."""
    run = make_run()
    write(run, started(), *trained(5), finished())
    return run


@contextmanager
def training(run):
    """Hold the lock, as a worker does."""
    with held(run.lock_file):
        yield


def started(epochs=5, resumed_from=0, validation=6_000, **fields):
    told = Started(
        time=BEGUN,
        seed=0,
        python="3.11.7",
        tensorflow="2.20.0",
        keras="3.12.0",
        device="CPU",
        threads=2,
        pid=NO_PROCESS,
        epochs=epochs,
        steps_per_epoch=STEPS,
        train_images=60_000 - validation,
        validation_images=validation,
        test_images=10_000,
        resumed_from=resumed_from,
    )
    return msgspec.structs.replace(told, **fields)


def progress(at, epochs=5):
    """Progress after `at` epochs, such as 2.5."""
    epoch = int(at - 1e-9) + 1
    return Progress(
        time=BEGUN + timedelta(seconds=at * SECONDS),
        epoch=epoch,
        step=round((at - epoch + 1) * STEPS),
        steps=STEPS,
        loss=_loss(at),
        accuracy=_accuracy(at),
        images_per_second=4_870.0,
        seconds_left=(epochs - at) * SECONDS,
        elapsed=at * SECONDS,
        learning_rate=0.001 * (1 - at / epochs / 2),
        gradient_norm=1.0 + exp(-at),
    )


def evaluating(number, step, images="validation"):
    elapsed = number * SECONDS
    return Evaluating(time=BEGUN, epoch=number, images=images, step=step, steps=20, elapsed=elapsed)


def confusion(number):
    "600 images of each class, of which more are known after each epoch; shirts are predicted as T-shirts."
    right = min(600, 500 + 15 * number)
    rows = [[0] * place + [right] + [0] * (9 - place) for place in range(10)]
    for place, row in enumerate(rows):
        row[(place + 1) % 10] += 600 - right
    rows[6][6] -= 90
    rows[6][0] += 90
    return tuple(map(tuple, rows))


def epoch(number, validation=True, best=True):
    return Epoch(
        time=BEGUN + timedelta(seconds=number * SECONDS),
        epoch=number,
        loss=_loss(number),
        accuracy=_accuracy(number),
        val_loss=_loss(number) + 0.03 if validation else None,
        val_accuracy=_accuracy(number) - 0.01 if validation else None,
        seconds=SECONDS,
        learning_rate=0.001,
        memory=860_000_000,
        best=best,
        images_per_second=4_900.0,
        gradient_norm=1.0 + exp(-number),
        confusion=confusion(number) if validation else (),
    )


def trained(epochs, first=0, of=5, validation=True):
    """Yield what is told of the epochs after `first` up to `epochs`, the last one perhaps not to its end."""
    for tenth in range(first * 10 + 1, round(epochs * 10) + 1):
        yield progress(tenth / 10, of)
        if tenth % 10 == 0:
            yield epoch(tenth // 10, validation)
            yield Checkpoint(time=BEGUN + timedelta(seconds=tenth), step=tenth * 10, elapsed=tenth / 10 * SECONDS)


def finished(epochs=5):
    end = BEGUN + timedelta(seconds=epochs * SECONDS)
    return Finished(time=end, test_loss=0.2718, test_accuracy=0.9042, seconds=epochs * SECONDS, best_epoch=epochs)


def failed():
    return Failed(time=BEGUN, error="The computer ran out of memory [/x].", advice="Try a smaller batch size [bold].")


def stopped():
    return Stopped(time=BEGUN)


def paused():
    return Paused(time=BEGUN)


def resumed():
    return Resumed(time=BEGUN)


def queued(behind):
    return Queued(time=BEGUN, behind=behind)


def early_stop(number, best):
    return EarlyStop(time=BEGUN, epoch=number, best_epoch=best, patience=number - best)


def _loss(at):
    return 0.2 + 0.7 * exp(-at / 1.3)


def _accuracy(at):
    return 0.93 - 0.28 * exp(-at / 1.1)
