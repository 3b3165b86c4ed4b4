"""Measurements over many images of the test set: evaluation, shifts, ranges of channels."""

from typing import Any

import numpy as np
import tensorflow as tf

from tui_cnn.data.images import shift
from tui_cnn.insight.maps import dead
from tui_cnn.runs.inspection.replies import ChannelRanges, Evaluation, Ranges, Shifts, pack
from tui_cnn.runs.inspection.requests import Evaluate, Range, Shift
from tui_cnn.runs.ledger import TestEvaluation, record
from tui_cnn.worker.inspection.loaded_model import Engine, Floats, Job, LoadedModel


def evaluate(loaded: LoadedModel, request: Evaluate) -> Job:
    """Predict the whole test set, once for each state of the weights."""
    labels, known = loaded.labels, loaded.probabilities
    if request.mirrored not in known:
        results = []
        for numbers in loaded.batches(np.arange(len(labels))):
            yield float(numbers[0] / len(labels))
            images = loaded.test.images[numbers]
            results.append(loaded.predict(images[:, :, ::-1] if request.mirrored else images))
        known[request.mirrored] = np.concatenate(results)
        if not request.mirrored:
            _note(loaded, request, float((known[False].argmax(axis=1) == labels).mean()))
    return Evaluation(probabilities=pack(known[request.mirrored]), labels=pack(labels))


def _note(loaded: LoadedModel, request: Evaluate, accuracy: float) -> None:
    """Note in the ledger that the test set was evaluated."""
    evaluation = TestEvaluation(
        test_set=loaded.test.digest,
        data=loaded.test.name,
        run=request.source.name,
        by="person",
        weights="file" if request.source.is_file else str(request.source.which),
        accuracy=accuracy,
    )
    record(evaluation)


def shifts(loaded: LoadedModel, request: Shift) -> Job:
    """Evaluate a sample at each place that the images are moved to."""
    chosen = loaded.sample(request.sample)
    images, labels = loaded.test.images[chosen], loaded.labels[chosen]
    reach = range(-request.reach, request.reach + 1)
    right = np.zeros((len(reach), len(reach)), np.int64)
    for row, dy in enumerate(reach):
        for column, dx in enumerate(reach):
            moved = shift(images, dx, dy)
            for numbers in loaded.batches(np.arange(len(chosen))):
                yield (row * len(reach) + column) / len(reach) ** 2
                predicted = loaded.predict(moved[numbers]).argmax(axis=1)
                right[row, column] += int((predicted == labels[numbers]).sum())
    accuracy = (right / len(chosen)).astype(np.float32)
    return Shifts(accuracy=pack(accuracy), reach=request.reach, sample=len(chosen))


def ranges(loaded: LoadedModel, request: Range) -> Job:
    """Gather the extremes and means of all channels of all layers."""
    chosen = loaded.sample(request.sample)
    results: list[dict[str, list[np.ndarray[Any, Any]]]] = []
    for numbers in loaded.batches(chosen):
        yield min(1.0, len(results) * loaded.engine.batch / len(chosen))
        results.append(_extents(loaded.engine, loaded.inputs(loaded.test.images[numbers])))
    layers = []
    for layer in loaded.engine.layers:
        lowest, highest, sums, active, counts = map(np.stack, zip(*(part[layer.name] for part in results), strict=True))
        minimum, maximum = lowest.min(axis=0), highest.max(axis=0)
        layers.append(
            ChannelRanges(
                name=layer.name,
                minimum=pack(minimum),
                maximum=pack(maximum),
                mean=pack((sums.sum(axis=0) / counts.sum(axis=0)).astype(np.float32)),
                active=pack((active.sum(axis=0) / len(chosen)).astype(np.float32)),
                dead=pack(dead(minimum, maximum)),
            )
        )
    return Ranges(layers=tuple(layers), sample=len(chosen))


def _extents(engine: Engine, inputs: Floats) -> dict[str, list[np.ndarray[Any, Any]]]:
    """Measure each layer: minimum, maximum, sum, images with a value above 0, values; each (channels,)."""
    if engine.is_large:  # in steps that are short: to compile all of it would keep other requests waiting
        extents = {layer.name: _extent(output) for layer, output in engine.each_output(inputs)}
    else:
        every = engine.compiled("ranges", lambda images: list(map(_extent, engine.forward(images)[0])))
        extents = dict(zip((layer.name for layer in engine.layers), every(inputs), strict=True))
    return {name: [values.numpy() for values in extent] for name, extent in extents.items()}


def _extent(output: Any) -> list[Any]:
    flat = tf.cast(tf.reshape(output, (tf.shape(output)[0], -1, output.shape[-1])), tf.float32)
    peaks = tf.reduce_max(flat, axis=1)
    return [
        tf.reduce_min(flat, axis=(0, 1)),
        tf.reduce_max(peaks, axis=0),
        tf.reduce_sum(flat, axis=(0, 1)),
        tf.math.count_nonzero(peaks > 0, axis=0),
        tf.fill((tf.shape(flat)[-1],), tf.shape(flat)[0] * tf.shape(flat)[1]),
    ]
