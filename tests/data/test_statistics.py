"""Mean and spread against NumPy; images that look alike, found among many that do not."""

import numpy as np
import pytest
from PIL import Image

from tui_cnn.data.statistics import Moments, difference_hashes, similar_images, thumbnails


def noise(count, height=20, width=24, seed=0):
    """Images whose small versions differ: smooth patterns, not pixel noise."""
    small = np.random.default_rng(seed).integers(0, 256, (count, 5, 6, 3), np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(each).resize((width, height), Image.Resampling.BICUBIC)) for each in small]
    )


def test_moments_are_those_of_numpy():
    images = noise(10)
    moments = Moments(3)
    for image in images:
        moments.add(image)
    assert moments.mean == pytest.approx(images.mean(axis=(0, 1, 2)))
    assert moments.deviation == pytest.approx(images.std(axis=(0, 1, 2)))


def test_grey_counts_as_three_channels_alike():
    moments = Moments(3)
    moments.add(np.full((4, 4, 1), 100, np.uint8))
    moments.add(np.full((4, 4, 3), 200, np.uint8))
    assert moments.mean == (150.0, 150.0, 150.0)
    assert moments.deviation == (50.0, 50.0, 50.0)


def test_what_is_all_alike_has_a_spread_of_one():
    moments = Moments(1)
    moments.add(np.full((4, 4, 1), 100, np.uint8))
    assert moments.deviation == (1.0,)


def test_a_hash_says_where_it_gets_lighter():
    """By hand: from dark to light each of the 64 neighbours is lighter, from light to dark none is."""
    rising = np.tile(np.arange(9, dtype=np.uint8) * 20, (8, 1))[np.newaxis, ..., np.newaxis]
    assert difference_hashes(rising).tolist() == [2**64 - 1]
    assert difference_hashes(rising[:, :, ::-1]).tolist() == [0]


@pytest.mark.parametrize("size", [(8, 9), (20, 24), (100, 33)])
def test_thumbnails_are_means_of_areas_as_in_pillow(size):
    image = noise(1, *size)[0]
    expected = np.asarray(Image.fromarray(image).resize((16, 16), Image.Resampling.BOX), float)
    if min(size) >= 16:  # Pillow's box does not spread a pixel over several
        assert np.abs(thumbnails([image])[0] - expected).mean() < 8
    assert thumbnails([image])[0].mean() == pytest.approx(image.mean(), abs=0.01)


def found(images):
    hashes = np.concatenate([difference_hashes(image[np.newaxis]) for image in images])
    return {(pair.first, pair.second) for pair in similar_images(hashes, lambda place: images[place])}


def test_copies_and_changed_copies_are_found_and_nothing_else():
    images = list(noise(300))
    smaller = np.asarray(Image.fromarray(images[7]).resize((18, 15), Image.Resampling.LANCZOS))
    darker = np.asarray(images[11] * 0.97, np.uint8)
    images += [images[3].copy(), smaller, darker]
    assert found(images) == {(3, 300), (7, 301), (11, 302)}


def test_the_mirror_image_is_another():
    images = noise(1)
    assert found([images[0], images[0][:, ::-1]]) == set()


def test_what_differs_in_brightness_only_is_another():
    images = noise(1)
    assert found([images[0], images[0] // 2]) == set()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_few_images(count):
    images = [noise(1)[0]] * count
    hashes = np.concatenate([np.zeros(0, np.uint64), *(difference_hashes(image[np.newaxis]) for image in images)])
    assert len(similar_images(hashes, lambda place: images[place])) == (count == 2)
