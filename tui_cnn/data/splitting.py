"""Which images are held out: to validate on, chosen by a seed of its own, and to test on, where no part is for that.

Both are stratified: each class gives its share.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from tui_cnn.data.input_options import validation_count
from tui_cnn.data.source import PARTS, UNASSIGNED, ImageSource, Labels, Parts

Indices = npt.NDArray[np.int32]

TEST_SHARE = 0.2
"""Of each class, where the files have no test part."""


def split(
    labels: Labels, share: float, seed: int | None, limit: int | None = None, *, unstratified: int = 0, given: int = 0
) -> tuple[Indices, Indices]:
    """Split training images into those to train on and those to validate on, by their indices.

    The first `limit` of them in an order by `seed` are used; `share` of those, rounded, are validated on, though one
    image is always left to train on. Every beginning of the order has of each class as much as the method of Webster
    and Sainte-Laguë gives it: its share, to about one image.

    `seed` None: as runs of earlier versions did it: shuffled by the seed `unstratified`, whatever the classes.
    `given`: how many, the last ones, are for validation already; then these are validated on, whatever the share.
    """
    if given:
        used, _none = split(labels[:-given], 0.0, seed, limit, unstratified=unstratified)
        return used, np.arange(len(labels) - given, len(labels), dtype=np.int32)
    if seed is None:
        order = np.random.default_rng(unstratified).permutation(len(labels)).astype(np.int32)
    else:
        order = _stratified_order(labels, seed)
    held_out = validation_count(len(order[:limit]), share)
    return order[held_out:limit], order[:held_out]


def _stratified_order(labels: Labels, seed: int) -> Indices:
    """Order images so that each class is spread evenly; the only image of a class comes last, to be trained on."""
    random = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for number in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == number))
        place[members] = (np.arange(len(members)) + 0.5) / len(members) if len(members) > 1 else 1.0
    return np.argsort(place, kind="stable").astype(np.int32)


@lru_cache(maxsize=4)
def assigned_parts(source: ImageSource) -> Parts:
    """Return the part of each image of a source, with the images that no part is known of assigned to one.

    They are for training; where no image is for testing, `TEST_SHARE` of each class is, of those that are not for
    validation. Which ones is decided by their keys alone, so that an image stays where it is when others are added.
    """
    parts = np.where(source.parts == UNASSIGNED, PARTS.index("train"), source.parts).astype(np.int8)
    test = PARTS.index("test")
    if not (parts == test).any():
        for number in range(len(source.class_names)):
            members = np.flatnonzero((source.labels == number) & (parts == PARTS.index("train")))
            chosen = sorted(members.tolist(), key=lambda image: _digest(source.key(image)))
            parts[chosen[: min(round(TEST_SHARE * len(members)), len(members) - 1)]] = test
    parts.flags.writeable = False  # others get the same
    return parts


def _digest(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=8).digest()


def balanced_weights(labels: Labels, classes: int) -> tuple[float, ...]:
    """Return how much an image of each class is to count, so that all classes count the same: n / (classes · images).

    As scikit-learn's `compute_class_weight("balanced")`; a class without images is left out, with a weight of 0.
    """
    counts = np.bincount(labels, minlength=classes)
    there = counts > 0
    weights = np.where(there, len(labels) / (there.sum() * np.maximum(counts, 1)), 0.0)
    return tuple(weights.tolist())


def missing_classes(labels: Labels, class_names: Sequence[str]) -> tuple[str, ...]:
    """Name the classes of which there is no image."""
    counts = np.bincount(labels, minlength=len(class_names))
    return tuple(name for name, count in zip(class_names, counts, strict=True) if not count)
