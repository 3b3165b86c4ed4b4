"""The only module that uses private parts of Textual: to write less to the terminal, and to remove single notices.

All of it can be done without. In a release of Textual whose private parts differ, more is written to the terminal and
more notices are shown at once; nothing else changes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from rich.console import Console, RenderableType
from rich.segment import Segment
from textual import on
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.notifications import Notify
from textual.screen import Screen
from textual.strip import Strip

from tui_cnn.ui.toolkit.diff_renderer import TerminalBuffer
from tui_cnn.visible import without_acting

try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:

    class CompositorUpdate:  # type: ignore[no-redef]
        """Takes the place of a class that this release of Textual lacks: nothing is one of these."""

    ChopsUpdate = LayoutUpdate = CompositorUpdate  # type: ignore[misc,assignment]

_MOST_NOTICES = 3
"""So many notices that are neither warnings nor errors are shown at once."""

enabled = True
"""Whether private parts are used at all."""

_MOVED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What goes wrong where a private part has another form than here."""


class _Gate(LineFilter):
    """Leaves out characters that act on a terminal; they have no width, so that all else stays in its place."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without such characters."""
        return [
            segment if segment.control else Segment(without_acting(segment.text), segment.style) for segment in segments
        ]


_GATE = _Gate()


class AdaptedApp(App[None]):
    """An app that writes only what differs, does not pile notices up, and can be called by late threads."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = TerminalBuffer()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing through that acts on the terminal, whatever a widget was given to show."""
        return [*super().get_line_filters(), _GATE]

    def on_mount(self) -> None:
        """Write everything anew after another program had the terminal."""
        self.app_resume_signal.subscribe(self, lambda _app: self.terminal.forget())

    def on_resize(self) -> None:
        """Write everything anew: a terminal that changes its size may have moved what stood there."""
        self.terminal.forget()

    def call_from_thread(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call something on the thread of the screen; when the app is closing it comes too late, and is dropped."""

        def unless_closing() -> Any:
            return callback(*args, **kwargs) if self.is_running else None

        return super().call_from_thread(unless_closing)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if enabled and isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = cast("RenderableType", DifferingCells(renderable, self.terminal))
        super()._display(screen, renderable)

    @on(Notify)
    def _make_room(self, event: Notify) -> None:
        """Remove the same notice if it is shown already, and the oldest that are neither warnings nor errors."""
        remove: Callable[..., object] | None = getattr(self, "_unnotify", None)
        if not enabled or remove is None:
            return
        new, shown = event.notification, list(getattr(self, "_notifications", ()))
        same = [notice for notice in shown if (notice.message, notice.title) == (new.message, new.title)]
        minor = [notice for notice in shown if notice.severity == "information" and notice not in same]
        oldest = minor[: len(minor) + 1 - _MOST_NOTICES] if new.severity == "information" else []
        for notice in (*same, *oldest):
            remove(notice, refresh=False)


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
