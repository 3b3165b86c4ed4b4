"""What a network predicts of labelled images: scores, calibration, choice of images, and two networks compared.

`probabilities` are (n, classes), `labels` (n,). Where a share has nothing to be a share of, it is 0, as scikit-learn
has it with `zero_division=0`.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer[Any]]

Order = Literal["index", "most sure", "least sure", "least true"]
"""`least true` puts those first whose true class is the least probable."""


class PerClass(NamedTuple):
    """A number for each class, each `(classes,)`: precision, recall and F1 from 0 to 1, and the images of the class."""

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts


def confusion(labels: Labels, predicted: Labels, classes: int) -> Counts:
    """Count `(classes, classes)`: in row i, column j the images of class i that were predicted as class j."""
    flat = np.asarray(labels, np.int64) * classes + np.asarray(predicted, np.int64)
    return np.bincount(flat, minlength=classes * classes).astype(np.int64).reshape(classes, classes)


def shares(counts: Counts) -> Floats:
    """Divide each row of a confusion matrix into shares of the images of that class; a row without images is 0."""
    return _ratio(counts, counts.sum(axis=1, keepdims=True))


def per_class(counts: Counts) -> PerClass:
    """Work out precision, recall and F1 from a confusion matrix."""
    right, supported, called = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return PerClass(
        precision=_ratio(right, called),
        recall=_ratio(right, supported),
        f1=_ratio(2 * right, supported + called),
        support=supported,
    )


def accuracy(counts: Counts) -> float:
    """Return the share of all images that were predicted correctly."""
    return float(np.trace(counts) / counts.sum()) if counts.sum() else 0.0


def log_loss(labels: Labels, probabilities: npt.NDArray[Any]) -> float:
    """Return the mean of `-log p` of the true class, in nats; `p` is kept from 0 by 1e-7, as Keras does."""
    true = np.asarray(probabilities, np.float64)[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(true, 1e-7, 1 - 1e-7)).mean())


class Reliability(NamedTuple):
    """Whether a network's confidence matches its accuracy: bins of equal width, `(bins,)`; what is empty is NaN.

    Guo et al., "On Calibration of Modern Neural Networks", 2017, section 2.

    Attributes:
        lower: where each bin begins, exclusive; it ends, inclusive, where the next begins.
        confidence: mean probability of the predicted class.
        accuracy: share of correct predictions.
        images: how many are in the bin.
    """

    lower: Floats
    confidence: Floats
    accuracy: Floats
    images: Counts

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap of confidence and accuracy, weighted by the images, 0 to 1."""
        filled = self.images > 0
        if not filled.any():
            return 0.0
        gaps = np.abs(self.confidence - self.accuracy)[filled]
        return float(np.average(gaps, weights=self.images[filled]))


def reliability(probabilities: npt.NDArray[Any], labels: npt.NDArray[Any], bins: int = 10) -> Reliability:
    """Bin images by the network's confidence: `probabilities` (n, classes), `labels` (n,)."""
    probabilities = np.asarray(probabilities, np.float64)
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(np.nan_to_num(sure) * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights=weights, minlength=bins) for weights in (sure, right)]
    means = [np.divide(total, count, out=np.full(bins, np.nan), where=count > 0) for total in sums]
    return Reliability(np.arange(bins) / bins, means[0], means[1], count.astype(np.int64))


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


class Comparison(NamedTuple):
    """Images, by index, on which a second network differs from a first; the largest difference first.

    Attributes:
        gained: the first is wrong, the second right.
        lost: the first is right, the second wrong.
        both_wrong: they predict different classes, both wrong.
        furthest: all images, by the distance of their probabilities.
        distance: `(n,)` by index: the total variation distance, half the sum of the absolute differences, 0 to 1.
    """

    gained: Indices
    lost: Indices
    both_wrong: Indices
    furthest: Indices
    distance: npt.NDArray[np.float64]


def compare(first: npt.NDArray[Any], second: npt.NDArray[Any], labels: npt.NDArray[Any]) -> Comparison:
    """Compare probabilities, each `(n, classes)`, of the images with these labels, `(n,)`."""
    distance = np.abs(np.asarray(first, np.float64) - np.asarray(second, np.float64)).sum(axis=1) / 2
    furthest = np.argsort(-distance, kind="stable")
    first_class, second_class = first.argmax(axis=1), second.argmax(axis=1)
    first_right, second_right = first_class == labels, second_class == labels

    def ordered(mask: npt.NDArray[np.bool_]) -> Indices:
        return furthest[mask[furthest]]

    return Comparison(
        gained=ordered(~first_right & second_right),
        lost=ordered(first_right & ~second_right),
        both_wrong=ordered(~first_right & ~second_right & (first_class != second_class)),
        furthest=furthest,
        distance=distance,
    )


def _ratio(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Floats:
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    ratio: Floats = np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)
    return ratio
