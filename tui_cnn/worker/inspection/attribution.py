"""Why a network predicts a class: saliency, Grad-CAM, occlusion.

Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks", 2013; Selvaraju et al., "Grad-CAM", 2017; Zeiler,
Fergus, "Visualizing and Understanding Convolutional Networks", 2014. The score of a class is that before the softmax.
"""

import numpy as np

from tui_cnn.data.images import background
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import Heat, Heats, pack
from tui_cnn.runs.inspection.requests import GradCam, Occlude, Saliency
from tui_cnn.worker.inspection.loaded_model import Job, LoadedModel


def saliency(loaded: LoadedModel, request: Saliency) -> Job:
    """Compute the absolute gradient of the score in each pixel, the largest of its channels."""
    yield 0.0
    pixels = loaded.pixels(request.image)
    target, probability = loaded.target_class(pixels, request.target)
    gradient, _heats = loaded.engine.gradients(loaded.inputs(pixels[np.newaxis]), np.int32(target))
    values = loaded.as_map(np.abs(gradient[0].numpy()))
    return Heat(values=pack(values), target=target, probability=probability)


def grad_cam(loaded: LoadedModel, request: GradCam) -> Job:
    """Weigh the maps of each layer by the mean gradients of the score in them, sum, and keep what is above 0."""
    yield 0.0
    pixels = loaded.pixels(request.image)
    target, probability = loaded.target_class(pixels, request.target)
    engine = loaded.engine
    if not engine.with_maps:
        raise RunError(_("{name}: no layer with feature maps").format(name=loaded.network.name))
    _gradient, heats = engine.gradients(loaded.inputs(pixels[np.newaxis]), np.int32(target))
    return Heats(
        layers=tuple(layer.name for layer in engine.with_maps),
        values=tuple(pack(heat.numpy()) for heat in heats),
        target=target,
        probability=probability,
    )


def occlude(loaded: LoadedModel, request: Occlude) -> Job:
    """Compute the probability with each place covered in turn."""
    pixels = loaded.pixels(request.image)
    target, probability = loaded.target_class(pixels, request.target)
    height, width, channels = pixels.shape
    if request.size > min(height, width):
        message = _("a square of size {size} does not fit into an image of {height}×{width}")
        raise RunError(message.format(size=request.size, height=height, width=width))
    fill = background(pixels) if request.grey is None else (request.grey,) * channels
    tops = range(0, height - request.size + 1, request.step)
    lefts = range(0, width - request.size + 1, request.step)
    corners = [(top, left) for top in tops for left in lefts]
    left_over = []
    for numbers in loaded.batches(np.arange(len(corners))):
        yield float(numbers[0] / len(corners))
        covered = np.repeat(pixels[np.newaxis], len(numbers), axis=0)
        for image, number in zip(covered, numbers.tolist(), strict=True):
            top, left = corners[number]
            image[top : top + request.size, left : left + request.size] = fill
        left_over.append(loaded.predict(covered)[:, target])
    values = np.concatenate(left_over).reshape(len(tops), len(lefts))
    return Heat(values=pack(values), target=target, probability=probability, fill=fill)
