"""Metrics equal scikit-learn's."""

import numpy as np
import pytest
import sklearn.metrics as truth
from sklearn.calibration import calibration_curve

from tui_cnn.insight.predictions import accuracy, confusion, log_loss, per_class, reliability, shares

CLASSES = 5


@pytest.fixture(params=[0, 1, 2])
def said(request):
    """Labels and probabilities; of class 4 there are no images, and class 3 is never said."""
    random = np.random.default_rng(request.param)
    labels = random.integers(0, CLASSES - 1, 400)
    scores = random.normal(0, 1, (400, CLASSES)) + 1.5 * np.eye(CLASSES)[labels]
    scores[:, 3] -= 20
    shares = np.exp(scores)
    return labels, shares / shares.sum(axis=1, keepdims=True)


def test_confusion_and_accuracy(said):
    labels, probabilities = said
    predicted = probabilities.argmax(axis=1)
    counts = confusion(labels, predicted, CLASSES)
    assert (counts == truth.confusion_matrix(labels, predicted, labels=range(CLASSES))).all()
    assert accuracy(counts) == pytest.approx(truth.accuracy_score(labels, predicted))
    with np.errstate(invalid="ignore"):
        normalized = truth.confusion_matrix(labels, predicted, labels=range(CLASSES), normalize="true")
    assert shares(counts) == pytest.approx(normalized)


def test_precision_recall_f1(said):
    labels, probabilities = said
    predicted = probabilities.argmax(axis=1)
    expected = truth.precision_recall_fscore_support(labels, predicted, labels=range(CLASSES), zero_division=0)
    found = per_class(confusion(labels, predicted, CLASSES))
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == pytest.approx(theirs)
    assert found.support[4] == 0
    assert (predicted != 3).all()


def test_log_loss(said):
    labels, sure = said
    probabilities = 0.99 * sure + 0.01 / CLASSES
    expected = truth.log_loss(labels, probabilities, labels=range(CLASSES))
    assert log_loss(labels, probabilities) == pytest.approx(expected)
    assert log_loss(np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(7 * np.log(10))


def test_reliability(said):
    """scikit-learn draws the curve of a yes-or-no question: here, whether the answer is right."""
    labels, probabilities = said
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    true, predicted = calibration_curve(right, sure, n_bins=10)
    found = reliability(probabilities, labels)
    seen = found.images > 0
    assert found.accuracy[seen] == pytest.approx(true)
    assert found.confidence[seen] == pytest.approx(predicted)
    assert found.images.tolist() == np.histogram(sure, 10, (0, 1))[0].tolist()
    assert found.lower == pytest.approx(np.arange(10) / 10)
    assert np.isnan(found.accuracy[~seen]).all()


def test_what_lies_between_two_bins_is_in_the_lower_one():
    halves = reliability(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0, 0]))
    assert np.flatnonzero(halves.images).tolist() == [4, 9]


def test_calibration_error_by_hand():
    """Four images at 0.75, three of them right: no gap. Two at 0.95, one right: a gap of 0.45, for a third of all."""
    probabilities = np.array([[0.75, 0.25]] * 4 + [[0.95, 0.05]] * 2)
    labels = np.array([0, 0, 0, 1, 0, 1])
    assert reliability(probabilities, labels).error == pytest.approx(0.45 / 3)
    assert reliability(np.eye(2), np.array([0, 1])).error == 0
    assert reliability(np.zeros((0, 2)), np.zeros(0, int)).error == 0
