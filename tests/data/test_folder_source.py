"""Class folders, as people have them on their disks."""

import os
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tests.data.image_sets import all_pixels, colours, digits, keys, save, touch
from tui_cnn.data.decoding import image_suffixes
from tui_cnn.data.files import DataError
from tui_cnn.data.source import UNASSIGNED
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.sources.folders import FolderSource


def skipped(source):
    return dict(source.skipped)


def empty(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_digits_are_those_of_scikit_learn(tmp_path):
    images, labels = digits()
    for place, (image, label) in enumerate(zip(images[:100], labels[:100], strict=True)):
        save(image, tmp_path / str(label) / f"{place:03}.png")
    source = find_source(tmp_path)
    assert source.class_names == tuple("0123456789")
    assert source.name == tmp_path.name
    order = np.argsort(labels[:100], kind="stable")
    assert source.labels.tolist() == labels[order].tolist()
    assert source.labels.dtype == np.int32
    assert set(source.parts.tolist()) == {UNASSIGNED}
    assert (np.stack(all_pixels(source))[..., 0] == images[order]).all()


def test_every_mode_is_read_as_pillow_does(tmp_path):
    colour = colours(1)[0]
    grey = colour[..., 0]
    save(colour, tmp_path / "a" / "rgb.png")
    save(colour, tmp_path / "a" / "photo.jpg")
    save(grey, tmp_path / "a" / "grey.png")
    save(grey, tmp_path / "a" / "grey.JPEG")
    Image.fromarray(grey > 100).save(tmp_path / "a" / "one.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "a" / "deep.png")
    Image.fromarray(colour).quantize(8).save(tmp_path / "a" / "palette.gif")
    Image.fromarray(colour).convert("CMYK").save(tmp_path / "a" / "print.tiff")
    save(grey, tmp_path / "b" / "x.bmp")
    source = find_source(tmp_path)
    for number in range(len(source)):
        with Image.open(tmp_path / source.key(number)) as image:
            wanted = np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))
        name, pixels = source.key(number), source.read(number)
        if name == "a/deep.png":
            wanted = grey
        channels = 1 if name in ("a/grey.png", "a/grey.JPEG", "a/one.png", "a/deep.png", "b/x.bmp") else 3
        assert pixels.shape == (4, 5, channels), name
        assert (pixels.squeeze() == wanted).all(), name
    assert len(source) == 9


def test_parts_under_their_usual_names(tmp_path):
    for path in ("train/dog/1", "train/cat/1", "train/cat/2", "valid/cat/1", "test/dog/1", "test/fox/1"):
        empty(tmp_path / f"{path}.png")
    empty(tmp_path / "notes" / "a.png")
    empty(tmp_path / "test" / "loose.png")
    source = find_source(tmp_path)
    assert source.class_names == ("cat", "dog", "fox")
    assert keys(source) == [
        *("train/cat/1.png", "train/cat/2.png", "train/dog/1.png"),
        *("valid/cat/1.png", "test/dog/1.png", "test/fox/1.png"),
    ]
    assert source.labels.tolist() == [0, 0, 1, 0, 1, 2]
    assert source.parts.tolist() == [0, 0, 0, 1, 2, 2]
    assert skipped(source) == {
        "notes": "is not a train, validation or test folder",
        "test": "images outside of class folders: 1",
    }


def test_a_class_may_be_called_train(tmp_path):
    for path in ("bus/1.png", "car/1.png", "train/1.png"):
        empty(tmp_path / path)
    source = find_source(tmp_path)
    assert source.class_names == ("bus", "car", "train")
    empty(tmp_path / "train" / "steam" / "2.png")
    assert find_source(tmp_path).labels.tolist() == [0, 1, 2, 2]


def test_names_in_natural_order(tmp_path):
    for name in ("10", "2", "1", "a10", "a2", "B", f"{'9' * 200}", "한글"):
        empty(tmp_path / name / "x.png")
    assert find_source(tmp_path).class_names == ("1", "2", "10", "9" * 200, "a2", "a10", "B", "한글")


def test_korean_as_macos_writes_it_is_the_same_class(tmp_path):
    composed, apart = "한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"
    for path in (f"train/{composed}/1.png", f"test/{apart}/1.png", "train/b/1.png"):
        empty(tmp_path / path)
    assert find_source(tmp_path).class_names == ("b", composed)


def test_folders_in_a_class_folder_belong_to_the_class(tmp_path):
    for path in ("a/1.png", "a/z/2.png", "a/b/c/3.png", "b/1.png"):
        empty(tmp_path / path)
    source = find_source(tmp_path)
    assert keys(source) == ["a/1.png", "a/b/c/3.png", "a/z/2.png", "b/1.png"]
    assert source.labels.tolist() == [0, 0, 0, 1]


def test_what_is_not_used_is_listed(tmp_path):
    for path in ("a/1.png", "a/notes.txt", "a/Thumbs.db", "a/.DS_Store", "a/.hidden.png", "b/1.png", "c/x.xml", "d.md"):
        empty(tmp_path / path)
    for path in ("__MACOSX/a/1.png", ".git/a/1.png"):
        empty(tmp_path / path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "a" / "gone.png").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a" / "loop.png").symlink_to(tmp_path / "a" / "loop.png")
    os.mkfifo(tmp_path / "a" / "pipe.png")
    (tmp_path / "a" / "folder.png").mkdir()
    source = find_source(tmp_path)
    assert source.class_names == ("a", "b")
    assert keys(source) == ["a/1.png", "b/1.png"]
    assert skipped(source) == {
        "a/loop.png": "is not a file",
        "a/gone.png": "is not a file",
        "a/notes.txt": "is not an image",
        "a/pipe.png": "is not a file",
        "c": "has no images",
        "c/x.xml": "is not an image",
        "d.md": "is not an image",
        "empty": "has no images",
        "loop": "is not an image",
    }


def test_a_broken_image_is_found_when_it_is_read(tmp_path):
    save(colours(1)[0], tmp_path / "a" / "1.png")
    path = save(colours(1, 50, 50)[0], tmp_path / "b" / "1.png")
    path.write_bytes(path.read_bytes()[:200])
    source = find_source(tmp_path)
    assert source.read(0).shape == (4, 5, 3)
    with pytest.raises(DataError) as refused:
        source.read(1)
    assert str(refused.value) == "is not a readable image; use a format such as PNG or JPEG"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DataError, match=r"^is not a readable image"):
        source.read(1)
    path.unlink()
    with pytest.raises(DataError, match=r"^file not found"):
        source.read(1)


def test_links_are_followed_and_loops_are_not(tmp_path):
    data = tmp_path / "data"
    for path in ("a/1.png", "b/deep/2.png"):
        empty(data / path)
    empty(tmp_path / "elsewhere" / "3.png")
    (data / "c").symlink_to(tmp_path / "elsewhere")
    (data / "b" / "up").symlink_to(data)
    (data / "b" / "deep" / "again").symlink_to(data / "b")
    (data / "a" / "self").symlink_to(data / "a" / "self")
    for number in range(30):  # each way down would double the number of ways
        inner = tmp_path / "many" / str(number)
        inner.mkdir(parents=True)
        for name in ("x", "y"):
            (inner / name).symlink_to(tmp_path / "many" / str(number + 1))
    (data / "a" / "many").symlink_to(tmp_path / "many" / "0")
    source = find_source(data)
    assert keys(source) == ["a/1.png", "b/deep/2.png", "c/3.png"]
    assert skipped(source)["b/up"] == "is a link to a folder that is already used"


def test_names_that_are_not_unicode(tmp_path):
    for name in (b"caf\xe9", b"b"):
        save(colours(1)[0], tmp_path / os.fsdecode(name) / os.fsdecode(b"\xff.png"))
    source = find_source(tmp_path)
    assert source.class_names == ("b", r"caf\xe9")
    assert keys(source) == [r"b/\xff.png", r"caf\xe9/\xff.png"]
    assert all((pixels == colours(1)[0]).all() for pixels in all_pixels(source))
    "".join(source.class_names + tuple(keys(source))).encode()


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (["1.png", "2.jpg"], "has images but no class folders; put the images of each class in a folder with its name"),
        (["a/x.txt", "b/y.txt"], "has class folders but no images in them; add image files such as PNG or JPEG"),
        (["train/a/x.txt", "test/a/x.txt"], "has class folders but no images in them"),
        (["train/a/x.txt", "test/a/x.png"], "has no images to train on, only to validate or test"),
    ],
)
def test_one_line_where_nothing_can_be_used(tmp_path, paths, problem):
    for path in paths:
        empty(tmp_path / path)
    with pytest.raises(DataError) as refused:
        find_source(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path}: {problem}")
    assert "\n" not in str(refused.value)


def test_the_fingerprint_changes_with_the_files(tmp_path):
    first, second = empty(tmp_path / "a" / "1.png"), empty(tmp_path / "b" / "1.png")
    before = FolderSource(tmp_path, "").fingerprint
    assert FolderSource(tmp_path, "").fingerprint == before
    assert len(bytes.fromhex(before)) == 16
    touch(first)
    changed = FolderSource(tmp_path, "").fingerprint
    second.write_bytes(b"x")
    grown = FolderSource(tmp_path, "").fingerprint
    second.rename(tmp_path / "b" / "2.png")
    assert len({before, changed, grown, FolderSource(tmp_path, "").fingerprint}) == 4


def test_twenty_thousand_files_take_little_memory_and_are_listed_once(tmp_path, monkeypatch):
    for folder in range(4):
        (tmp_path / f"{folder}").mkdir()
        for number in range(5000):
            os.close(os.open(tmp_path / f"{folder}" / f"image_{number:06}.jpg", os.O_CREAT))
    FolderSource(tmp_path, "")
    scanned = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scanned.append(path) or scandir(path))
    tracemalloc.start()
    source = FolderSource(tmp_path, "")
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(source) == 20_000
    assert len(scanned) == 6  # the directory twice, each class folder once
    assert kept < 64 * len(source)  # a million files: 64 MB
    assert most < 128 * len(source)
    assert source.key(12_345) == "2/image_002345.jpg"


def test_a_million_files_that_are_none_are_not_all_listed(tmp_path):
    for number in range(1500):
        empty(tmp_path / "a" / f"{number}.txt")
    empty(tmp_path / "a" / "x.png")
    source = FolderSource(tmp_path, "")
    assert len(source.skipped) == 1001
    assert source.skipped[-1] == ("…", "500 more files are not used")


def test_what_other_programs_would_decode_is_no_image():
    assert {".png", ".jpg", ".jpeg", ".webp", ".tif", ".gif", ".bmp"} <= image_suffixes()
    assert not {".eps", ".ps", ".wmf", ".h5", ".mpg", ".txt", ".pdf", ".npz", ".csv"} & image_suffixes()


def test_postscript_under_the_name_of_an_image_is_not_run(tmp_path):
    path = empty(tmp_path / "a" / "1.png")
    Image.fromarray(colours(1)[0]).save(path, format="EPS")
    empty(tmp_path / "b" / "1.png")
    with pytest.raises(DataError, match=r"^is not a readable image"):
        find_source(tmp_path).read(0)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = empty(tmp_path / "a" / "1.png")
    Image.new("1", (12_000, 9_000)).save(path)
    empty(tmp_path / "b" / "1.png")
    with pytest.raises(DataError, match=r"^has too many pixels"):
        find_source(tmp_path).read(0)
