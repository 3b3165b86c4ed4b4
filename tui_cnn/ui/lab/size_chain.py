"""A chain of windows that can be changed number by number."""

from typing import ClassVar

import msgspec
from rich.console import RenderableType
from textual import events
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.lab.sizes import Slide, read_windows, write_windows
from tui_cnn.ui.lab.actions import CHAIN
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.images import ImageStore
from tui_cnn.ui.lab.sizes_drawing import COLUMNS, ChainCursor, chain_table

_LEAST = (1, 0, 1)
_MOST = 999
_MOST_ROWS = 16


class Chain(Bench):
    """A line a window; arrows move, digits and + − change the number in brackets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHAIN.bindings(),
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"chain--bar"}
    HAS_FORM = False

    auto_links = False
    settings: SizesSettings

    def __init__(self, settings: SizesSettings, images: ImageStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(settings, images, id=id)
        self.border_title = _("Output size, layer by layer")
        self.apply(settings)

    def apply(self, settings: msgspec.Struct) -> None:
        """Show another chain."""
        if isinstance(settings, SizesSettings):
            self._cursor = ChainCursor()
            self._show(settings.n, read_windows(settings.windows))

    def _show(self, n: int, slides: tuple[Slide, ...]) -> None:
        self._n, self._slides = n, slides
        self.settings = SizesSettings(n=n, windows=write_windows(slides))
        self.refresh()

    def render(self) -> RenderableType:
        """Draw the table."""
        bar = self.get_component_rich_style("chain--bar", partial=True)
        width = self.content_size.width
        return chain_table(self._n, self._slides, self._cursor, focus=self.has_focus, bar=bar, room=width)

    def action_move(self, down: int, across: int) -> None:
        """Move the cursor."""
        self.action_select_cell(self._cursor.row + down, self._cursor.column + across)

    def action_select_cell(self, row: int, column: int) -> None:
        """Put the cursor on a number, the nearest that there is."""
        row = max(0, min(row, len(self._slides)))
        self._cursor = ChainCursor(row, max(0, min(column, len(COLUMNS) - 1)))
        self.refresh()

    def action_change(self, by: int) -> None:
        """Make the number larger or smaller."""
        row, column, _typed = self._cursor
        self._put((self._slides[row - 1][column] if row else self._n) + by)
        self._cursor = self._cursor._replace(typed="")

    def action_add_window(self) -> None:
        """Add a window like the one under the cursor, below it."""
        if len(self._slides) < _MOST_ROWS:
            row = self._cursor.row
            like = self._slides[row - 1] if row else Slide(3)
            self._show(self._n, (*self._slides[:row], like, *self._slides[row:]))
            self.action_move(1, 0)

    def action_delete_window(self) -> None:
        """Delete the window under the cursor, unless it is the last."""
        row = self._cursor.row
        if row and len(self._slides) > 1:
            self._show(self._n, (*self._slides[: row - 1], *self._slides[row:]))
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
            self._show(self._n, (*self._slides[: row - 1], changed, *self._slides[row:]))
        else:
            self._show(value, self._slides)
