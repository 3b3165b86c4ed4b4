"""The paired test and interval, against SciPy and values worked by hand."""

import numpy as np
import pytest
from scipy import stats

from tui_cnn.insight.significance import bootstrap_interval, compare_paired, mcnemar


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 1), (0, 6), (4, 0), (5, 9), (12, 12), (30, 60), (480, 520)])
def test_the_exact_test_is_the_binomial_one(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(only_b, only_a) == mcnemar(only_a, only_b)


def test_values_by_hand():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(3, 3) == 1.0
    assert mcnemar(0, 6) == 2 / 64
    assert mcnemar(1, 7) == 2 * (1 + 8) / 256


@pytest.mark.parametrize(("only_a", "only_b"), [(480, 700), (5000, 5000), (100_000, 101_000)])
def test_of_many_it_is_chi_squared_with_the_correction(only_a, only_b):
    squared = max(0, abs(only_a - only_b) - 1) ** 2 / (only_a + only_b)
    assert mcnemar(only_a, only_b) == pytest.approx(stats.chi2.sf(squared, 1), rel=1e-9)
    assert mcnemar(only_a, only_b) == pytest.approx(stats.binomtest(only_a, only_a + only_b).pvalue, abs=0.001)


def test_the_interval_is_that_of_resampled_images():
    dice = np.random.default_rng(1)
    first, second = dice.random(2000) < 0.91, dice.random(2000) < 0.88
    told = compare_paired(first, second)
    differences = first.astype(float) - second.astype(float)
    expected = stats.bootstrap((differences,), np.mean, n_resamples=4000, method="percentile", rng=2)
    assert told.difference == pytest.approx(differences.mean())
    assert (told.low, told.high) == pytest.approx(tuple(expected.confidence_interval), abs=0.0015)
    assert (told.only_a, told.only_b) == ((first & ~second).sum(), (second & ~first).sum())
    assert bootstrap_interval(told.only_a, told.only_b, 2000) == (told.low, told.high), "the same each time"


def test_the_interval_covers_the_truth_as_often_as_it_says():
    dice = np.random.default_rng(5)
    hits = 0
    for _set in range(300):
        only_a, only_b, _same = dice.multinomial(1000, [0.06, 0.04, 0.9])
        low, high = bootstrap_interval(only_a, only_b, 1000)
        hits += low <= 0.02 <= high
    assert 0.91 <= hits / 300 <= 0.98


def test_what_is_shown():
    same = np.ones(100, bool)
    assert compare_paired(same, same)[1:] == (0, 0, 0.0, 0.0, 1.0)
    assert not compare_paired(same, same).is_shown
    few, many = same.copy(), same.copy()
    few[:4], many[:30] = False, False
    assert compare_paired(same, few).low > 0, "the interval alone would call four images a proof"
    assert not compare_paired(same, few).is_shown
    assert compare_paired(same, many).is_shown
    assert compare_paired(many, same).is_shown
    assert compare_paired(many, same).difference == -0.3
