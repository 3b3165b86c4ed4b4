"""Measurements on this machine: of a network in each precision, for `precision = "auto"`, and of steps in training."""

import time
from collections.abc import Sequence

import numpy as np
import psutil
import tensorflow as tf

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.network import Network
from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling
from tui_cnn.runs.events import Chosen, PrecisionTrial
from tui_cnn.runs.machine import Measurement, digest, fastest, features, read_machine, record
from tui_cnn.runs.recipe import Precision, Recipe
from tui_cnn.runs.runtime import Runtime, thread_count
from tui_cnn.worker.build import make_model
from tui_cnn.worker.device import device_kind, used_devices
from tui_cnn.worker.feed import Feed
from tui_cnn.worker.steps import Samples, Steps

_SECONDS = 0.15
"""How long each is measured, after it has been compiled."""
_SAMPLE = 4096
"""Images to measure with, where not all are held in memory."""


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
            fresh = [(variable, variable.numpy()) for variable in (*model.variables, *model.optimizer.variables)]
            steps = Steps(model, fitting, recipe, lanes, scaling=scaling, class_weights=class_weights)
            speed = recipe.batch_size / step_seconds(steps, feed.some(_SAMPLE), recipe)
        except (tf.errors.OpError, ValueError, TypeError):  # what this machine or this network cannot do in it
            return PrecisionTrial(precision=precision, images_per_second=None)
        for variable, value in fresh:
            variable.assign(value)
        steps.average.reset()
        made[precision] = steps
        return PrecisionTrial(precision=precision, images_per_second=speed)

    candidates: list[Precision] = ["float32", "mixed_bfloat16"]
    if "GPU" in used_devices()[0]:  # no processor that TensorFlow supports is fast at float16
        candidates.append("mixed_float16")
    trials = tuple(map(measure, candidates))
    record(trials={key: trials})
    precision = fastest(trials)
    return Chosen(precision=precision, trials=trials, known=False), made.get(precision)


def step_seconds(steps: Steps, samples: Samples, recipe: Recipe, seconds: float = _SECONDS) -> float:
    """Train for `seconds`; return the fastest step's time, so that what else the machine does counts little."""
    order = tf.constant(np.arange(len(samples.labels), dtype=np.int32) % len(samples.labels))
    batches = max(1, len(samples.labels) // recipe.batch_size)
    rate = recipe.learning_rate / 100  # the weights are thrown away, but must not become infinite

    def run(count: int) -> float:
        began = time.perf_counter()
        float(steps.train(samples, order, 0, tf.fill((count,), np.float32(rate)), 0))
        return (time.perf_counter() - began) / count

    run(1)  # compiles
    best, spent = run(1), 0.0
    while spent < seconds:
        count = max(1, min(batches, int(seconds / 5 / best)))
        each = run(count)
        best, spent = min(best, each), spent + each * count
    return best


def record_step(
    analysis: Analysis, recipe: Recipe, precision: Precision, by: Runtime, seconds: float, memory: float | None
) -> None:
    """Record how many seconds a step took, and how many bytes the process then held."""
    record(
        Measurement(
            network=digest(analysis.network),
            precision=precision,
            batch_size=recipe.batch_size,
            threads=by.threads,
            lanes=by.lanes,
            sharing=by.sharing,
            device=device_kind(),
            features=features(analysis, recipe),
            step_seconds=seconds,
            memory=memory,
        )
    )


def held_memory() -> int:
    """Return how many bytes this process holds in RAM."""
    held: int = psutil.Process().memory_info().rss
    return held
