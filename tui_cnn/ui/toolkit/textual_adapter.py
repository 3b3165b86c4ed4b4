"""The only module that uses private parts of Textual: to write less to the terminal, and to remove single notices.

All of it can be done without. In a release of Textual whose private parts differ, more is written to the terminal and
more notices are shown at once; nothing else changes.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from rich.console import Console, RenderableType
from textual.app import App
from textual.notifications import Notification
from textual.screen import Screen
from textual.strip import Strip

from tui_cnn.ui.toolkit.diff_renderer import TerminalBuffer

try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:

    class CompositorUpdate:  # type: ignore[no-redef]
        """Takes the place of a class that this release of Textual lacks: nothing is one of these."""

    ChopsUpdate = LayoutUpdate = CompositorUpdate  # type: ignore[misc,assignment]

enabled = True
"""Whether private parts are used at all."""

_MOVED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What goes wrong where a private part has another form than here."""


class AdaptedApp(App[None]):
    """An app that writes to the terminal only what differs from what stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = TerminalBuffer()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if enabled and isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = cast("RenderableType", DifferingCells(renderable, self.terminal))
        super()._display(screen, renderable)


class DifferingCells(CompositorUpdate):
    """An update of the screen that writes no more than it must."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, terminal: TerminalBuffer) -> None:
        self._update = update
        self._terminal = terminal

    def render_segments(self, console: Console) -> str:
        """Return what to write to the terminal: the whole update where it cannot be taken apart."""
        try:
            strips = list(_strips(self._update))
        except _MOVED:
            self._terminal.forget()
            return self._update.render_segments(console)
        return self._terminal.render(strips, console)


def _strips(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update with their places, row and column."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= last and end > first:
                yield y, x, chop if end <= last else chop.crop(0, last - x)


def shown_notices(app: App[Any]) -> list[Notification]:
    """Return the notices on the screen, the oldest first; none where they cannot be known."""
    return list(getattr(app, "_notifications", ())) if enabled else []


def remove_notice(app: App[Any], notice: Notification) -> None:
    """Remove a notice from the screen, when the next one is shown."""
    remove: Callable[..., object] | None = getattr(app, "_unnotify", None)
    if enabled and remove is not None:
        remove(notice, refresh=False)
