"""A batch split into lanes: each thread of a processor takes a shard of it through the whole network and back.

Threads that share each operation wait for each other at its end, hundreds of times a step; here they meet once.
Where there is one lane, its shard is the whole batch.
"""

from itertools import pairwise
from typing import Any

import tensorflow as tf

from tui_cnn.worker.replicas import Shard


def split_batch(batch: Shard, lanes: int) -> list[Shard]:
    """Split a batch among lanes, in the order of its images. For use in a graph."""
    if lanes == 1:
        return [batch]
    ends = [place * batch.count // lanes for place in range(lanes + 1)]
    return [_shard(batch, begin, end) for begin, end in pairwise(ends)]


def _shard(batch: Shard, begin: Any, end: Any) -> Shard:
    own = slice(begin, tf.maximum(end, begin + 1))
    weight = batch.weight * tf.cast(end - begin, tf.float32) / tf.cast(batch.count, tf.float32)
    return Shard(batch.images[own], batch.labels[own], end - begin, batch.whole, weight)
