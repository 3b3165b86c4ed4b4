"""A screen that nobody touches writes nothing: each byte wakes a browser, an SSH connection and a battery."""

import time

import pytest

from tests.ui.driven_program import DrivenProgram

SECONDS = 2.5
"""Longer than the interval of any timer of a screen."""


def written_while_idle(program):
    """Return what comes within some seconds."""
    before, end = len(program.output), time.monotonic() + SECONDS
    while (left := end - time.monotonic()) > 0:
        try:
            program._read(left)
        except TimeoutError:
            break
    return bytes(program.output[before:])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_no_screen_writes_while_nothing_happens(tmp_path, size):
    with DrivenProgram(tmp_path, columns=size[0], rows=size[1]) as program:
        for key in "123456":
            program.press(key)
            program.settle()
            time.sleep(1.5)  # what a screen reads from the disk when it is opened has come
            program.settle()
            assert written_while_idle(program) == b"", key
