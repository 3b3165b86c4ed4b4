"""A list of options that bears every key."""

from contextlib import suppress
from typing import Literal

from textual.widgets import OptionList


class Options(OptionList):
    """Textual's own falls over a page key that comes before it has any lines, or has room for none."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        with suppress(KeyError):
            super()._move_page(direction)
