"""Moved images, against scipy and by hand."""

import numpy as np
import pytest
from scipy import ndimage

from tui_cnn.data import images
from tui_cnn.data.images import shift


def in_each_channel(function):
    """Call it on a grey image without its channel; an image in colour is changed alike in each of its channels."""

    def called(image, *values, **options):
        changed = function(image[..., None], *values, **options)
        coloured = function(np.stack([image, 255 - image, image // 2], axis=-1), *values, **options)
        assert coloured.shape == (*image.shape, 3)
        assert (coloured[..., 0] == changed[..., 0]).all()
        alone = function((255 - image)[..., None], *values, **options)
        assert (coloured[..., 1] == alone[..., 0]).all()
        return changed[..., 0]

    return called


flip, rotate, zoom = map(in_each_channel, (images.flip, images.rotate, images.zoom))

IMAGE = np.random.default_rng(0).integers(1, 256, (9, 12), np.uint8)


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (2, 0), (0, -3), (-1, 4), (11, 8), (12, 0), (0, -9), (30, 30)])
def test_shift(dx, dy):
    coloured = np.stack([IMAGE, 255 - IMAGE, IMAGE // 2], axis=-1)
    expected = ndimage.shift(coloured, (dy, dx, 0), order=0)
    assert (shift(coloured, dx, dy) == expected).all()
    assert (shift(np.stack([coloured, coloured]), dx, dy) == expected).all()


def test_rotate():
    square = IMAGE[:, :9]
    assert (rotate(square, 90) == np.rot90(square)).all()
    assert (rotate(square, 0) == square).all()
    smooth = ndimage.gaussian_filter(np.pad(square, 20).astype(float), 4).astype(np.uint8)
    expected = ndimage.rotate(smooth.astype(float), 20, reshape=False, order=1)
    assert np.abs(rotate(smooth, 20) - expected).max() < 2


def test_zoom():
    assert (zoom(IMAGE, 1) == IMAGE).all()
    spot = np.zeros((9, 9), np.uint8)
    spot[3:6, 3:6] = 200
    large, small = zoom(spot, 2), zoom(spot, 0.5)
    assert large[2:7, 2:7].min() == 200  # 3 pixels become 6
    assert large[0].max() == 0
    assert small.sum() == pytest.approx(spot.sum() / 4, rel=0.01)  # nothing of it is lost
    assert small[4, 4] == small.max()
    light = np.full((9, 9), 200, np.uint8)
    assert zoom(light, 0.1).sum() == pytest.approx(200 * 0.81, rel=0.05)


def test_flip():
    assert (flip(IMAGE) == np.fliplr(IMAGE)).all()
    assert (flip(IMAGE, upside_down=True) == np.flipud(IMAGE)).all()


def test_noise():
    grey, add_noise = np.full((100, 100, 1), 128, np.uint8), images.add_noise
    noisy = add_noise(grey, 20)
    assert noisy.std() == pytest.approx(20, rel=0.05)
    assert (noisy == add_noise(grey, 20)).all()
    assert (noisy != add_noise(grey, 20, seed=1)).any()
    assert (add_noise(grey, 0) == grey).all()
    assert {0, 255} <= set(add_noise(grey, 200).ravel().tolist())
