"""The programs beside the benches run as they stand, and give what the bench shows."""

import contextlib
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from tests.ui.lab.following import LINKS
from tui_cnn.lab.code import FORMULA_LIBRARIES, LIBRARIES, convolution_code
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.links import parse_lab_link
from tui_cnn.lab.pooling import moved
from tui_cnn.lab.pooling_code import pooling_code
from tui_cnn.lab.scene import LabArrays, convolution, street
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings, SizesSettings, WeightsSettings
from tui_cnn.lab.sizes import Link, chain, read_windows
from tui_cnn.lab.sizes_code import sizes_code
from tui_cnn.lab.weights_code import weights_code
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.sizes_view import ChainCursor, chain_table
from tui_cnn.ui.lab.weights import WeightsCalculator, weights_tables


def ran(program):
    """Run a program as a person would who has copied it; return its `output`."""
    output, printed = run_and_read(program)
    assert printed.startswith("[")
    return output


def run_and_read(program):
    """Run it; return its `output`, and what it prints."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program, "copied.py", "exec"), names)
    return names["output"], printed.getvalue()


def on_screen(drawn):
    """What stands on a wide screen."""
    console = Console(width=200, file=io.StringIO())
    console.print(drawn)
    return console.file.getvalue()


CONVOLUTIONS = [
    ConvolutionSettings(),
    ConvolutionSettings(image="colours", side=7, kernel="random", kernel_size=(5, 3), filters=3, relu=True, bias=2.5),
    ConvolutionSettings(padding="same", strides=(2, 1), bias=None),
    ConvolutionSettings(padding="3", turned=True, kernel="random", kernel_size=(2, 2)),
    ConvolutionSettings(image="white-left", side=9, dilation_rate=(2, 3)),
    ConvolutionSettings(image="corners", side=9, padding="same", strides=(2, 3), dilation_rate=(2, 1), relu=True),
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


CHAINS = [
    *(parse_lab_link(link).settings for link in LINKS if link.startswith("lab:sizes")),
    SizesSettings(n=40, channels=3, windows="3p1s2d2c8,pool3p1s2,5sames2d3c4,pool2sames3,2c2,4samec5"),
]
COUNTS = [example for _name, example in WeightsCalculator.EXAMPLES] + [
    WeightsSettings(height=20, width=31, channels=4, kernel=4, stride=3, zeros=2, filters=5),
]


@pytest.mark.parametrize("library", FORMULA_LIBRARIES)
@pytest.mark.parametrize("chained", CHAINS, ids=lambda chained: chained.windows)
def test_a_chain_of_sizes(chained, library, tf):
    output, printed = run_and_read(sizes_code(chained, library))
    slides = read_windows(chained.windows)
    assert [tuple(shape) for shape in output] == [link.shape for link in chain(chained.n, slides, chained.channels)]
    image = Link(chained.n, 1, 1, chained.channels)
    shown = on_screen(chain_table(image, slides, ChainCursor(), focus=True, bar=Style(), room=(200, 50)))
    assert " ".join(printed.split("\n")[-2].split()) in " ".join(shown.split())


def test_the_formula_of_a_chain_says_how_far_a_cell_sees():
    chained = CHAINS[-1]
    _output, printed = run_and_read(sizes_code(chained, "Python"))
    said = re.findall(r"receptive field (\d+), step (\d+)", printed)
    links = chain(chained.n, read_windows(chained.windows), chained.channels)[1:]
    assert said == [(str(link.field), str(link.step)) for link in links]


@pytest.mark.parametrize("library", FORMULA_LIBRARIES)
@pytest.mark.parametrize("counted", COUNTS, ids=lambda counted: f"{counted.height}x{counted.width}-{counted.filters}")
def test_the_number_of_parameters(counted, library, tf):
    output, printed = run_and_read(weights_code(counted, library))
    shown = on_screen(weights_tables(counted))
    assert len(output) == 7
    for name, count in output.items():
        assert f"{name}: {count:,}\n" in printed
        assert re.search(rf"(?<![\d,]){count:,}(?![\d,])", line_of(shown, name)), name


def line_of(shown, name):
    """The last line of the screen that begins with a name: that with the formula."""
    return [line for line in shown.split("\n") if line.startswith(name)][-1]


def test_a_window_without_a_place_has_no_program():
    with pytest.raises(WindowError):
        sizes_code(SizesSettings(n=4, windows="5"), "Python")
    with pytest.raises(WindowError):
        weights_code(WeightsSettings(height=5), "Keras")


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
