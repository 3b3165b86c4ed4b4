"""Measurements on this machine: of a network in each precision, for `precision = "auto"`, and of steps in training."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

import numpy as np
import psutil
import tensorflow as tf

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.network import Network
from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.splitting import Indices
from tui_cnn.runs.estimate import FORWARD_SHARE, batches_per_epoch, epochs_in
from tui_cnn.runs.events import Chosen, PrecisionTrial
from tui_cnn.runs.machine import Measurement, digest, fastest, features, read_machine, record
from tui_cnn.runs.recipe import ImageCounts, Precision, Recipe
from tui_cnn.runs.runtime import Runtime, thread_count
from tui_cnn.worker.build import make_model
from tui_cnn.worker.device import device_kind, used_devices
from tui_cnn.worker.feed import Feed
from tui_cnn.worker.steps import Samples, Steps

_SECONDS = 0.15
"""How long each is measured, after it has been compiled."""
_FILLING_SECONDS = 2.0
"""How long the speed is measured that the number of epochs follows from."""
_ROUNDS = 5
_SAMPLE = 4096
"""Images to measure with, where not all are held in memory."""


class Timing(NamedTuple):
    """Seconds that a step took: the `first` one, for which TensorFlow compiles, and in the mean of each later round."""

    first: float
    rounds: list[float]

    @property
    def fastest(self) -> float:
        """The time of a step in which what else the machine does counts little."""
        return min(self.rounds)

    @property
    def usual(self) -> float:
        """The time of a step in the middle of the rounds."""
        return median(self.rounds)

    @property
    def compilation(self) -> float:
        """What the first one took longer."""
        return max(0.0, self.first - self.fastest)


def choose(
    network: Network,
    recipe: Recipe,
    fitting: Fitting,
    scaling: Scaling,
    feed: Feed,
    lanes: int,
    class_weights: Sequence[float] = (),
) -> tuple[Chosen, Steps | None]:
    """Measure, or reuse an earlier measurement on this machine, and choose the fastest precision.

    The steps that were measured in it are returned, compiled, with fresh weights in their model; None if nothing was
    measured.
    """
    key = f"{digest(network)} {recipe.batch_size} {thread_count(recipe)} {lanes} {used_devices()[0]}"
    trials = read_machine().trials.get(key)
    if trials is not None:
        return Chosen(precision=fastest(trials), trials=trials, known=True), None
    made: dict[Precision, Steps] = {}

    def measure(precision: Precision) -> PrecisionTrial:
        try:
            model = make_model(network, recipe, precision)
            steps = Steps(model, fitting, recipe, lanes, scaling=scaling, class_weights=class_weights)
            with _restored(steps):
                speed = recipe.batch_size / time_steps(steps, feed.some(_SAMPLE), recipe).fastest
        except (tf.errors.OpError, ValueError, TypeError):  # what this machine or this network cannot do in it
            return PrecisionTrial(precision=precision, images_per_second=None)
        made[precision] = steps
        return PrecisionTrial(precision=precision, images_per_second=speed)

    candidates: list[Precision] = ["float32", "mixed_bfloat16"]
    if "GPU" in used_devices()[0]:  # no processor that TensorFlow supports is fast at float16
        candidates.append("mixed_float16")
    trials = tuple(map(measure, candidates))
    record(trials={key: trials})
    precision = fastest(trials)
    return Chosen(precision=precision, trials=trials, known=False), made.get(precision)


def epochs_in_time(steps: Steps, feed: Feed, recipe: Recipe, counts: ImageCounts, tested: int, spent: float) -> int:
    """Measure how long a step takes; return how many epochs fit into the recipe's minutes, with the test at the end.

    Args:
        steps: of the model that is trained; its weights are as before afterwards.
        feed: the training images.
        recipe: with `minutes`.
        counts: images of an epoch.
        tested: images of the test.
        spent: seconds of those minutes that have passed.
    """
    assert recipe.minutes is not None
    began = time.perf_counter()
    with _restored(steps):
        step = time_steps(steps, feed.some(_SAMPLE), recipe, _FILLING_SECONDS).usual
    spent += time.perf_counter() - began
    test = FORWARD_SHARE * recipe.batches(tested) * step
    return epochs_in(60 * recipe.minutes - spent - test, batches_per_epoch(recipe, counts) * step)


@contextmanager
def _restored(steps: Steps) -> Iterator[None]:
    """Have the model's weights and its optimizer as they were, after training that does not count."""
    fresh = [(variable, variable.numpy()) for variable in (*steps.model.variables, *steps.model.optimizer.variables)]
    yield
    for variable, value in fresh:
        variable.assign(value)
    steps.average.reset()


def time_steps(steps: Steps, samples: Samples, recipe: Recipe, seconds: float = _SECONDS) -> Timing:
    """Train for `seconds`, a few steps at a time."""
    rate = recipe.learning_rate / 100  # the weights are thrown away, but must not become infinite

    def run(order: Indices, count: int) -> float:
        return float(steps.train(samples, order, 0, tf.fill((count,), np.float32(rate)), 0))

    return _timed(run, samples, recipe, seconds)


def time_evaluation(steps: Steps, samples: Samples, recipe: Recipe, seconds: float = _SECONDS) -> Timing:
    """Evaluate for `seconds`, a few batches at a time."""
    steps.predicted.clear(len(samples.labels))
    return _timed(lambda order, count: float(steps.evaluate(samples, order, 0, count)), samples, recipe, seconds)


def _timed(run: Callable[[Indices, int], float], samples: Samples, recipe: Recipe, seconds: float) -> Timing:
    """Run so many batches of an order at a time, for some seconds."""
    order = tf.constant(np.arange(len(samples.labels), dtype=np.int32))
    batches = max(1, len(samples.labels) // recipe.batch_size)

    def timed(count: int) -> float:
        began = time.perf_counter()
        run(order, count)
        return (time.perf_counter() - began) / count

    first, rounds, spent = timed(1), [timed(1)], 0.0
    while spent < seconds:
        count = max(1, min(batches, int(seconds / _ROUNDS / min(rounds))))
        rounds.append(timed(count))
        spent += rounds[-1] * count
    return Timing(first, rounds)


def measurement(analysis: Analysis, recipe: Recipe, precision: Precision, by: Runtime, seconds: float) -> Measurement:
    """Put down how many seconds a step took, for the record of this machine."""
    return Measurement(
        network=digest(analysis.network),
        precision=precision,
        batch_size=recipe.batch_size,
        threads=by.threads,
        lanes=by.lanes,
        sharing=by.sharing,
        device=device_kind(),
        features=features(analysis, recipe),
        step_seconds=seconds,
    )


def held_memory() -> int:
    """Return how many bytes this process holds in RAM."""
    held: int = psutil.Process().memory_info().rss
    return held
