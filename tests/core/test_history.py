"""Undo and redo: back to the first, forward to the last, however long the way."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tui_cnn.core.history import EditHistory, HistoryStep
from tui_cnn.core.layers import Flatten
from tui_cnn.core.network import Network


def step(number):
    return HistoryStep(Network(f"n{number}", (number + 1,), (Flatten(),)), (0,), f"edit {number}")


def test_nothing_to_undo_or_redo():
    history = EditHistory(step(0))
    assert history.undo() is history
    assert history.redo() is history


@given(st.integers(1, 50))
def test_all_the_way_back_and_forth(count):
    steps = [step(number) for number in range(count + 1)]
    history = EditHistory(steps[0])
    for pushed in steps[1:]:
        history = history.push(pushed)
    for expected in reversed(steps[:-1]):
        history = history.undo()
        assert history.present == expected
    assert history.past is None
    for expected in steps[1:]:
        history = history.redo()
        assert history.present == expected
    assert history.future is None


def test_a_push_gives_up_the_future():
    history = EditHistory(step(0)).push(step(1)).push(step(2)).undo().push(step(3))
    assert history.future is None
    assert history.redo() is history
    assert history.undo().present == step(1)


def test_ten_thousand_edits():
    history = EditHistory(step(0))
    for number in range(1, 10_001):
        history = history.push(step(number))
    for _ in range(10_000):
        history = history.undo()
    assert history.present == step(0)
    for _ in range(10_000):
        history = history.redo()
    assert history.present == step(10_000)


class AgainstTwoLists(RuleBasedStateMachine):
    """The history does what a list with a cursor does."""

    def __init__(self):
        super().__init__()
        self.history = EditHistory(step(0))
        self.steps, self.cursor, self.count = [step(0)], 0, 0

    @rule()
    def push(self):
        self.count += 1
        self.history = self.history.push(step(self.count))
        self.steps = [*self.steps[: self.cursor + 1], step(self.count)]
        self.cursor += 1

    @rule()
    def undo(self):
        self.history = self.history.undo()
        self.cursor = max(0, self.cursor - 1)

    @rule()
    def redo(self):
        self.history = self.history.redo()
        self.cursor = min(len(self.steps) - 1, self.cursor + 1)

    @invariant()
    def agrees(self):
        assert self.history.present == self.steps[self.cursor]
        assert (self.history.past is None) == (self.cursor == 0)
        assert (self.history.future is None) == (self.cursor == len(self.steps) - 1)


TestAgainstTwoLists = AgainstTwoLists.TestCase
