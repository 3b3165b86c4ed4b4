"""A person's own pictures."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from tui_cnn.data.dataset import load_test
from tui_cnn.data.decoding import decode
from tui_cnn.data.files import DataError
from tui_cnn.data.images import are_light_on_black, fit_image, has_light_background, read_image, read_small


@pytest.mark.parametrize("suffix", ["png", "bmp", "gif", "tiff", "webp"])
def test_formats(tmp_path, suffix):
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8) * 3
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(grey).save(path, **({"lossless": True} if suffix == "webp" else {}))
    assert (read_image(path, 1)[..., 0] == grey).all()
    assert (read_image(path, 3) == grey[..., np.newaxis]).all()


def test_colours_and_transparency(tmp_path):
    """Luma of ITU-R 601: 0.299 red, 0.587 green, 0.114 blue."""
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[[255, 0, 0, 255], [0, 255, 0, 255], [255, 255, 255, 0]]], np.uint8)).save(path)
    assert read_image(path, 1).tolist() == [[[76], [150], [0]]]
    assert read_image(path, 3).tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 0]]]


@pytest.mark.parametrize(
    ("levels", "suffix"),
    [
        (np.array([[0, 257, 65_535]], np.uint16), "png"),
        (np.array([[0, 257, 65_535]], np.int32), "tiff"),
        (np.array([[0, 1, 255]], np.int32), "tiff"),
        (np.array([[0, 1 / 255, 1]], np.float32), "tiff"),
        (np.array([[-5, 1, 255]], np.float32), "tiff"),
        (np.array([[np.nan, 1e6 / 255, 1e6]], np.float32), "tiff"),
    ],
)
def test_more_levels_of_grey_than_a_byte_has(tmp_path, levels, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(levels).save(path)
    assert read_image(path, 1)[..., 0].tolist() == [[0, 1, 255]]
    assert read_image(path, 3).tolist() == [[[0] * 3, [1] * 3, [255] * 3]]


def test_a_dark_picture_of_sixteen_bits_stays_dark(tmp_path):
    Image.fromarray(np.array([[0, 200]], np.uint16)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png", 1).tolist() == [[[0], [1]]]


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(DataError, match="is not a readable image"):
        read_image(tmp_path / "a.png", 1)


def test_as_the_camera_was_held(tmp_path):
    picture = Image.fromarray(np.array([[0, 0, 255]] * 2, np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees, clockwise
    picture.save(tmp_path / "a.png", exif=exif)
    assert read_image(tmp_path / "a.png", 1)[..., 0].tolist() == [[0, 0], [0, 0], [255, 255]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "file not found; check the path"),
        (b"", "is not a readable image; use a format such as PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n torn", "is not a readable image; use a format such as PNG or JPEG"),
        (b"import os", "is not a readable image; use a format such as PNG or JPEG"),
    ],
)
def test_what_is_none(tmp_path, content, problem):
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_image(path, 1)
    assert str(refused.value) == f"{path}: {problem}"


def test_a_torn_picture_and_a_directory(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.zeros((50, 50), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataError, match="is not a readable image"):
        read_image(path, 1)
    with pytest.raises(DataError, match="is a directory"):
        read_image(tmp_path, 3)


@pytest.mark.parametrize("side", [10_001, 20_000])
def test_a_picture_of_too_many_pixels_is_not_unpacked(tmp_path, side):
    path = tmp_path / "a.png"
    Image.new("1", (side, side)).save(path)
    with pytest.raises(DataError, match="has too many pixels; use a smaller image"):
        read_image(path, 1)


SQUARE = (28, 28, 1)


def test_fit_keeps_the_shape_and_pads_with_black():
    wide = np.full((10, 56, 1), 200, np.uint8)
    fitted = fit_image(wide, SQUARE, "pad")
    assert fitted.shape == SQUARE
    assert (fitted[11:16] == 200).all()  # 56 × 10 becomes 28 × 5, in the middle
    assert not fitted[:11].any()
    assert not fitted[16:].any()
    assert fit_image(np.zeros((1, 1000, 1), np.uint8), SQUARE, "pad").shape == SQUARE
    assert (fit_image(wide, SQUARE, "crop") == 200).all()
    assert (fit_image(wide, SQUARE, "stretch") == 200).all()


def test_what_is_as_large_stays_and_is_inverted_before_it_is_padded():
    image = np.random.default_rng(0).integers(0, 256, SQUARE, np.uint8)
    assert (fit_image(image, SQUARE, "pad") == image).all()
    assert (fit_image(image, SQUARE, "pad", invert=True) == 255 - image).all()
    assert not fit_image(np.full((28, 14, 1), 255, np.uint8), SQUARE, "pad", invert=True).any()


def test_light_background():
    drawn = np.full((20, 20, 1), 250, np.uint8)
    drawn[5:15, 5:15] = 0
    assert has_light_background(drawn)
    assert not has_light_background(255 - drawn)


def test_only_grey_images_on_black_are_imitated():
    clothes = load_test().images[:100]
    assert are_light_on_black(clothes)
    assert not are_light_on_black(255 - clothes)
    assert not are_light_on_black(np.repeat(clothes, 3, axis=-1))
    assert not are_light_on_black(np.random.default_rng(0).integers(0, 256, (50, 32, 32, 1), np.uint8)), "a photograph"


def test_a_small_one_in_colours_or_in_grey(tmp_path):
    colours = np.zeros((60, 120, 3), np.uint8)
    colours[:, 60:] = (200, 100, 50)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    small = read_small(tmp_path / "colours.png", 28, 22)
    assert small.shape == (11, 22, 3)
    assert (small[5, 0].tolist(), small[5, -1].tolist()) == ([0, 0, 0], [200, 100, 50])
    Image.fromarray(colours[..., 0]).save(tmp_path / "grey.png")
    assert read_small(tmp_path / "grey.png", 28, 22).shape == (14, 28, 1)
    Image.fromarray(colours[:5, :1]).save(tmp_path / "tiny.png")
    assert (read_small(tmp_path / "tiny.png", 28, 22)[..., 0] == colours[:5, :1, 0]).all()
    with pytest.raises(DataError, match="file not found"):
        read_small(tmp_path / "none.png", 28, 22)


@pytest.mark.parametrize(("ink", "behind"), [(0, 255), (60, 255), (255, 0), (200, 0)])
def test_what_is_drawn_on_nothing_can_be_seen(tmp_path, ink, behind):
    """A drawing program saves a black drawing on a transparent, black background."""
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[8:12, 5:15] = (ink, ink, ink, 255)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png", 1)
    assert image[10, 10, 0] == ink
    assert image[0, 0, 0] == behind
    assert has_light_background(image) == (behind == 255)
    fitted = fit_image(image, SQUARE, "pad", invert=has_light_background(image))
    assert int(fitted.max()) - int(fitted[0, 0, 0]) > 150, "light on dark, as the network knows images"
    assert read_small(tmp_path / "a.png", 28, 22)[10, 10, 0] == ink


def test_a_grey_image_with_more_levels_is_small_too(tmp_path):
    Image.fromarray(np.array([[0, 257, 65_535]], np.uint16)).save(tmp_path / "a.png")
    assert read_small(tmp_path / "a.png", 28, 22).tolist() == [[[0], [1], [255]]]


def test_threads_decode_and_none_is_warned(tmp_path, monkeypatch):
    """Pillow warns of images beyond its own limit; a warning is an error here."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    grey = np.arange(15, dtype=np.uint8).reshape(3, 5)
    Image.fromarray(grey).save(tmp_path / "a.png")
    with ThreadPoolExecutor(8) as threads:
        for pixels in threads.map(decode, [tmp_path / "a.png"] * 400):
            assert (pixels[..., 0] == grey).all()
