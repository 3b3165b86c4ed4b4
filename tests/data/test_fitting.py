"""How images fit a network's input, against Pillow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fit, fitted_shape, resized
from tui_cnn.data.input_options import FITS

GREY = (28, 28, 1)
sides = st.integers(1, 64)


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 28), (784,)])
def test_the_image_itself(shape):
    assert fitted_shape(GREY, shape) == GREY
    fitting = fit(GREY, shape)
    assert not fitting.pads
    assert (fitting.channels, fitting.shape) == (1, shape)


def test_lenet_5_has_two_zeros_on_each_side():
    assert fitted_shape(GREY, (32, 32, 1)) == GREY
    assert fit(GREY, (32, 32, 1)).padding == ((2, 2), (2, 2))


def test_colour_is_grey_three_times():
    assert fitted_shape(GREY, (28, 28, 3)) == GREY
    assert fit(GREY, (28, 28, 3)).channels == 3


def test_colour_in_rows_of_numbers():
    assert fitted_shape((4, 5, 3), (60,)) == (4, 5, 3)
    assert fitted_shape((4, 5, 3), (20,)) == (4, 5, 1)


@given(image=st.tuples(sides, sides, st.sampled_from([1, 3])), size=st.tuples(sides, sides), how=st.sampled_from(FITS))
def test_size_channels_and_border_make_up_the_input(image, size, how):
    shape = (*size, 3)
    before = fitted_shape(image, shape, how)
    (above, below), (left, right) = fit(before, shape).padding
    assert (above + before[0] + below, left + before[1] + right) == size
    assert below - above in (0, 1)
    assert right - left in (0, 1)
    assert before[2] * fit(before, shape).channels == 3
    pixels = np.random.default_rng(0).integers(0, 256, image, dtype=np.uint8)
    assert resized(pixels, before, how).shape == before


def picture(height, width):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_stretched_as_pillow_does():
    image = picture(40, 30)
    expected = np.asarray(Image.fromarray(image).resize((16, 12), Image.Resampling.LANCZOS))
    assert (resized(image, (12, 16, 3), "stretch") == expected).all()


def test_cropped_to_the_middle():
    """Of 40×30 a square keeps all 30 columns, and the 30 rows in the middle."""
    image = picture(40, 30)
    expected = np.asarray(Image.fromarray(image[5:35]).resize((16, 16), Image.Resampling.LANCZOS))
    # At the edges of the square, the filter sees the rows that are cut off.
    assert (resized(image, (16, 16, 3), "crop")[4:-4] == expected[4:-4]).all()
    assert (resized(image, (30, 30, 3), "crop") == image[5:35]).all()


def test_shrunk_whole_with_a_border():
    image = picture(40, 20)
    fitted = resized(image, (10, 10, 3), "pad")
    assert (fitted[:, 2:7] == np.asarray(Image.fromarray(image).resize((5, 10), Image.Resampling.LANCZOS))).all()
    assert not fitted[:, :2].any()
    assert not fitted[:, 7:].any()


def test_what_is_small_is_not_enlarged_by_a_border():
    image = picture(4, 4)
    fitted = resized(image, (8, 8, 3), "pad")
    assert (fitted[2:6, 2:6] == image).all()
    assert fitted.sum(dtype=int) == image.sum(dtype=int)


def test_grey_is_the_luma_of_pillow():
    image = picture(5, 6)
    assert (resized(image, (5, 6, 1), "pad")[..., 0] == np.asarray(Image.fromarray(image).convert("L"))).all()


@pytest.mark.parametrize(
    ("shape", "given"),
    [((28, 28, 2), "28×28×2"), ((785,), "785 numbers"), ((1024,), "1024 numbers"), ((1, 28, 28), "1×28×28")],
)
def test_what_cannot_be_fitted_is_refused_with_what_can(shape, given):
    with pytest.raises(DataError) as caught:
        fitted_shape(GREY, shape)
    assert f"the network input is {given}, but the images are 28×28" in str(caught.value)
    assert "set the input to 28×28×1, to 784 numbers" in str(caught.value)
    with pytest.raises(DataError, match="the images have different sizes: set the input to a height, a width"):
        fitted_shape(None, shape)
