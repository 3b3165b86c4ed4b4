"""Losses and right answers, summed up in the graph; their means are reported."""

from typing import Any, NamedTuple

import tensorflow as tf

from tui_cnn.worker.replicas import Shard


class Means(NamedTuple):
    """Mean loss in nats, and share of right answers, over the images."""

    loss: float
    accuracy: float


class Sums(NamedTuple):
    """The sums of the means; a checkpoint keeps them."""

    loss: float = 0.0
    right: float = 0.0
    images: float = 0.0


def count(loss: Any, outputs: list[Any], shards: list[Shard]) -> tuple[Sums, Any]:
    """Sum up shards of a batch, and count their images by class and predicted class. For use in a graph.

    `loss` is what the parts add to the mean over the batch; the outputs of each are (n, classes).
    """
    labels = tf.concat([shard.labels[: shard.count] for shard in shards], axis=0)
    own = tf.concat([output[: shard.count] for output, shard in zip(outputs, shards, strict=True)], axis=0)
    taken = tf.argmax(own, axis=-1, output_type=tf.int32)
    right = tf.reduce_sum(tf.cast(taken == labels, tf.float64))
    total = tf.cast(loss, tf.float64) * tf.cast(shards[0].whole, tf.float64)
    sums = Sums(total, right, tf.cast(tf.size(labels), tf.float64))
    return sums, tf.math.confusion_matrix(labels, taken, own.shape[-1])


class RunningTotals:
    """Running sums in variables of TensorFlow."""

    def __init__(self) -> None:
        self._variables = [tf.Variable(0.0, dtype=tf.float64) for _field in Sums._fields]

    def add(self, batch: Sums) -> None:
        """Add the sums of a batch, as tensors. For use in a graph."""
        for variable, value in zip(self._variables, batch, strict=True):
            variable.assign_add(value)

    def loss(self) -> Any:
        """The sum of the losses, as a tensor. For use in a graph."""
        return self._variables[0].read_value()

    def sums(self) -> Sums:
        """The sums as they stand."""
        return Sums(*(float(variable) for variable in self._variables))

    def means(self) -> Means:
        """The means over the images, of which there is at least one."""
        loss, right, images = self.sums()
        return Means(loss / images, right / images)

    def set(self, sums: Sums) -> None:
        """Set the sums."""
        for variable, value in zip(self._variables, sums, strict=True):
            variable.assign(value)


class Confusion:
    """Counts of images by their class and their predicted class, in a variable of TensorFlow."""

    def __init__(self, classes: int) -> None:
        self._counts = tf.Variable(tf.zeros((classes, classes), tf.int32))

    def add(self, counts: Any) -> None:
        """Add the counts of a batch, as a tensor. For use in a graph."""
        self._counts.assign_add(counts)

    def clear(self) -> None:
        """Set all counts to 0."""
        self._counts.assign(tf.zeros_like(self._counts))

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The counts as they stand: `rows()[i][j]` of class i were predicted as class j."""
        return tuple(tuple(row) for row in self._counts.numpy().tolist())
