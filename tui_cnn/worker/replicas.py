"""A batch split among devices, and among the threads of a processor.

Each replica of the model learns from its shard, and all keep the same weights. On a processor, each thread takes a
lane: a shard of its own, through the whole network and back. Threads that share each operation wait for each other at
its end, hundreds of times a step; here they meet once. Where there is one device, or one lane, its shard is the whole
batch, and nothing is added up.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import tensorflow as tf


class Shard(NamedTuple):
    """The part of a batch of `whole` images that a replica computes.

    `count` of its images and labels are its own; where that is none, it has one that weighs nothing, because layers
    cannot do without. `weight` times the loss that Keras gives for the shard, summed over the replicas, is the mean
    over the batch.
    """

    images: Any
    labels: Any
    count: Any
    whole: Any
    weight: Any


class Replicas:
    """The replicas of a strategy of TensorFlow. For use in a graph."""

    def __init__(self, strategy: Any) -> None:
        self._strategy = strategy
        self.count = int(strategy.num_replicas_in_sync)

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function on every replica, and add up what it returns, tensor by tensor."""
        if self.count == 1:
            return function(*arguments)
        results = self._strategy.run(function, arguments)
        return tf.nest.map_structure(lambda each: self._strategy.reduce("SUM", each, axis=None), results)

    def shard(self, images: Any, labels: Any) -> Shard:
        """Take every `count`th image, beginning with the number of this replica."""
        whole = tf.shape(labels)[0]
        if self.count == 1:
            return Shard(images, labels, whole, whole, 1.0)
        number = tf.distribute.get_replica_context().replica_id_in_sync_group
        taken = tf.range(tf.minimum(number, whole - 1), whole, self.count)
        count = tf.where(number < whole, tf.size(taken), 0)
        # A loss of Keras is divided by the number of replicas, as if their parts were equal.
        weight = tf.cast(self.count * count, tf.float32) / tf.cast(whole, tf.float32)
        return Shard(tf.gather(images, taken), tf.gather(labels, taken), count, whole, weight)

    def total(self, gradients: list[Any]) -> list[Any]:
        """Add up the gradients of all replicas, on each of them."""
        if self.count == 1:
            return gradients
        return list(tf.distribute.get_replica_context().all_reduce("SUM", gradients))

    def divide(self, tensor: Any) -> Any:
        """Divide a tensor that every replica has by their number, so that their sum is the tensor."""
        return tensor if self.count == 1 else tensor / tf.cast(self.count, tensor.dtype)


def split_batch(batch: Shard, lanes: int) -> list[Shard]:
    """Split a batch among lanes, in the order of its images. For use in a graph."""
    if lanes == 1:
        return [batch]
    shards = []
    for begin, end in pairwise([place * batch.count // lanes for place in range(lanes + 1)]):
        own = slice(begin, tf.maximum(end, begin + 1))
        weight = batch.weight * tf.cast(end - begin, tf.float32) / tf.cast(batch.count, tf.float32)
        shards.append(Shard(batch.images[own], batch.labels[own], end - begin, batch.whole, weight))
    return shards
