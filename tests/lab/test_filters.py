"""Filters: what they are by definition, and which one a kernel is like."""

import numpy as np
import pytest

from tui_cnn.lab.scene import filters, most_alike


def test_edges_answer_nothing_on_a_plain_area_and_blurs_keep_it():
    for name, kernel in filters().items():
        total = kernel.sum()
        if name in ("blur", "sharpen", "identity"):
            assert total == pytest.approx(1)
        elif "line" not in name:
            assert total == pytest.approx(0)


def test_sobel_is_smoothing_times_a_difference():
    """Sobel weighs the middle row by 2, Scharr 3-10-3."""
    difference = np.array([1, 0, -1])
    np.testing.assert_array_equal(filters()["Sobel x"], np.outer([1, 2, 1], difference))
    np.testing.assert_array_equal(filters()["Scharr x"], np.outer([3, 10, 3], difference))
    np.testing.assert_array_equal(filters()["Scharr y"], filters()["Scharr x"].T)


def test_which_one_a_kernel_is_like():
    noise = np.random.default_rng(0).normal(scale=0.05, size=(3, 3))
    name, likeness = most_alike(0.2 * filters()["Sobel y"] + noise)
    assert name == "Sobel y"
    assert likeness > 0.9
    assert most_alike(-filters()["Laplacian"]) == ("Laplacian", pytest.approx(-1))
    assert most_alike(np.ones((5, 5))) is None
