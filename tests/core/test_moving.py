"""Layers dropped on a line of the tree: worked by hand, and for any tree nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.core import edits
from tui_cnn.core.layers import Activation, Block, Branches, Dense, Dropout, Flatten
from tui_cnn.core.moving import drop, span_between
from tui_cnn.core.network import Network, inside

A, B, C, D = Dense(units=1), Dense(units=2), Dense(units=3), Dense(units=4)
BLOCK = Block(name="block", layers=(C, D))
BRANCHES = Branches(branches=((C,), ()), merge="add")


def net(*layers):
    return Network("n", (4,), layers)


def always(_path):
    return True


def never(_path):
    return False


@pytest.mark.parametrize(
    ("network", "path", "count", "onto", "is_open", "expected", "at"),
    [
        (net(A, B, C, D), (0,), 1, (2,), always, net(B, C, A, D), (2,)),
        (net(A, B, C, D), (3,), 1, (1,), always, net(A, D, B, C), (1,)),
        (net(A, B, C, D), (0,), 2, (3,), always, net(C, D, A, B), (2,)),
        (net(A, B, C, D), (1,), 2, (2,), always, net(A, B, C, D), (1,)),
        (net(A, B, C, D), (2,), 1, (), always, net(C, A, B, D), (0,)),
        (net(A, BLOCK, B), (0,), 1, (1,), never, net(BLOCK, A, B), (1,)),
        (net(A, BLOCK, B), (0,), 1, (1,), always, net(Block(name="block", layers=(A, C, D)), B), (0, 0)),
        (net(A, BLOCK, B), (2,), 1, (1,), always, net(A, B, BLOCK), (1,)),
        (net(A, BLOCK, B), (2,), 1, (1, 1), always, net(A, Block(name="block", layers=(C, B, D))), (1, 1)),
        (net(A, BLOCK, B), (0,), 1, (1, 1), always, net(Block(name="block", layers=(C, D, A)), B), (0, 2)),
        (net(A, BLOCK, B), (1, 0), 1, (2,), always, net(A, Block(name="block", layers=(D,)), B, C), (3,)),
        (net(A, BLOCK, B), (1, 0), 1, (0,), always, net(C, A, Block(name="block", layers=(D,)), B), (0,)),
        (net(A, BRANCHES), (0,), 1, (1, 1), always, net(Branches(branches=((C,), (A,)), merge="add")), (0, 1, 0)),
        (net(A, BRANCHES), (0,), 1, (1,), always, net(Branches(branches=((A, C), ()), merge="add")), (0, 0, 0)),
        (net(BRANCHES, A), (0, 0, 0), 1, (0, 1), always, net(Branches(branches=((), (C,)), merge="add"), A), (0, 1, 0)),
        (net(A, BLOCK), (1,), 1, (1, 0), always, net(A, BLOCK), (1,)),
    ],
)
def test_dropped_layers_stand_where_a_reader_expects_them(network, path, count, onto, is_open, expected, at):
    assert drop(network, path, count, onto, is_open) == (expected, at)


LEAVES = st.sampled_from([A, B, Flatten(), Dropout(rate=0.5), Activation(activation="relu")])
LAYERS = st.recursive(
    LEAVES,
    lambda held: (
        st.builds(lambda layers: Block(name="b", layers=tuple(layers)), st.lists(held, max_size=3))
        | st.builds(
            lambda one, two: Branches(branches=(tuple(one), tuple(two)), merge="add"),
            st.lists(held, max_size=2),
            st.lists(held, max_size=2),
        )
    ),
    max_leaves=8,
)


def lines(layers, prefix=()):
    """Every line of the open tree: the paths of layers and of branches."""
    for place, layer in enumerate(layers):
        path = (*prefix, place)
        yield path
        if isinstance(layer, Block):
            yield from lines(layer.layers, path)
        for number, branch in enumerate(layer.branches if isinstance(layer, Branches) else ()):
            yield (*path, number)
            yield from lines(branch, (*path, number))


def kinds(network):
    """What there is of each layer that holds no others."""
    held = (layer for place, top in enumerate(network.layers) for _path, layer in ((None, top), *inside(top, (place,))))
    return sorted(repr(layer) for layer in held if not isinstance(layer, Block | Branches))


@given(st.lists(LAYERS, min_size=1, max_size=4), st.data())
def test_nothing_is_lost_wherever_it_is_dropped(layers, data):
    network = net(*layers)
    places = list(lines(network.layers))
    paths = [path for path in places if _is_layer(network, path)]
    path, onto = data.draw(st.sampled_from(paths)), data.draw(st.sampled_from([(), *places]))
    is_open = data.draw(st.sampled_from([always, never]))
    moved, at = drop(network, path, 1, onto, is_open)
    assert edits.layer_at(moved, at) == edits.layer_at(network, path)
    assert kinds(moved) == kinds(network)


@given(st.lists(LAYERS, min_size=1, max_size=4), st.data())
def test_whatever_two_lines_a_range_goes_between_it_has_layers(layers, data):
    network = net(*layers)
    places = st.sampled_from(list(lines(network.layers)))
    one, other = data.draw(places), data.draw(places)
    span = span_between(network, one, other)
    assert len(edits.layers_at(network, *span)) == span.length
    assert all(path[: len(span.path) - 1] == span.path[:-1] for path in (one, other))


def test_a_range_that_begins_and_ends_on_a_branch_has_all_branches():
    network = net(Dense(units=1), Branches(branches=((), (Flatten(),)), merge="add"))
    assert span_between(network, (1, 0), (1, 0)) == ((1,), 1)


def _is_layer(network, path):
    try:
        edits.layer_at(network, path)
    except IndexError:
        return False
    return True
