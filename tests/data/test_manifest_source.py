"""Lists of images in CSV and TOML, as spreadsheets and people write them."""

import codecs
import csv
import os
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.image_sets import all_pixels, colours, keys, refusal_of, save, touch
from tui_cnn.data.files import DataError
from tui_cnn.data.source import UNASSIGNED
from tui_cnn.data.sources.finding import find_source

IMAGES = colours(4)
NAMES = ("photos/a1.png", "photos/a2.png", "b.png", "한글.png")


@pytest.fixture
def directory(tmp_path):
    for image, name in zip(IMAGES, NAMES, strict=True):
        save(image, tmp_path / name)
    return tmp_path


def listed(directory, text, name="list.csv", encoding="utf-8"):
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "header",
    [
        "path,label,split",
        "File,Class,Set",
        "filename,category,part",
        "image,label_name,subset",
        "id,file_name,width,target,split",
        "",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(directory, header, delimiter):
    rows = [("photos/a1.png", "cat", "train"), ("b.png", "a10", "val"), ("photos/a2.png", "a2", "test")]
    columns = header.split(",")
    if len(columns) == 5:
        rows = [(str(number), path, "28", label, part) for number, (path, label, part) in enumerate(rows)]
    with (directory / "list.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        if header:
            writer.writerow(columns)
        writer.writerows(rows)
    for source in (find_source(directory / "list.csv"), find_source(directory)):
        assert source.class_names == ("a2", "a10", "cat")
        assert source.labels.tolist() == [2, 1, 0]
        assert source.labels.dtype == np.int32
        assert source.parts.tolist() == [0, 1, 2]
        assert keys(source) == ["photos/a1.png", "b.png", "photos/a2.png"]
        assert (np.stack(all_pixels(source)) == IMAGES[[0, 2, 1]]).all()


def test_two_columns_need_no_header_and_no_parts(directory):
    source = find_source(listed(directory, "photos/a1.png,10\n\nb.png,9\n한글.png, 10 \n"))
    assert source.class_names == ("9", "10")
    assert source.labels.tolist() == [1, 0, 1]
    assert set(source.parts.tolist()) == {UNASSIGNED}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_encodings_of_spreadsheets(directory, encoding):
    source = find_source(listed(directory, "path,label\r\n한글.png,강아지\r\nb.png,고양이\r\n", encoding=encoding))
    assert source.class_names == ("강아지", "고양이")
    assert not source.skipped
    assert keys(source) == ["한글.png", "b.png"]
    assert (source.read(0) == IMAGES[3]).all()


def test_names_as_macos_writes_them(directory):
    apart = unicodedata.normalize("NFD", "한글.png")
    assert keys(find_source(listed(directory, f"path,label\n{apart},a\nb.png,b\n"))) == ["한글.png", "b.png"]
    (directory / "한글.png").rename(directory / apart)
    assert len(find_source(listed(directory, "path,label\n한글.png,a\nb.png,b\n", "other.csv"))) == 2


def test_paths_of_windows(directory):
    assert (find_source(listed(directory, "path,label\nphotos\\a1.png,a\n")).read(0) == IMAGES[0]).all()


def test_toml(directory):
    text = """
    classes = ["dog", "cat"]
    [[images]]
    path = "b.png"
    label = "cat"
    part = "train"
    [[images]]
    path = "photos/a1.png"
    label = 0
    part = "test"
    """
    for path in (listed(directory, text, "list.toml"), directory):
        source = find_source(path)
        assert source.class_names == ("dog", "cat")
        assert source.labels.tolist() == [1, 0]
        assert source.parts.tolist() == [0, 2]
        assert (source.read(1) == IMAGES[0]).all()
    source = find_source(listed(directory, 'images = [{path = "b.png", label = 7}]', "other.toml"))
    assert (source.class_names, source.labels.tolist(), source.parts.tolist()) == (("7",), [0], [UNASSIGNED])


def test_a_list_for_each_part(directory):
    listed(directory, "path,label\nb.png,x\nphotos/a1.png,y\n", "Train.csv")
    listed(directory, "path,label\nphotos/a2.png,z\n", "Test.csv")
    listed(directory, "class,colour\nx,red\n", "Meta.csv")
    source = find_source(directory)
    assert source.parts.tolist() == [0, 0, 2]
    assert source.class_names == ("x", "y", "z")


def test_class_folders_beside_another_table(directory):
    listed(directory, "photo,width\n1,2\n", "sizes.csv")
    save(IMAGES[0], directory / "other" / "1.png")
    assert find_source(directory).class_names == ("other", "photos")


def test_what_is_not_used_is_listed(directory):
    (directory / "folder.png").mkdir()
    os.mkfifo(directory / "pipe.png")
    rows = [
        "path,label,split",
        "b.png,x,train",
        "missing.png,x,train",
        "folder.png,x,train",
        "pipe.png,x,train",
        "nul\0.png,x,train",
        f"{'long' * 500}.png,x,train",
        "photos/a1.png,,train",
        "photos/a1.png,x,holdout",
        "photos/a2.png",
        ",x,train",
    ]
    source = find_source(listed(directory, "\n".join(rows)))
    assert keys(source) == ["b.png"]
    assert [reason for _key, reason in source.skipped] == [
        "file not found; check the path",
        "is not a file",
        "is not a file",
        "file not found; check the path",
        "file not found; check the path",
        "has no label",
        "has the part “holdout”; use train, validation or test",
        "has no label",
        "is not a file",
    ]


def test_a_path_that_leads_elsewhere_is_only_read_as_an_image(directory):
    lists = directory / "lists"
    lists.mkdir()
    (directory / "secret.txt").write_text("secret")
    source = find_source(listed(lists, "path,label\n../b.png,x\n../secret.txt,y\n/etc/passwd,y\n"))
    assert (source.read(0) == IMAGES[2]).all()
    for number in range(1, len(source)):
        with pytest.raises(DataError, match=r"^is not a readable image"):
            source.read(number)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "", "needs the columns path and label, but its first line is: "),
        ("a.csv", "a,b,c,d\n1,2,3,4\n", "needs the columns path and label, but its first line is: a, b, c, d"),
        ("a.csv", "one\n", "needs the columns path and label, but its first line is: one"),
        ("a.csv", "path,label\n", "lists no usable images (it is empty)"),
        ("a.csv", "path,label\nx.png,a\n", "lists no usable images (x.png: file not found; check the path)"),
        ("a.csv", "path,label,split\nb.png,a,test\n", "has no images to train on, only to validate or test"),
        ("a.csv", b"path,label\nb.png,\xff\xff\n", "is not text in UTF-8, UTF-16 or CP949; save it as UTF-8"),
        ("a.csv", codecs.BOM_UTF16_LE + b"p\0a", "is not text in UTF-8, UTF-16 or CP949; save it as UTF-8"),
        ("a.csv", 'path,label\n"' + "x" * 200_000, "cannot be read as CSV at line 2: field larger than field limit"),
        ("a.toml", "x = ", "is not valid TOML: "),
        ("a.toml", "x = " + "[" * 10_000, "is nested too deeply"),
        ("a.toml", "x = " + "1" * 5_000, "has a number of more than 4,300 digits"),
        ("a.toml", b"\xff", "is not UTF-8 text (byte 0)"),
        ("a.toml", "x = 1", "has no images: it needs a table [[images]] with path and label for each"),
        ("a.toml", "images = 1", "has no images: it needs a table [[images]] with path and label for each"),
        ("a.toml", "images = [1]", "image 1 needs a path and a label"),
        ("a.toml", 'images = [{path = "b.png", label = 1.5}]', "image 1 needs a path and a label"),
        ("a.toml", 'classes = [1]\nimages = [{path = "b.png", label = 1}]', "classes must be a list of names"),
        ("a.toml", 'classes = ["a", "a"]\nimages = [{path = "b.png", label = 1}]', "classes has a name twice"),
        (
            "a.toml",
            'classes = ["a"]\nimages = [{path = "b.png", label = 1}]',
            "lists no usable images (b.png: has the label “1”, which is not in classes)",
        ),
    ],
)
def test_one_line_for_what_is_no_list(directory, name, text, problem):
    assert refusal_of(listed(directory, text, name)).startswith(problem)


def test_several_lists(directory):
    for name in ("a.csv", "b.csv"):
        listed(directory, "path,label\nb.png,x\n", name)
    assert refusal_of(directory) == "has several lists of images (a.csv, b.csv); specify one of them"


def test_the_fingerprint_changes_with_the_list_and_the_images(directory):
    path = listed(directory, "path,label\nb.png,x\n")
    prints = {find_source(path).fingerprint}
    touch(directory / "b.png")
    touch(path)  # for as long as the list is the same, its source is kept
    prints.add(find_source(path).fingerprint)
    listed(directory, "path,label\nb.png,xy\n")
    prints.add(find_source(path).fingerprint)
    assert len(prints) == 3


@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: f"path,label\n{text}".encode()))
def test_any_bytes(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        find_source(path)
    assert str(refused.value).startswith(f"{path}: ")
