"""`cnn-tui data`: what is in a data set, as text and as JSON."""

import json

import filelock
import pytest

from tests.data.image_sets import colours, save, save_cats_and_dogs
from tui_cnn.data.store import stores


@pytest.fixture
def folder(tmp_path):
    return save_cats_and_dogs(tmp_path)


def test_the_report_as_text(cnn_tui, folder):
    result = cnn_tui("data", str(folder))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "pets: 13 images in 2 classes"
    rows = [line.split() for line in lines]
    assert ["class", "train", "validation", "test"] in rows
    assert ["cat", "6", "0", "2"] in rows
    assert ["dog", "3", "0", "2"] in rows
    assert ["all", "9", "0", "4"] in rows
    assert ["sizes", "20×24"] in rows
    assert "the largest class has 2.0 times the images of the smallest" in result.stdout
    assert "1 file is not used:" in lines
    assert "  train/dog/broken.png: is not a readable image" in result.stdout
    assert "1 pair of images looks the same but is in different splits" in result.stdout
    assert "  train/cat/0.png  test/dog/again.png  (cat · dog; identical)" in lines


def test_the_report_as_json(cnn_tui, folder):
    report = json.loads(cnn_tui("data", str(folder), "--json").stdout)
    assert (report["name"], report["class_names"]) == ("pets", ["cat", "dog"])
    assert report["counts"] == {"train": [6, 3], "validation": [0, 0], "test": [2, 2]}
    assert report["alike"][0]["parts"] == ["train", "test"]


def test_what_is_no_data_set(cnn_tui, tmp_path):
    result = cnn_tui("data", str(tmp_path))
    assert result.exit_code == 2
    assert "has no data set: needs a folder of images for each class" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_option_and_the_command_are_told_apart(cnn_tui):
    """`--data` is an option of the app, not a word that is nearly a command."""
    result = cnn_tui("--data", "somewhere")
    assert "unknown command" not in result.stderr
    assert "the app needs a terminal" in result.stderr


def test_what_is_kept_of_images_is_deleted_and_the_files_are_not(cnn_tui, folder, tmp_path):
    other = tmp_path / "others"
    for number, image in enumerate(colours(6)):
        save(image, other / "ab"[number % 2] / f"{number}.png")
    files = sorted(folder.rglob("*"))
    for path in (folder, other):
        cnn_tui("data", str(path))
    assert len(list(stores().iterdir())) == 2
    files.append(save(colours(1, 20, 24, seed=1)[0], folder / "train" / "cat" / "new.png"))  # another set by now
    cnn_tui("data", str(folder))
    assert len(list(stores().iterdir())) == 3
    assert len(cnn_tui("data", str(folder), "--forget").stdout.splitlines()) == 2
    assert len(list(stores().iterdir())) == 1
    assert sorted(folder.rglob("*")) == sorted(files)
    assert "others: 1" in cnn_tui("data", "--forget").stdout
    assert cnn_tui("data", "--forget").stdout == "Nothing is kept.\n"
    assert cnn_tui("data", str(folder)).exit_code == 0


def test_what_is_being_decoded_is_not_deleted(cnn_tui, folder):
    cnn_tui("data", str(folder))
    (store,) = stores().iterdir()
    with filelock.FileLock(store / "lock"):
        result = cnn_tui("data", "--forget")
    assert result.exit_code == 1
    assert "another process is decoding these images" in result.stderr
    assert (store / "images.bin").exists()
