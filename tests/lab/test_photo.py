"""The photograph: drawn the same each time, brought to a size, filtered, and each result as a program that runs."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.lab.test_code import ran
from tui_cnn.insight.filters import classical_filters
from tui_cnn.lab.code import LIBRARIES
from tui_cnn.lab.photo import FilteredPhoto, grey_levels, kernel_of, method_name, photo_of, scaled, size_within
from tui_cnn.lab.photo_code import photo_code
from tui_cnn.lab.scene import LabArrays, NamedArray, PhotoFile
from tui_cnn.lab.settings import CANNY_STAGES, PHOTO_METHODS, PhotoSettings
from tui_cnn.lab.townscape import townscape


def test_the_town():
    """Its sky is blue, its fence has pickets at equal distances, and its wall has brick after brick."""
    town = townscape()
    assert town.shape == (427, 640, 3)
    assert town.dtype == np.uint8
    assert (town == townscape.__wrapped__()).all()
    red, _green, blue = town[20, 250].astype(int)
    assert blue > red + 40
    pickets = ndimage.label(town[345, 296:545].min(axis=1) > 215)[1]
    assert pickets == len(range(298, 545, 12))
    spectrum = np.abs(np.fft.rfft(town[170:340, 62:76].mean(axis=(1, 2)) - town[170:340, 62:76].mean()))
    assert 170 / spectrum.argmax() == pytest.approx(8, abs=0.3), "a joint every eight rows"


@pytest.mark.parametrize(
    ("size", "room", "fitted"),
    [
        ((427, 640), (26, 38), (25, 38)),
        ((427, 640), (26, 300), (26, 38)),
        ((427, 640), (900, 900), (427, 640)),
        ((20, 10), (26, 38), (20, 10)),
        ((3, 3000), (26, 38), (1, 38)),
        ((100, 100), (50, 50), (50, 50)),
    ],
)
def test_the_size_that_fits(size, room, fitted):
    assert size_within(size, room) == fitted


def test_grey_levels_are_pillows():
    small = scaled(townscape(), (38, 57))
    np.testing.assert_array_equal(grey_levels(small), np.asarray(Image.fromarray(small).convert("L"), float))
    weighted = small @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey_levels(small) - weighted).max() <= 0.51


def test_a_file():
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    arrays = LabArrays(photo=PhotoFile(pixels, "x.png"))
    assert photo_of(PhotoSettings(image="file"), arrays).tolist() == pixels.tolist()
    assert photo_of(PhotoSettings(image="file"), LabArrays()).shape == (1, 1, 1)


def test_kernels():
    by_word = {classic.word: classic.kernel for classic in classical_filters()}
    for method in ("sobel-x", "box-blur", "long-vertical-line", "long-horizontal-line"):
        assert kernel_of(method, LabArrays()).tolist() == by_word[method].tolist()
    typed = np.arange(4.0).reshape(2, 2, 1, 1)
    assert kernel_of("own", LabArrays(kernels=typed)).tolist() == [[0, 1], [2, 3]]
    assert kernel_of("own", LabArrays()).tolist() == np.zeros((3, 3)).tolist()
    trained = NamedArray(np.arange(36.0).reshape(3, 3, 2, 2), "x")
    assert kernel_of("trained", LabArrays(trained=trained)).tolist() == trained.values[:, :, 0, 0].tolist()


def filtered(**settings):
    plane = grey_levels(scaled(townscape(), (19, 28)))
    return FilteredPhoto(plane, PhotoSettings(**settings), LabArrays())


def test_results():
    """Kernels are looked at in grey where they keep light, and around zero where they measure differences."""
    photo = filtered()
    looks = {method: photo.result(method).look for method in PHOTO_METHODS}
    assert {method for method in looks if looks[method] == "grey"} == {
        "box-blur", "sharpen", "identity", "long-vertical-line", "long-horizontal-line", "canny-smoothing",
    } | ({"random"} if kernel_of("random", LabArrays()).sum() > 0 else set())  # fmt: skip
    assert looks["sobel-x"] == looks["laplacian"] == "signed"
    np.testing.assert_array_equal(photo.result("identity").values, photo.plane)
    expected = ndimage.correlate(photo.plane, np.pad(np.ones((7, 1)), ((0, 0), (3, 3))), mode="nearest")
    np.testing.assert_allclose(photo.result("long-vertical-line").values, expected)
    levels = photo.result("canny-thresholds").values
    assert ((levels == 2) == photo.canny.strong).all()
    assert ((levels == 1) == photo.canny.weak).all()
    assert photo.result("canny").kept == photo.canny.edges.mean()
    assert len({method_name(method) for method in PHOTO_METHODS}) == len(PHOTO_METHODS)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("method", ["sharpen", "long-vertical-line", "random", "sobel", "scharr", *CANNY_STAGES])
def test_a_program_gives_what_is_shown(method, library, tf):
    photo = filtered(low=0.1, high=0.5)
    output = ran(photo_code(photo, method, library))
    np.testing.assert_allclose(output[..., 0], photo.result(method).values, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_program_without_a_blur(library, tf):
    photo = filtered(sigma=0.0)
    np.testing.assert_array_equal(ran(photo_code(photo, "canny", library))[..., 0], photo.result("canny").values)


def test_lines_of_a_program_are_not_too_long():
    assert max(map(len, photo_code(filtered(), "canny", "Keras").splitlines())) <= 110
