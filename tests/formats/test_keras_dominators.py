"""Dominators against their definition, and what they cost."""

from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.formats.keras.series_parallel import Dominators


@st.composite
def graphs(draw):
    """For each node after the source, the nodes before it that it takes its input from."""
    count = draw(st.integers(1, 12))
    return [draw(st.lists(st.integers(0, node - 1), min_size=1, max_size=3)) for node in range(1, count)]


def dominators_of(predecessors, node):
    """By definition: the node itself, and what dominates all of its predecessors."""
    if node == 0:
        return {0}
    before = [dominators_of(predecessors, one) for one in predecessors[node - 1]]
    return {node} | set.intersection(*before)


def build(predecessors):
    tree = Dominators()
    for inputs in predecessors:
        tree.add(inputs)
    return tree


@given(graphs(), st.data())
def test_the_definition(predecessors, data):
    tree = build(predecessors)
    count = len(predecessors) + 1
    for node in range(1, count):
        assert tree.parent[node] == max(dominators_of(predecessors, node) - {node})
    nodes = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=4))
    shared = set.intersection(*(dominators_of(predecessors, node) for node in nodes))
    assert tree.common(nodes) == max(shared)
    for ancestor in dominators_of(predecessors, nodes[0]) - {nodes[0]}:
        child = tree.child(ancestor, nodes[0])
        assert tree.parent[child] == ancestor
        assert child in dominators_of(predecessors, nodes[0])


class Counted(list):
    """Counts how often it is looked into."""

    looks = 0

    def __getitem__(self, index):
        Counted.looks += 1
        return super().__getitem__(index)


def test_a_long_way_costs_few_steps():
    tree = build([[node] for node in range(10_000)])
    tree.parent, tree._jump = Counted(tree.parent), Counted(tree._jump)
    Counted.looks = 0
    assert tree.common([10_000, 3]) == 3
    assert tree.child(17, 9_999) == 18
    assert Counted.looks < 300
