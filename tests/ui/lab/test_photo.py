"""The page of photographs by keys: pictures side by side, stages, thresholds, a file, a question, code, full size."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.ui.driving import opened
from tests.ui.lab.test_lab import lab
from tests.ui.lab.test_questions import asked
from tui_cnn.lab.photo import grey_levels, scaled
from tui_cnn.lab.settings import CANNY_STAGES, PHOTO_METHODS, PhotoSettings
from tui_cnn.lab.townscape import townscape
from tui_cnn.ui.lab.photo_view import percent
from tui_cnn.ui.lab.photo_wall import PhotoWall, plan

pytestmark = pytest.mark.usefixtures("coloured")


async def photo(user, link="lab:photo"):
    """Open the page, once its pictures are drawn."""
    await lab(user, link)
    await user.until(lambda: user.app.screen.query_one(PhotoWall).pictures)
    await user.settle()
    return user.app.screen.query_one(PhotoWall)


def titles(wall):
    return [picture.title for picture in wall.pictures]


@pytest.mark.parametrize(
    ("size", "columns", "count", "narrowest"),
    [((80, 24), 2, 2, 36), ((100, 30), 2, 2, 26), ((120, 40), 2, 4, 34), ((200, 55), 2, 4, 56)],
)
async def test_the_pictures_fill_the_room(size, columns, count, narrowest):
    async with opened(size=size) as user:
        wall = await photo(user)
        assert (wall.plan.columns, len(wall.pictures)) == (columns, count)
        assert wall.plan.size[1] >= narrowest
        assert titles(wall) == ["original", "Sobel magnitude", "Scharr magnitude", "Canny 6/6: hysteresis"][:count]
        rows, across = wall.plan.size
        await user.sees(f"640×427 pixels, filtered at {across}×{rows}")
        assert user.app.screen.bench.query_one("#facts").region.bottom < size[1] - 1


async def test_what_is_shown_is_what_scipy_gives():
    async with opened(size=(200, 55)) as user:
        wall = await photo(user, "lab:photo?first=long-vertical-line&second=sobel")
        grey = grey_levels(scaled(townscape(), wall.plan.size))
        line = ndimage.correlate(grey, np.pad(np.ones((7, 1)), ((0, 0), (3, 3))), mode="nearest")
        np.testing.assert_allclose(wall.pictures[1].values, line)
        brightest = np.unravel_index(line.argmax(), line.shape)
        assert wall.pictures[1].pixels[brightest].tolist() == [255, 255, 255]
        await user.sees(f"{line.min():.0f} to {line.max():.0f}, mean {line.mean():.0f}; black is the least")
        gradient = np.hypot(*(ndimage.sobel(grey, axis, mode="nearest") for axis in (0, 1)))
        await user.press("down")
        await user.sees("√(x² + y²) of Sobel x", f"to {gradient.max():.0f}, mean {gradient.mean():.0f}")
        row, column = np.argwhere(grey > 0)[100]
        assert f"row {row + 1}, column {column + 1}: {gradient[row, column]:.2f}".rstrip("0").rstrip(".") == (
            wall.describe((2 * wall.plan.size[0] + row, column))
        )


async def test_the_stages_of_canny_one_after_the_other():
    async with opened(size=(120, 40)) as user:
        wall = await photo(user, "lab:photo?first=canny-smoothing&results=1")
        bench = user.app.screen.bench
        for place, stage in enumerate(CANNY_STAGES):
            assert bench.method == stage
            await user.sees(f"Canny {place + 1}/6")
            await user.press("right")
        await user.press("left")
        made = bench.filtered.canny
        assert wall.pictures[1].caption[0][0] == f"{percent(made.edges.mean())} of the pixels kept"
        joined = (made.edges & made.weak).sum()
        await user.sees(
            f"{made.edges.sum():,} pixels ({percent(made.edges.mean())}): "
            f"{made.strong.sum():,} strong and {joined:,} of {made.weak.sum():,} weak ones"
        )
        await user.press("left")
        await user.sees(f"strong {percent(made.strong.mean())}, weak {percent(made.weak.mean())}")
        colours = {tuple(colour) for colour in wall.pictures[1].pixels.reshape(-1, 3).tolist()}
        assert colours == {(0, 0, 0), (255, 150, 40), (255, 255, 255)}


async def test_thresholds_and_sigma():
    async with opened(size=(120, 40)) as user:
        await photo(user, "lab:photo?first=canny&low=0.2&high=0.4")
        bench = user.app.screen.bench
        before = bench.filtered.canny.edges.sum()
        await user.press("plus", "plus")
        assert (bench.settings.low, bench.settings.high) == (0.312, 0.625)
        assert bench.form.value == bench.settings
        assert bench.filtered.canny.edges.sum() < before
        await user.press(*["plus"] * 9)
        assert (bench.settings.low, bench.settings.high) == (1, 1)
        await user.press("left")
        await user.sees("none is weak")
        await user.press(*["minus"] * 30, *["left_square_bracket"] * 9)
        assert (bench.settings.low, bench.settings.high, bench.settings.sigma) == (0.01, 0.01, 0)
        await user.press("right_square_bracket", *["left"] * 4)
        assert bench.method == "canny-smoothing"
        await user.sees("sigma 0.25, 3×3")
        await user.press("left_square_bracket")
        await user.sees("no blur: sigma is 0")


async def test_results_are_selected_and_exchanged():
    async with opened(size=(80, 24)) as user:
        wall = await photo(user)
        for title in ("Scharr magnitude", "Canny 6/6: hysteresis", "long vertical line", "long horizontal line"):
            await user.press("down")
            assert titles(wall) == ["original", title]
        await user.press("down")
        assert titles(wall) == ["original", "Sobel magnitude"]
        await user.press("up", "right")
        assert user.app.screen.bench.settings == PhotoSettings(fifth="random")
        await user.press(*["right"] * (len(PHOTO_METHODS) - 1))
        assert user.app.screen.bench.settings == PhotoSettings()
        await user.resize(200, 55)
        await user.until(lambda: len(wall.pictures) == 4)
        assert wall.chosen == 3
        await user.pilot.click(wall, offset=(wall.plan.width + 5, 5))
        await user.settle()
        assert user.app.screen.bench.method == "canny"


async def test_a_click_selects_a_result_and_the_mouse_reads_its_pixels():
    async with opened(size=(200, 55)) as user:
        wall = await photo(user)
        rows, columns = wall.plan.size
        right, below = wall.plan.width + 1, wall.plan.lines + 1
        corner = right + columns - 1, below + rows // 2
        assert wall.cell_at(*corner) == (3 * rows + rows - 2, columns - 1)
        assert wall.cell_at(right - 1, 5) is None, "between two pictures"
        assert wall.cell_at(5, 0) is None, "a title"
        value = wall.pictures[3].values[rows - 2, columns - 1]
        assert wall.describe(wall.cell_at(*corner)) == f"row {rows - 1}, column {columns}: {value:.0f}"
        for offset, method in ((corner, "canny"), ((5, below + 5), "scharr"), ((5, 5), "scharr")):
            await user.pilot.click(wall, offset=offset)
            await user.settle()
            assert user.app.screen.bench.method == method


async def test_kernels_that_are_not_there_yet():
    async with opened(size=(80, 24)) as user:
        await photo(user, "lab:photo?first=own")
        await user.sees("no own kernel yet: type one on the Convolution page")
        await user.press("c", "k", "7", "escape", "P")
        await user.sees("7 0 −1 / 1 0 −1 / 1 0 −1")
        user.app.follow_link("lab:photo?first=trained")
        await user.sees("no trained filter yet: open Inspect")


async def test_a_file(tmp_path):
    """A large one is made smaller as it is read; one that fits is filtered at its own size; no file is one line."""
    large, small = tmp_path / "large.png", tmp_path / "small.png"
    Image.fromarray(np.arange(1000 * 2000, dtype=np.uint32).astype(np.uint8).reshape(1000, 2000)).save(large)
    checks = np.kron(np.indices((5, 6)).sum(axis=0) % 2, np.ones((2, 2))) * 255
    Image.fromarray(checks.astype(np.uint8)).save(small)
    async with opened(size=(80, 24)) as user:
        wall = await photo(user, "lab:photo?image=file&first=identity")
        await user.sees("no image yet: press o to open a file")
        for path in (large, small):
            await user.press("o")
            await user.type(str(path))
            await user.press("enter")
            await user.sees(path.name)
        await user.sees("12×10 pixels, filtered at this size")
        assert wall.plan.times == 2
        np.testing.assert_array_equal(wall.pictures[1].values, checks)
        await user.press("o")
        await user.type(str(tmp_path / "none.png"))
        await user.press("enter")
        await user.until(lambda: any("none.png" in notice for notice in user.notices) or "none.png" in user.text)


async def test_full_size_and_the_settings():
    async with opened(size=(120, 40)) as user:
        wall = await photo(user)
        before = wall.plan
        await user.press("z")
        await user.until(lambda: len(wall.pictures) == 6)
        assert wall.plan.pictures * wall.plan.area > 1.4 * before.pictures * before.area
        assert not user.app.screen.query_one("#lesson").display
        await user.press("e")
        await user.sees("Settings", "results", "sigma")
        await user.press("down", "down", "right", "escape")
        assert user.app.screen.bench.settings.second == "scharr"
        await user.press("z")
        await user.until(lambda: wall.plan == before)
        await user.press("z", "l")
        await user.until(lambda: user.app.screen.query_one("#lesson").display)


async def test_which_filter_it_was_is_covered_until_it_is_answered():
    """In a terminal with rows to spare below the pictures, where nothing is cut."""
    async with opened(size=(100, 60)) as user:
        await user.press("4")
        panel = await asked(user, "filters", 6)
        wall = user.app.screen.query_one(PhotoWall)
        await user.until(lambda: titles(wall) == ["original", "?"])
        await user.sees("Which filter was used on the", "Canny, all stages")
        assert "weights are not 0" not in user.text
        await user.press("a")
        await user.sees("The answer is", "All its weights are 0 or more")
        await user.until(lambda: titles(wall) == ["original", panel.question.answer.written])


async def test_other_settings_drop_the_question():
    async with opened(size=(120, 40)) as user:
        await user.press("4")
        panel = await asked(user, "filters", 6)
        user.app.screen.bench.focus()
        await user.press("right")
        await user.until(lambda: not panel.display)
        await user.until(lambda: "?" not in titles(user.app.screen.query_one(PhotoWall)))


async def test_a_result_as_a_program():
    async with opened(size=(80, 24)) as user:
        wall = await photo(user, "lab:photo?first=canny")
        expected = wall.pictures[1].values
        await user.press("x", "y")
        names = {}
        exec(user.app.clipboard.replace("print(", "shown = ("), names)
        np.testing.assert_array_equal(names["output"][..., 0], expected)


async def test_a_small_terminal():
    async with opened(size=(60, 16)) as user:
        wall = await photo(user)
        assert titles(wall) == ["original", "Sobel magnitude"]
        await user.sees("640×427 pixels, filtered at ", "length of the gradient", "Sobel y", "12 to 507, mean 164")


@pytest.mark.parametrize(("size", "shown"), [((60, 16), "c p s w u b m P Photo"), ((80, 24), "v Pairs")])
async def test_the_line_of_pages_is_not_cut(size, shown):
    async with opened(size=size) as user:
        await photo(user)
        line = " ".join(user.line("P Photo").split())
        assert " ".join(shown.split()) in line
        assert line.endswith(("v Pairs", "v"))


@pytest.mark.parametrize("room", [(1, 1), (3, 30), (12, 58), (20, 78), (100, 400)])
@pytest.mark.parametrize("size", [(427, 640), (640, 300), (2, 500), (1, 1)])
def test_a_plan_stays_within_the_room(size, room):
    laid = plan(size, room, 6)
    assert 2 <= laid.pictures <= min(6, laid.columns * laid.rows)
    if room[0] >= 6 and room[1] >= 58:
        assert laid.height <= room[0]
        assert laid.columns * (laid.width + 1) - 1 <= room[1]
