"""Edits of the tree: wrapping, branches, moving through the ends of containers, quick edits, sums of containers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import networks
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.edits import (
    add_branch,
    delete_branch,
    duplicate_branch,
    is_branch,
    move_branch,
    unwrap,
    wrap_in_block,
    wrap_in_branches,
)
from tui_cnn.core.layers import Activation, Block, Branches, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tui_cnn.core.moving import step
from tui_cnn.core.network import Network, walk
from tui_cnn.core.quick_edits import quick_edit
from tui_cnn.core.rows import sums
from tui_cnn.formats.presets import preset, preset_names

A, B, C, D = (Dense(units=units) for units in (1, 2, 3, 4))
TREE = Network("tree", (9,), (A, Block(name="inner", layers=(B, C)), Branches(branches=((A, B), (), (C,)))))


@st.composite
def spans(draw):
    """A network, a path in it, and how many layers from there on."""
    network = draw(networks())
    path = draw(st.sampled_from([path for path, _ in walk(network.layers)]))
    return network, path, draw(st.integers(1, len(edits.stack_at(network, path)) - path[-1]))


@given(spans(), st.sampled_from([wrap_in_block, wrap_in_branches]))
def test_wrap_and_unwrap(span, wrap):
    network, path, count = span
    wrapped = wrap(network, path, count)
    assert len(edits.stack_at(wrapped, path)) == len(edits.stack_at(network, path)) - count + 1
    assert unwrap(wrapped, path) == (network, count)


@given(spans())
def test_a_range_copied_and_deleted(span):
    network, path, count = span
    twice = edits.duplicate(network, path, count)
    assert edits.delete(twice, (*path[:-1], path[-1] + count), count) == network


@given(spans(), st.booleans(), st.sampled_from([1, -1]))
def test_a_step_and_back(span, opened, by):
    network, path, count = span

    def is_open(_path):
        return opened

    moved = step(network, path, count, by, is_open)
    assert edits.layers_at(moved.network, moved.path, count) == edits.layers_at(network, path, count)
    assert sum(1 for _ in walk(moved.network.layers)) == sum(1 for _ in walk(network.layers))
    if opened and moved.path != path:
        assert step(*moved[:1], moved.path, count, -by, is_open) == (network, path)


def test_where_a_step_leads():
    def walked(path, by, count=1, opened=True):
        found, network = [], TREE
        while True:
            network, after = step(network, path, count, by, lambda _: opened)
            if after == path:
                return found
            found.append(path := after)

    assert walked((0,), 1, opened=False) == [(1,), (2,)]
    assert walked((0,), 1) == [
        (0, 0), (0, 1), (0, 2), (1,), (1, 0, 0), (1, 0, 1), (1, 0, 2), (1, 1, 0), (1, 2, 0), (1, 2, 1), (2,),
    ]  # fmt: skip
    assert walked((2, 2, 0), -1) == [
        (2, 1, 0),
        (2, 0, 2),
        (2, 0, 1),
        (2, 0, 0),
        (2,),
        (1, 2),
        (1, 1),
        (1, 0),
        (1,),
        (0,),
    ]
    assert walked((1, 0), 1, count=2) == [(2,), (2, 0, 0), (2, 0, 1), (2, 0, 2), (2, 1, 0), (2, 2, 0), (2, 2, 1), (3,)]


def test_unwrapping_branches_needs_one_to_keep():
    assert unwrap(TREE, (2,)) == (TREE, 0)
    assert unwrap(TREE, (2, 0))[0].layers == (*TREE.layers[:2], A, B)
    assert unwrap(TREE, (2, 1)) == (edits.delete(TREE, (2,)), 0)
    assert unwrap(TREE, (0,)) == (TREE, 0)


def test_branches():
    def held(network):
        return network.layers[2].branches

    assert is_branch(TREE, (2, 1))
    assert not any(is_branch(TREE, path) for path in [(), (0,), (1,), (1, 0), (2,), (2, 0, 1)])
    assert held(add_branch(TREE, (2, 1))) == ((A, B), (), (), (C,))
    assert held(delete_branch(TREE, (2, 1))) == ((A, B), (C,))
    assert delete_branch(delete_branch(TREE, (2, 1)), (2, 0)) == delete_branch(TREE, (2, 1)), "two are the fewest"
    assert held(duplicate_branch(TREE, (2, 0))) == ((A, B), (A, B), (), (C,))
    assert held(move_branch(TREE, (2, 0), 2)) == ((), (C,), (A, B))
    assert move_branch(TREE, (2, 0), 3) == move_branch(TREE, (2, 0), -1) == TREE
    with pytest.raises(IndexError):
        add_branch(TREE, (1, 0))


@pytest.mark.parametrize(
    ("way", "layer", "after"),
    [
        ("wider", Conv2D(filters=24, kernel_size=(3, 3)), {"filters": 48}),
        ("wider", Dense(units=1_000_000), {}),
        ("narrower", Dense(units=1), {}),
        ("narrower", Dense(units=7), {"units": 3}),
        ("larger", Conv2D(filters=1, kernel_size=(3, 4)), {"kernel_size": (5, 5)}),
        ("larger", Conv2D(filters=1, kernel_size=(1023, 1)), {}),
        ("smaller", Conv2D(filters=1, kernel_size=(1, 5)), {"kernel_size": (1, 3)}),
        ("smaller", MaxPooling2D(pool_size=(3, 3)), {"pool_size": (2, 2)}),
        ("stride", Conv2D(filters=1, kernel_size=(3, 3)), {"strides": (2, 2)}),
        ("stride", Conv2D(filters=1, kernel_size=(3, 3), strides=(3, 1)), {"strides": (1, 1)}),
        ("stride", MaxPooling2D(), {"strides": (1, 1)}),
        ("stride", MaxPooling2D(strides=(1, 1)), {"strides": None}),
        ("stride", MaxPooling2D(pool_size=(3, 3), strides=(1, 1)), {"strides": (2, 2)}),
        ("padding", MaxPooling2D(), {"padding": "same"}),
        ("padding", Conv2D(filters=1, kernel_size=(3, 3), padding="same"), {"padding": "valid"}),
        ("function", Conv2D(filters=1, kernel_size=(3, 3)), {"activation": "relu"}),
        ("function", Dense(units=1, activation="sparsemax"), {"activation": "linear"}),
        ("function", Activation(activation="softmax"), {"activation": "linear"}),
        ("function", Branches(branches=((), ())), {"merge": "concatenate"}),
        ("wider", Flatten(), None), ("larger", Dropout(rate=0.5), None), ("stride", Flatten(), None),
        ("padding", Dense(units=1), None), ("function", MaxPooling2D(), None),
    ],
)  # fmt: skip
def test_quick_edits(way, layer, after):
    edited = quick_edit(layer, way)
    if after is None:
        assert edited is None
    else:
        before = {field: getattr(layer, field) for field in layer.__struct_fields__}
        assert {field: getattr(edited, field) for field in layer.__struct_fields__} == before | after


@pytest.mark.parametrize("name", preset_names())
def test_sums_of_the_top_add_up_to_the_totals(name):
    analysis = analyze(preset(name))
    found = sums(analysis)
    top = [row for row in analysis.rows if len(row.path) == 1]
    params = sum(found[r.path].params if r.holds_layers else r.figures.parameters.total for r in top)
    macs = sum(found[r.path].macs if r.holds_layers else r.figures.macs.value for r in top)
    assert (params, macs) == (analysis.totals.params, analysis.totals.macs)
    for row in analysis.rows:
        if isinstance(row.layer, Branches):
            parts = [found[(*row.path, number)] for number in range(len(row.layer.branches))]
            assert tuple(map(sum, zip(*parts, strict=True))) == found[row.path]
