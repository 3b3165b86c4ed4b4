"""A number of the network written out, with answers that are known beforehand."""

import numpy as np
import pytest

from tests.ui.answering import KERNELS, Answering, make_run, pixels_of
from tests.ui.driving import opened
from tui_cnn.insight.trace_text import number
from tui_cnn.ui.inspect import screen as inspect


@pytest.fixture
def answering(monkeypatch):
    found = []

    def make():
        found.append(Answering())
        return found[-1]

    monkeypatch.setattr(inspect, "Inspector", make)
    make_run()
    return found


def conv(row, column, channel):
    """The products of one filter at a place, by hand."""
    patch = pixels_of(0)[row : row + 3, column : column + 3] / np.float32(255)
    return patch * KERNELS[:, :, 0, channel]


async def to_maps(user):
    await user.press("3")
    await user.sees("Test image 0 · ", "above zero")


async def test_a_cell_is_written_out_and_followed_to_its_pixel(answering):
    async with opened() as user:
        await to_maps(user)
        await user.press("enter", "up", "up", "left", "y")  # row 11, column 12 of the first map
        products = conv(11, 12, 0)
        total = number(float(products.sum()))
        await user.sees("conv2d · row 11, column 12, map 0", f"sum of 9 products = {total}", f"relu({total}) = {total}")
        assert number(float(products[1, 2])) in user.text
        await user.sees("values · input_layer 12,14,0")
        await user.press("left", "up")
        await user.sees("values · input_layer 11,13,0")
        await user.press("right", "enter")
        byte = pixels_of(0)[11, 14]
        await user.sees("Input · row 11, column 14, channel 0", f"pixel: {byte} / 255 = {number(byte / 255)}")
        await user.sees("conv2d 11,12,0 ← input_layer 11,14,0")
        await user.press("enter")  # there is nothing behind a pixel
        await user.press("backspace")
        await user.sees("values · input_layer 11,14,0")
        await user.press("escape")
        await user.sees("above zero")


async def test_from_the_prediction_down_and_to_the_map_of_what_was_reached(answering):
    async with opened() as user:
        await to_maps(user)
        await user.press("right_square_bracket", "right_square_bracket", "right_square_bracket", "y")
        # What stands in for the inspector has made its probabilities up, and so the two differ.
        await user.sees("dense · unit 0", "Ankle boot", "the sum of all 10 =", "Keras has 0.7750: a difference of −")
        await user.press("enter")
        maps = np.maximum(
            [[[conv(row, column, map_).sum() for map_ in range(3)] for column in range(26)] for row in range(26)], 0
        )
        pooled = np.concatenate([maps, np.zeros((26, 26, 1))], axis=-1).reshape(13, 2, 13, 2, 4).max(axis=(1, 3))
        kernel = np.linspace(-1, 1, 6760).reshape(676, 10)[:, 0]
        products = pooled.ravel() * kernel
        largest = int(np.abs(products).argmax())
        await user.sees("logit of dense · unit 0", f"sum of 676 products = {number(products.sum())[:6]}")
        assert "Keras" not in user.text, "the inspector gives no logits"
        await user.sees("676 terms, the largest first", f"flatten {largest} ", number(products[largest]))
        await user.press("enter", "enter")
        row, column, channel = np.unravel_index(largest, pooled.shape)
        await user.sees(f"max_pooling2d (MaxPooling2D) · row {row}, column {column}, map {channel}")
        await user.sees("largest of 4 values")
        await user.press("m")
        await user.sees("MaxPooling2D · 13×13×4", f"row {row}, column {column}")


async def test_what_the_inspector_refuses_is_said(answering):
    async with opened() as user:
        await to_maps(user)
        answering[0].refuse = "the weights are gone"
        await user.press("y")
        await user.sees("the weights are gone")
        await user.press("escape")
        await user.sees("above zero")


async def test_numbers_of_a_training_that_diverged(monkeypatch):
    answering = Answering()
    answering.diverged = True
    monkeypatch.setattr(inspect, "Inspector", lambda: answering)
    make_run()
    async with opened() as user:
        await user.press("3")
        await user.sees("Test image 0 · ")
        await user.press("y")
        await user.sees("conv2d · row", "= nan")
        await user.press("enter", "escape", "escape", "right_square_bracket", "y")
        await user.sees("max_pooling2d", "largest of 4 values = nan")
        await user.press(
            "escape", "right_square_bracket", "right_square_bracket", "y", "down", "enter", "down", "enter"
        )
        await user.sees("flatten")
