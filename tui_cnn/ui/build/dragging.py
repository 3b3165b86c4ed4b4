"""Lines that can be dragged by the mouse, and dropped on another."""

from rich.style import Style
from textual import events

from tui_cnn.ui.build.lines_view import LinesView
from tui_cnn.ui.build.messages import LayersDropped


class DraggedLines(LinesView):
    """While a line is dragged, the one where it would come to stand is marked."""

    ALLOW_SELECT = False  # the mouse moves layers here, it does not mark text
    COMPONENT_CLASSES = {"stack--drop"}  # noqa: RUF012  # as Textual declares it
    DEFAULT_CSS = """
    DraggedLines > .stack--drop { background: $accent 40%; text-style: bold; }
    """

    _held: int | None = None
    """The line on which the button went down."""

    _drop: int | None = None
    """The line that the mouse has dragged it to."""

    def take(self, number: int) -> None:
        """Put the cursor on a line, unless it is in the range that is selected."""
        raise NotImplementedError

    def number_at(self, event: events.MouseEvent) -> int | None:
        """Return the number of the line under the mouse; None on the border, the header, and below the last line."""
        inside = event.get_content_offset(self)
        number = inside.y - 1 + self.scroll_offset.y if inside else -1
        return number if inside and inside.y and number < len(self.seen.lines) else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a line; the input stays where it is."""
        self._held = self.number_at(event) or None if event.button == 1 and not event.shift else None
        self._drop = None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the line that is held; beside the lines it is where it was."""
        if self._held is None:
            return
        number = self.number_at(event)
        before = self._held if self._drop is None else self._drop
        after = self._held if number is None else number
        if after == before:
            return
        if self._drop is None:
            self.capture_mouse()
            self.take(self._held)
        self._drop = after
        self.repaint_lines(before, after)

    def on_mouse_up(self) -> None:
        """Drop the line."""
        held, drop, self._held = self._held, self._drop, None
        if drop is not None:
            self.release_mouse()
            self.repaint_lines(drop)
            if drop != held:
                self.post_message(LayersDropped(self.seen.lines[drop].path))

    def was_dragged(self) -> bool:
        """Tell whether the click that follows a release is the end of a drag."""
        dragged, self._drop = self._drop is not None, None
        return dragged

    def _over(self, number: int) -> Style | None:
        if number == self._drop and self._held not in (None, number):
            return self.get_component_rich_style("stack--drop")
        return super()._over(number)
