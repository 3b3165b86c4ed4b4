"""How much an image of each class counts, against scikit-learn."""

import numpy as np
import pytest

from tui_cnn.data.splitting import balanced_weights


def test_balanced_weights_are_those_of_scikit_learn():
    compute = pytest.importorskip("sklearn.utils.class_weight").compute_class_weight
    labels = np.random.default_rng(1).choice([0, 1, 2, 4], 500, p=[0.7, 0.2, 0.07, 0.03]).astype(np.int32)
    there = np.unique(labels)
    theirs = compute("balanced", classes=there, y=labels)
    ours = balanced_weights(labels, 6)
    assert [ours[number] for number in there] == pytest.approx(theirs.tolist())
    assert (ours[3], ours[5]) == (0, 0), "of these there is no image"
    assert sum(ours[label] for label in labels) == pytest.approx(len(labels)), "the mean weight of an image is 1"
