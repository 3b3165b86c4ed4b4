"""Differences between networks."""

from hypothesis import given, settings

from tests.core.strategies import networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.diff import diff, findings
from tui_cnn.core.layers import AveragePooling2D, Dropout, ReLU
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset

TUTORIAL = preset("fashion-cnn")


def changes(after):
    return [
        (found.change, (found.after or found.before).path, found.fields())
        for found in diff(analyze(TUTORIAL), analyze(after))
        if found.change != "same"
    ]


def test_a_setting():
    assert changes(edits.change(TUTORIAL, (2,), filters=48)) == [("changed", (2,), {"filters": (64, 48)})]


def test_what_a_change_costs():
    network = edits.change(TUTORIAL, (2,), kernel_size=(5, 5))
    (pair,) = (pair for pair in diff(analyze(TUTORIAL), analyze(network)) if pair.change == "changed")
    assert pair.row is pair.after
    assert pair.field_texts() == {"kernel_size": ("3×3", "5×5")}
    assert pair.cost()[0] == 16 * 32 * 64
    assert pair.numbers_differ


def test_a_layer_more_and_one_less():
    assert changes(edits.insert(TUTORIAL, (5,), Dropout(rate=0.5))) == [("added", (5,), {})]
    assert changes(edits.delete(TUTORIAL, (1,))) == [("removed", (1,), {})]


def test_another_type_in_its_place():
    other = edits.replace(TUTORIAL, (1,), AveragePooling2D())
    assert changes(other) == [("removed", (1,), {}), ("added", (1,), {})]


@settings(max_examples=60)
@given(networks(), networks())
def test_every_layer_is_told_of_once(one, other):
    """Both sides come out whole and in order, and the same network has no differences."""
    before, after = analyze(one), analyze(other)
    found = diff(before, after)
    assert [pair.before for pair in found if pair.before] == list(before.rows)
    assert [pair.after for pair in found if pair.after] == list(after.rows)
    assert all(pair.change == "same" for pair in diff(before, before))


def test_a_deep_network_of_layers_alike():
    """Those that are many are not taken for junk."""
    same = Dropout(rate=0.1)
    deep = Network("deep", (9,), (same,) * 150 + (ReLU(),) + (same,) * 150)
    found = diff(analyze(deep), analyze(edits.change(deep, (150,), max_value=6.0)))
    assert [(pair.change, pair.after.path) for pair in found if pair.change != "same"] == [("changed", (150,))]


def test_findings_that_are_gone_and_new():
    before, after = analyze(TUTORIAL), analyze(edits.change(TUTORIAL, (3,), padding="same"))
    gone, new = findings(before, after)
    assert ([check.code for check in gone], [check.code for check in new]) == (["dropped"], ["dense-heavy"])
    assert findings(after, before) == (new, gone)
    assert findings(before, before) == ((), ())
    moved = analyze(edits.insert(TUTORIAL, (0,), Dropout(rate=0.1)))
    assert findings(before, moved) == ((), ())
