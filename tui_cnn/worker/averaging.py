"""The exponential moving average of a model's weights over its steps (Polyak and Juditsky 1992; Tan and Le 2019).

After each step, `average = ema * average + (1 - ema) * weight`, as the optimizers of Keras do it: the first step's
weights begin it. The statistics of batch normalization are averaged too, as EfficientNet's authors do: they are means
already, and follow the weights that are averaged, without another pass over the images.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod

import keras
import numpy as np
import tensorflow as tf


class WeightAverage:
    """The average of all weights of a model that are no whole numbers; of none, where `ema` is 0."""

    def __init__(self, model: keras.Model, ema: float) -> None:
        self._model = model
        self._ema = ema
        self._weights = [weight for weight in model.weights if ema and "float" in weight.dtype]
        self._averages = [tf.Variable(weight.numpy()) for weight in self._weights]

    @property
    def exists(self) -> bool:
        """Whether weights are averaged."""
        return bool(self._weights)

    def reset(self) -> None:
        """Begin with the weights as they are."""
        for average, weight in zip(self._averages, self._weights, strict=True):
            average.assign(weight.numpy())

    def update(self) -> None:
        """Add the weights after a step. For use in a graph."""
        if not self.exists:
            return
        share = tf.where(tf.convert_to_tensor(self._model.optimizer.iterations) > 1, 1 - self._ema, 1.0)
        for average, weight in zip(self._averages, self._weights, strict=True):
            value = tf.convert_to_tensor(weight)
            average.assign_add(tf.cast(share, value.dtype) * (value - average))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Have the average in the model for a while, if there is one; then, the weights that it had."""
        if not self.exists:
            yield
            return
        before = self._model.get_weights()
        for average, weight in zip(self._averages, self._weights, strict=True):
            weight.assign(average.numpy())
        try:
            yield
        finally:
            self._model.set_weights(before)

    def dumps(self) -> bytes:
        """Write the averages, in the order of the weights, little-endian."""
        return b"".join(average.numpy().astype("<f4").tobytes() for average in self._averages)

    def loads(self, data: bytes) -> None:
        """Take over what `dumps` has written.

        Raises:
            ValueError: it is of another model.
        """
        sizes = [prod(average.shape) for average in self._averages]
        values = np.split(np.frombuffer(data, "<f4"), np.cumsum(sizes))
        if [len(value) for value in values] != [*sizes, 0]:
            raise ValueError(f"{len(data)} bytes are no averages of {sum(sizes)} weights")
        for average, value in zip(self._averages, values[:-1], strict=True):
            average.assign(value.reshape(average.shape))
