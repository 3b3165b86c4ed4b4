"""Small data sets of images written to files, by the libraries that people write them with."""

import os
from functools import cache

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from tui_cnn.data.files import DataError
from tui_cnn.data.sources.finding import find_source


@cache
def digits():
    """Scikit-learn's digits: 1,797 grey images, (n, 8, 8), uint8, and their labels."""
    bunch = load_digits()
    return np.round(bunch.images * (255 / 16)).astype(np.uint8), bunch.target


def colours(count, height=4, width=5, seed=0):
    """Images of random colours, (n, height, width, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def save(pixels, path):
    """Write an image; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(path)
    return path


def all_pixels(source):
    """Read all images of a source one by one."""
    return [source.read(number) for number in range(len(source))]


def keys(source):
    """The keys of all images."""
    return [source.key(number) for number in range(len(source))]


def refusal(path, read=len):
    """Return the one line that refuses what is at a path, when it is found or read."""
    with pytest.raises(DataError) as refused:
        read(find_source(path))
    text = str(refused.value)
    assert "\n" not in text
    return text


def refusal_of(path):
    """Return the line that refuses a path without the path, which it begins with."""
    text = refusal(path)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def save_cats_and_dogs(directory):
    """Save images of two classes, one of the cats also to test on, as a dog, and a broken file; return their folder."""
    pets = directory / "pets"
    images = colours(12, 20, 24)
    for number, image in enumerate(images):
        part = "test" if number >= 9 else "train"
        save(image, pets / part / ("cat", "cat", "dog")[number % 3] / f"{number}.png")
    save(images[0], pets / "test" / "dog" / "again.png")
    (pets / "train" / "dog" / "broken.png").write_bytes(b"rubbish")
    return pets


def touch(path):
    """Change a file's time."""
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))


def save_pets(directory):
    """Save images in colour of two classes, a copy in the test part, and a broken file; return their folder."""
    images = colours(20, 40, 48)
    pets = directory / "pets"
    for number, image in enumerate(images):
        part = "test" if number % 4 == 0 else "train"
        save(image, pets / part / ("cats", "dogs")[number % 2] / f"{number}.png")
    save(images[1], pets / "test" / "cats" / "copy.png")
    (pets / "train" / "cats" / "broken.jpg").write_bytes(b"rubbish")
    return pets
