"""The page of the transposed convolution by keys: steps, the numbers written out, the overlap, the code, a question."""

import numpy as np
import pytest

from tests.ui.driving import opened
from tests.ui.lab.test_lab import click_cell, lab

pytestmark = pytest.mark.usefixtures("coloured")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_a_value_at_a_time(size):
    """29 15 / 0 100 with ones at stride 2: the middle column is 29 + 15, the middle the sum of all four."""
    async with opened(size=size) as user:
        await lab(user)
        await user.press("u")
        await user.sees("step 1 of 4: row 1, column 1 of the image", "29 × kernel", "29·1 = 29", "Overlap")
        await user.sees("(n − 1)·s + f − 2p = (2 − 1)·2 + 3 − 2·0 = 5", "sums of 1 to 4 products; uneven")
        await user.press("right")
        await user.sees("29·1 + 15·1 = 44", "row 1, column 3 of the output")
        await user.press("n")
        await user.sees("15·1 = 15", "row 1, column 4 of the output")
        await user.press("end")
        await user.sees("29·1 + 15·1 + 0·1 + 100·1 = 144", "row 3, column 3 of the output")
        await user.press("left")
        await click_cell(user, "image", 0, 0)
        await user.sees("step 1 of 4")
        await user.press("end")
        await click_cell(user, "output", 0, 0)
        await user.sees("step 1 of 4", "row 1, column 1 of the output")


async def test_what_is_cut_off_and_what_cannot_be():
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:transposed?padding=same&place=4")
        await user.sees("Output 4×4, cut from 5×5", "n·s = 2·2 = 4")
        assert user.app.screen.bench.transposed.output().shape == (4, 4)
        user.app.follow_link("lab:transposed?image=white-left&side=1&kernel_size=1x1&padding=1")
        await user.sees("✗ nothing is left of an output of 2 when 1 are cut off on each side")
        await user.press("right", "n", "end", "space", "x")
        await user.sees("nothing is left of an output of 2")


async def test_a_test_image_is_enlarged_as_a_picture():
    async with opened(size=(200, 55)) as user:
        await lab(user, "lab:transposed?image=fashion&kernel=bilinear&kernel_size=4x4&padding=same&place=784")
        await user.sees("Output 56×56", "even inside")
        await user.until(lambda: user.app.screen.bench.transposed.image.any())  # the images are read in a thread
        output = user.app.screen.bench.transposed.output()
        inside = user.app.screen.bench.transposed.image[1:-1, 1:-1]
        assert np.corrcoef(output[2:-2:2, 2:-2:2].ravel(), inside.ravel())[0, 1] > 0.95


async def test_the_program_and_the_lesson():
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:transposed")
        await user.press("x", "right")
        await user.sees("tf.nn.conv2d_transpose", "output_shape=[1, 5, 5, 1]")
        await user.press("escape")
        user.app.follow_link("lesson:transposed")
        await user.sees("Transposed convolution", "One value at a time")
        await user.press("enter")
        await user.sees("transposed convolution give at row 3,", "column 3?")
        assert "Overlap" not in user.text
        assert "144" not in user.text
        await user.type("144")
        await user.press("enter")
        await user.sees("Overlap")


async def test_no_image_file_is_offered():
    """One may have colours; what is shown stays a choice of the form."""
    async with opened(size=(120, 40)) as user:
        await lab(user, "lab:transposed")
        await user.press("o")
        assert len(user.app.screen_stack) == 1
        await user.press("c", "o")
        await user.until(lambda: len(user.app.screen_stack) == 2)
