"""Images as a network's input, by TensorFlow: padded and scaled, and while training, changed at random.

The changes are drawn by seed and step, so that a resumed run draws the same.
"""

from typing import Any

import tensorflow as tf

from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling
from tui_cnn.runs.recipe import Augmentation

_SHIFT = 2
"""Pixels that an image is moved by at most; zeros come in."""
_ERASED = 8
"""Side of the square that is set to zero (DeVries and Taylor 2017), in pixels."""


def fitted(images: Any, fitting: Fitting) -> Any:
    """Pad images (n, height, width, channels), repeat their channels, and reshape them; of the same dtype."""
    return tf.reshape(_widened(images, fitting), (-1, *fitting.shape))


def model_inputs(images: Any, fitting: Fitting, scaling: Scaling) -> Any:
    """Fit images, and convert them to float32, scaled as the network takes them."""
    values = scaling.apply(tf.cast(_widened(images, fitting), tf.float32))
    return tf.reshape(values, (-1, *fitting.shape))


def _widened(images: Any, fitting: Fitting) -> Any:
    if fitting.pads:
        images = tf.pad(images, ((0, 0), *fitting.padding, (0, 0)))
    return tf.repeat(images, fitting.channels, axis=-1) if fitting.channels > 1 else images


def augment(images: Any, kind: Augmentation, seed: int, step: Any) -> Any:
    """Change images (n, height, width, channels). For use in a graph."""
    if kind == "none":
        return images
    count, height, width, _channels = tf.unstack(tf.shape(images))
    draws = tf.random.stateless_uniform((5, count), seed=tf.stack([seed, step]))
    if "flip" in kind:
        images = tf.where(draws[0][:, tf.newaxis, tf.newaxis, tf.newaxis] < 0.5, images[:, :, ::-1], images)
    if "shift" in kind:
        images = _shift(images, _whole(draws[1], 2 * _SHIFT + 1), _whole(draws[2], 2 * _SHIFT + 1), height, width)
    if "erase" in kind:
        rows = _within(_whole(draws[3], height), height)
        columns = _within(_whole(draws[4], width), width)
        images = tf.where(
            rows[:, :, tf.newaxis, tf.newaxis] & columns[:, tf.newaxis, :, tf.newaxis], tf.zeros_like(images), images
        )
    return images


def _shift(images: Any, down: Any, right: Any, height: Any, width: Any) -> Any:
    """Cut each image out of one with a border; an offset of `_SHIFT` leaves it where it is."""
    framed = tf.pad(images, ((0, 0), (_SHIFT, _SHIFT), (_SHIFT, _SHIFT), (0, 0)))
    rows = tf.gather(framed, down[:, tf.newaxis] + tf.range(height), axis=1, batch_dims=1)
    columns = right[:, tf.newaxis] + tf.range(width)
    turned = tf.transpose(rows, (0, 2, 1, 3))
    return tf.transpose(tf.gather(turned, columns, axis=1, batch_dims=1), (0, 2, 1, 3))


def _within(centre: Any, size: Any) -> Any:
    """Return for each image (n,) which of `size` places are in the square around its centre: (n, size)."""
    distance = tf.range(size)[tf.newaxis, :] - centre[:, tf.newaxis]
    return (distance >= -_ERASED // 2) & (distance < _ERASED // 2)


def _whole(draws: Any, bound: Any) -> Any:
    """Make whole numbers below `bound` of numbers in [0, 1)."""
    return tf.cast(draws * tf.cast(bound, tf.float32), tf.int32)
