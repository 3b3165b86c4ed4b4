"""Files that other programs read: PNG by Pillow, CSV by Python, NPZ by numpy."""

import csv
import io

import numpy as np
from PIL import Image

from tui_cnn.data.rendering import enlarge, to_csv, to_npz, to_png

COLOURS = np.random.default_rng(0).integers(0, 256, (3, 4, 3), np.uint8)


def test_png():
    assert (np.asarray(Image.open(io.BytesIO(to_png(COLOURS)))) == COLOURS).all()
    large = np.asarray(Image.open(io.BytesIO(to_png(COLOURS[..., 0], 5))))
    assert large.shape == (15, 20)
    assert (large[2::5, 2::5] == COLOURS[..., 0]).all()


def test_csv():
    text = to_csv(["class", "share"], [["T-shirt/top", 0.5], ['a "b", c', 1]]).decode()
    assert list(csv.reader(io.StringIO(text))) == [["class", "share"], ["T-shirt/top", "0.5"], ['a "b", c', "1"]]


def test_npz():
    arrays = {"conv2d/kernel": np.ones((3, 3)), "labels": np.array([1, 2], np.int32)}
    with np.load(io.BytesIO(to_npz(arrays)), allow_pickle=False) as read:
        assert {name: (read[name].dtype, read[name].tolist()) for name in read} == {
            name: (array.dtype, array.tolist()) for name, array in arrays.items()
        }


def test_enlarge():
    assert (enlarge(np.full((3, 3), 0.25), (28, 20)) == np.full((28, 20), 0.25, np.float32)).all()
    ramp = enlarge(np.array([[0.0, 1.0]]), (2, 8))
    assert ramp.shape == (2, 8)
    assert (np.diff(ramp, axis=1) >= 0).all()
