"""What the screen's process holds, in a real terminal: it stays below a limit, however long one walks about."""

import gc

from tests.ui.driven_program import DrivenProgram
from tests.ui.random_keys import write_runs
from tui_cnn.ui.application import gc_policy

LIMIT = 120
"""Megabytes."""


def test_rounds_through_the_screens(home):
    write_runs()
    with DrivenProgram(home) as program:
        for _round in range(30):
            for key in "2541":
                program.press(key)
                program.settle(composing=False)
        assert program.megabytes < LIMIT


class Held:
    """One of two objects that hold each other, and are counted."""

    alive = 0

    def __init__(self):
        Held.alive += 1
        self.other = [self]

    def __del__(self):
        Held.alive -= 1


def test_what_nothing_holds_any_more_is_bounded():
    before = gc.get_threshold()
    try:
        gc_policy.limit_garbage()
        most = 0
        for _each in range(300_000):
            Held()
            most = max(most, Held.alive)
    finally:
        gc.set_threshold(*before)
    assert most < 100_000
