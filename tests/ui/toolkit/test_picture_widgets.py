"""The picture widgets: how their contents are laid out, drawn, hovered and clicked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult

from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.ui.toolkit.numbers import whole_words
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars, draw_bars, lay_out_bars
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours
from tui_cnn.ui.toolkit.pictures.drawing import Drawing, Styles
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles, draw_gallery, lay_out
from tui_cnn.ui.toolkit.pictures.legend import Legend, draw_legend
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent, draw_matrix, lay_out_matrix
from tui_cnn.ui.toolkit.pictures.picture import Fit, Picture, Raster, fit, fitted

STYLES = Styles(selected=Style(bgcolor="red"), hovered=Style(bgcolor="blue"))
RGB = {"cursor": (255, 80, 80), "frame": (255, 255, 255), "second-frame": (255, 176, 0)}


def test_an_image_is_as_large_as_it_fits_or_made_smaller():
    assert fit((28, 28), (20, 100)) == Fit(1, 1, 28, 28)
    assert fit((28, 28), (28, 100)) == Fit(2, 1, 56, 56)
    assert fit((28, 28), (100, 200), most=3) == Fit(3, 1, 84, 84)
    assert fit((28, 28), (7, 100)) == Fit(1, 2, 14, 14)
    assert fit((29, 10), (7, 100)) == Fit(1, 29 / 14, 14, 5)
    assert fit((32, 32), (20, 30)) == Fit(1, 32 / 30, 30, 30)


@pytest.mark.parametrize(
    ("size", "note"),
    [((28, 28), "at 64 %"), ((90, 60), "at 20 %"), ((18, 40), ""), ((20, 40), ""), ((20, 41), "at 90 %")],
)
async def test_what_is_shown_smaller_says_so(size, note):
    """In 10 lines of 40 cells: 20 pixels high, or 18 above a line that says how much smaller."""
    picture = Picture()
    async with Shown(picture).run_test() as pilot:
        picture.show(Raster(np.zeros(size, np.uint8)))
        await pilot.pause()
        shown = "\n".join(picture.render_line(y).text for y in range(10))
        assert [line.strip() for line in shown.split("\n") if "%" in line] == ([note] if note else [])


def test_smaller_is_the_mean_or_one_of_the_pixels():
    board = np.array([[0, 255, 0, 255], [255, 0, 255, 0]], np.uint8)
    fitting = fit((2, 4), (1, 2))
    assert fitting.reduced == 2
    assert fitted(Raster(board), fitting, RGB)[..., 0].tolist() == [[128, 128]]
    assert fitted(Raster(board, sampling="nearest"), fitting, RGB)[..., 0].tolist() == [[0, 0]]


def test_a_frame_is_around_its_region_and_on_it_where_there_is_no_room():
    raster = Raster(np.zeros((3, 3)), frames=[((1, 1, 1, 1), "cursor")])
    large = fitted(raster, fit((3, 3), (6, 12)), RGB)
    assert large[3, 3].tolist() == [255, 80, 80]
    assert large[5, 5].tolist() == [0, 0, 0]
    small = fitted(raster, fit((3, 3), (2, 3)), RGB)
    assert small[1, 1].tolist() == [255, 80, 80]
    assert small.sum() == 255 + 80 + 80


def tiles(count, size=(4, 4), **more):
    return Tiles(count, size, lambda index, width: Tile(colours(np.zeros(size)), (f"map {index}",)), **more)


def test_pictures_of_a_gallery_are_as_large_as_all_fit():
    assert lay_out(tiles(3), 0, (6, 30)).times == 2
    assert lay_out(tiles(1), 0, (30, 60)).times == 12
    crowded = lay_out(tiles(40, (10, 10)), 39, (24, 60))
    assert (crowded.columns, crowded.rows, crowded.first, crowded.reduced) == (5, 3, 25, 1)
    assert lay_out(tiles(32, (26, 26)), 0, (18, 48)).reduced > 1


def test_large_pictures_of_a_gallery_become_small_enough_to_compare():
    """Of 2,048 maps of 112 by 112 a few are in view; none is drawn that is not."""
    drawn = []

    def tile(index, width):
        drawn.append(index)
        return Tile(colours(np.zeros((112, 112))), (f"map {index}",))

    many = Tiles(2048, (112, 112), tile)
    grid = lay_out(many, 0, (18, 48))
    assert (grid.reduced, grid.columns, grid.rows) == (10, 3, 2)
    canvas = Canvas(48, 18)
    draw_gallery(canvas, many, grid, 0, None, STYLES)
    assert drawn == list(range(grid.room))
    assert "of 2,048 shown" in canvas.text


def test_the_selected_picture_is_in_view_and_marked():
    many = tiles(40, (10, 10))
    for selected in range(40):
        grid = lay_out(many, selected, (24, 60))
        assert grid.first <= selected < grid.first + grid.room
    canvas = Canvas(30, 6)
    draw_gallery(canvas, tiles(3), lay_out(tiles(3), 1, (6, 30)), 1, None, STYLES)
    assert canvas.text.split("\n")[4].split() == ["map", "0", "▐map", "1", "map", "2"]


def test_bars_share_a_line_where_they_do_not_fit_below_each_other():
    bars = [Bar(f"unit {number}", number / 10, f"{number}") for number in range(10)]
    assert lay_out_bars(BarRows(bars), (10, 40)).columns == 1
    rows = BarRows(bars, column=16)
    laid = lay_out_bars(rows, (5, 40))
    assert (laid.columns, laid.field) == (2, 20)
    canvas = Canvas(40, 5)
    draw_bars(canvas, rows, laid, None, None, STYLES)
    lines = canvas.text.split("\n")
    assert "unit 8" in lines[4]
    assert "unit 9" in lines[4]
    assert lines[4].rstrip().endswith("9")


def test_a_bar_has_a_sign_a_number_before_it_and_a_mark():
    rows = BarRows([Bar("cat", 0.5, "0.50", sign="✓", mark=0.9), Bar("dog", np.nan, "nan")], "heading", text_first=True)
    canvas = Canvas(30, 3)
    draw_bars(canvas, rows, lay_out_bars(rows, (3, 30)), 1, None, STYLES)
    heading, cat, dog = canvas.text.split("\n")
    assert heading == "heading"
    assert cat.startswith("✓ cat 0.50 █")
    assert "│" in cat
    assert dog == "  dog  nan"


def test_numbers_of_a_matrix_grow_with_the_room_and_give_way():
    numbers = MatrixContent(np.array([[1.0, -2.5], [0.0, 10.0]]), row_names=("a", "b"), column_names=("x", "y"))
    roomy = lay_out_matrix(numbers, (20, 40))
    assert (roomy.cell, roomy.lines, roomy.written, roomy.names) == (9, 3, True, 2)
    tight = lay_out_matrix(numbers, (3, 15))
    assert (tight.cell, tight.lines, tight.written) == (6, 1, True)
    assert not lay_out_matrix(numbers, (3, 8)).written
    canvas = Canvas(15, 3)
    draw_matrix(canvas, numbers, tight, (0, 1), None, STYLES)
    head, first, second = (line.split() for line in canvas.text.split("\n"))
    assert (head, first, second) == (["x", "y"], ["a", "1.00", "−2.50"], ["b", "0.00", "10.00"])


def test_a_legend_has_its_ends_and_its_zero():
    canvas = Canvas(40, 1)
    begin, end = draw_legend(canvas, Scale(-1, 3, "diverging"), STYLES)
    assert canvas.text.startswith("−1.00 ▀")
    assert canvas.text.rstrip().endswith("▀ 3.00")
    assert canvas.text.index("0", begin) == begin + round((end - begin - 1) / 4)
    canvas = Canvas(40, 1)
    draw_legend(canvas, scale_of(np.array([0.0, 2.0]), signed=False), STYLES)
    assert canvas.text.replace("▀", "").split() == ["0.00", "2.00"], "the zero is an end"
    assert draw_legend(Canvas(6, 1), Scale(-1, 3, "diverging"), STYLES) == (0, 0)


class Shown(App[None]):
    CSS = "Drawing { height: 10; width: 40; }"

    def __init__(self, drawing):
        super().__init__()
        self.drawing = drawing
        self.heard = []

    def compose(self) -> ComposeResult:
        yield self.drawing

    def on_drawing_selected(self, event: Drawing.Selected) -> None:
        self.heard.append(("selected", event.cell))

    def on_drawing_opened(self, event: Drawing.Opened) -> None:
        self.heard.append(("opened", event.cell))


def shown(drawing, *content):
    drawing.show(*content)
    return drawing


PICTURE = Raster(np.arange(64, dtype=np.uint8).reshape(8, 8))
NUMBERS = MatrixContent(np.arange(6.0).reshape(2, 3), row_names=("a", "b"), column_names=("x", "y", "z"))
BARS = BarRows([Bar("cat", 0.1, "0.1"), Bar("dog", 0.9, "0.9")])


@pytest.mark.parametrize(
    ("drawing", "offset", "cell", "words"),
    [
        (lambda: shown(Picture(), PICTURE), (4, 2), (2, 2), "row 2, column 2: 18"),
        (lambda: shown(Gallery(), tiles(3)), (20, 2), (1, 0), "map 1"),
        (lambda: shown(Bars(), BARS), (3, 1), (1, 0), "dog 0.9"),
        (lambda: shown(Matrix(), NUMBERS), (15, 5), (1, 1), "b · y · 4.00"),
        (lambda: shown(Legend(), Scale(0, 13, "sequential")), (8, 0), (0, 3), "3.00"),
    ],
)
async def test_every_cell_can_be_hovered_selected_and_opened(drawing, offset, cell, words):
    app = Shown(drawing())
    async with app.run_test(size=(60, 20), tooltips=True) as pilot:
        await pilot.hover(Drawing, offset=offset)
        assert str(app.drawing.tooltip) == words
        await pilot.click(Drawing, offset=offset)
        await pilot.click(Drawing, offset=offset)
        assert app.heard == [("selected", cell), ("opened", cell)]
        assert app.drawing.selected == cell
        await pilot.hover(None, offset=(59, 19))
        assert app.drawing.tooltip is None


async def test_a_gallery_says_how_many_are_in_view_and_pages_reach_the_rest():
    gallery = shown(Gallery(), tiles(40, (10, 10)))
    app = Shown(gallery)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        seen = set()
        for _page in range(5):
            grid = gallery.grid
            seen |= set(range(grid.first, min(40, grid.first + grid.room)))
            canvas = Canvas(60, 20)
            gallery.draw(canvas)
            note = canvas.text.split("\n")[-1]
            assert f"{min(grid.room, 40 - grid.first)} of 40 shown" in note
            assert "PgDn" in note
            gallery.page(1)
        assert seen == set(range(40))
        for _page in range(5):
            gallery.page(-1)
        assert gallery.grid.first == 0


@given(st.integers(1, 130), st.integers(1, 60), st.integers(3, 40), st.integers(8, 90), st.data())
def test_a_gallery_that_leaves_something_out_or_makes_it_smaller_says_so(count, side, lines, cells, data):
    many = tiles(count, (side, side))
    selected = data.draw(st.integers(0, count - 1))
    grid = lay_out(many, selected, (lines, cells))
    assert grid.first <= selected < grid.first + grid.room
    assert grid.noted or (grid.room >= count and grid.reduced == 1)
    canvas = Canvas(cells, lines)
    draw_gallery(canvas, many, grid, selected, None, STYLES)
    last = canvas.text.split("\n")[-1]
    if grid.noted and cells >= 40:
        assert (f" of {count} shown" in last) == (grid.room < count)
        assert (f"at {round(100 / grid.reduced)} %" in last) == (grid.reduced > 1)


PARTS = st.sampled_from(["12", "0.25", "−1.87", "dead", "MaxPooling2D", "죽음", "9,999", "a"])


@given(st.lists(PARTS), st.integers(0, 20))
def test_no_number_of_a_caption_is_cut(words, width):
    text = " ".join(words)
    written = whole_words(text, width)
    assert cell_len(written) <= width
    if written.endswith("…"):
        assert not any(map(str.isdecimal, written))
    else:
        assert not written or (text + " ").startswith(written + " ")


@pytest.mark.parametrize(
    ("drawing", "cells"),
    [
        (lambda: shown(Picture(), PICTURE), {(row, column) for row in range(8) for column in range(8)}),
        (lambda: shown(Gallery(), tiles(3)), {(0, 0), (1, 0), (2, 0)}),
        (lambda: shown(Bars(), BARS), {(0, 0), (1, 0)}),
        (lambda: shown(Matrix(), NUMBERS), {(row, column) for row in range(2) for column in range(3)}),
        (lambda: shown(Legend(), Scale(-1, 1, "diverging")), {(0, place) for place in range(14)}),
    ],
)
async def test_no_cell_is_out_of_reach_of_the_mouse(drawing, cells):
    app = Shown(drawing())
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        places = (app.drawing.cell_at(x, y) for y in range(app.drawing.size.height) for x in range(40))
        assert {*places} - {None} == cells
        assert all(app.drawing.describe(cell) for cell in cells)


def test_the_window_over_a_matrix_is_tinted():
    window = np.array([[True, False]])
    numbers = MatrixContent(np.array([[1.0, 1.0]]), scale=Scale(0, 1, "grey"), window=window)
    canvas = Canvas(20, 1)
    draw_matrix(canvas, numbers, lay_out_matrix(numbers, (1, 20)), None, None, STYLES, (255, 0, 0))
    under, other = canvas.lines()[0][:2]
    assert tuple(under.style.bgcolor.triplet) == (255, 153, 153)
    assert under.style.bold
    assert tuple(other.style.bgcolor.triplet) == (255, 255, 255)
