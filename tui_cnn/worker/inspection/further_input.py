"""What comes into a further input of a network that is given one image: the same image, or zeros."""

from typing import Any

import keras
import tensorflow as tf

from tui_cnn.core.shape import Shape
from tui_cnn.runs.inspection.ends import gets_image


class FurtherInput(keras.Layer):  # type: ignore[misc]  # Keras has no types
    """Makes of the image what a further input takes, (n, *shape), float32.

    Where both take images, it is resized between the nearest pixels, its grey repeated, or its colours averaged.
    """

    def __init__(self, shape: Shape, **common: Any) -> None:
        super().__init__(trainable=False, **common)
        self._shape = shape

    def call(self, images: Any) -> Any:
        """Make it of images, (n, *own shape)."""
        own, count = tuple(images.shape[1:]), tf.shape(images)[0]
        if not gets_image(self._shape, own):
            return tf.zeros((count, *self._shape))
        if self._shape == own:
            return images
        rows, columns, channels = (*self._shape, 1)[:3]
        pictures = tf.reshape(images, (count, *(*own, 1)[:3]))
        pictures = tf.image.resize(pictures, (rows, columns), antialias=True)
        if channels < pictures.shape[-1]:
            pictures = tf.reduce_mean(pictures, axis=-1, keepdims=True)
        return tf.reshape(tf.broadcast_to(pictures, (count, rows, columns, channels)), (count, *self._shape))

    def compute_output_shape(self, given: Shape) -> tuple[int | None, ...]:
        """Return the shape of what it makes, with the batch's axis."""
        return given[0], *self._shape
