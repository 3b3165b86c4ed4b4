"""Arrays as cells: colours by half-blocks, or characters where there are no colours."""

import numpy as np
import pytest

from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours, fit_into, frame, magnify, shrink, shrink_to


def test_a_cell_is_two_pixels():
    canvas = Canvas(4, 2)
    canvas.picture(1, 0, colours(np.array([[10, 20], [30, 40], [50, 60]])))
    assert canvas.text == " ▀▀\n ▀▀"
    first, second, third = canvas.lines()[0][:3]
    assert first.text == " "
    assert (second.style.color.triplet[0], second.style.bgcolor.triplet[0]) == (10, 30)
    assert (third.style.color.triplet[0], third.style.bgcolor.triplet[0]) == (20, 40)
    below = canvas.lines()[1][1]
    assert below.style.color.triplet[0] == 50
    assert below.style.bgcolor is None, "an odd row leaves the background"


def test_without_colours_light_is_dense():
    canvas = Canvas(3, 1, "characters")
    canvas.picture(0, 0, colours(np.array([[0, 128, 255], [0, 128, 255]])))
    dark, middle, light = canvas.lines()[0][0].text
    assert (dark, light) == (" ", "@")
    assert middle in "-=+*"


def test_what_is_beyond_the_edge_is_cut_off():
    canvas = Canvas(3, 1)
    canvas.put(1, 0, "abc")
    canvas.put(0, 5, "x")
    canvas.picture(2, 0, colours(np.zeros((6, 6))))
    assert canvas.text == " a▀"
    assert canvas.put(0, 0, "abc", room=2) == 2


def test_wide_letters_take_two_cells():
    canvas = Canvas(5, 1)
    assert canvas.put(0, 0, "합a합") == 3 + 2
    assert "".join(segment.text for segment in canvas.lines()[0]) == "합a합"
    canvas = Canvas(4, 1)
    canvas.put(0, 0, "a합합")
    assert "".join(segment.text for segment in canvas.lines()[0]) == "a합 ", "half a letter is none"


@pytest.mark.parametrize("size", [(30, 30), (16, 16), (7, 31), (1, 1), (32, 5)])
def test_a_picture_is_made_smaller_by_the_means_of_areas(size):
    """By hand: enlarged so many times that the areas are made of whole pixels."""
    picture, (rows, columns) = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8), size
    large = picture.repeat(rows, axis=0).repeat(columns, axis=1)
    means = large.reshape(rows, 32, columns, 32, 3).mean(axis=(1, 3))
    assert np.abs(shrink_to(picture, size) - means).max() < 0.5001


def test_pictures_are_scaled_and_framed():
    values = np.arange(6.0).reshape(2, 3)
    assert magnify(values, 2).shape == (4, 6)
    assert magnify(values, 2)[:2, :2].tolist() == [[0, 0], [0, 0]]
    assert shrink(values, 2).tolist() == [[2, 3.5]]
    assert fit_into((28, 28), (14, 100)) == 1
    assert fit_into((28, 28), (28, 56)) == 2
    assert fit_into((28, 28), (5, 5)) == 1
    framed = frame(colours(np.zeros((7, 7))), (2, 2, 4, 4), (9, 9, 9))
    assert framed[..., 0].tolist() == [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 9, 9, 9, 9, 9, 0],
        [0, 9, 0, 0, 0, 9, 0],
        [0, 9, 0, 0, 0, 9, 0],
        [0, 9, 0, 0, 0, 9, 0],
        [0, 9, 9, 9, 9, 9, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
    corner = frame(colours(np.zeros((4, 4))), (0, 0, 1, 1), (9, 9, 9))
    assert corner[0, 0, 0] == 9, "where there is no room around it, the frame is on it"
