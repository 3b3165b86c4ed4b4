"""CIFAR in its four versions, made by hand; and what is wrong with copies of it."""

import pickle

import numpy as np
import pytest

from tests.data.cifar_files import (
    NAMES_10,
    NAMES_100,
    planes,
    write_binary_10,
    write_binary_100,
    write_python_10,
    write_python_100,
)
from tests.data.image_sets import all_pixels, colours, keys, refusal
from tui_cnn.data.sources.finding import find_source

IMAGES = colours(5, 32, 32)
LABELS_10, LABELS_100 = [3, 0, 9, 9, 1], [3, 99, 42, 42, 0]


def batch(labels, rows):
    return [(labels[row], IMAGES[row]) for row in rows]


def part_refusal(path):
    return refusal(path, lambda source: source.read_part("train"))


@pytest.mark.parametrize("write", [write_binary_10, write_python_10])
def test_cifar_10(tmp_path, write):
    inner = tmp_path / "cifar-10-batches"
    inner.mkdir()
    write(inner, [batch(LABELS_10, [0, 1]), batch(LABELS_10, [2, 3])], batch(LABELS_10, [4]))
    (inner / "readme.html").write_text("…")
    source = find_source(tmp_path)  # the archive unpacks to a directory
    assert source.class_names == NAMES_10
    assert source.labels.tolist() == LABELS_10
    assert source.labels.dtype == np.int32
    assert source.parts.tolist() == [0, 0, 0, 0, 2]
    assert source.image_shape == (32, 32, 3)
    assert (np.stack(all_pixels(source)) == IMAGES).all()
    assert (source.read_part("train") == IMAGES[:4]).all()
    assert keys(source)[-2:] == ["train[3]", "test[0]"]


@pytest.mark.parametrize("write", [write_binary_100, write_python_100])
def test_cifar_100_by_its_fine_labels(tmp_path, write):
    write(tmp_path, batch(LABELS_100, [0, 1, 2, 3]), batch(LABELS_100, [4]))
    source = find_source(tmp_path)
    assert source.class_names == NAMES_100
    assert source.labels.tolist() == LABELS_100
    assert source.parts.tolist() == [0, 0, 0, 0, 2]
    assert (np.stack(all_pixels(source)) == IMAGES).all()


def test_ten_batches_in_their_order(tmp_path):
    write_binary_10(tmp_path, [[(number, IMAGES[0])] for number in range(10)], batch(LABELS_10, [4]))
    assert find_source(tmp_path).labels[:10].tolist() == list(range(10))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_batches_that_python_3_and_numpy_have_written(tmp_path, protocol):
    data = np.array([list(planes(image)) for image in IMAGES], np.uint8)
    for name, labels in (("data_batch_1", LABELS_10), ("test_batch", np.array(LABELS_10))):
        content = pickle.dumps({"data": data, "labels": labels, b"extra": (1.5, None, True, "x")}, protocol)
        (tmp_path / name).write_bytes(content)
    source = find_source(tmp_path)
    assert source.class_names == tuple("0123456789")
    assert source.labels.tolist() == LABELS_10 * 2
    assert (source.read_part("test") == IMAGES).all()


def test_the_fingerprint_changes_with_a_batch(tmp_path):
    write_binary_10(tmp_path, [batch(LABELS_10, [0])], batch(LABELS_10, [1]))
    before = find_source(tmp_path).fingerprint
    write_binary_10(tmp_path, [batch(LABELS_10, [0, 1])], batch(LABELS_10, [1]))
    assert find_source(tmp_path).fingerprint != before


def torn(name, size):
    def spoil(directory):
        path = directory / name
        path.write_bytes(path.read_bytes()[:size])

    return spoil


def replaced(name, content):
    return lambda directory: (directory / name).write_bytes(content)


DATA = np.zeros((2, 3072), np.uint8)


@pytest.mark.parametrize(
    ("write", "spoil", "problem"),
    [
        (write_binary_10, torn("data_batch_1.bin", 5000), "data_batch_1.bin: is incomplete: it ends within an image"),
        (write_binary_10, torn("test_batch.bin", 0), "test_batch.bin: is empty; download it again"),
        (
            write_binary_10,
            replaced("test_batch.bin", b"\xff" * 3073),
            "test_batch.bin: has the label 255, but",
        ),
        (write_binary_10, torn("batches.meta.txt", 9), "batches.meta.txt: has names for 1 classes; expected 10"),
        (write_python_10, torn("data_batch_1", 4000), "data_batch_1: is not a pickle of data, or is damaged"),
        (write_python_10, torn("batches.meta", 0), "batches.meta: is not a pickle of data, or is damaged"),
        (write_python_10, replaced("batches.meta", pickle.dumps({"x": 1})), "batches.meta: has names for 0 classes"),
        (
            write_python_10,
            replaced("test_batch", pickle.dumps({"data": DATA, "labels": [1]})),
            "test_batch: has no label for each of 2 images (labels: a list of numbers)",
        ),
        (
            write_python_10,
            replaced("test_batch", pickle.dumps({"data": DATA, "labels": [1, "x"]})),
            "test_batch: has no label for each of 2 images",
        ),
        (
            write_python_10,
            replaced("test_batch", pickle.dumps({"data": DATA, "labels": [1, -1]})),
            "test_batch: has the label -1 at [1]; labels are whole numbers from 0 to 9,999",
        ),
        (
            write_python_10,
            replaced("test_batch", pickle.dumps({"data": DATA.astype(float), "labels": [1, 1]})),
            "test_batch: has no images of CIFAR (data: n × 3,072 bytes)",
        ),
    ],
)
def test_damaged_files_are_one_line(tmp_path, write, spoil, problem):
    write(tmp_path, [batch(LABELS_10, [0, 1])], batch(LABELS_10, [4]))
    spoil(tmp_path)
    assert part_refusal(tmp_path).startswith(f"{tmp_path}/{problem}")


def test_one_file_of_several(tmp_path):
    write_binary_10(tmp_path, [batch(LABELS_10, [0])], batch(LABELS_10, [1]))
    for name in ("data_batch_1.bin", "test_batch.bin"):
        assert part_refusal(tmp_path / name).endswith("is one of several files; specify the directory that they are in")
