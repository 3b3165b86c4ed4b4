"""Losses and right answers, summed up by the graph; their means are what is reported."""

from typing import Any, NamedTuple

import tensorflow as tf


class Means(NamedTuple):
    """Mean loss in nats, and share of right answers, over the images seen."""

    loss: float
    accuracy: float


class Sums(NamedTuple):
    """What the means are made of; a checkpoint keeps them."""

    loss: float = 0.0
    right: float = 0.0
    seen: float = 0.0


class Totals:
    """Running sums in variables of TensorFlow."""

    def __init__(self) -> None:
        self._variables = [tf.Variable(0.0, dtype=tf.float64) for _field in Sums._fields]

    def add(self, loss: Any, outputs: Any, labels: Any) -> None:
        """Add a batch: its mean loss, the outputs (n, classes) and the labels (n,). For use in a graph."""
        size = tf.cast(tf.size(labels), tf.float64)
        right = tf.cast(tf.argmax(outputs, axis=-1, output_type=tf.int32) == labels, tf.float64)
        batch = Sums(tf.cast(loss, tf.float64) * size, tf.reduce_sum(right), size)
        for variable, value in zip(self._variables, batch, strict=True):
            variable.assign_add(value)

    def loss(self) -> Any:
        """The sum of the losses, as a tensor. For use in a graph."""
        return self._variables[0].read_value()

    def sums(self) -> Sums:
        """The sums as they stand."""
        return Sums(*(float(variable) for variable in self._variables))

    def means(self) -> Means:
        """The means over the images seen, of which there is at least one."""
        loss, right, seen = self.sums()
        return Means(loss / seen, right / seen)

    def set(self, sums: Sums) -> None:
        """Go on from `sums`."""
        for variable, value in zip(self._variables, sums, strict=True):
            variable.assign(value)


class Confusion:
    """Counts of images by their class and the class that they were taken for, in a variable of TensorFlow."""

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._counts = tf.Variable(tf.zeros((classes, classes), tf.int32))

    def add(self, outputs: Any, labels: Any) -> None:
        """Add a batch: the outputs (n, classes) and the labels (n,). For use in a graph."""
        taken = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        self._counts.assign_add(tf.math.confusion_matrix(labels, taken, self._classes))

    def clear(self) -> None:
        """Begin anew."""
        self._counts.assign(tf.zeros_like(self._counts))

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The counts as they stand: `rows()[i][j]` of class i were taken for class j."""
        return tuple(tuple(row) for row in self._counts.numpy().tolist())
