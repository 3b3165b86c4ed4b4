"""Which classes are confused, and the scores of each class.

Where a share has nothing to be a share of, it is 0, as scikit-learn has it with `zero_division=0`.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer[Any]]


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


def _ratio(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Floats:
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    ratio: Floats = np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)
    return ratio
