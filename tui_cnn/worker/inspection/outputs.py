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
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict
from tui_cnn.worker.inspection.loaded_model import BATCH, Job, LoadedModel

_KERNEL_AXES = 4


def describe(loaded: LoadedModel, _request: Open) -> Job:
    """Describe the network, and compile what every image needs."""
    engine = loaded.engine
    yield 0.0
    blank = np.zeros((1, *loaded.image_shape), np.uint8)
    loaded.engine.activations(loaded.inputs(blank))
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
        image_shape=loaded.image_shape,
        padding=loaded.padding,
        directory=loaded.directory,
        scale=loaded.scale,
    )


def predict(loaded: LoadedModel, request: Predict) -> Job:
    """Compute the probabilities of images."""
    pixels = loaded.batch(request.images)
    results = []
    for begin in range(0, len(pixels), BATCH):
        yield begin / len(pixels)
        results.append(loaded.predict(pixels[begin : begin + BATCH]))
    classes = len(loaded.class_names)
    return Predictions(probabilities=pack(np.concatenate([np.zeros((0, classes), np.float32), *results])))


def activate(loaded: LoadedModel, request: Activate) -> Job:
    """Compute the outputs of all layers."""
    yield 0.0
    pixels = loaded.pixels(request.image)[np.newaxis]
    outputs, scores = loaded.engine.activations(loaded.inputs(pixels))
    fitted = loaded.fitted(pixels)[0]
    return Activations(
        image=pack(fitted.reshape(loaded.image_shape) if fitted.ndim == 1 else fitted),
        layers=tuple(pack(output[0].numpy()) for output in outputs),
        probabilities=pack(tf.nn.softmax(scores).numpy()[0]),
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
