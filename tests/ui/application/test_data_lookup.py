"""The data set of the start: the first frame does not wait for a folder that takes long to list."""

import threading

import pytest

from tests.data.image_sets import colours, save
from tests.ui.driving import User
from tui_cnn.data.files import DataError
from tui_cnn.data.sources import finding
from tui_cnn.formats.presets import preset
from tui_cnn.ui.app import CnnTui
from tui_cnn.ui.application import data_lookup
from tui_cnn.ui.application.data_lookup import begin_lookup, known_soon
from tui_cnn.ui.design import open_design


@pytest.fixture
def folder(tmp_path):
    for number, image in enumerate(colours(9)):
        save(image, tmp_path / "pets" / "abc"[number % 3] / f"{number}.png")
    return tmp_path / "pets"


def test_a_small_folder_is_known_before_the_first_frame(folder, monkeypatch):
    monkeypatch.setattr(data_lookup, "_BLINK", 30)
    assert known_soon(begin_lookup(str(folder))).classes == 3


def test_what_is_no_data_set_is_said_before_the_app_opens(tmp_path, monkeypatch):
    monkeypatch.setattr(data_lookup, "_BLINK", 30)
    with pytest.raises(DataError, match="nowhere: directory not found"):
        known_soon(begin_lookup(str(tmp_path / "nowhere")))


async def test_the_app_opens_while_a_large_folder_is_listed(folder, monkeypatch):
    listed, find = threading.Event(), finding.find_source
    monkeypatch.setattr(finding, "find_source", lambda path: (listed.wait(30), find(path))[1])
    monkeypatch.setattr(data_lookup, "_BLINK", 0)
    lookup = begin_lookup(str(folder))
    assert known_soon(lookup) is None
    app = CnnTui(open_design(preset("fashion-cnn"), None), str(folder), lookup=lookup)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        user = User(app, pilot)
        await user.sees("8 layers")
        await user.press("]", "u")
        assert "the data has 3 classes" not in user.text
        listed.set()
        await user.sees("the data has 3 classes", "does not fit your data yet")


async def test_what_a_late_lookup_finds_wrong_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(data_lookup, "_BLINK", 0)
    app = CnnTui(open_design(preset("fashion-cnn"), None), "x", lookup=begin_lookup(str(tmp_path / "nowhere")))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await User(app, pilot).sees("nowhere: directory not found")
