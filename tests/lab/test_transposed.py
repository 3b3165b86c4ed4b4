"""The transposed convolution against TensorFlow and Keras, step by step, and worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.test_code import ran
from tui_cnn.lab.code import LIBRARIES
from tui_cnn.lab.scene import LabArrays
from tui_cnn.lab.settings import TransposedSettings
from tui_cnn.lab.transposed import TransposedConvolution, transposed
from tui_cnn.lab.transposed_code import transposed_code
from tui_cnn.lab.windows import WindowError

sides = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def transposes(draw, paddings=("valid", "same", 1, 2)):
    shape, size = draw(sides), draw(sides)
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    strides = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    image, kernel = random.integers(-9, 10, shape).astype(float), random.normal(size=size)
    return TransposedConvolution(image, kernel, strides, draw(st.sampled_from(paddings)))


def by_tensorflow(tf, keras, made):
    """The size that Keras' layer gives, filled by `tf.nn.conv2d_transpose`; a number of zeros is cut off then."""
    cut, padding = (made.padding, "valid") if isinstance(made.padding, int) else (0, made.padding)
    layer = keras.layers.Conv2DTranspose(1, made.kernel.shape, made.strides, padding)
    shape = layer.compute_output_shape((1, *made.image.shape, 1))
    image, kernel = made.image[None, ..., None], made.kernel[..., None, None]
    output = tf.nn.conv2d_transpose(image, kernel, shape, made.strides, padding.upper())[0, ..., 0].numpy()
    return output[cut : output.shape[0] - cut, cut : output.shape[1] - cut]


@given(transposes())
@settings(max_examples=100)
def test_what_tensorflow_gives(tf, keras, made):
    try:
        ours = made.output()
    except WindowError:
        assert isinstance(made.padding, int)
        assert 0 in by_tensorflow(tf, keras, made).shape
        return
    assert ours.shape == made.shape
    np.testing.assert_allclose(ours, by_tensorflow(tf, keras, made), atol=1e-6)
    assert made.windows.shape == made.image.shape, "a place of the kernel for each value"


@given(transposes(("valid", "same")))
@settings(max_examples=50)
def test_each_number_is_the_sum_of_its_terms(made):
    """After every step, with what is cut off; and there are as many terms as are counted."""
    for steps in range(made.steps + 1):
        spread = made.spread(steps)
        for cell in np.ndindex(spread.sums.shape):
            terms = made.terms(*cell, steps)
            assert len(terms) == spread.counts[cell]
            assert spread.sums[cell] == pytest.approx(sum(value * weight for value, weight in terms))


def test_by_hand():
    """29 15 / 0 100 with a kernel of ones at stride 2: the middle is the sum of all four."""
    made = transposed(TransposedSettings(), LabArrays())
    assert made.output().tolist() == [
        [29, 29, 44, 15, 15], [29, 29, 44, 15, 15], [29, 29, 144, 115, 115], [0, 0, 100, 100, 100],
        [0, 0, 100, 100, 100],
    ]  # fmt: skip
    assert made.spread(1).counts.sum() == 9
    assert made.size_formulas()[0] == "(n − 1)·s + f − 2p = (2 − 1)·2 + 3 − 2·0 = 5"
    assert made._replace(padding="same").size_formulas()[0] == "n·s = 2·2 = 4"
    assert made._replace(padding=1).size_formulas()[0] == "(n − 1)·s + f − 2p = (2 − 1)·2 + 3 − 2·1 = 3"
    with pytest.raises(WindowError, match="nothing is left of an output of 1"):
        _none = made._replace(image=np.ones((1, 1)), kernel=np.ones((1, 1)), strides=(1, 1), padding=1).shape


def test_bilinear_interpolates():
    """Stride 2 with a kernel of 3: each value stays, and between two is their mean."""
    made = transposed(TransposedSettings(kernel="bilinear"), LabArrays())
    assert made.kernel.tolist() == [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]
    assert made.output()[1, 1:4].tolist() == [29, 22, 15]
    even = transposed(TransposedSettings(kernel="bilinear", kernel_size=(4, 4), image="white-top"), LabArrays())
    assert even.kernel[0].tolist() == [0.0625, 0.1875, 0.1875, 0.0625]


SETTINGS = [
    TransposedSettings(),
    TransposedSettings(image="numbers", kernel="random", kernel_size=(4, 2), strides=(2, 3), padding="same"),
    TransposedSettings(image="corners", kernel="bilinear", kernel_size=(2, 5), strides=(3, 1)),
    TransposedSettings(image="white-left", kernel="random", padding="2"),
]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("chosen", SETTINGS, ids=range(len(SETTINGS)))
def test_the_programs(chosen, library, tf):
    made = transposed(chosen, LabArrays())
    np.testing.assert_allclose(ran(transposed_code(made, library))[..., 0], made.output(), atol=1e-6)
