"""Drawings of the Inspect screen: units, scales, galleries, accuracy over shifts."""

import numpy as np
from rich.style import Style

from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, enlargement, grid
from tui_cnn.ui.inspect.old_legend import draw_scale
from tui_cnn.ui.inspect.shift_chart import draw_shifts
from tui_cnn.ui.inspect.unit_bars import Units, draw_units, unit_columns
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours, on

PLAIN = Style()
MARK = Style(bgcolor="red")
NONE = np.zeros(0, np.bool_)


def units(count, names=(), row=0, chosen=0):
    values = np.linspace(-1.5, 2, count)
    return Units(values, np.arange(count), names, np.zeros(count, np.bool_), chosen, row)


def drawn(found, width=60, height=20, top=0):
    canvas = Canvas(width, height)
    draw_units(canvas, top, found, "sequential", (PLAIN, PLAIN, MARK, PLAIN))
    return canvas


def test_units_are_bars_as_long_as_all_have_room():
    lines = drawn(units(3, ("cat", "dog", "cow"))).text.split("\n")
    assert [line.split()[0] for line in lines[:3]] == ["cat", "dog", "cow"]
    assert [line.split()[-1] for line in lines[:3]] == ["−1.50", "0.25", "2.00"]
    assert unit_columns(60, 20, units(3, ("cat", "dog", "cow"))) == 1
    assert unit_columns(60, 20, units(40)) == 2


def test_more_units_are_numbers_on_their_colours():
    found = units(100)
    assert unit_columns(60, 20, found) == 59 // 6
    text = drawn(found).text
    assert text.count("−1.50") == text.count("2.00") == 1
    assert len(text.split()) == 100


def test_even_more_are_pixels_and_a_flattened_picture_is_one_again():
    found = units(28 * 28, row=28, chosen=28 + 2)
    assert unit_columns(60, 20, found) == 28
    canvas = drawn(found)
    assert canvas.text.split("\n")[0] == " " + "▀" * 28
    marked = canvas.lines()[0][3].style.bgcolor.triplet
    assert tuple(marked) == (255, 80, 80), "the second row is the lower half of the first line"
    assert unit_columns(60, 20, units(28 * 28)) == 58, "others fill the lines"


def test_units_that_are_all_the_same_and_none():
    same = Units(np.zeros(100), np.arange(100), (), np.ones(100, np.bool_), 0)
    assert drawn(same).text.split() == ["0.00"] * 100
    assert "0.00" in drawn(units(1)._replace(values=np.zeros(1))).text


def test_a_scale_names_its_ends_and_gives_way():
    canvas = Canvas(40, 1)
    draw_scale(canvas, 0, 10, ("−1.00", "2.50"), "grey", PLAIN)
    assert canvas.text.endswith("−1.00 " + "▀" * 10 + " 2.50")
    colours_of = [tuple(part.style.color.triplet) for part in canvas.lines()[0] if "▀" in part.text]
    assert (colours_of[0], colours_of[-1]) == ((0, 0, 0), (255, 255, 255))
    crowded = Canvas(40, 1)
    draw_scale(crowded, 0, 25, ("−1.00", "2.50"), "grey", PLAIN)
    assert crowded.text == ""


def test_a_gallery_writes_several_words_under_a_picture():
    canvas = Canvas(30, 6)
    laid = grid((4, 4), 3, 1, (6, 30), narrowest=8, words=2)
    assert (laid.columns, laid.lines, laid.width) == (3, 4, 8)
    pixels = colours(np.zeros((4, 4)))
    draw_gallery(canvas, 0, laid, 3, 1, lambda place: Tile(pixels, PLAIN, (f"{place}", f"name {place}")), MARK)
    lines = canvas.text.split("\n")
    assert lines[2].split() == ["0", "▐1", "2"]
    assert lines[3].split() == ["name", "0", "▐name", "1", "name", "2"]
    assert enlargement((4, 4), 3, (6, 30), 8, 1) == 2, "eight pixels are four lines, and one for the word"
    assert enlargement((4, 4), 3, (6, 30), 8, 3) == 1, "two lines more would be cut off"


ACCURACY = np.array([[0.1, 0.2, 0.3], [0.4, 0.95, 0.5], [0.0, 0.06, 1.0]])


def test_accuracy_over_shifts_has_its_numbers():
    canvas = Canvas(40, 12)
    assert draw_shifts(canvas, 1, 0, (12, 39), ACCURACY, (0, 2), "sequential", PLAIN, MARK) == 10
    lines = canvas.text.split("\n")
    assert lines[0].split() == ["−1", "0", "+1"]
    assert [line.split() for line in lines[2:10:3]] == [
        ["−1", "10", "20", "30"],
        ["0", "40", "95", "50"],
        ["+1", "0", "6", "100"],
    ]
    styles = [segment for segment in canvas.lines()[2] if segment.text.strip() == "30"]
    assert styles[0].style is MARK, "where the image is"


def test_where_there_is_little_room_the_colours_stay():
    canvas = Canvas(11, 4)
    assert draw_shifts(canvas, 0, 0, (4, 11), ACCURACY, None, "sequential", PLAIN, MARK) == 4
    assert "95" not in canvas.text
    assert canvas.lines()[2][2].style.bgcolor is not None


def test_what_is_written_on_a_colour_can_be_read():
    dark, light = on(np.array([68, 1, 84])), on(np.array([253, 231, 37]))
    assert tuple(dark.color.triplet) == (255, 255, 255)
    assert tuple(light.color.triplet) == (0, 0, 0)
    assert tuple(light.bgcolor.triplet) == (253, 231, 37)
