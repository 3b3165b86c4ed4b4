"""The copy of a data set that nodes train on, against the data set itself."""

import numpy as np
import pytest
from PIL import Image

from tui_cnn.data.dataset import load
from tui_cnn.search import data_copy
from tui_cnn.search.cluster import connect
from tui_cnn.search.data_copy import copy_data, receive, send
from tui_cnn.search.errors import SearchError


@pytest.fixture
def photos(tmp_path):
    """Pictures of several sizes in a folder for each class; some are to be validated on."""
    random = np.random.default_rng(5)
    for part, count in (("train", 6), ("val", 2), ("test", 3)):
        for name in ("zebra", "ant"):
            folder = tmp_path / "animals" / part / name
            folder.mkdir(parents=True)
            for number in range(count):
                size = (10 + number, 12, 3)
                Image.fromarray(random.integers(0, 256, size, np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "animals"


def test_a_node_trains_on_the_same_images_in_the_same_order(photos, tmp_path, monkeypatch):
    here = load(photos, (8, 9, 3), "crop")
    copy = copy_data(photos, (8, 9, 3), "crop")
    assert copy_data(photos, (8, 9, 3), "crop") == copy
    chunks = []
    monkeypatch.setattr(data_copy, "CHUNK", 1000)
    send(copy, lambda *chunk: chunks.append(chunk))
    assert len(chunks) > 3

    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "node"))
    for chunk in chunks:
        assert not copy.file.exists()
        receive(*chunk)
    there = load(copy.file, (8, 9, 3), "crop")
    assert copy.file.is_relative_to(tmp_path / "node")
    assert (there.name, there.class_names, there.validation_count) == ("animals", ("ant", "zebra"), 4)
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        np.testing.assert_array_equal(getattr(there, name), getattr(here, name))
    assert there.moments == here.moments
    for mine, theirs in zip(here.split(0.1, 3), there.split(0.1, 3), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_is_damaged_on_its_way_is_not_kept(photos, tmp_path, monkeypatch):
    copy = copy_data(photos, (8, 9, 3), "pad")
    data = bytearray(copy.file.read_bytes())
    data[len(data) // 2] ^= 1
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "node"))
    with pytest.raises(OSError, match="damaged on its way"):
        receive(copy, 0, bytes(data))
    assert list(copy.file.parent.iterdir()) == []


def test_without_distributed_there_is_one_line(without):
    without("distributed")
    with pytest.raises(SearchError, match=r"^a cluster needs the package distributed; install it with: \S+ -m pip"):
        connect("tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("foo://x", "unknown address scheme 'foo'"),
        ("tls://127.0.0.1:1", "TLS expects"),
        ("tcp://[:::", "invalid address"),
        ("tcp://127.0.0.1:1", "Timed out|no answer"),
    ],
)
def test_no_scheduler_at_an_address_is_one_line(address, reason, monkeypatch):
    monkeypatch.setattr("tui_cnn.search.cluster._CONNECTING", 0.2)
    with pytest.raises(SearchError, match=rf"^no Dask scheduler at \S+ \(({reason}).*\); start one with") as raised:
        connect(address)
    assert "\n" not in str(raised.value)
