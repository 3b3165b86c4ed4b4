"""Calibration: whether a network's confidence matches its accuracy.

Guo et al., "On Calibration of Modern Neural Networks", 2017, section 2.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS = 10


class Reliability(NamedTuple):
    """Bins of equal width over the confidence, each array of shape `(bins,)`; what is empty is NaN.

    Attributes:
        lower: where each bin begins, exclusive; it ends, inclusive, where the next begins.
        confidence: mean probability of the predicted class.
        accuracy: share of correct predictions.
        images: how many are in the bin.
    """

    lower: Floats
    confidence: Floats
    accuracy: Floats
    images: npt.NDArray[np.int64]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap of confidence and accuracy, weighted by the images, 0 to 1."""
        filled = self.images > 0
        if not filled.any():
            return 0.0
        gaps = np.abs(self.confidence - self.accuracy)[filled]
        return float(np.average(gaps, weights=self.images[filled]))


def reliability(probabilities: npt.NDArray[Any], labels: npt.NDArray[Any], bins: int = BINS) -> Reliability:
    """Bin images by the network's confidence: `probabilities` (n, classes), `labels` (n,)."""
    probabilities = np.asarray(probabilities, np.float64)
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(np.nan_to_num(sure) * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights=weights, minlength=bins) for weights in (sure, right)]
    means = [np.divide(total, count, out=np.full(bins, np.nan), where=count > 0) for total in sums]
    return Reliability(np.arange(bins) / bins, means[0], means[1], count.astype(np.int64))
