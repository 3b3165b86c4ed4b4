"""The design on the table: a value that an edit turns into another."""

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from tui_cnn.core import edits
from tui_cnn.core.adapting import adapted
from tui_cnn.core.analysis import analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.layers import Dropout
from tui_cnn.data.examination import SizeCount, Sizes
from tui_cnn.formats.presets import preset
from tui_cnn.ui.design import input_for, input_shape_for, open_design, setting_for

NETWORK = preset("fashion-cnn")


@pytest.fixture
def design():
    return open_design(NETWORK, None)


def drop(index):
    return lambda network: edits.delete(network, (index,))


def test_what_is_opened_is_clean(design):
    assert design.network == NETWORK
    assert design.analysis == analyze(NETWORK)
    assert not design.dirty
    assert design.file is None
    assert design.select == (0,)


def test_an_edit_is_analyzed_and_makes_it_dirty(design):
    edited = design.edit("delete", drop(2), (2,))
    assert edited.network == edits.delete(NETWORK, (2,))
    assert edited.analysis == analyze(edited.network)
    assert edited.dirty
    assert edited.select == (2,)
    assert design.network == NETWORK, "the value before is as it was"


def test_an_edit_that_changes_nothing_is_no_step(design):
    assert design.edit("same", lambda network: msgspec.structs.replace(network), (3,)) is design


def test_undo_and_redo_go_where_the_edit_was(design):
    edited = design.edit("delete", drop(2), (2,)).edit("delete", drop(5), (5,))
    once = edited.undo()
    assert once.network == edits.delete(NETWORK, (2,))
    assert once.select == (5,)
    twice = once.undo()
    assert twice.network == NETWORK
    assert twice.analysis == analyze(NETWORK)
    assert twice.select == (2,)
    assert not twice.dirty
    assert twice.undo() is twice
    assert twice.redo().network == once.network
    assert twice.redo().select == (2,)
    assert twice.redo().redo() == edited
    assert edited.redo() is edited


def test_an_edit_after_undo_gives_the_future_up(design):
    edited = design.edit("delete", drop(2), (2,)).undo()
    other = edited.edit("insert", lambda network: edits.insert(network, (0,), Dropout(rate=0.5)), (0,))
    assert other.redo() is other


def test_what_is_stored_is_clean_until_it_differs(design):
    edited = design.edit("delete", drop(2), (2,))
    stored = edited.stored(edited.network, Path("net.toml"))
    assert not stored.dirty
    assert stored.file == Path("net.toml")
    assert stored.analysis is edited.analysis, "so that the screen need not show it anew"
    assert stored.undo().dirty
    assert not stored.undo().redo().dirty


def test_the_checks_know_how_it_will_be_used():
    """Through edits, undo and redo, and for the network that comes next on the table."""
    design = open_design(NETWORK, None, TrainingContext(classes=12))
    assert "classes" in {check.code for check in design.analysis.checks}
    edited = design.edit("units", lambda network: edits.change(network, (7,), units=12), (7,))
    assert "classes" not in {check.code for check in edited.analysis.checks}
    assert edited.undo().analysis == design.analysis
    assert edited.setting == edited.undo().redo().setting == TrainingContext(classes=12)


@pytest.mark.parametrize(("data", "classes"), [("", 10), ("nowhere", None), ("~nobody-of-that-name/x", None)])
def test_what_is_known_before_a_run(data, classes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert setting_for(data).classes == classes
    assert setting_for(data).machine_memory > 10**8


def test_the_classes_of_other_data(monkeypatch):
    monkeypatch.setattr(
        "tui_cnn.data.dataset.summarize",
        lambda _path: SimpleNamespace(class_count=47, image_shape=None, in_colour=False),
    )
    assert setting_for("emnist").classes == 47


@pytest.mark.parametrize("data", ["", "nowhere", "~nobody-of-that-name/x"])
def test_an_empty_network_takes_images_of_fashion_mnist_where_there_is_no_other_data(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert input_shape_for(data) == (28, 28, 1)


def test_an_empty_network_takes_the_images_of_other_data(monkeypatch):
    monkeypatch.setattr("tui_cnn.data.dataset.summarize", lambda _path: SimpleNamespace(image_shape=(32, 40, 3)))
    assert input_shape_for("street") == (32, 40, 3)


def sizes(*counts, side=0):
    common = tuple(SizeCount(*count) for count in counts)
    by_pixels = sorted((each.height, each.width) for each in common)
    return Sizes(common, len(common), by_pixels[0], by_pixels[-1], side)


@pytest.mark.parametrize(
    ("found", "is_grey", "shape"),
    [
        (sizes((28, 28, 9), side=28), True, (28, 28, 1)),
        (sizes((40, 48, 9), side=40), False, (40, 48, 3)),
        (sizes((480, 640, 9), side=480), False, (128, 128, 3)),
        (sizes((75, 61, 9), (196, 198, 9), side=120), False, (96, 96, 3)),
        (sizes((5, 6, 9), (9, 8, 9), side=6), True, (32, 32, 1)),
    ],
)
def test_the_input_that_suits_images(found, is_grey, shape):
    assert input_for(found, is_grey=is_grey) == shape


def test_a_network_is_adapted_to_data():
    network = adapted(preset("fashion-cnn"), (32, 40, 3), 7)
    assert network.input_shape == (32, 40, 3)
    assert analyze(network).output_shape == (7,)
    assert adapted(network, (32, 40, 3), 7) == network
