"""Keys and sizes at random in a real terminal: what stands there is what Textual composed, cell by cell."""

import random

import pytest

from tests.terminal import Grid
from tests.ui.driven_program import DrivenProgram
from tests.ui.random_keys import strike, write_runs


@pytest.mark.parametrize("seed", range(3))
def test_the_terminal_shows_what_was_composed(seed, home):
    dice = random.Random(seed)
    write_runs()
    with DrivenProgram(home, columns=120, rows=40) as program:
        struck = []
        for _burst in range(15):
            struck.append(strike(program, dice))
            for _moment in range(20):  # a clock or a thread may change something between painting and telling
                composed = Grid(*program.size)
                composed.write(program.settle().composed)
                if program.grid.looks == composed.looks:
                    break
            assert program.grid.looks == composed.looks, struck
