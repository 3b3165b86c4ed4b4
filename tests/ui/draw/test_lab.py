"""The Lab's drawings: readable without colour, within their room, and true."""

import re

import numpy as np
import pytest
from textual.color import Color

from tests.ui.draw.test_words import written
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings, WeightsSettings
from tui_cnn.lab.shifting import moved
from tui_cnn.lab.sizes import Slide
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab import pooling_drawing as lab_pooling
from tui_cnn.ui.lab.convolution_drawing import CellCursor, pictures
from tui_cnn.ui.lab.grid import Fit, Marks, Tones, brightness, grid, heat, number
from tui_cnn.ui.lab.half_blocks import halves
from tui_cnn.ui.lab.sizes_drawing import ChainCursor, chain_table
from tui_cnn.ui.lab.sums import product, products, sums
from tui_cnn.ui.lab.weights_drawing import EXAMPLES, weights_tables

DARK = Tones(*map(Color.parse, ("#111111", "#eeeeee", "#888888", "#0178d4", "#ffa62b", "#ffff00")))
LIGHT = DARK._replace(ground=Color.parse("#eeeeee"), words=Color.parse("#111111"))
VALUES = np.array([[1.0, -2], [0.5, 1 / 3]])


def test_numbers():
    assert [number(value) for value in (3, -5, 1 / 9, -1.5, 2.999, -0.001, 255, np.nan)] == [
        "3", "−5", "0.11", "−1.5", "3", "0", "255", "·",
    ]  # fmt: skip


def test_a_grid_frames_the_window_and_hides_what_is_to_come():
    window = np.array([[False, True], [False, True]])
    assert grid(VALUES, DARK, Marks(window), Fit(1)).plain == "    1┌  −2┐\n  0.5└0.33┘"
    assert grid(VALUES, DARK, Marks(shown=3), Fit(1)).plain == "    1   −2 \n  0.5    · "
    assert grid(VALUES, DARK, Marks(np.eye(2, dtype=bool)), Fit(1, 0)).plain == "[ 1]−2 \n  0[ 0]"
    whole = np.ones((2, 2), bool)
    assert grid(VALUES, DARK, Marks(whole), Fit(1, 0)).plain == "┌ 1 −2┐\n└ 0  0┘"
    assert grid(VALUES, DARK, None, Fit(1, 0, 2)).plain.count("\n") == 3
    tall = grid(VALUES, DARK, Marks(whole), Fit(1, 0, 2)).plain
    assert tall == "┌ 1 −2┐\n│     │\n│ 0  0│\n└     ┘"
    assert grid(VALUES, DARK, Marks(np.eye(2, dtype=bool)), Fit(1, 0, 2)).plain.split("\n")[:2] == [
        "┌ 1┐−2 ",
        "└  ┘   ",
    ]
    typed = grid(VALUES, DARK, Marks(cursor=(0, 1), typed="-7"), Fit(1, 0))
    assert typed.plain.split("\n")[0] == "  1 -7 "


def test_backgrounds_follow_the_numbers():
    assert heat(0, 5, DARK) == DARK.ground
    assert heat(5, 5, DARK).b > heat(2, 5, DARK).b
    assert heat(-5, 5, DARK).r > heat(5, 5, DARK).r
    for tones in (DARK, LIGHT):
        assert brightness(10, 10, tones).brightness > brightness(0, 10, tones).brightness


def test_half_blocks():
    values = np.arange(15.0).reshape(3, 5)
    assert halves(values, DARK).plain == "▀▀▀▀▀\n▀▀▀▀▀"
    assert halves(values, DARK, Marks(shown=7)).plain == "▀▀▀▀▀\n·····"
    assert halves(values, DARK, Marks(shown=7), large=True).plain == "██████████\n████ · · ·\n · · · · ·"
    assert halves(values, DARK, Marks(shown=0)).plain == "·····\n·····"
    plain = DARK._replace(plain=True)
    assert halves(np.array([[0.0, 9], [0, 9], [4.5, 9]]), plain, Marks(shown=5), large=True).plain == "  @@\n  @@\n== ·"
    assert halves(np.array([[0.0, 9], [0, 9]]), plain).plain == " @"


def test_what_stands_out_in_a_picture_has_its_colour():
    values, mark = np.array([[0.0, 9.0]]), np.array([[True, False]])

    def first(marks):
        return halves(values, DARK, marks).spans[0].style.color

    usual = first(Marks())
    colours = [first(marks) for marks in (Marks(mark), Marks(strong=mark), Marks(dim=mark), Marks(cursor=(0, 0)))]
    assert len({usual, *colours}) == 5
    assert first(Marks(dim=~mark, strong=mark)) == usual


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
        {"image": "fashion", "filters": 3, "kernel": "blur"},
        {"image": "street", "kernel": "vertical-line"},
        {"image": "colours", "side": 22, "filters": 2, "kernel": "blur"},
    ],
)
def test_pictures_fill_the_room_and_not_more(settings):
    made = convolution(ConvolutionSettings(**settings), LabArrays())
    for room in ((76, 14), (74, 20), (140, 45)):
        lines = written(pictures(made, 3, 0, DARK, room), 300).split("\n")
        assert max(map(len, lines)) <= room[0]
    small = written(pictures(made, 3, 0, DARK, (76, 9)), 300).count("\n")
    large = written(pictures(made, 3, 0, DARK, (140, 45)), 300).count("\n")
    assert large > small or made.image.shape[0] > 16


def test_pictures_show_the_turned_kernel_unless_it_is_typed_into():
    made = convolution(ConvolutionSettings(turned=True), LabArrays())
    assert "turned" in written(pictures(made, 0, 0, DARK, (120, 9)))
    assert "turned" not in written(pictures(made, 0, 0, DARK, (120, 9), cursor=CellCursor("kernel", (0, 0, 0))))


def test_pooling_says_what_is_left():
    found = moved(PoolingSettings(image="colours", side=6, kind="depth-max"), LabArrays())
    text = written(lab_pooling.told(found, 0))
    assert "36 of 108 numbers are left (33%)" in text
    assert "strides" not in text
    drawn = written(lab_pooling.pictures(moved(PoolingSettings(padding="same", side=5), LabArrays()), 8, DARK, (90, 9)))
    assert "Strides alone 3×3" in drawn


def test_a_chain_that_breaks_says_where():
    text = written(chain_table(4, (Slide(3), Slide(3), Slide(1)), ChainCursor(2, 1), DARK, focus=True))
    assert "4 → 2 → ✗" in text
    assert "✗ a window of 3 has no place on 2 pixels" in text
    assert "[0]" in text


def test_the_worked_examples():
    text = written(weights_tables(WeightsSettings(), DARK))
    for part in ("34,944", "105,705,600", "(11·11·3 + 1)·96 = ", "154,587", "×3.02 k", "105 M"):
        assert part in text
    dense = [written(weights_tables(example, DARK)) for _name, example in EXAMPLES]
    assert "12,288,000" in dense[1]
    assert "3,000,000,000" in dense[2]
    kernels = written(weights_tables(WeightsSettings(filters=1), DARK)).split("\n")[-4:]
    assert [line.split()[3:5] for line in kernels] == [["5×5", "25"], ["5×5", "18"], ["7×7", "49"], ["7×7", "27"]]
    assert "✗ a window of 11" in written(weights_tables(WeightsSettings(height=5), DARK))


def test_a_window_without_a_place_is_refused():
    with pytest.raises(WindowError):
        moved(PoolingSettings(image="white-left", side=1), LabArrays())


def test_products_with_nothing_are_left_out_of_a_long_sum():
    made = convolution(ConvolutionSettings(image="street", kernel="vertical-line"), LabArrays())
    text = written(sums(made, 0, 0, 200)).split("\n")[0]
    pixels = [int(term.removesuffix("·1")) for term in re.findall(r"\d+·1", text)]
    assert pixels == made.image[:7, 3, 0].tolist()
    assert f"= {sum(pixels)}   (42 weights are 0)" in text


def test_what_is_under_the_window_is_tinted():
    window = np.array([[True, False], [False, False]])
    plain, framed = (grid(np.ones((2, 2)), DARK, marks).spans for marks in (Marks(), Marks(window)))
    changed = [before.style.bgcolor != after.style.bgcolor for before, after in zip(plain, framed, strict=True)]
    assert any(changed[:2])
    assert not any(changed[5:])
