"""Images on their way to the compiled steps: held whole in a tensor, or gathered out of a file, batch by batch, ahead.

Both give the same batches in the same order, so the steps compute the same.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import numpy as np
import tensorflow as tf

from tui_cnn.data.source import Labels, Pixels
from tui_cnn.data.splitting import Indices
from tui_cnn.worker.steps import Samples

_MOST_HELD = 256 << 20
"""Bytes of images up to which a part of a data set is held whole."""
_MOST_AHEAD = 16 << 20
"""Bytes of images that are gathered ahead."""


def epoch_order(train: Indices, seed: int, epoch: int) -> Indices:
    """Return the images to train on in the order of an epoch, from 1: its own, which follows from the seed."""
    return np.random.default_rng([seed, epoch]).permutation(train)


class Batches(NamedTuple):
    """What the steps take: samples, an order of their indices, and the number of the first batch in that order."""

    samples: Samples
    order: Any
    first: int


class Ordered(Protocol):
    """Images in an order, cut into batches."""

    def take(self, first: int, count: int) -> Batches:
        """Return the batches from number `first` on, so many; later calls go on from there."""


class Feed:
    """Images (n, height, width, channels) of a part of a data set, and their labels (n,)."""

    def __init__(self, images: Pixels, labels: Labels) -> None:
        self.labels = labels
        self._images = images
        self._held: Samples | None = None
        if images.nbytes <= _MOST_HELD:
            self._held = Samples(tf.constant(images), tf.constant(labels))
            self._images = images[:0]  # what is trained on is in the tensor

    def __len__(self) -> int:
        return len(self.labels)

    def ordered(self, order: Indices, batch_size: int) -> Ordered:
        """Put the images with these indices in this order."""
        if self._held is not None:
            return _Held(self._held, tf.constant(order))
        return _Gathered(self._images, self.labels, order, batch_size)

    def some(self, count: int) -> Samples:
        """Return some of the images, or all, to measure with."""
        if self._held is not None:
            return self._held
        return Samples(tf.constant(self._images[:count]), tf.constant(self.labels[:count]))


class _Held(NamedTuple):
    samples: Samples
    order: Any

    def take(self, first: int, count: int) -> Batches:
        return Batches(self.samples, self.order, first)


class _Gathered:
    """Batches that a thread gathers before they are wanted."""

    def __init__(self, images: Pixels, labels: Labels, order: Indices, size: int) -> None:
        self._images, self._labels, self._order, self._size = images, labels, order, size
        self._total = -(-len(order) // size)
        self._pool = ThreadPoolExecutor(1)
        self._ahead: deque[Future[Pixels]] = deque()
        self._next = 0
        self._most_ahead = max(1, _MOST_AHEAD // (size * images[0].nbytes))

    def take(self, first: int, count: int) -> Batches:
        if first != self._next:  # a resumed run begins in the middle
            self._ahead.clear()
            self._next = first
        self._gather(count)
        images = np.concatenate([self._ahead.popleft().result() for _batch in range(count)])
        labels = self._labels[self._order[first * self._size : (first + count) * self._size]]
        self._next = first + count
        self._gather(self._most_ahead)
        return Batches(Samples(tf.constant(images), tf.constant(labels)), tf.range(len(images)), 0)

    def _gather(self, count: int) -> None:
        """Have so many batches gathered beyond those that were taken."""
        for number in range(self._next + len(self._ahead), min(self._next + count, self._total)):
            self._ahead.append(self._pool.submit(self._read, number))

    def _read(self, number: int) -> Pixels:
        chosen = self._order[number * self._size : (number + 1) * self._size]
        return np.asarray(self._images[chosen])
