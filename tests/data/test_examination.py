"""What is said of a data set, worked out by hand."""

import msgspec
import numpy as np
import pytest

from tests.data.idx_bytes import write_set
from tests.data.image_sets import colours, save, save_cats_and_dogs
from tui_cnn.data import examination
from tui_cnn.data.dataset import Dataset
from tui_cnn.data.examination import Report, examine, is_examined
from tui_cnn.data.files import DataError


@pytest.fixture
def folder(tmp_path):
    """Cats and dogs; one image is grey and of another size, and there is a file that is no image."""
    pets = save_cats_and_dogs(tmp_path)
    save(colours(12, 20, 24)[1][:10, :, :1], pets / "train" / "dog" / "grey.png")
    (pets / "train" / "dog" / "notes.txt").write_text("no image")
    return pets


def test_a_report(folder):
    assert not is_examined(folder)
    report = examine(folder).report
    assert is_examined(folder)
    assert (report.name, report.class_names) == ("pets", ("cat", "dog"))
    assert report.counts == {"train": (6, 4), "validation": (0, 0), "test": (2, 2)}
    assert (report.images, report.grey, report.imbalance) == (14, 1, 1.5)
    assert (report.sizes.smallest, report.sizes.largest, report.sizes.distinct) == ((10, 24), (20, 24), 2)
    assert report.sizes.common[0] == (20, 24, 13)
    assert report.sizes.side == 20
    assert [each.key for each in report.unreadable] == ["train/dog/broken.png"]
    assert [each.key for each in report.skipped] == ["train/dog/notes.txt"]
    (pair,) = report.alike
    assert {pair.first, pair.second} == {"train/cat/0.png", "test/dog/again.png"}
    assert (pair.parts, pair.classes, pair.difference) == (("train", "test"), ("cat", "dog"), 0.0)
    assert pair.leaks
    assert pair.contradicts


def test_the_images_of_a_class(folder):
    examined = examine(folder)
    cats = examined.of_class(0)
    assert len(cats) == 6
    assert examined.image(cats[0]).shape == (20, 24, 3)
    assert len(examined.of_class(1, "test")) == 2


def test_it_is_kept_and_the_same_again(folder, monkeypatch):
    before = examine(folder).report
    monkeypatch.setattr("tui_cnn.data.examination.similar_images", None)
    assert examine(folder).report == before
    assert msgspec.json.decode(msgspec.json.encode(before), type=Report) == before


@pytest.mark.parametrize("content", [b"", b"rubbish", b'{"version":0}'])
def test_a_damaged_report_is_made_again(folder, home, content):
    before = examine(folder).report
    (file,) = home.rglob("report.json")
    file.write_bytes(content)
    assert not is_examined(folder)
    assert examine(folder).report == before


def test_arrays(tmp_path):
    x, y = colours(10, 6, 6), np.arange(10) % 2
    np.savez(tmp_path / "set.npz", x_train=x[:8], y_train=y[:8], x_test=x[6:], y_test=y[6:])
    report = examine(tmp_path / "set.npz").report
    assert report.counts == {"train": (4, 4), "validation": (0, 0), "test": (2, 2)}
    assert [(pair.first, pair.second) for pair in report.alike] == [("train[6]", "test[0]"), ("train[7]", "test[1]")]
    assert report.mean == pytest.approx(x[:8].mean(axis=(0, 1, 2)))


def test_what_is_none(tmp_path):
    with pytest.raises(DataError, match="has no data set"):
        examine(tmp_path)


@pytest.mark.parametrize("source", ["folder", "arrays"])
def test_images_are_measured_once(request, tmp_path, monkeypatch, source):
    if source == "folder":
        path = request.getfixturevalue("folder")
    else:
        (tmp_path / "set").mkdir()
        write_set(tmp_path / "set")
        path = tmp_path / "set"
    first = examine(path).report

    def measured(*_images):
        raise AssertionError("measured again")

    for name in ("difference_hashes", "similar_images"):
        monkeypatch.setattr(examination, name, measured)
    monkeypatch.setattr(Dataset, "moments", property(measured))
    assert examine(path).report == first
