"""Images as a network's input, by TensorFlow: padded and scaled."""

from typing import Any

import tensorflow as tf

from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling


def fitted(images: Any, fitting: Fitting) -> Any:
    """Pad images (n, height, width, channels), repeat their channels, and reshape them; of the same dtype."""
    return tf.reshape(widened(images, fitting), (-1, *fitting.shape))


def model_inputs(images: Any, fitting: Fitting, scaling: Scaling) -> Any:
    """Fit images, and convert them to float32, scaled as the network takes them."""
    values = scaling.apply(tf.cast(widened(images, fitting), tf.float32))
    return tf.reshape(values, (-1, *fitting.shape))


def widened(images: Any, fitting: Fitting) -> Any:
    """Pad images (n, height, width, channels), and repeat their channels; of the same dtype."""
    if fitting.pads:
        images = tf.pad(images, ((0, 0), *fitting.padding, (0, 0)))
    return tf.repeat(images, fitting.channels, axis=-1) if fitting.channels > 1 else images
