"""What all picture widgets have in common: they are drawn once, and each of their cells can be hovered and clicked."""

from typing import Any, Literal, NamedTuple

from rich.style import Style
from textual import events
from textual.app import App
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.insight.colours import Scale
from tui_cnn.ui.toolkit.ascii_fallback import ink
from tui_cnn.ui.toolkit.pictures.canvas import Canvas

Cell = tuple[int, int]
"""(row, column) of a pixel or a number; (index, 0) of a picture in a gallery or a bar."""

Tone = Literal["text", "dim", "bold", "selected", "hovered", "bar", "good", "bad"]
"""A style by its name; TCSS says what it looks like: `Gallery > .drawing--bad { color: $text-error; }`."""


TONES = {f"drawing--{tone}" for tone in ("dim", "selected", "hovered", "bar", "good", "bad")}
"""The component classes of a widget that writes in all tones; each has as few as it needs, since each costs time."""


class Styles(NamedTuple):
    """The styles of all tones."""

    text: Style = Style()
    dim: Style = Style()
    bold: Style = Style()
    selected: Style = Style()
    hovered: Style = Style()
    bar: Style = Style()
    good: Style = Style()
    bad: Style = Style()

    def of(self, tone: Tone) -> Style:
        """Return the style of a tone."""
        style: Style = getattr(self, tone)
        return style


class Drawing(Widget):
    """A widget that draws its content in `draw`, and says in `cell_at` which cell of it is where.

    Subclasses are `Picture`, `Gallery`, `Matrix`, `Bars` and `Legend`. The value under the mouse is shown as a tooltip;
    a click selects a cell, a second one opens it.

    Which widget a message comes from is told apart by a selector: `@on(Gallery.Selected, "#maps")`.
    """

    DEFAULT_CSS = """
    Drawing {
        width: 1fr;
        height: auto;
        & > .drawing--dim { color: $foreground 70%; }
        & > .drawing--selected { color: $text-primary; background: $primary-muted; text-style: bold; }
        & > .drawing--hovered { color: $foreground; background: $foreground 15%; }
        & > .drawing--bar { color: $primary; }
        & > .drawing--good { color: $text-success; }
        & > .drawing--bad { color: $text-warning; }
        & > .drawing--cursor { color: #ff5050; }
        & > .drawing--frame { color: #ffffff; }
        & > .drawing--second-frame { color: #ffb000; }
    }
    """
    ALLOW_SELECT = False  # dragging is not about text

    selected: Cell | None = None
    hovered: Cell | None = None
    _strips: list[Strip] | None = None
    _tones: Styles | None = None

    class CellMessage(Message):
        """Something about a cell; `index` is the first number of it, for galleries and bars."""

        def __init__(self, drawing: "Drawing", cell: Cell) -> None:
            super().__init__()
            self.drawing = drawing
            self.cell = cell
            self.index = cell[0]

        @property
        def control(self) -> "Drawing":
            """The widget that sent it."""
            return self.drawing

    class Selected(CellMessage):
        """A cell was clicked."""

    class Opened(CellMessage):
        """A cell that was selected already was clicked."""

    def draw(self, canvas: Canvas) -> None:
        """Draw the content as large as the canvas allows."""
        raise NotImplementedError

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the cell of the content that is drawn there."""
        raise NotImplementedError

    def describe(self, cell: Cell) -> str:
        """Say what a cell holds, for the tooltip."""
        raise NotImplementedError

    def natural_height(self, width: int) -> int:
        """Return the lines that the content takes where `height: auto`."""
        return 1

    def select(self, cell: Cell | None) -> None:
        """Show another cell as selected."""
        if cell != self.selected:
            self.selected = cell
            self.redraw()

    def redraw(self, *, layout: bool = False) -> None:
        """Draw anew; with `layout` the content may take another number of lines."""
        self._strips = None
        self.refresh(layout=layout)

    @property
    def tones(self) -> Styles:
        """The styles, looked up once for a theme."""
        if self._tones is None:
            tones = [tone for tone in Styles._fields if f"drawing--{tone}" in self.COMPONENT_CLASSES]
            found = {tone: self.get_component_rich_style(f"drawing--{tone}", partial=True) for tone in tones}
            self._tones = Styles(bold=Style(bold=True))._replace(**found)
        return self._tones

    def rgb(self, part: str) -> tuple[int, int, int]:
        """Return the colour of a component class, such as `drawing--frame`."""
        return self.get_component_styles(part).color.rgb

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines for `height: auto`."""
        return self.natural_height(width)

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        if self._strips is None:
            canvas = Canvas(self.size.width, self.size.height, ink(self.app))
            self.draw(canvas)
            below = self.rich_style  # looked up once: it is looked for in all that the widget is in
            self._strips = [Strip(line, canvas.width).apply_style(below) for line in canvas.lines()]
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Draw in the colours of another theme."""
        super().notify_style_update()
        self._strips = self._tones = None

    def on_resize(self) -> None:
        """Draw in another size."""
        self._strips = None

    def cell_under(self, event: events.MouseEvent) -> Cell | None:
        """Return the cell under the mouse."""
        if not self.content_region.contains_point(event.screen_offset):
            return None
        inside = event.screen_offset - self.content_region.offset  # another widget may have captured the mouse
        return self.cell_at(inside.x, inside.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what is under the mouse."""
        self._hover(self.cell_under(event))

    def on_leave(self) -> None:
        """Show nothing any more."""
        self._hover(None)

    def on_click(self, event: events.Click) -> None:
        """Select a cell, or open the one that is selected."""
        cell = self.cell_under(event)
        if cell is not None:
            opened = cell == self.selected
            self.select(cell)
            self.post_message(self.Opened(self, cell) if opened else self.Selected(self, cell))

    def _hover(self, cell: Cell | None) -> None:
        if cell != self.hovered:
            self.hovered = cell
            self.tooltip = None if cell is None else Content(self.describe(cell))
            self.redraw()


def scale_for(app: App[Any], scale: Scale, *, grey: bool = False) -> Scale:
    """Return a scale in grey where `grey` is wanted, or where the terminal has no colours."""
    return scale._replace(palette="grey") if grey or app.no_color or ink(app) == "characters" else scale


def within(place: int, count: int) -> int:
    """Return a place that there is, the nearest to the one wanted."""
    return max(0, min(place, count - 1))
