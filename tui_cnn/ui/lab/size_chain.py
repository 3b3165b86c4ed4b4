"""A chain of windows that can be changed number by number."""

from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui_cnn.i18n import _
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.lab.sizes import Slide, read_windows, write_windows
from tui_cnn.ui.lab.actions import CHAIN
from tui_cnn.ui.lab.sizes_drawing import COLUMNS, ChainCursor, chain_table
from tui_cnn.ui.lab.tones import tones

_LEAST = (1, 0, 1)
_MOST = 999
_MOST_ROWS = 16


class Chain(Widget, can_focus=True):
    """A line a window; arrows move, digits and + − change the number in brackets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHAIN.bindings(),
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
    ]
    DEFAULT_CSS = """
    Chain {
        height: 1fr;
        padding: 1 2;
        border-top: solid $foreground 20%;
        border-title-color: $text-muted;
        &:focus { border-title-color: $text; border-title-style: bold; }
    }
    """

    def __init__(self, settings: SizesSettings, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = _("Output size, layer by layer")
        self.set(settings)

    def set(self, settings: SizesSettings) -> None:
        """Show another chain."""
        self._n, self._slides = settings.n, read_windows(settings.windows)
        self._cursor = ChainCursor()
        self.refresh()

    @property
    def settings(self) -> SizesSettings:
        """The chain as it stands."""
        return SizesSettings(n=self._n, windows=write_windows(self._slides))

    def render(self) -> RenderableType:
        """Draw the table."""
        return chain_table(self._n, self._slides, self._cursor, tones(self), focus=self.has_focus)

    def action_move(self, down: int, across: int) -> None:
        """Move the cursor."""
        row = max(0, min(self._cursor.row + down, len(self._slides)))
        column = max(0, min(self._cursor.column + across, len(COLUMNS) - 1))
        self._cursor = ChainCursor(row, column)
        self.refresh()

    def change(self, by: int) -> None:
        """Make the number larger or smaller."""
        row, column, _typed = self._cursor
        now = self._slides[row - 1][column] if row else self._n
        self._put(now + by)
        self._cursor = self._cursor._replace(typed="")

    def add(self) -> None:
        """Add a window like the one under the cursor, below it."""
        if len(self._slides) < _MOST_ROWS:
            row = self._cursor.row
            like = self._slides[row - 1] if row else Slide(3)
            self._slides = (*self._slides[:row], like, *self._slides[row:])
            self.action_move(1, 0)

    def delete(self) -> None:
        """Delete the window under the cursor, unless it is the last."""
        row = self._cursor.row
        if row and len(self._slides) > 1:
            self._slides = (*self._slides[: row - 1], *self._slides[row:])
            self.action_move(0, 0)

    def on_key(self, event: events.Key) -> None:
        """Take digits; the screens' own keys are not meant while a number is typed."""
        typed = self._cursor.typed
        if event.character is not None and event.character.isdecimal() and event.character.isascii():
            typed += event.character
        elif event.key == "backspace":
            typed = typed[:-1]
        else:
            return
        event.stop()
        event.prevent_default()
        self._cursor = self._cursor._replace(typed=typed[-3:])
        self._put(int(typed[-3:] or 0))

    def _put(self, value: int) -> None:
        row, column, _typed = self._cursor
        value = max(_LEAST[column] if row else 1, min(value, _MOST))
        if row:
            changed = self._slides[row - 1]._replace(**{COLUMNS[column]: value})
            self._slides = (*self._slides[: row - 1], changed, *self._slides[row:])
        else:
            self._n = value
        self.refresh()
