"""Shows images as a training would see them: requests on the standard input, replies on the standard output."""

import os
import sys
from typing import Any

import msgspec
import numpy as np

from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fit, fitted_shape
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.frames import read_frame
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.runs.preview import PreviewReply, PreviewRequest, write_message
from tui_cnn.worker.loading import load_tensorflow

_AXES = 4


def main() -> int:
    """Answer until the input ends."""
    source = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sink:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what TensorFlow prints is no reply
        load_tensorflow()
        decoder = msgspec.msgpack.Decoder(PreviewRequest)
        try:
            while (request := read_frame(source, decoder)) is not None:
                write_message(sink, _answer(request))
        except (OSError, ValueError):  # what comes is no request, or nobody waits for the reply
            return 2
    return 0


def _answer(request: PreviewRequest) -> PreviewReply:
    try:
        images = request.images.numpy()
        if images.dtype != np.uint8 or images.ndim != _AXES or not images.size:
            raise ValueError
        return PreviewReply(pack(preview(images, request)))
    except DataError as error:
        return PreviewReply(error=str(error))
    except ValueError:
        return PreviewReply(error=_("there are no images (n, height, width, channels) of uint8 to preview"))


def preview(images: Any, request: PreviewRequest) -> Any:
    """Change a batch of images as the step of a training does; return it as uint8.

    Raises:
        DataError: the images do not fit the network's input.
    """
    import tensorflow as tf

    from tui_cnn.worker.augmentation import augment
    from tui_cnn.worker.inputs import widened

    recipe, (_count, *shape) = request.recipe, images.shape
    changed = augment(tf.constant(images), recipe.augmentations, recipe.seed, tf.constant(request.step))
    if request.shape is not None:
        image = tuple(shape)
        if fitted_shape(image, request.shape, recipe.fit) != image:
            raise DataError(_("the images are not fitted to the network's input yet"))
        changed = widened(changed, fit(image, request.shape))
    return np.round(changed.numpy()).astype(np.uint8)
