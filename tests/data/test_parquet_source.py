"""Parquet files written by pyarrow as Hugging Face's library writes them."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.data.image_sets import all_pixels, colours, digits, keys, refusal
from tui_cnn.data.files import DataError
from tui_cnn.data.source import UNASSIGNED
from tui_cnn.data.sources.finding import find_source
from tui_cnn.extras import install_command

IMAGES = colours(6)
LABELS = [1, 0, 2, 2, 1, 0]


def encoded(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def features(label="label", names=("ant", "bee", "cow"), image="image"):
    """What the library stores in the schema's metadata."""
    feature = {"names": list(names), "_type": "ClassLabel"} if names else {"dtype": "int64", "_type": "Value"}
    return {"huggingface": json.dumps({"info": {"features": {image: {"_type": "Image"}, label: feature}}})}


def write(path, images, labels, *, image="image", label="label", struct=True, metadata=None, rows=2):
    values = [encoded(pixels) if isinstance(pixels, np.ndarray) else pixels for pixels in images]
    if struct:
        values = [{"bytes": value, "path": f"{number}.png"} for number, value in enumerate(values)]
    table = pa.table({image: values, label: labels})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), path, row_group_size=rows)
    return path


def test_a_repository_of_hugging_face(tmp_path):
    (tmp_path / "README.md").write_text("…")
    data = tmp_path / "data"
    write(data / "test-00000-of-00001.parquet", IMAGES[5:], LABELS[5:], metadata=features())
    write(data / "train-00000-of-00002.parquet", IMAGES[:3], LABELS[:3], metadata=features())
    write(data / "train-00001-of-00002.parquet", IMAGES[3:4], LABELS[3:4], metadata=features())
    write(data / "validation-00000-of-00001.parquet", IMAGES[4:5], LABELS[4:5], metadata=features())
    write(data / "extra-00000-of-00001.parquet", IMAGES[:1], LABELS[:1], metadata=features())
    source = find_source(tmp_path)
    assert source.class_names == ("ant", "bee", "cow")
    assert source.labels.tolist() == LABELS
    assert source.labels.dtype == np.int32
    assert source.parts.tolist() == [0, 0, 0, 0, 1, 2]
    assert (np.stack(all_pixels(source)) == IMAGES).all()
    assert keys(source)[2:4] == ["train-00000-of-00002.parquet[2]", "train-00001-of-00002.parquet[0]"]
    assert source.skipped[0] == ("extra-00000-of-00001.parquet", "is not a train, validation or test file")
    assert all((source.read(number) == IMAGES[number]).all() for number in (5, 0, 3, 1, 4, 2, 0))


def test_digits_of_scikit_learn(tmp_path):
    images, labels = digits()
    path = write(tmp_path / "digits.parquet", images[:50], labels[:50].tolist(), rows=7)
    for source in (find_source(path), find_source(tmp_path)):
        assert set(source.parts.tolist()) == {UNASSIGNED}
        assert (np.stack(all_pixels(source))[..., 0] == images[:50]).all()
        assert source.labels.tolist() == labels[:50].tolist()


@pytest.mark.parametrize(("image", "label"), [("img", "fine_label"), ("Image", "Label"), ("images", "class")])
@pytest.mark.parametrize("struct", [True, False])
def test_other_names_of_columns_and_bytes_alone(tmp_path, image, label, struct):
    source = find_source(write(tmp_path / "a.parquet", IMAGES, LABELS, image=image, label=label, struct=struct))
    assert source.labels.tolist() == LABELS
    assert (source.read(3) == IMAGES[3]).all()


def test_the_schema_names_the_columns(tmp_path):
    metadata = features(label="species", image="photograph")
    path = write(tmp_path / "a.parquet", IMAGES, LABELS, image="photograph", label="species", metadata=metadata)
    assert find_source(path).class_names == ("ant", "bee", "cow")


def test_folders_of_parts(tmp_path):
    write(tmp_path / "train" / "0000.parquet", IMAGES[:4], LABELS[:4])
    write(tmp_path / "test" / "0000.parquet", IMAGES[4:], LABELS[4:])
    assert find_source(tmp_path).parts.tolist() == [0, 0, 0, 0, 2, 2]


@pytest.mark.parametrize(
    ("labels", "numbers", "names"),
    [
        (["b", "a10", "a2", "b", "b", "b"], [2, 1, 0, 2, 2, 2], ("a2", "a10", "b")),
        ([1, 2, 3, 1, 2, 3], [0, 1, 2, 0, 1, 2], ("1", "2", "3")),
    ],
)
def test_labels_without_names(tmp_path, labels, numbers, names):
    source = find_source(write(tmp_path / "a.parquet", IMAGES, labels))
    assert source.labels.tolist() == numbers
    assert source.class_names == names


def test_images_without_labels_are_not_used(tmp_path):
    path = write(tmp_path / "a.parquet", IMAGES, [0, -1, None, 1, 0, -1])
    source = find_source(path)
    assert source.labels.tolist() == [0, 1, 0]
    assert (np.stack(all_pixels(source)) == IMAGES[[0, 3, 4]]).all()
    assert source.skipped == (("a.parquet", "images without a label: 3"),)
    write(path, IMAGES, [-1] * 6)
    assert refusal(path) == f"{path}: has no images with labels"


def test_images_that_are_broken_are_found_when_they_are_read(tmp_path):
    bomb = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(bomb, "PNG")
    source = find_source(write(tmp_path / "a.parquet", [b"x", None, bomb.getvalue(), IMAGES[3]], [0, 1, 0, 1]))
    for number, problem in enumerate(("is not a readable image", "has no bytes of an image", "has too many pixels")):
        with pytest.raises(DataError, match=f"^{problem}"):
            source.read(number)
    assert (source.read(3) == IMAGES[3]).all()


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ([0.5] * 6, "has the label 0.5 at [0]; labels are whole numbers"),
        ([-3] * 6, "has the label -3 at [0]; labels are whole numbers"),
        ([[1], [2, 3]] * 3, "has labels of shape 6 and type object; expected a whole number or a name for each image"),
        ([10**12] * 6, "has the label 1000000000000 at [0]"),
        ([3] * 6, "has the label 3, but names for 3 classes; labels are counted from 0"),
    ],
)
def test_labels_that_do_not_fit(tmp_path, labels, problem):
    path = write(tmp_path / "a.parquet", IMAGES, labels, metadata=features())
    assert refusal(path).startswith(f"{path}: {problem}")


def test_other_tables(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"], "label": [1]}), path)
    assert refusal(path) == f"{path}: needs the columns image and label, but has text, label"
    for metadata in (
        "{",
        "[]",
        '{"info": {"features": 5}}',
        "[" * 100_000,
        '{"info": {"features": {"label": {"names": 5}}}}',
    ):
        assert find_source(write(path, IMAGES, LABELS, metadata={"huggingface": metadata})).class_names == (
            "0",
            "1",
            "2",
        )


def test_several_data_sets(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name / "train-0.parquet", IMAGES, LABELS)
    assert refusal(tmp_path) == f"{tmp_path}: has several data sets (one, two); specify one of them"


def test_torn_and_changed_anywhere(tmp_path):
    whole = write(tmp_path / "whole.parquet", IMAGES[:2], LABELS[:2]).read_bytes()
    path = tmp_path / "a.parquet"
    for size in range(4, len(whole), 97):
        path.write_bytes(whole[:size])
        assert refusal(path) == f"{path}: is a damaged Parquet file; download it again"
    random = np.random.default_rng(0)
    for at in random.integers(4, len(whole) - 8, 60).tolist():
        path.write_bytes(whole[:at] + random.bytes(2) + whole[at + 2 :])
        try:
            all_pixels(find_source(path))
        except DataError as error:
            lines = str(error).splitlines()
            assert len(lines) == 1, lines


def test_without_pyarrow(tmp_path, without):
    path = write(tmp_path / "a.parquet", IMAGES, LABELS)
    without("pyarrow")
    wanted = f"{path}: Parquet needs the package pyarrow; install it with: " + install_command("parquet")
    assert refusal(path) == wanted
