"""The sizes page: a chain of convolutions and poolings as a table that can be typed into."""

from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.lab.code import FORMULA_LIBRARIES, Library
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.lab.sizes import Link, Slide, read_windows, write_windows
from tui_cnn.lab.sizes_code import sizes_code
from tui_cnn.ui.lab.actions import CHAIN
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.sizes_view import CHANNELS, COLUMNS, ChainCursor, chain_table

_OF_CONVOLUTIONS = ("d", "filters")
_LEAST = (1, 0, 1, 1, 1)
_MOST, _MOST_CHANNELS = 999, 9999
_MOST_ROWS = 16


class Chain(Bench[SizesSettings]):
    """A line a window; arrows move, digits and + − change the number in brackets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHAIN.bindings(),
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
    ]
    BORDER_TITLE = _("Output size, layer by layer")
    HAS_FORM = False
    LIBRARIES = FORMULA_LIBRARIES

    auto_links = False

    def apply(self, settings: SizesSettings) -> None:
        """Show another chain."""
        self._cursor = ChainCursor()
        self._show(settings.n, settings.channels, read_windows(settings.windows))

    def _show(self, n: int, channels: int, slides: tuple[Slide, ...]) -> None:
        self._slides = slides
        super().apply(SizesSettings(n=n, channels=channels, windows=write_windows(slides)))

    def _show_slides(self, slides: tuple[Slide, ...]) -> None:
        self._show(self.settings.n, self.settings.channels, slides)

    def render(self) -> RenderableType:
        """Draw the table."""
        bar = self.get_component_rich_style("bench--bar", partial=True)
        settings, room = self.settings, self.content_size
        image = Link(settings.n, 1, 1, settings.channels)
        return chain_table(image, self._slides, self._cursor, focus=self.has_focus, bar=bar, room=room)

    def program(self, library: Library) -> str:
        """Write the chain as a program."""
        return sizes_code(self.settings, library)

    @property
    def _slide(self) -> Slide | None:
        """The window under the cursor; None: the image is."""
        return self._slides[self._cursor.row - 1] if self._cursor.row else None

    def action_move(self, down: int, across: int) -> None:
        """Move the cursor."""
        self.action_select_cell(self._cursor.row + down, self._cursor.column + across)

    def action_select_cell(self, row: int, column: int) -> None:
        """Put the cursor on a number, the nearest that there is."""
        row = max(0, min(row, len(self._slides)))
        self._cursor = ChainCursor(row, max(0, min(column, len(COLUMNS) - 1)))
        self.refresh()

    def action_change(self, by: int) -> None:
        """Make the number larger or smaller; the padding below 0 is `same`."""
        slide, column = self._slide, COLUMNS[self._cursor.column]
        if slide is None:
            self._put((self.settings.channels if column == "filters" else self.settings.n) + by)
        elif column == "p" and (-1 if slide.p == "same" else slide.p) + by < 0:
            self._replace(slide._replace(p="same"))
        else:
            value = getattr(slide, column)
            self._put((-1 if value == "same" else value) + by)
        self._cursor = self._cursor._replace(typed="")

    def action_change_type(self) -> None:
        """Make the window under the cursor a pooling, or a convolution."""
        if self._slide is not None:
            self._replace(self._slide._replace(is_pooling=not self._slide.is_pooling))

    def action_select_type(self, row: int) -> None:
        """Change the type of a window that is clicked."""
        self.action_select_cell(row, self._cursor.column)
        self.action_change_type()

    def action_change_padding(self) -> None:
        """Pad the window under the cursor as `same` does, or not at all."""
        if self._slide is not None:
            self._replace(self._slide._replace(p=0 if self._slide.p == "same" else "same"))

    def action_add_window(self) -> None:
        """Add a window like the one under the cursor, below it."""
        if len(self._slides) < _MOST_ROWS:
            row = self._cursor.row
            self._show_slides((*self._slides[:row], self._slide or Slide(3), *self._slides[row:]))
            self.action_move(1, 0)

    def action_delete_window(self) -> None:
        """Delete the window under the cursor, unless it is the last."""
        row = self._cursor.row
        if row and len(self._slides) > 1:
            self._show_slides((*self._slides[: row - 1], *self._slides[row:]))
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
        typed = typed[-len(str(self._most)) :]
        self._cursor = self._cursor._replace(typed=typed)
        self._put(int(typed or 0))

    @property
    def _most(self) -> int:
        return _MOST_CHANNELS if self._cursor.column == CHANNELS else _MOST

    def _put(self, value: int) -> None:
        slide, column = self._slide, self._cursor.column
        value = max(_LEAST[column] if slide else 1, min(value, self._most))
        if slide is None:
            n, channels = self.settings.n, self.settings.channels
            self._show(n if column == CHANNELS else value, value if column == CHANNELS else channels, self._slides)
        elif not (slide.is_pooling and COLUMNS[column] in _OF_CONVOLUTIONS):
            self._replace(slide._replace(**{COLUMNS[column]: value}))  # type: ignore[arg-type]  # they are numbers

    def _replace(self, slide: Slide) -> None:
        """Put another window in the place of the one under the cursor."""
        row = self._cursor.row
        self._show_slides((*self._slides[: row - 1], slide, *self._slides[row:]))
