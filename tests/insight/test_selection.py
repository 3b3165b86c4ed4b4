"""Which images are chosen; two networks beside each other. By hand."""

import numpy as np
import pytest

from tui_cnn.insight.predictions import Filter, compare, most_confident_mistakes, sample, select

LABELS = np.array([0, 1, 2, 0, 1])
PROBABILITIES = np.array(
    [
        [0.9, 0.1, 0.0],  # right
        [0.6, 0.3, 0.1],  # wrong, 0
        [0.1, 0.1, 0.8],  # right
        [0.05, 0.95, 0.0],  # wrong, 1, and surest
        [0.2, 0.5, 0.3],  # right
    ]
)


@pytest.mark.parametrize(
    ("wanted", "order", "expected"),
    [
        (Filter(), "index", [0, 1, 2, 3, 4]),
        (Filter(), "most sure", [3, 0, 2, 1, 4]),
        (Filter(), "least sure", [4, 1, 2, 0, 3]),
        (Filter(), "least true", [3, 1, 4, 2, 0]),
        (Filter(label=0), "index", [0, 3]),
        (Filter(predicted=0), "index", [0, 1]),
        (Filter(label=1, predicted=0), "index", [1]),
        (Filter(right=True), "index", [0, 2, 4]),
        (Filter(right=False), "most sure", [3, 1]),
        (Filter(lowest=0.6, highest=0.9), "index", [0, 1, 2]),
        (Filter(label=2, right=False), "index", []),
    ],
)
def test_select(wanted, order, expected):
    assert select(PROBABILITIES, LABELS, wanted, order).tolist() == expected


def test_shares_that_are_rounded_up_pass():
    sure = np.array([[np.float32(1.0000001), 0]], np.float32)
    assert select(sure, np.array([0]), Filter(), "index").tolist() == [0]


def test_most_confident_mistakes():
    assert most_confident_mistakes(PROBABILITIES, LABELS, 1).tolist() == [3]
    assert most_confident_mistakes(PROBABILITIES, LABELS, 9).tolist() == [3, 1]


def test_sample():
    chosen = sample(np.zeros(100), 20)
    assert len(set(chosen.tolist())) == 20
    assert chosen.tolist() == sorted(chosen.tolist()) == sample(np.zeros(100), 20).tolist()
    assert chosen.tolist() != sample(np.zeros(100), 20, seed=1).tolist()
    assert sample(np.zeros(3), 20).tolist() == [0, 1, 2]


def test_compare():
    """The second is right on 1, wrong now on 0 and 2 (a little and much), and says another wrong class of 3."""
    second = PROBABILITIES.copy()
    second[1] = [0.1, 0.8, 0.1]
    second[0] = [0.4, 0.6, 0.0]
    second[2] = [0.1, 0.9, 0.0]
    second[3] = [0.0, 0.2, 0.8]
    found = compare(PROBABILITIES, second, LABELS)
    assert found.gained.tolist() == [1]
    assert found.lost.tolist() == [2, 0]
    assert found.both_wrong.tolist() == [3]
    assert found.distance == pytest.approx([0.5, 0.5, 0.8, 0.8, 0.0])
    assert found.furthest.tolist() == [2, 3, 0, 1, 4]
