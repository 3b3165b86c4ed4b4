"""Files that other programs read: PNG by Pillow, SVG by a reader of XML, CSV by Python, NPZ by numpy."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from tui_cnn.data.rendering import enlarge, to_csv, to_npz, to_png, to_svg

COLOURS = np.random.default_rng(0).integers(0, 256, (3, 4, 3), np.uint8)
COLOURS[1, 1] = COLOURS[1, 2]
COLOURS[2, 0] = COLOURS[2, 1] + np.array([0, 1, 0], np.uint8)  # alike but for one channel
SVG = "{http://www.w3.org/2000/svg}"


def test_png():
    assert (np.asarray(Image.open(io.BytesIO(to_png(COLOURS)))) == COLOURS).all()
    large = np.asarray(Image.open(io.BytesIO(to_png(COLOURS[..., 0], 5))))
    assert large.shape == (15, 20)
    assert (large[2::5, 2::5] == COLOURS[..., 0]).all()


def test_svg():
    for pixels in (COLOURS, COLOURS[..., 0]):
        tree = ElementTree.fromstring(to_svg(pixels, "a < b"))
        drawn = np.zeros((3, 4, 3), np.uint8)
        for each in tree.iter(f"{SVG}rect"):
            x, y, width = (int(each.get(name)) for name in ("x", "y", "width"))
            drawn[y, x : x + width] = list(bytes.fromhex(each.get("fill")[1:]))
        assert (drawn == pixels.reshape(3, 4, -1)).all()
        assert tree.find(f"{SVG}title").text == "a < b"
    assert to_svg(COLOURS, "").count(b"<rect") == 11  # two alike are one


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
