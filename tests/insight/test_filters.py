"""Filters: what they are by definition and for SciPy, and which one a kernel is like, above what chance gives."""

from itertools import combinations

import numpy as np
import pytest
from scipy import ndimage

from tui_cnn.insight.filters import NEAR_TWINS, candidates, chance_level, classical_filters, likeness
from tui_cnn.insight.maps import cosine
from tui_cnn.lab.scene import LabArrays, convolution, kernel_name
from tui_cnn.lab.settings import KERNEL_NAMES, ConvolutionSettings

FILTERS = {classic.word: classic.kernel for classic in classical_filters()}
SIZES = [(3, 3), (7, 7)]


def test_edges_answer_nothing_on_a_plain_area_and_blurs_keep_it():
    for word, kernel in FILTERS.items():
        if word in ("box-blur", "sharpen", "identity"):
            assert kernel.sum() == pytest.approx(1)
        elif "long" not in word and "gaussian" not in word:
            assert kernel.sum() == pytest.approx(0)


def test_sobel_is_smoothing_times_a_difference():
    """Sobel weighs the middle row by 2, Scharr 3-10-3."""
    difference = np.array([1, 0, -1])
    np.testing.assert_array_equal(FILTERS["sobel-x"], np.outer([1, 2, 1], difference))
    np.testing.assert_array_equal(FILTERS["scharr-x"], np.outer([3, 10, 3], difference))
    np.testing.assert_array_equal(FILTERS["scharr-y"], FILTERS["scharr-x"].T)


@pytest.mark.parametrize(("word", "axis"), [("sobel-x", 1), ("sobel-y", 0)])
def test_sobel_is_scipys(word, axis):
    """SciPy's answers are positive where the image grows lighter to the right; ours where it grows darker."""
    image = np.random.default_rng(0).normal(size=(9, 9))
    ours = ndimage.correlate(image, FILTERS[word])
    assert ours == pytest.approx(-ndimage.sobel(image, axis))


def test_edges_and_laplacian_are_scipys():
    image = np.random.default_rng(0).normal(size=(9, 9))
    assert ndimage.correlate(image, FILTERS["vertical-edge"]) == pytest.approx(-ndimage.prewitt(image, 1))
    assert ndimage.correlate(image, FILTERS["horizontal-edge"]) == pytest.approx(-ndimage.prewitt(image, 0))
    assert ndimage.correlate(image, FILTERS["laplacian"]) == pytest.approx(ndimage.laplace(image))


def test_one_name_is_one_filter():
    for part in ("word", "name", "short"):
        assert len({getattr(classic, part) for classic in classical_filters()}) == len(FILTERS)
    assert all(len(classic.short) <= 8 for classic in classical_filters())
    shared = [word for word in KERNEL_NAMES if word in FILTERS]
    assert set(KERNEL_NAMES) - set(shared) == {"random", "trained", "own"}
    for word in shared:
        settings = ConvolutionSettings(kernel=word, padding="same")
        assert (convolution(settings, LabArrays()).kernels[..., 0, 0] == FILTERS[word]).all()
        assert kernel_name(settings).lower().replace(" ", "-") == word


@pytest.mark.parametrize("size", SIZES)
def test_each_filter_is_most_like_itself_whatever_its_scale(size):
    for classic in candidates(size):
        for scale, sign in ((0.01, 1), (-7, -1)):
            like = likeness(scale * classic.kernel)
            assert like.classic.word == classic.word
            assert like.cosine == pytest.approx(sign)
            assert like.named
            assert classic.name in like.words()
            assert ("inverted" in like.words()) == (sign < 0)


@pytest.mark.parametrize("size", SIZES)
def test_near_twins_are_one(size):
    kernels = [classic.kernel for classic in candidates(size)]
    assert max(abs(cosine(*pair)) for pair in combinations(kernels, 2)) <= NEAR_TWINS
    assert likeness(FILTERS["scharr-x"]).classic.word == "sobel-x"
    assert cosine(FILTERS["scharr-x"], FILTERS["sobel-x"]) == pytest.approx(0.977, abs=5e-4)
    assert likeness(FILTERS["sharpen"]).classic.word == "laplacian"


@pytest.mark.parametrize("size", SIZES)
def test_random_kernels_have_no_name(size):
    """The level drawn anew, one random kernel after the other, of which 1 in 100 is named."""
    random = np.random.default_rng(7)
    kernels = [random.normal(size=size) for _kernel in range(4000)]
    cosines = [max(abs(cosine(kernel, each.kernel)) for each in candidates(size)) for kernel in kernels]
    assert chance_level(size) == pytest.approx(np.quantile(cosines, 0.99), abs=0.015)
    named = [likeness(kernel).named for kernel in kernels[:1000]]
    assert np.mean(named) < 0.025


def test_below_chance_none_is_named():
    kernel = np.array([[1.0, 0.0, -0.2], [0.9, -0.9, 0.1], [-0.6, 0.3, 0.2]])
    like = likeness(kernel)
    assert 0.5 < abs(like.cosine) < like.chance
    assert like.words() == f"no classical filter: best cosine {like.cosine:.2f}, chance {like.chance:.2f}"
    assert "chance 0.87" in likeness(FILTERS["sobel-x"]).words()


def test_no_filter_of_that_size():
    assert likeness(np.zeros((3, 3))) is None
    assert likeness(np.ones((5, 5))) is None
    assert likeness(np.full((3, 3), np.nan)) is None
