"""A Textual app that writes little to the terminal, does not pile notices up, and can be called by late threads."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.segment import Segment
from textual import on
from textual.color import Color
from textual.filter import LineFilter
from textual.notifications import Notify

from tui_cnn.ui.toolkit.colours import meaning_colours
from tui_cnn.ui.toolkit.textual_adapter import AdaptedApp, remove_notice, shown_notices
from tui_cnn.visible import without_acting

_MOST_NOTICES = 3
"""So many notices that are neither warnings nor errors are shown at once."""


class _Gate(LineFilter):
    """Leaves out characters that act on a terminal; they have no width, so that all else stays in its place."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without such characters."""
        return [
            segment if segment.control else Segment(without_acting(segment.text), segment.style) for segment in segments
        ]


_GATE = _Gate()


class TerminalApp(AdaptedApp):
    """What every app in a terminal would want of Textual."""

    def get_css_variables(self) -> dict[str, str]:
        """Add the colours that mean something in every theme."""
        variables = super().get_css_variables()
        variables |= meaning_colours(variables, dark=self.current_theme.dark)
        self.theme_variables = variables
        return variables

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

    @on(Notify)
    def _make_room(self, event: Notify) -> None:
        """Remove the same notice if it is shown already, and the oldest that are neither warnings nor errors."""
        new = event.notification
        shown = shown_notices(self)
        same = [notice for notice in shown if (notice.message, notice.title) == (new.message, new.title)]
        minor = [notice for notice in shown if notice.severity == "information" and notice not in same]
        oldest = minor[: len(minor) + 1 - _MOST_NOTICES] if new.severity == "information" else []
        for notice in (*same, *oldest):
            remove_notice(self, notice)
