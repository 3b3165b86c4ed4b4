"""Figures of pictures, read back as another program reads them: SVG by a reader of XML, PNG by Pillow."""

import io
from base64 import b64decode
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tui_cnn.formats.shapes import to_png, to_svg
from tui_cnn.insight.colours import Scale
from tui_cnn.runs.inspection.figure import Figure, FigureAxis, Panel, draw_figure

SVG = "{http://www.w3.org/2000/svg}"
VALUES = np.arange(20.0).reshape(4, 5) - 7
SCALE = Scale(-12, 12, "diverging")
PANEL = Panel(SCALE.paint(VALUES), "map 3 <b>", SCALE)


def drawn(figure):
    """Return the texts with their places, and the pictures with theirs: (x, y, width, pixels)."""
    tree = ElementTree.fromstring(to_svg(draw_figure(figure)))
    texts = [(each.text, float(each.get("x")), float(each.get("y"))) for each in tree.iter(f"{SVG}text")]
    pictures = []
    for each in tree.iter(f"{SVG}image"):
        png = b64decode(each.get("href").partition(",")[2])
        place = (float(each.get(name)) for name in ("x", "y", "width"))
        pictures.append((*place, np.asarray(Image.open(io.BytesIO(png)))))
    return texts, pictures


def test_a_figure_says_what_it_is_and_has_axes_and_a_colour_scale():
    texts, pictures = drawn(Figure("1 Conv2D", [PANEL], ("Test image 0", "best weights · run 7")))
    words = [text for text, _x, _y in texts]
    assert words[:3] == ["1 Conv2D", "Test image 0", "best weights · run 7"]
    assert {"map 3 <b>", "row ↓", "column →", "−12.00", "12.00"} <= set(words)
    (x, y, width, pixels), (*_place, bar) = pictures
    pixel = round(width / 5)
    assert (pixels[pixel // 2 :: pixel, pixel // 2 :: pixel] == PANEL.pixels).all()
    assert (bar == SCALE.bar(bar.shape[1])).all()
    for column in range(5):  # its number stands below its middle
        assert any(text == f"{column}" and at == x + (column + 0.5) * pixel and below > y for text, at, below in texts)


def test_panels_with_one_scale_share_its_bar_and_others_have_their_own():
    _texts, pictures = drawn(Figure("maps", [PANEL] * 3))
    assert len(pictures) == 3 + 1
    others = [PANEL, PANEL._replace(scale=Scale(0, 1, "sequential")), PANEL._replace(scale=None)]
    _texts, pictures = drawn(Figure("heat", others))
    assert len(pictures) == 3 + 2


def test_what_lies_over_an_image_says_so():
    heat = PANEL._replace(scale=SCALE._replace(strength=0.5))
    assert any("over black" in text for text, _x, _y in drawn(Figure("why", [heat]))[0])
    assert not any("over black" in text for text, _x, _y in drawn(Figure("why", [PANEL]))[0])


def test_axes_begin_where_they_are_told_to_or_have_names():
    axes = FigureAxis("class", names=["a", "b", "c", "d"]), FigureAxis("shift", -2)
    words = [text for text, _x, _y in drawn(Figure("", [PANEL], down=axes[0], across=axes[1]))[0]]
    assert {"a", "b", "c", "d", "class ↓", "shift →", "−2", "−1", "0", "1", "2"} <= set(words)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (28, 28), (224, 300), (1, 700)])
@pytest.mark.parametrize("count", [1, 9, 64])
@pytest.mark.parametrize("shared", [True, False])
def test_all_of_a_figure_of_any_size_is_on_the_sheet_and_nothing_covers_anything(size, count, shared):
    scales = [Scale(0, 1e-4 if shared else number + 1, "sequential") for number in range(count)]
    panels = [Panel(np.zeros((*size, 3), np.uint8), f"{number} Conv2D", scales[number]) for number in range(count)]
    sheet = draw_figure(Figure("a name", panels, ("a run",)))
    texts, pictures = drawn(Figure("a name", panels, ("a run",)))
    assert all(0 <= x < sheet.width and 0 <= y < sheet.height for _text, x, y in texts)
    assert all(x + width <= sheet.width for x, _y, width, _pixels in pictures)
    for x, y, width, pixels in pictures:  # a letter is 7 high
        high = len(pixels) if len(pixels) != 2 else 12
        assert not any(x <= at <= x + width and y < below < y + high + 7 for _text, at, below in texts)
    numbers = sorted((y, x) for text, x, y in texts if text.isdecimal())
    assert all(a[0] != b[0] or b[1] - a[1] >= 9 for a, b in pairwise(numbers))


def test_png_has_the_pixels_of_the_picture():
    figure = Figure("kernel", [PANEL])
    image = np.asarray(Image.open(io.BytesIO(to_png(draw_figure(figure)))))
    (x, y, width, _pixels), *_rest = drawn(figure)[1]
    pixel = width / 5
    for (row, column), _value in np.ndenumerate(VALUES):
        at = round(2 * (y + (row + 0.5) * pixel)), round(2 * (x + (column + 0.5) * pixel))
        assert (image[at] == PANEL.pixels[row, column]).all()
