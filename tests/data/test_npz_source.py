"""NumPy's archives of arrays, written by NumPy, and such as are made to do harm."""

import io
import pickle
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from tests.data.image_sets import all_pixels, colours, digits, keys, refusal_of
from tui_cnn.data.files import DataError
from tui_cnn.data.source import UNASSIGNED
from tui_cnn.data.sources.finding import find_source

GREY = colours(6)[..., 0]
COLOUR = colours(6)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def written(directory, **arrays):
    path = directory / "set.npz"
    np.savez_compressed(path, **arrays)
    return path


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("train_x", "train_y", "test_x", "test_y"),
        ("imgs_train", "target_train", "imgs_testing", "target_testing"),
    ],
)
def test_names_with_parts(tmp_path, names):
    path = written(tmp_path, **dict(zip(names, (COLOUR[:4], LABELS[:4], COLOUR[4:], LABELS[4:]), strict=True)))
    for source in (find_source(path), find_source(tmp_path)):
        assert source.image_shape == (4, 5, 3)
        assert source.labels.tolist() == LABELS.tolist()
        assert source.labels.dtype == np.int32
        assert source.parts.tolist() == [0, 0, 0, 0, 2, 2]
        assert source.class_names == ("0", "1", "2")
        assert (np.stack(all_pixels(source)) == COLOUR).all()
        assert keys(source)[3:] == ["train[3]", "test[0]", "test[1]"]
    assert (find_source(path).name, find_source(tmp_path).name) == ("set", tmp_path.name)


def test_medmnist_has_labels_in_a_column_and_a_validation_part(tmp_path):
    parts = {"train": slice(0, 3), "val": slice(3, 5), "test": slice(5, 6)}
    arrays = {f"{part}_images": GREY[rows] for part, rows in parts.items()}
    arrays |= {f"{part}_labels": LABELS[rows, None].astype(np.uint8) for part, rows in parts.items()}
    source = find_source(written(tmp_path, **arrays))
    assert source.parts.tolist() == [0, 0, 0, 1, 1, 2]
    assert source.labels.tolist() == LABELS.tolist()
    assert (np.stack(all_pixels(source))[..., 0] == GREY).all()
    assert (source.read_part("validation")[..., 0] == GREY[3:5]).all()


@pytest.mark.parametrize("names", [("images", "labels"), ("X", "y"), ("data", "target"), ("img", "label")])
def test_names_without_parts(tmp_path, names):
    source = find_source(written(tmp_path, **dict(zip(names, (GREY, LABELS), strict=True))))
    assert set(source.parts.tolist()) == {UNASSIGNED}
    assert (source.read_part("train")[..., 0] == GREY).all()
    assert source.key(2) == "images[2]"


def test_digits_of_scikit_learn_flat_or_not(tmp_path):
    images, labels = digits()
    for form in (images, images.reshape(len(images), 64)):
        source = find_source(written(tmp_path, data=form, target=labels))
        assert (source.read_part("train")[..., 0] == images).all()
        assert source.labels.tolist() == labels.tolist()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (COLOUR, COLOUR),
        (np.asfortranarray(COLOUR), COLOUR),
        (np.moveaxis(COLOUR, -1, 1), COLOUR),
        (GREY[:, None], GREY[..., None]),
        (GREY[..., None], GREY[..., None]),
        (GREY.astype(np.int64), GREY[..., None]),
        (GREY.astype(">u2"), GREY[..., None]),
        (GREY.astype(np.float64), GREY[..., None]),
        ((GREY / 255).astype(np.float32), GREY[..., None]),
        (GREY / 255, GREY[..., None]),
        (GREY > 100, ((GREY > 100) * 255)[..., None]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_forms_of_images(tmp_path, given, wanted):
    source = find_source(written(tmp_path, images=given, labels=LABELS))
    pixels = source.read_part("train")
    assert pixels.dtype == np.uint8
    assert pixels.shape[1:] == source.image_shape == wanted.shape[1:]
    assert (pixels == wanted).all()


def test_dark_images_to_test_on_are_scaled_as_those_to_train_on(tmp_path):
    dark = np.ones((2, 4, 5), np.float32)
    path = written(tmp_path, x_train=GREY.astype(np.float32), y_train=LABELS, x_test=dark, y_test=LABELS[:2])
    assert (find_source(path).read_part("test") == 1).all()


@pytest.mark.parametrize(
    ("given", "labels", "names"),
    [
        (LABELS[:, None], LABELS, ("0", "1", "2")),
        (np.eye(3, dtype=np.float32)[LABELS], LABELS, ("0", "1", "2")),
        (np.eye(3, dtype=bool)[LABELS], LABELS, ("0", "1", "2")),
        (LABELS.astype(np.float64), LABELS, ("0", "1", "2")),
        (LABELS == 1, LABELS == 1, ("0", "1")),
        (LABELS + 1, LABELS, ("1", "2", "3")),
        (np.array(["cat", "a10", "a2"])[LABELS], np.array([2, 1, 0])[LABELS], ("a2", "a10", "cat")),
        (np.array([b"b", b"\xff", b"c"])[LABELS], np.array([1, 0, 2])[LABELS], (r"\xff", "b", "c")),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else "",
)
def test_forms_of_labels(tmp_path, given, labels, names):
    source = find_source(written(tmp_path, images=GREY, labels=given))
    assert source.labels.tolist() == labels.astype(int).tolist()
    assert source.class_names == names


def test_other_arrays_are_left_alone(tmp_path):
    """Even Python objects, since they are not read."""
    path = written(tmp_path, images=GREY, labels=LABELS, notes=np.array([{}], object), mean=np.zeros(3), x2=COLOUR)
    assert find_source(path).image_shape == (4, 5, 1)


def test_names_of_classes(tmp_path):
    source = find_source(written(tmp_path, images=GREY, labels=LABELS, class_names=np.array(["x", "y", "z"])))
    assert source.class_names == ("x", "y", "z")
    said = refusal_of(written(tmp_path, images=GREY, labels=LABELS, class_names=np.array(["x", "y"])))
    assert said == "has the label 2, but names for 2 classes; labels are counted from 0"


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"images": GREY, "labels": LABELS[:5]}, "has 6 images but 5 labels in images"),
        ({"images": GREY, "labels": LABELS - 1}, "labels: has the label -1 at [0]; labels are whole numbers from 0 to"),
        ({"images": GREY, "labels": LABELS + 0.5}, "labels: has the label 0.5 at [0]; labels are whole numbers"),
        ({"images": GREY, "labels": LABELS * np.nan}, "labels: has the label nan at [0]; labels are whole numbers"),
        ({"images": GREY, "labels": LABELS * 10**9}, "labels: has the label 1000000000 at [1]"),
        ({"images": GREY, "labels": GREY}, "labels: has labels of shape 6×4×5 and type uint8; expected a whole number"),
        ({"images": GREY, "labels": LABELS * 1j}, "labels: has labels of shape 6 and type complex128"),
        ({"images": LABELS, "labels": LABELS}, "images: has images of shape 6; expected n×height×width"),
        ({"images": np.zeros((6, 4, 5, 2)), "labels": LABELS}, "images: has images of shape 6×4×5×2; expected"),
        ({"images": np.zeros((6, 0, 5)), "labels": LABELS}, "images: has images of shape 6×0×5; expected"),
        ({"images": np.array(["a"] * 6), "labels": LABELS}, "has images of type str32 in images; expected numbers"),
        ({"images": GREY[:0], "labels": LABELS[:0]}, "has no images to train on"),
        ({"a": GREY, "labels": LABELS}, "needs arrays x_train and y_train, or images and labels, but has a, labels"),
        ({"x_test": GREY, "y_test": LABELS}, "needs arrays x_train and y_train, or images and labels, but has"),
        (
            {"x_train": GREY, "y_train": LABELS, "x_test": COLOUR, "y_test": LABELS},
            "has images of different sizes in its parts (4×5×1, 4×5×3); use one size",
        ),
        (
            {"images": np.array([[1], "x"], object), "labels": LABELS},
            "has Python objects in images, which",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(tmp_path, arrays, problem):
    assert refusal_of(written(tmp_path, **arrays)).startswith(problem)


@pytest.mark.parametrize("wrong", [-1.0, 300.0, np.nan, np.inf])
def test_values_that_are_no_pixels_are_found_when_they_are_read(tmp_path, wrong):
    images = GREY.astype(np.float32)
    images[2, 2, 2] = wrong
    with pytest.raises(DataError, match=r"set.npz: images: has values from .* to .*; expected 0 to 255, or 0 to 1$"):
        find_source(written(tmp_path, images=images, labels=LABELS)).read_part("train")


def array_bytes(shape, dtype="|u1", values=b"", header=None):
    text = header or f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(118) + "\n"
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text.encode() + values


def packed(path, images, method=zipfile.ZIP_DEFLATED):
    labels = io.BytesIO()
    np.save(labels, LABELS)
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("images.npy", images)
        archive.writestr("labels.npy", labels.getvalue())
    return path


DAMAGED = [
    array_bytes("(6, 4, 5)"),
    array_bytes("(6, 4, 5)", values=bytes(119)),
    array_bytes("(6, 4, 5)", values=bytes(121)),
    array_bytes("(6, 99999999999, 99999999999)"),
    array_bytes("(6, -4, -5)", values=bytes(120)),
    array_bytes("(True, 4, 5)", values=bytes(20)),
    array_bytes("(6, 4.0, 5)", values=bytes(120)),
    array_bytes("6", values=bytes(6)),
    array_bytes("()", header="{'descr': '|u1'}"),
    array_bytes("()", header="__import__('os').system('touch /tmp/pwned')"),
    array_bytes("()", header="(" * 100),
    array_bytes("()", header="{'descr': '|u1', 'fortran_order': False, 'shape': ("),
    array_bytes("(6, 4, 5)", dtype="|V9", values=bytes(6 * 4 * 5 * 9)),
    b"\x93NUMPY\1\0",
    b"\x93NUMPY\x09\0" + bytes(100),
    b"",
    pickle.dumps(GREY),
]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_headers_that_lie(tmp_path, content):
    refusal_of(packed(tmp_path / "a.npz", content))


def test_a_bomb_is_refused_by_what_it_declares(tmp_path):
    """Four gigabytes of zeros in four megabytes; nothing of them is unpacked."""
    path = tmp_path / "a.npz"
    zeros = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("images.npy", "w", force_zip64=True) as file:
            file.write(array_bytes("(300, 1024, 1024)"))
            for _megabyte in range(300):
                file.write(zeros)
        labels = io.BytesIO()
        np.save(labels, np.zeros(300, np.uint8))
        archive.writestr("labels.npy", labels.getvalue())
    tracemalloc.start()
    assert refusal_of(path).startswith("unpacks to 314,572,800 bytes in images, more than can be read")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_size_that_the_archive_lies_about(tmp_path):
    """The directory of the archive declares other sizes than the data has."""
    content = bytearray(packed(tmp_path / "a.npz", array_bytes("(6, 1000, 5)", values=bytes(120))).read_bytes())
    real, wished = (len(array_bytes("(6, 1000, 5)")) + size for size in (120, 30_000))
    at = content.index(b"PK\1\2") + 24
    assert content[at : at + 4] == real.to_bytes(4, "little")
    content[at : at + 4] = wished.to_bytes(4, "little")
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a.npz: is a damaged .npz file; save it again"):
        find_source(tmp_path / "a.npz").read_part("train")


def test_an_archive_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("cats/1.png", b"")
    assert refusal_of(tmp_path / "a.zip") == "is an archive without arrays; unpack it and specify its directory"


def test_torn_anywhere(tmp_path):
    whole = written(tmp_path, x_train=GREY, y_train=LABELS).read_bytes()
    for size in range(4, len(whole), 17):
        path = tmp_path / f"{size}.npz"
        path.write_bytes(whole[:size])
        refusal_of(path)
    for at in range(0, len(whole), 11):
        path = tmp_path / f"at{at}.npz"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with suppress(DataError):
            find_source(path).read_part("train")


def test_several_files_in_a_directory(tmp_path):
    written(tmp_path, images=GREY, labels=LABELS).rename(tmp_path / "other.npz")
    written(tmp_path, images=GREY, labels=LABELS)
    assert refusal_of(tmp_path) == "has several .npz files (other.npz, set.npz); specify one of them"
