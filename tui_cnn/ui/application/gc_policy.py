"""When garbage is collected: as much as Textual leaves behind, and while no key comes.

Each visit to a screen styles its widgets anew and leaves some thousands of objects that hold each other. They outlive
two young generations, so that only a search through everything finds them, which takes up to a tenth of a second.
"""

import gc
import time

from textual import events
from textual.app import App

_CHECK = 0.5
"""Seconds between two looks at whether there is something to collect."""

_QUIET = 1.0
"""Seconds without a key or the mouse after which none is likely to be delayed."""

_YOUNG, _MIDDLE, _MOST = 5_000, 5, 3
"""After 3 · 5 · 5,000 new objects garbage is collected also while keys come: some 10 MB."""


def limit_garbage() -> None:
    """Let Python search through everything after so many new objects, and seldom before."""
    gc.set_threshold(_YOUNG, _MIDDLE, _MOST)


class QuietCollection:
    """Collects garbage while nobody types, so that it is seldom done while somebody does."""

    def __init__(self) -> None:
        self._last_input = 0.0

    def start(self, app: App[None]) -> None:
        """Begin to look for quiet moments."""
        app.set_interval(_CHECK, self._collect)

    def note(self, event: events.Event) -> None:
        """Note that a key came, or the mouse."""
        if isinstance(event, events.InputEvent):
            self._last_input = time.monotonic()

    def _collect(self) -> None:
        if gc.get_count()[2] and time.monotonic() - self._last_input > _QUIET:
            gc.collect()
