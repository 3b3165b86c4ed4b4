"""The events of a training, with what is known of its process and its machine."""

import os
import platform
import resource
import sys

import keras
import numpy as np
import psutil
import tensorflow as tf

import tui_cnn
from tui_cnn.runs.estimate import Estimate
from tui_cnn.runs.events import Epoch, Finished, Started
from tui_cnn.runs.recipe import Precision, Recipe
from tui_cnn.runs.runtime import thread_count
from tui_cnn.worker.device import device_kind, used_devices
from tui_cnn.worker.totals import Means


def started(
    recipe: Recipe, precision: Precision, counts: tuple[int, int, int, int], done: int, predicted: Estimate, lanes: int
) -> Started:
    """Make the event of the beginning: `counts` are steps an epoch, and images to train, validate and test on."""
    steps, train, validation, test = counts
    devices = used_devices()
    return Started(
        seed=recipe.seed,
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
        cnn_tui=tui_cnn.__version__,
        device=device_kind(),
        devices=devices,
        precision=precision,
        batch_size=recipe.batch_size,
        threads=thread_count(recipe),
        pid=os.getpid(),
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        train_images=train,
        validation_images=validation,
        test_images=test,
        resumed_from=done,
        predicted_seconds=predicted.seconds_per_epoch,
        predicted_memory=predicted.memory,
        lanes=lanes,
    )


def finished(test: Means, confusion: tuple[tuple[int, ...], ...], epochs: list[Epoch], seconds: float) -> Finished:
    """Make the event of the end."""
    best = max(epochs, key=lambda event: (event.best, event.epoch))
    return Finished(
        test_loss=test.loss,
        test_accuracy=test.accuracy,
        seconds=seconds,
        best_epoch=best.epoch,
        peak_memory=peak_memory(),
        confusion=confusion,
    )


def score(epoch: Epoch) -> float:
    """The accuracy that epochs are compared by: on the validation images, or where there are none, while training."""
    return epoch.accuracy if epoch.val_accuracy is None else epoch.val_accuracy


def memory() -> int:
    """Bytes that this process holds in RAM."""
    held: int = psutil.Process().memory_info().rss
    return held


def peak_memory() -> int:
    """The most bytes that this process has held in RAM."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
