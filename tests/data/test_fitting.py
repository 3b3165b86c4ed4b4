"""How images fit a network's input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fit


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 28), (784,)])
def test_the_image_itself(shape):
    fitting = fit((28, 28), shape)
    assert not fitting.pads
    assert (fitting.channels, fitting.shape) == (1, shape)


def test_lenet_5_has_two_zeros_on_each_side():
    assert fit((28, 28), (32, 32, 1)).padding == ((2, 2), (2, 2))


def test_colour_is_grey_three_times():
    assert fit((28, 28), (28, 28, 3)).channels == 3


@given(st.tuples(st.integers(1, 64), st.integers(1, 64)), st.tuples(st.integers(1, 64), st.integers(1, 64)))
def test_padding_is_centred_and_makes_up_the_size(image, size):
    try:
        (above, below), (left, right) = fit(image, size).padding
    except DataError:
        assert size[0] < image[0] or size[1] < image[1]
        return
    assert (above + image[0] + below, left + image[1] + right) == size
    assert below - above in (0, 1)
    assert right - left in (0, 1)


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        ((27, 28, 1), "27×28×1"),
        ((28, 27), "28×27"),
        ((28, 28, 2), "28×28×2"),
        ((785,), "785 numbers"),
        ((1024,), "1024 numbers"),
        ((1, 28, 28), "1×28×28"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_what_can(shape, given):
    with pytest.raises(DataError) as caught:
        fit((28, 28), shape)
    assert f"the network input is {given}, but the images are 28×28" in str(caught.value)
    assert "set the input to 28×28×1, to 784 numbers" in str(caught.value)
