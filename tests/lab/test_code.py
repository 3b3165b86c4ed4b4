"""The programs beside the benches run as they stand, and give what the bench shows."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_cnn.lab.code import LIBRARIES, convolution_code
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.pooling import moved
from tui_cnn.lab.pooling_code import pooling_code
from tui_cnn.lab.scene import LabArrays, convolution, street
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings
from tui_cnn.lab.windows import WindowError


def ran(program):
    """Run a program as a person would who has copied it; return its `output`."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program, "copied.py", "exec"), names)
    assert printed.getvalue().startswith("[")
    return names["output"]


CONVOLUTIONS = [
    ConvolutionSettings(),
    ConvolutionSettings(image="colours", side=7, kernel="random", kernel_size=(5, 3), filters=3, relu=True, bias=2.5),
    ConvolutionSettings(padding="same", strides=(2, 1), bias=None),
    ConvolutionSettings(padding="3", turned=True, kernel="random", kernel_size=(2, 2)),
    ConvolutionSettings(image="white-left", side=9, dilation_rate=(2, 3)),
    ConvolutionSettings(image="street", kernel="long-vertical-line", kernel_size=(7, 7)),
]
POOLINGS = [
    PoolingSettings(), PoolingSettings(kind="average", padding="same", pool_size=(3, 3)),
    PoolingSettings(kind="max", padding="same", pool_size=(3, 2), strides=(2, 3)),
    PoolingSettings(image="colours", side=7, kind="global-max"),
    PoolingSettings(image="colours", side=7, kind="global-average"),
    PoolingSettings(image="colours", side=5, kind="depth-max"),
    PoolingSettings(kind="weighted-average"),
    PoolingSettings(kind="weighted-average", image="colours", side=7, padding="same", weights="1,2/3,4/5,6"),
    PoolingSettings(kind="weighted-average", padding="same", strides=(2, 3)),
    PoolingSettings(kind="weighted-average", weights="0,1,0/1,4,1/0,1,0", strides=(1, 2)),
]  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("given_settings", CONVOLUTIONS, ids=range(len(CONVOLUTIONS)))
def test_a_convolution(given_settings, library, tf):
    made = convolution(given_settings, LabArrays())
    np.testing.assert_allclose(ran(convolution_code(made, library)), made.output(), atol=1e-9)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("given_settings", POOLINGS, ids=range(len(POOLINGS)))
def test_pooling(given_settings, library, tf):
    made = moved(given_settings, LabArrays()).pooling
    np.testing.assert_allclose(ran(pooling_code(made, library)), made.output(), atol=1e-5)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_convolution_in_numpy(data):
    whole = st.integers(-9, 9)
    height, width, depth, filters = (data.draw(st.integers(1, most)) for most in (7, 7, 3, 3))
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))

    def array(*shape):
        count = int(np.prod(shape))
        values = data.draw(st.lists(st.one_of(whole, st.floats(-1, 1)), min_size=count, max_size=count))
        return np.array(values, float).reshape(shape)

    made = Convolution(
        array(height, width, depth), array(rows, columns, depth, filters),
        data.draw(st.one_of(st.just(()), st.tuples(*[whole] * filters))),
        data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        data.draw(st.sampled_from(["valid", "same", 1, 2])),
        data.draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
        data.draw(st.booleans()), data.draw(st.booleans()),
    )  # fmt: skip
    try:
        program = convolution_code(made, "NumPy")
    except WindowError:
        return
    np.testing.assert_array_equal(ran(program).shape, made.output().shape)
    np.testing.assert_allclose(ran(program), made.output(), atol=1e-9)


def test_lines_are_not_too_long():
    program = convolution_code(convolution(ConvolutionSettings(image="street"), LabArrays()), "NumPy")
    assert max(map(len, program.splitlines())) <= 120
    assert street().size == 784
