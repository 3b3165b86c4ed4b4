"""What there is, what each layer makes of an image, and the weights."""

import numpy as np

from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.inspection.arrays import pack, pack_half
from tui_cnn.runs.inspection.replies import Activations, LayerInfo, LayerWeights, Predictions, Weights
from tui_cnn.runs.inspection.replies import Opened as OpenedReply
from tui_cnn.runs.inspection.requests import Activate, Kernels, Open, Predict
from tui_cnn.worker.inspection.job import Job, probabilities_of
from tui_cnn.worker.inspection.loaded_model import BATCH, Opened

_KERNEL_AXES = 4


def describe(opened: Opened, _request: Open) -> Job:
    """Tell what there is to look at, and compile what every picked image needs."""
    engine = opened.engine
    yield 0.0
    blank = np.zeros((1, *opened.image_shape), np.uint8)
    opened.engine.activations(opened.inputs(blank))
    opened.predict(blank)
    return OpenedReply(
        network=dumps_network(opened.network),
        layers=tuple(
            LayerInfo(
                path=layer.path,
                name=layer.name,
                kind=layer.kind,
                shape=tuple(layer.keras.output.shape[1:]),
                has_kernels=any(len(weight.shape) == _KERNEL_AXES for weight in layer.weights.values()),
            )
            for layer in engine.layers
        ),
        class_names=opened.class_names,
        image_shape=opened.image_shape,
        padding=opened.padding,
        directory=opened.directory,
    )


def predict(opened: Opened, request: Predict) -> Job:
    """Give the probabilities of images."""
    pixels = opened.batch(request.images)
    found = []
    for begin in range(0, len(pixels), BATCH):
        yield begin / len(pixels)
        found.append(opened.predict(pixels[begin : begin + BATCH]))
    classes = len(opened.class_names)
    return Predictions(probabilities=pack(np.concatenate([np.zeros((0, classes), np.float32), *found])))


def activate(opened: Opened, request: Activate) -> Job:
    """Give the outputs of all layers."""
    yield 0.0
    pixels = opened.pixels(request.image)[np.newaxis]
    outputs, scores = opened.engine.activations(opened.inputs(pixels))
    packed = pack if request.dtype == "float32" else pack_half
    fitted = opened.fitted(pixels)[0]
    return Activations(
        image=pack(fitted.reshape(opened.image_shape) if fitted.ndim == 1 else fitted),
        layers=tuple(packed(output[0].numpy()) for output in outputs),
        probabilities=pack(probabilities_of(scores)[0]),
    )


def weights(opened: Opened, _request: Kernels) -> Job:
    """Give the weights of all layers that have some."""
    yield 0.0
    return Weights(
        layers=tuple(
            LayerWeights(layer.name, {name: pack(weight.numpy()) for name, weight in found.items()})
            for layer in opened.engine.layers
            if (found := layer.weights)
        )
    )
