"""Edits: what one undoes the other did, wherever in the tree, and nothing that was given changes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import any_layers, networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Dropout, Flatten
from tui_cnn.core.network import Network, walk

A, B, C, D = (Dense(units=units) for units in (1, 2, 3, 4))
TREE = Network("tree", (9,), (A, Block(name="inner", layers=(B, C)), Branches(branches=((A, B), (), (C,)))))


@st.composite
def places(draw, room=0):
    """A network and a path in it; with `room`, also the places after the last layers."""
    network = draw(networks())
    paths = [path for path, _ in walk(network.layers)]
    path = draw(st.sampled_from(paths))
    return network, (*path[:-1], path[-1] + draw(st.integers(0, room)))


@given(places(room=1), any_layers())
def test_insert_then_delete(place, layer):
    network, path = place
    inserted = edits.insert(network, path, layer)
    assert edits.layer_at(inserted, path) == layer
    assert len(edits.stack_at(inserted, path)) == len(edits.stack_at(network, path)) + 1
    assert edits.delete(inserted, path) == network


@given(places())
def test_delete_then_insert(place):
    network, path = place
    layer = edits.layer_at(network, path)
    assert edits.insert(edits.delete(network, path), path, layer) == network


@given(places(), st.data())
def test_move_and_back(place, data):
    network, path = place
    stack = edits.stack_at(network, path)
    to = data.draw(st.integers(0, len(stack) - 1))
    moved = edits.move(network, path, to)
    there = (*path[:-1], to)
    assert edits.layer_at(moved, there) == edits.layer_at(network, path)
    rest = [layer for place, layer in enumerate(stack) if place != path[-1]]
    assert [layer for place, layer in enumerate(edits.stack_at(moved, there)) if place != to] == rest
    assert edits.move(moved, there, path[-1]) == network


@given(places())
def test_duplicate(place):
    network, path = place
    twice = edits.duplicate(network, path)
    copy = (*path[:-1], path[-1] + 1)
    assert edits.layer_at(twice, path) == edits.layer_at(network, path)
    assert edits.layer_at(twice, copy) == msgspec.structs.replace(edits.layer_at(network, path), name="")
    assert edits.delete(twice, copy) == network


@given(places(), any_layers())
def test_replace_and_back(place, layer):
    network, path = place
    replaced = edits.replace(network, path, layer)
    assert edits.layer_at(replaced, path) == layer
    assert edits.replace(replaced, path, edits.layer_at(network, path)) == network


@given(places(room=1), any_layers())
def test_nothing_is_mutated(place, layer):
    network, path = place
    before = msgspec.json.encode(network)
    edits.insert(network, path, layer)
    if path in dict(walk(network.layers)):
        edits.delete(network, path)
        edits.duplicate(network, path)
        edits.move(network, path, 0)
    assert msgspec.json.encode(network) == before


@given(networks())
def test_layers_are_where_walk_says(network):
    for path, layer in walk(network.layers):
        assert edits.layer_at(network, path) is layer


def test_paths_into_the_tree():
    assert edits.stack_at(TREE, (0,)) == TREE.layers
    assert edits.stack_at(TREE, (1, 0)) == (B, C)
    assert edits.stack_at(TREE, (2, 1, 0)) == ()
    assert edits.layer_at(TREE, (2, 2, 0)) == C
    assert edits.insert(TREE, (2, 1, 0), D).layers[2] == Branches(branches=((A, B), (D,), (C,)))
    assert edits.delete(TREE, (1, 0)).layers[1] == Block(name="inner", layers=(C,))
    assert edits.move(TREE, (2, 0, 1), 0).layers[2] == Branches(branches=((B, A), (), (C,)))
    assert edits.duplicate(TREE, (1,)).layers[2] == Block(layers=(B, C))


@pytest.mark.parametrize(
    "path", [(3,), (-1,), (0, 0), (1, 2), (1, -1), (2, 0), (2, 3, 0), (2, 0, 2), (2, 1, 0), (2, -1, 0), (1, 0, 0)]
)
def test_a_path_to_nowhere(path):
    for edit in (edits.layer_at, edits.delete, edits.duplicate):
        with pytest.raises(IndexError):
            edit(TREE, path)
    with pytest.raises(IndexError):
        edits.move(TREE, path, 0)
    with pytest.raises(IndexError):
        edits.replace(TREE, path, D)


@pytest.mark.parametrize("path", [(4,), (-1,), (0, 0), (2, 0), (2, 3, 0), (2, 1, 1)])
def test_no_room_there(path):
    with pytest.raises(IndexError):
        edits.insert(TREE, path, D)


@pytest.mark.parametrize("to", [-1, 3])
def test_no_room_to_move_to(to):
    with pytest.raises(IndexError):
        edits.move(TREE, (0,), to)


def test_change():
    changed = edits.change(TREE, (1, 1), units=7, name="head")
    assert edits.layer_at(changed, (1, 1)) == Dense(units=7, name="head")
    assert (
        edits.layer_at(
            edits.change(Network("n", (9,), (Conv2D(filters=1, kernel_size=(1, 1)),)), (0,), filters=2), (0,)
        ).filters
        == 2
    )


def test_the_network_itself():
    assert edits.rename(TREE, "oak") == Network("oak", (9,), TREE.layers)
    assert edits.set_input_shape(TREE, (28, 28, 1)) == Network("tree", (28, 28, 1), TREE.layers)


def test_what_an_edit_leaves_alone_is_shared():
    edited = edits.insert(TREE, (2, 1, 0), Flatten())
    assert edited.layers[1] is TREE.layers[1]
    assert edited.layers[2].branches[0] is TREE.layers[2].branches[0]


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_muted_or_frozen_block_holds_stays_so_when_it_is_unwrapped(times):
    held = (Conv2D(filters=2, kernel_size=(1, 1)), Dropout(rate=0.5))
    for fields in ({"muted": True}, {"trainable": False}):
        network = Network("n", (4, 4, 1), (Block(repeat=times, layers=held, **fields), Flatten(), Dense(units=2)))
        unwrapped, count = edits.unwrap(network, (0,))
        assert count == 2 * times
        assert analyze(unwrapped).totals == analyze(network).totals
        assert all(layer.muted == fields.get("muted", False) for layer in unwrapped.layers[:count])
        assert unwrapped.layers[0].trainable == fields.get("trainable", True)
        assert unwrapped.layers[1].trainable, "a dropout has nothing that could be frozen"
