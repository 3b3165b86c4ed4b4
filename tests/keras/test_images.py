"""Numbers as the images that they were made of, and targets as classes."""

import numpy as np
import pytest

from tui_cnn.data.scaling import Scaling
from tui_cnn.keras.images import GivenImages
from tui_cnn.runs.recorded_images import as_images, class_numbers

PIXELS = np.random.default_rng(1).integers(0, 256, (5, 4, 6, 3)).astype(np.uint8)


@pytest.mark.parametrize("scale", ["0..1", "-1..1", "none"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_images_are_found_in_what_our_own_scaling_makes_of_them(scale, dtype):
    found = as_images(Scaling(scale).apply(PIXELS.astype(dtype)))
    assert found.scale == scale
    np.testing.assert_array_equal(found.images, PIXELS)


def test_bytes_and_whole_numbers_are_images():
    for numbers in (PIXELS, PIXELS.astype(np.int64)):
        found = as_images(numbers)
        assert found.scale == "none"
        np.testing.assert_array_equal(found.images, PIXELS)
    assert as_images(PIXELS[..., 0]).images.shape == (5, 4, 6, 1)


@pytest.mark.parametrize(
    "numbers",
    [
        (PIXELS - 127.0) / 63,
        PIXELS / 255 + 0.001,
        np.full((2, 4, 4, 1), np.nan),
        PIXELS.reshape(5, -1),
        PIXELS[..., :2],
        np.zeros((0, 4, 4, 1)),
    ],
)
def test_other_numbers_are_none(numbers):
    assert as_images(numbers) is None


def test_classes():
    for targets in (np.array([2, 0, 1]), np.array([[2], [0], [1]]), np.array([2.0, 0.0, 1.0]), np.eye(3)[[2, 0, 1]]):
        assert class_numbers(targets).tolist() == [2, 0, 1]
    for targets in (np.array([0.5, 1]), np.array([-1, 0]), np.array([[0.2, 0.8]]), np.zeros((2, 2, 2))):
        assert class_numbers(targets) is None


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="same length"):
        GivenImages(PIXELS, np.zeros(4))
