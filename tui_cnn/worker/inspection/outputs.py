"""The description of a network, its outputs for an image, and its weights."""

import numpy as np
import tensorflow as tf

from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.inspection.replies import (
    Activations,
    LayerInfo,
    LayerWeights,
    OpenReply,
    Predictions,
    WeightsReply,
    pack,
)
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict, Transform
from tui_cnn.worker.inspection.loaded_model import Job, LoadedModel, Pixels

_KERNEL_AXES = 4
"""Test images whose borders are looked at."""


def describe(loaded: LoadedModel, _request: Open) -> Job:
    """Describe the network, and compile what every image needs, unless it is large."""
    engine = loaded.engine
    yield 0.0
    if not engine.is_large:
        blank = np.zeros((1, *loaded.image_shape), np.uint8)
        loaded.engine.activations(loaded.inputs(blank), ())
        if loaded.class_names:
            loaded.predict(blank)
    return OpenReply(
        network=dumps_network(loaded.network),
        layers=tuple(
            LayerInfo(
                path=layer.path,
                name=layer.name,
                kind=layer.kind,
                shape=layer.shape,
                source=layer.source,
                has_kernels=any(len(weight.shape) == _KERNEL_AXES for weight in layer.weights.values()),
            )
            for layer in engine.layers
        ),
        class_names=loaded.class_names,
        input_shape=loaded.network.input_shape,
        outputs=loaded.outputs,
        image_shape=loaded.image_shape,
        own_shape=loaded.own_shape,
        light_on_black=loaded.light_on_black,
        padding=loaded.padding,
        directory=loaded.described.directory,
        fit=loaded.described.fit,
        scaling=loaded.described.scaling,
    )


def predict(loaded: LoadedModel, request: Predict) -> Job:
    """Compute the probabilities of images."""
    return (yield from _predictions(loaded, loaded.batch(request.images)))


def transform(loaded: LoadedModel, request: Transform) -> Job:
    """Transform an image in several ways, and compute the probabilities of all that comes out as one batch."""
    image = loaded.pixels(request.image)
    return (yield from _predictions(loaded, np.stack([each.apply(image) for each in request.transforms])))


def _predictions(loaded: LoadedModel, pixels: Pixels) -> Job:
    results = []
    for numbers in loaded.batches(np.arange(len(pixels))):
        yield float(numbers[0] / len(pixels))
        results.append(loaded.predict(pixels[numbers]))
    classes = len(loaded.class_names)
    return Predictions(probabilities=pack(np.concatenate([np.zeros((0, classes), np.float32), *results])))


def activate(loaded: LoadedModel, request: Activate) -> Job:
    """Compute the outputs of layers."""
    yield 0.0
    engine = loaded.engine
    names = None if request.layers is None else {engine.layer(name).name for name in request.layers}
    wanted = [layer for layer in engine.layers if names is None or layer.name in names]
    pixels = loaded.pixels(request.image)
    outputs, scores = engine.activations(loaded.inputs(pixels[np.newaxis]), wanted)
    fitted = loaded.fitted(pixels[np.newaxis])[0]
    return Activations(
        image=pack(pixels if fitted.ndim == 1 else fitted),
        layers={layer.name: pack(output[0].numpy()) for layer, output in zip(wanted, outputs, strict=True)},
        probabilities=pack(tf.nn.softmax(scores).numpy()[0] if loaded.class_names else np.zeros(0, np.float32)),
    )


def weights(loaded: LoadedModel, _request: Kernels) -> Job:
    """Return the weights of all layers that have some."""
    yield 0.0
    return WeightsReply(
        layers=tuple(
            LayerWeights(layer.name, {name: pack(weight.numpy()) for name, weight in found.items()})
            for layer in loaded.engine.layers
            if (found := layer.weights)
        )
    )
