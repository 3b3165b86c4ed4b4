"""Which data set is at a path; IDX files, grey and in colour; and paths that lead to none."""

import gzip
import os

import numpy as np
import pytest

from tests.data.idx_bytes import idx, write_set
from tests.data.image_sets import colours, keys, refusal, save, touch
from tests.data.test_dataset import DOTTED, EMNIST, MISFITS
from tui_cnn.data.files import CLASS_NAMES, FASHION_MNIST
from tui_cnn.data.sources.finding import find_source, forget_sources


def test_fashion_mnist_is_read_as_its_bytes_are():
    source = find_source()
    assert (source.name, source.class_names, source.image_shape) == ("Fashion-MNIST", CLASS_NAMES, (28, 28, 1))
    assert np.bincount(source.parts).tolist() == [60_000, 0, 10_000]
    for part, prefix in (("train", "train"), ("test", "t10k")):
        content = gzip.decompress((FASHION_MNIST / f"{prefix}-images-idx3-ubyte.gz").read_bytes())[16:]
        assert source.read_part(part).tobytes() == content
    labels = gzip.decompress((FASHION_MNIST / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:]
    assert source.labels[60_000:].tolist() == list(labels)
    assert source.key(60_001) == "test[1]"
    assert find_source() is source


@pytest.mark.parametrize("names", [None, DOTTED, EMNIST], ids=["published", "dotted", "emnist"])
def test_idx(tmp_path, names):
    write_set(tmp_path, names=names, train=(1, 26, 3), test=(2, 26))
    source = find_source(tmp_path)
    assert source.class_names == tuple(str(number) for number in range(1, 27))
    assert source.labels.tolist() == [0, 25, 2, 1, 25]
    assert source.parts.tolist() == [0, 0, 0, 2, 2]
    assert source.read_part("train")[:, 2, 2, 0].tolist() == [0, 1, 2]
    assert source.read(4).shape == source.image_shape == (3, 3, 1)


def test_idx_in_colour(tmp_path):
    write_set(tmp_path, train=(0, 1, 0), test=(1, 1))
    images = colours(5)
    for name, part in (("train", images[:3]), ("t10k", images[3:])):
        (tmp_path / f"{name}-images-idx3-ubyte").write_bytes(idx(part.ravel().tolist(), part.shape))
    source = find_source(tmp_path)
    assert source.image_shape == (4, 5, 3)
    assert (source.read_part("test") == images[3:]).all()


@pytest.mark.parametrize("misfit", MISFITS)
def test_idx_files_that_do_not_belong_together(tmp_path, misfit):
    write_set(tmp_path)
    spoil, problem = MISFITS[misfit]
    spoil(tmp_path)
    if misfit == "colour images":
        problem = "has images of 3×3, but the training images are 3×3×3; use the files of one data set"
    assert problem.removeprefix("must contain grey images ") in refusal(tmp_path)


def test_an_unpacked_archive_is_a_directory_in_a_directory(tmp_path):
    for path in ("a/x.png", "b/x.png"):
        save(colours(1)[0], tmp_path / "flowers" / "flowers" / path)
    source = find_source(tmp_path / "flowers")
    assert source.class_names == ("a", "b")
    assert source.name == "flowers"
    for path in ("a/x.png", "b/x.png"):
        save(colours(1)[0], tmp_path / "split" / "train" / path)
    assert keys(find_source(tmp_path / "split")) == ["a/x.png", "b/x.png"]
    assert find_source(tmp_path / "split").parts.tolist() == [-1, -1], "there is only one part: it is split later"


def test_a_directory_in_itself(tmp_path):
    (tmp_path / "again").symlink_to(tmp_path)
    assert "has class folders but no images in them" in refusal(tmp_path)


def test_a_source_is_kept_until_its_files_change(tmp_path):
    for path in ("train/a/1.png", "train/b/1.png", "test/a/1.png"):
        save(colours(1)[0], tmp_path / path)
    first = find_source(tmp_path)
    assert find_source(tmp_path) is first
    save(colours(1)[0], tmp_path / "train" / "a" / "2.png")
    second = find_source(tmp_path)
    assert (len(first), len(second)) == (3, 4)
    path = tmp_path / "set.npz"
    np.savez(path, images=colours(3), labels=[0, 1, 0])
    third = find_source(path)
    assert find_source(path) is third
    touch(path)
    assert find_source(path) is not third


def test_an_image_that_is_written_over_is_noticed_once_the_source_is_forgotten(tmp_path):
    paths = [save(image, tmp_path / "set" / "ab"[number % 2] / "1.png") for number, image in enumerate(colours(2))]
    before = find_source(tmp_path / "set")
    paths[0].write_bytes(paths[1].read_bytes())
    touch(paths[0])
    assert find_source(tmp_path / "set") is before
    forget_sources()
    assert find_source(tmp_path / "set").fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "directory not found; check the path"),
        (lambda path: path.mkdir(), "has no data set: needs a folder of images for each class, a list of images"),
        (lambda path: path.write_bytes(b""), "is not a data set; specify a directory, or a file in CSV, TOML, .npz or"),
        (lambda path: path.write_bytes(b"\x7fELF"), "is not a data set; specify a directory"),
        (lambda path: path.write_bytes(gzip.compress(b"x")), "is an archive; unpack it and specify its directory"),
        (lambda path: path.write_bytes(b"PK\3\4 torn"), "is a damaged .npz file; save it again"),
        (lambda path: path.write_bytes(b"PAR1 torn"), "is a damaged Parquet file; download it again"),
        (lambda path: os.mkfifo(path), "is neither a file nor a directory"),
        (lambda path: path.symlink_to(path), "cannot be read: "),
    ],
)
def test_one_line_for_what_is_none(tmp_path, make, problem):
    path = tmp_path / "it"
    make(path)
    assert refusal(path).startswith(f"{path}: {problem}")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_paths_that_cannot_be(tmp_path, name):
    assert refusal(tmp_path / name).startswith(f"{tmp_path / name}: ")


def test_files_that_are_a_part_of_something(tmp_path):
    write_set(tmp_path)
    assert "is one of several files; specify the directory" in refusal(tmp_path / "train-images-idx3-ubyte")
    image = save(colours(1)[0], tmp_path / "a.png")
    assert "is one image; specify a directory with a folder of images for each class" in refusal(image)


def test_pipes_in_a_directory_are_not_waited_for(tmp_path):
    for name in ("data_batch_1", "train.csv", "a.npz", "a.parquet", "train-images-idx3-ubyte"):
        os.mkfifo(tmp_path / name)
    assert "has no data set" in refusal(tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_under_every_name(tmp_path, seed):
    random = np.random.default_rng(seed)
    begins = (b"", b"PK\3\4", b"PAR1", b"\x80\x02}", b"\0\0\x08\x03", b"\x1f\x8b", b"path,label\n", b"[[images]]\n")
    names = (
        *("a.npz", "a.parquet", "a.csv", "a.toml", "data_batch_1", "data_batch_1.bin", "train.bin"),
        *("train-images-idx3-ubyte", "train", "a.png", "a.tar", "a"),
    )
    for number, name in enumerate(names):
        directory = tmp_path / str(number)
        directory.mkdir()
        (directory / "meta").write_bytes(random.bytes(20))
        content = begins[random.integers(len(begins))] + random.bytes(int(random.integers(200)))
        (directory / name).write_bytes(content)
        assert refusal(directory).startswith(f"{directory}")
        assert refusal(directory / name).startswith(f"{directory / name}")


def test_the_same_images_in_every_form_are_the_same_pixels(tmp_path):
    images = colours(6)
    labels = [0, 0, 1, 1, 2, 2]
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        save(image, tmp_path / "folders" / "set" / str(label) / f"{number}.png")
    save(images[0], tmp_path / "folders" / "set" / "2" / "9.bmp")
    np.savez(tmp_path / "set.npz", images=images, labels=labels)
    folders, arrays = find_source(tmp_path / "folders"), find_source(tmp_path / "set.npz")
    assert folders.class_names == arrays.class_names
    assert folders.labels[:6].tolist() == arrays.labels.tolist()
    assert all((folders.read(number) == arrays.read(number)).all() for number in range(6))


def test_one_class_only_is_no_set_to_learn_from(tmp_path):
    for image in colours(3):
        save(image, tmp_path / "cats" / f"{image[0, 0, 0]}.png")
    assert (
        refusal(tmp_path) == f"{tmp_path}: has only one class folder (cats); add a folder with images of another class"
    )
    save(colours(1)[0], tmp_path / "dogs" / "1.png")
    assert find_source(tmp_path).class_names == ("cats", "dogs")
