"""What is marked to vary follows the edits of the design."""

from tests.search.networks import TINY
from tui_cnn.core import edits
from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.search.marks import Mark, carried, fields_at, marked_space, with_mark

NET = Network("net", (8, 8, 1), (Conv2D(filters=2, kernel_size=(3, 3)), Flatten(), Dense(units=4), Dense(units=10)))
MARKS = (
    Mark((0,), "filters", [2, 4]),
    Mark((2,), "units", [4, 8]),
    Mark(None, "learning_rate", {"low": 0.1, "high": 0.2}),
)


def places(before, after, marks=MARKS):
    return [(mark.path, mark.field) for mark in carried(marks, before, after)]


def test_a_field_is_marked_once_and_can_be_unmarked():
    marks = with_mark(MARKS, (0,), "filters", [8])
    assert [mark.given for mark in marks] == [[8], [4, 8], {"low": 0.1, "high": 0.2}]
    assert fields_at(marks, (0,)) == {"filters": [8]}
    assert fields_at(with_mark(marks, (0,), "filters", None), (0,)) == {}
    assert len(with_mark(marks, (0,), "repeat", [1, 2])) == 4


def test_the_marks_make_a_space_with_names_of_layers():
    expected = {"conv2d.filters": [2, 4], "dense.units": [4, 8], "recipe.learning_rate": {"low": 0.1, "high": 0.2}}
    assert marked_space(MARKS, NET) == expected


def test_marks_follow_inserted_deleted_moved_and_edited_layers():
    inserted = edits.splice(NET, (0,), 0, (Conv2D(filters=9, kernel_size=(1, 1)),))
    assert places(NET, inserted) == [((1,), "filters"), ((3,), "units"), (None, "learning_rate")]
    deleted = edits.delete(NET, (2,))
    assert places(NET, deleted) == [((0,), "filters"), (None, "learning_rate")]
    edited = edits.change(NET, (2,), units=7)
    assert places(NET, edited) == [((0,), "filters"), ((2,), "units"), (None, "learning_rate")]
    doubled = edits.duplicate(NET, (2,))
    assert places(NET, doubled) == [((0,), "filters"), ((2,), "units"), (None, "learning_rate")]
    replaced = edits.splice(NET, (0,), 1, (Flatten(),))
    assert places(NET, replaced) == [((2,), "units"), (None, "learning_rate")]


def test_a_layer_in_a_block_is_found_again_after_the_block_has_changed():
    marks = (Mark((1, 0), "filters", [2, 4]), Mark((1,), "repeat", [1, 2]))
    after = edits.change(edits.splice(TINY, (0,), 0, (Flatten(),)), (2, 0), filters=3)
    assert places(TINY, after, marks) == [((2, 0), "filters"), ((2,), "repeat")]
