"""Grey images prepared as a network's input, by TensorFlow: in the graph of a training, and for the inspector."""

from typing import Any

import tensorflow as tf

from tui_cnn.data.fitting import Fitting

_LARGEST_PIXEL = 255.0


def fitted(images: Any, fitting: Fitting) -> Any:
    """Pad images (n, height, width), repeat their grey as channels, and reshape them; of the same dtype."""
    if fitting.pads:
        images = tf.pad(images, ((0, 0), *fitting.padding))
    if fitting.channels > 1:
        images = tf.repeat(images[..., tf.newaxis], fitting.channels, axis=-1)
    return tf.reshape(images, (-1, *fitting.shape))


def scaled(images: Any) -> Any:
    """Convert bytes to float32, 0 to 1."""
    return tf.cast(images, tf.float32) / _LARGEST_PIXEL
