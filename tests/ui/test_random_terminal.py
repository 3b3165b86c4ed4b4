"""Keys and sizes at random in a real terminal: what stands there is what Textual composed, cell by cell."""

import random

import pytest

from tests.terminal import Grid
from tests.ui.driven_program import DrivenProgram
from tests.ui.random_keys import strike, write_runs


def shows_what_was_composed(program):
    for _moment in range(20):  # a clock or a thread may change something between painting and telling
        composed = Grid(*program.size)
        composed.write(program.settle().composed)
        if program.grid.looks == composed.looks:
            return True
    return False


@pytest.mark.parametrize(("seed", "size"), [(0, (120, 40)), (1, (80, 24)), (2, (120, 40)), (3, (80, 24))])
def test_the_terminal_shows_what_was_composed(seed, size, home):
    dice = random.Random(seed)
    write_runs()
    with DrivenProgram(home, columns=size[0], rows=size[1]) as program:
        struck = []
        for _burst in range(15):
            struck.append(strike(program, dice))
            assert shows_what_was_composed(program), struck


def test_nothing_stays_of_what_a_lesson_moves_while_its_panel_is_hidden(home):
    with DrivenProgram(home, columns=80, rows=24) as program:
        for key in ("4", *("p", "n", "c") * 4):  # when its panel asks to be painted is not always the same
            program.press(key)
            assert shows_what_was_composed(program), key
