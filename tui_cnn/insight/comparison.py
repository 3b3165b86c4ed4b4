"""Two networks on the same images: where they disagree."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


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
