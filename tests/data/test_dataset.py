"""Data sets in the form of MNIST, under the names that its relatives use; and what cannot be one."""

import gzip
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.data.idx_bytes import idx, write_set
from tui_cnn.data.dataset import load, load_test, summarize
from tui_cnn.data.files import DataError
from tui_cnn.data.sources.finding import find_source

DOTTED = ("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte")
EMNIST = tuple(
    f"emnist-letters-{part}-{kind}-ubyte" for part in ("train", "test") for kind in ("images-idx3", "labels-idx1")
)


@pytest.mark.parametrize("names", [None, DOTTED, EMNIST], ids=["published", "dotted", "emnist"])
@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gzipped"])
def test_every_spelling_is_found(tmp_path, names, gzipped):
    write_set(tmp_path, names=names)
    (tmp_path / "readme.txt").write_text("not data")
    if gzipped:
        for path in tmp_path.glob("*-ubyte"):
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    data = load(tmp_path)
    assert data.name == tmp_path.name
    assert data.train_labels.tolist() == [2, 0, 1]
    assert data.test_labels.tolist() == [1, 2]
    assert data.train_images[:, 2, 2, 0].tolist() == [0, 1, 2]
    assert data.image_shape == summarize(tmp_path).image_shape == (3, 3, 1)
    assert data.class_count == 3
    assert data.class_names == ("0", "1", "2")


def test_classes_are_those_of_training_and_test_together(tmp_path):
    write_set(tmp_path, train=(0, 1, 0), test=(4, 1))
    assert load(tmp_path).class_count == 5


def test_labels_from_1_are_counted_from_1(tmp_path):
    write_set(tmp_path, train=(1, 26, 3), test=(2, 26))
    data = load(tmp_path)
    assert data.class_count == 26
    assert data.train_labels.tolist() == [0, 25, 2]
    assert data.test_labels.tolist() == [1, 25]
    assert (data.class_names[0], data.class_names[-1]) == ("1", "26")


def test_a_first_class_that_only_the_test_set_shows_is_a_class(tmp_path):
    write_set(tmp_path, train=(1, 2), test=(0, 1))
    assert load(tmp_path).train_labels.tolist() == [1, 2]


def replace(name, content):
    return lambda directory: (directory / name).write_bytes(content)


MISFITS = {
    "no labels file": (
        lambda directory: (directory / "t10k-labels-idx1-ubyte").unlink(),
        "has no t10k-labels-idx1-ubyte (each may end in .gz)",
    ),
    "two sets": (
        lambda directory: write_set(directory, prefix="kuzushiji-"),
        "has several data sets (kuzushiji, train-…)",
    ),
    "too few labels": (replace("train-labels-idx1-ubyte", idx([0, 1], (2,))), "has 3 images but 2 labels"),
    "no images at all": (replace("train-labels-idx1-ubyte", idx([], (0,))), "has no labels"),
    "labels of two axes": (replace("t10k-labels-idx1-ubyte", idx([0, 1], (2, 1))), "must contain labels"),
    "labels that are numbers": (
        replace("t10k-labels-idx1-ubyte", idx([0, 1], (2,), 0x0D, "f")),
        "must contain labels",
    ),
    "colour images": (
        replace("train-images-idx3-ubyte", idx([0] * 81, (3, 3, 3, 3))),
        "has images of 3×3, but the training images are 3×3×3; use the files of one data set",
    ),
    "images of numbers": (
        replace("train-images-idx3-ubyte", idx([0] * 27, (3, 3, 3), 0x0B, "h")),
        "but contains int16 of 3×3×3",
    ),
    "images of nothing": (replace("train-images-idx3-ubyte", idx([], (3, 0, 3))), "but contains uint8 of 3×0×3"),
    "test images of another size": (
        replace("t10k-images-idx3-ubyte", idx([0] * 8, (2, 2, 2))),
        "has images of 2×2, but the training images are 3×3",
    ),
}


@pytest.mark.parametrize(("spoil", "said"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_belong_together_is_refused(tmp_path, spoil, said):
    write_set(tmp_path)
    spoil(tmp_path)
    for read in (load, summarize):
        with pytest.raises(DataError) as caught:
            read(tmp_path)
        assert said in str(caught.value)
        assert str(tmp_path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_what_is_no_directory(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="directory not found"):
        load(tmp_path / "missing")
    with pytest.raises(DataError, match="is not a data set; specify a directory"):
        load(tmp_path / "file")
    with pytest.raises(DataError, match="has no data set: needs a folder of images for each class"):
        load(tmp_path)


def test_who_holds_the_same_images_shares_them(tmp_path):
    write_set(tmp_path)
    test = load_test(tmp_path)
    assert load_test(tmp_path).images is test.images
    assert load(tmp_path).test_images is test.images
    with pytest.raises(ValueError, match="read-only"):
        test.images[0] = 0
    images = weakref.ref(test.images)
    del test
    assert images() is None


def test_threads_that_want_the_same_images_share_them(tmp_path, monkeypatch):
    write_set(tmp_path)
    source = find_source(tmp_path)
    readings, read = [], source.read_part

    def slowly(part):
        readings.append(part)
        time.sleep(0.1)
        return read(part)

    monkeypatch.setattr(source, "read_part", slowly)
    with ThreadPoolExecutor(4) as pool:
        images = list(pool.map(source.images_of, ["test"] * 4))
    assert readings == ["test"]
    assert all(each is images[0] for each in images)
