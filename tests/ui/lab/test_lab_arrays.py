"""The Lab's drawings: readable without colour, within their room, and true."""

import re

import numpy as np
import pytest
from rich.style import Style

from tests.ui.toolkit.test_written_numbers import written
from tui_cnn.insight.colours import Scale
from tui_cnn.lab.numbers import number
from tui_cnn.lab.pooling import moved
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings, WeightsSettings
from tui_cnn.lab.sizes import Link, Slide
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.convolution import convolution_arrays
from tui_cnn.ui.lab.pairs import pairs_table
from tui_cnn.ui.lab.pooling import pooling_arrays, pooling_facts
from tui_cnn.ui.lab.sizes_view import ChainCursor, chain_table
from tui_cnn.ui.lab.stage import Part, ShownArray, StageSize, fit_into, image_scale, size_of
from tui_cnn.ui.lab.sums import product, products, sums
from tui_cnn.ui.lab.typing_stepper import CellCursor
from tui_cnn.ui.lab.weights import WeightsCalculator, weights_tables
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.drawing import Styles
from tui_cnn.ui.toolkit.pictures.matrix import draw_matrix, lay_out_matrix

VALUES = np.array([[1.0, -2], [0.5, 1 / 3]])


def drawn(fit, **more):
    """What a matrix makes of an array."""
    array = ShownArray(Part("image"), VALUES, "Image", "2×2", Scale(-2, 2, "diverging"), **more)
    numbers = array.numbers(fit)
    width, height = size_of(array, fit)
    canvas = Canvas(width, height)
    laid = lay_out_matrix(numbers, (height, width))
    draw_matrix(canvas, numbers, laid, array.cursor, None, Styles())
    return canvas.text.split("\n")


def test_numbers():
    assert [number(value) for value in (3, -5, 1 / 9, -1.5, 2.999, -0.001, 255, np.nan)] == [
        "3", "−5", "0.11", "−1.5", "3", "0", "255", "·",
    ]  # fmt: skip


def test_a_window_has_a_frame_and_what_is_to_come_is_hidden():
    window = np.array([[False, True], [False, True]])
    assert drawn(StageSize(1, 1), window=window) == ["    1┌  −2┐", "  0.5└0.33┘"]
    assert drawn(StageSize(1, 1), known=np.array([[True, True], [True, False]])) == ["    1   −2", "  0.5    ·"]
    assert drawn(StageSize(1, 1, 0), window=np.eye(2, dtype=bool)) == ["[ 1]−2", "  0[ 0]"]
    whole = np.ones((2, 2), bool)
    assert drawn(StageSize(1, 1, 0), window=whole) == ["┌ 1 −2┐", "└ 0  0┘"]
    assert drawn(StageSize(4, 2, 0), window=whole) == ["┌ 1  −2 ┐", "│       │", "│ 0   0 │", "└       ┘"]
    assert drawn(StageSize(9, 3, 0))[1] == "    1       −2"
    assert drawn(StageSize(1, 1, 0), cursor=(0, 1), typed="-7")[0] == "  1 -7"


def test_an_image_is_grey_and_all_else_diverges_around_zero():
    assert image_scale(np.array([[0.0, 9]])) == Scale(0, 9, "grey")
    assert image_scale(VALUES) == Scale(-2, 2, "diverging")


def test_a_cell_says_where_it_is_without_its_padding():
    made = convolution(ConvolutionSettings(padding="1"), LabArrays())
    image = convolution_arrays(made, 0, 0).all[0]
    assert image.describe(1, 2) == "row 1, column 2: 0"
    assert image.describe(0, 0) == "row 0, column 0: 0"


def test_what_stands_out_in_a_picture_has_its_colour():
    values, mark = np.zeros((1, 20)), np.arange(20)[np.newaxis] == 0

    def first(**more):
        array = ShownArray(Part("image"), values, "", "", Scale(0, 9, "grey"), **more)
        return array.raster().pixels[0, 0].tolist()

    assert first() == [0, 0, 0]
    assert first(strong=mark) != [0, 0, 0]
    assert first(known=~mark) == [96, 96, 96], "no number"
    raster = ShownArray(Part("image"), values, "", "", Scale(0, 9, "grey"), window=mark, cursor=(0, 3)).raster()
    assert list(raster.frames) == [((0, 0, 0, 0), "second-frame"), ((0, 3, 0, 3), "cursor")]


def test_products_are_broken_where_the_line_is_full():
    terms = [product(pixel, weight) for pixel, weight in [(3, 1), (0, 0), (1, -1), (10, 0.5)]]
    assert terms == ["3·1", "0·0", "1·(−1)", "10·0.5"]
    assert products(terms, 7, 80).plain == "3·1 + 0·0 + 1·(−1) + 10·0.5 = 7"
    assert products(terms, 7, 17).plain == "3·1 + 0·0\n+ 1·(−1)\n+ 10·0.5 = 7"
    assert products(terms, 7, 25, 2).plain == "3·1 + 0·0\n+ 1·(−1) + 10·0.5 = 7"


def test_sums_of_several_channels():
    made = convolution(ConvolutionSettings(image="colours", side=7, filters=10, bias=-2, relu=True), LabArrays())
    text = written(sums(made, 2, 0, 90))
    assert "(3·3·3 + 1)·10 = 280" in text
    for line, name in zip(text.split("\n"), ("red", "green", "blue"), strict=False):
        assert line.startswith(name)
    total = made.step(2).total
    assert f"+ bias (−2) = {number(total)}" in text
    assert f"max(0, {number(total)}) = {number(max(0, total))}" in text


def test_nothing_is_like_nothing():
    made = convolution(ConvolutionSettings(kernel="own"), LabArrays())
    assert "no cosine" in written(sums(made, 0, 0, 90))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"image": "white-left", "padding": "same"},
        {"image": "colours", "side": 7, "filters": 2},
        {"image": "fashion"},
        {"image": "fashion", "filters": 3, "kernel": "box-blur"},
        {"image": "street", "kernel": "long-vertical-line"},
        {"image": "colours", "side": 22, "filters": 2, "kernel": "box-blur"},
    ],
)
def test_arrays_fill_the_room_and_not_more(settings):
    made = convolution(ConvolutionSettings(**settings), LabArrays())
    arrays = convolution_arrays(made, 3, 0)
    small, large = fit_into(arrays, (76, 14)), fit_into(arrays, (140, 45))
    for fit, room in ((small, (76, 14)), (large, (140, 45))):
        sides = [sum(max(size_of(each, fit)[0] for each in column) + 2 for column in side) - 2 for side in arrays]
        assert (max(sides) if fit.stacked else sum(sides) + 2) <= room[0]
    assert (large.cell, large.times) > (small.cell, small.times)


def titles(arrays):
    return " ".join(array.words(named=True).plain for array in arrays.all)


def test_the_kernel_is_shown_flipped_unless_it_is_edited():
    made = convolution(ConvolutionSettings(turned=True), LabArrays())
    assert "flipped" in titles(convolution_arrays(made, 0, 0))
    assert "flipped" not in titles(convolution_arrays(made, 0, 0, cursor=CellCursor("kernel")))


def test_pooling_says_what_is_left():
    depthwise = moved(PoolingSettings(image="colours", side=6, kind="depth-max"), LabArrays())
    text = written(pooling_facts(depthwise, 0))
    assert "36 of 108 values (33%)" in text
    assert "strides" not in text
    same = pooling_arrays(moved(PoolingSettings(padding="same", side=5), LabArrays()), 8)
    assert "Strides only 3×3" in titles(same)


def test_the_selected_network_is_marked():
    lines = written(pairs_table(2, Style(), Style(), (80, 24))).split("\n")
    assert [line.split()[1] for line in lines if line.startswith("▌")] == ["fashion-cnn"]


def test_a_chain_that_breaks_says_where():
    text = written(
        chain_table(Link(4, 1, 1), (Slide(3), Slide(3), Slide(1)), ChainCursor(2, 1), focus=True, bar=Style())
    )
    assert "4×4×1 → 2×2×1 → ✗" in text
    assert "✗ a window of 3 does not fit into 2 pixels" in text
    assert "[0]" in text


def test_the_worked_examples():
    text = written(weights_tables(WeightsSettings()))
    for part in ("34,944", "105,705,600", "(11·11·3 + 1)·96 = ", "154,587", "×3.02 k", "105 M"):
        assert part in text
    dense = [written(weights_tables(example)) for _name, example in WeightsCalculator.EXAMPLES]
    assert "12,288,000" in dense[1]
    assert "3,000,000,000" in dense[2]
    kernels = written(weights_tables(WeightsSettings(filters=1))).split("\n")[-4:]
    assert [line.split()[3:5] for line in kernels] == [["5×5", "25"], ["5×5", "18"], ["7×7", "49"], ["7×7", "27"]]
    assert "✗ a window of 11" in written(weights_tables(WeightsSettings(height=5)))


def test_a_window_without_a_place_is_refused():
    with pytest.raises(WindowError):
        moved(PoolingSettings(image="white-left", side=1), LabArrays())


def test_products_with_nothing_are_left_out_of_a_long_sum():
    made = convolution(ConvolutionSettings(image="street", kernel="long-vertical-line"), LabArrays())
    text = written(sums(made, 0, 0, 200)).split("\n")[0]
    pixels = [int(term.removesuffix("·1")) for term in re.findall(r"\d+·1", text)]
    assert pixels == made.image[:7, 3, 0].tolist()
    assert f"= {sum(pixels)}   (42 weights are 0)" in text
