"""Choosing images of a set by their class and a network's prediction. All return indices, `(n,)`."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
Order = Literal["index", "most sure", "least sure", "least true"]
"""`least true` puts those first whose true class is the least probable."""


@dataclass(frozen=True)
class Filter:
    """Which images are wanted; None: it does not matter.

    Attributes:
        label: the true class.
        predicted: the predicted class.
        right: whether the two are the same.
        lowest, highest: bounds of the confidence, the probability of the predicted class; both are included.
    """

    label: int | None = None
    predicted: int | None = None
    right: bool | None = None
    lowest: float = 0.0
    highest: float = 1.0


def select(
    probabilities: npt.NDArray[Any], labels: npt.NDArray[Any], wanted: Filter, order: Order = "index"
) -> Indices:
    """Find the images that pass the filter, in order; `probabilities` (n, classes), `labels` (n,)."""
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    # Sums of rounded shares may exceed 1.
    passes = (sure >= wanted.lowest) & (np.minimum(sure, 1.0) <= wanted.highest)
    if wanted.label is not None:
        passes &= labels == wanted.label
    if wanted.predicted is not None:
        passes &= predicted == wanted.predicted
    if wanted.right is not None:
        passes &= (predicted == labels) == wanted.right
    indices = np.flatnonzero(passes)
    match order:
        case "index":
            return indices
        case "most sure":
            key = -sure
        case "least sure":
            key = sure
        case "least true":
            key = probabilities[np.arange(len(labels)), labels]
    return indices[np.argsort(key[indices], kind="stable")]


def most_confident_mistakes(probabilities: npt.NDArray[Any], labels: npt.NDArray[Any], count: int) -> Indices:
    """Find the images on which the network is wrong with the highest confidence, the highest first."""
    return select(probabilities, labels, Filter(right=False), "most sure")[:count]


def sample(labels: npt.NDArray[Any], count: int, seed: int = 0) -> Indices:
    """Draw `count` images at random (all, where there are no more), the same for the same seed; in order."""
    chosen = np.random.default_rng(seed).permutation(len(labels))[:count]
    return np.sort(chosen).astype(np.int64)
