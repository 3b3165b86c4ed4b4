"""Images on their way to the compiled steps: held, mapped, or gathered.

A few are held whole in a tensor. Of more, the mapped file is the tensor, and the steps gather out of it as out of one
that is held; a thread touches what comes next, so that it is read from the disk meanwhile. Where the steps run on a
GPU, or TensorFlow cannot use the map, a thread gathers batches ahead.

All give the same batches in the same order, so the steps compute the same.
"""

import ctypes
import mmap
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import numpy as np
import tensorflow as tf

from tui_cnn.data.source import Labels, Pixels
from tui_cnn.data.splitting import Indices
from tui_cnn.worker.device import device_kind
from tui_cnn.worker.steps import Samples

_MOST_HELD = 256 << 20
"""Bytes of images up to which a part of a data set is held whole."""
_MOST_AHEAD = 16 << 20
"""Bytes of images that are gathered ahead."""
_MOST_TOUCHED = 64 << 20
"""Bytes of mapped images that are touched ahead; the system frees them when it needs the memory."""
_ALIGNMENT = 64
"""Bytes: TensorFlow uses memory in place if its address is a multiple of these."""


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
        self._samples: Samples | None = None
        self._is_mapped = False
        if images.nbytes <= _MOST_HELD:
            self._samples = Samples(tf.constant(images), tf.constant(labels))
            self._images = images[:0]  # what is trained on is in the tensor
        elif device_kind() == "CPU" and images.ctypes.data % _ALIGNMENT == 0:
            self._samples = Samples(_in_place(images), tf.constant(labels))
            self._is_mapped = True

    def __len__(self) -> int:
        return len(self.labels)

    def ordered(self, order: Indices, batch_size: int) -> Ordered:
        """Put the images with these indices in this order."""
        if self._samples is None:
            return _Gathered(self._images, self.labels, order, batch_size)
        if self._is_mapped:
            return _Mapped(self._samples, self._images, order, batch_size)
        return _Held(self._samples, tf.constant(order))

    def some(self, count: int) -> Samples:
        """Return some of the images, or all, to measure with."""
        if self._samples is not None:
            return self._samples
        return Samples(tf.constant(self._images[:count]), tf.constant(self.labels[:count]))


def _in_place(images: Pixels) -> Any:
    """Return a tensor of images in the memory in which they are; they must not change."""
    # NumPy hands memory that cannot be written to no other library; this is the same memory without that mark.
    memory: Any = (ctypes.c_uint8 * images.nbytes).from_address(images.ctypes.data)
    memory.images = images  # it is there for as long as the tensor is
    array = np.frombuffer(memory, np.uint8).reshape(images.shape)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


class _Held(NamedTuple):
    samples: Samples
    order: Any

    def take(self, first: int, count: int) -> Batches:
        return Batches(self.samples, self.order, first)


class _Mapped:
    """Batches that the steps gather out of a mapped file."""

    def __init__(self, samples: Samples, images: Pixels, order: Indices, size: int) -> None:
        self._samples, self._tensor, self._order, self._size = samples, tf.constant(order), order, size
        self._pages = images.reshape(len(images), -1)[:, :: mmap.PAGESIZE]
        self._most_ahead = max(1, _MOST_TOUCHED // images[0].nbytes)
        self._pool = ThreadPoolExecutor(1)
        self._touched = 0

    def take(self, first: int, count: int) -> Batches:
        begin = (first + count) * self._size
        end = min(begin + self._most_ahead, len(self._order))
        if end > self._touched:
            self._pool.submit(self._touch, max(begin, self._touched), end)
            self._touched = end
        return Batches(self._samples, self._tensor, first)

    def _touch(self, begin: int, end: int) -> None:
        """Read a byte of each page of the images at these places in the order."""
        self._pages[self._order[begin:end]].sum()


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
