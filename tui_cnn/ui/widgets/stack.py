"""The stack of layers: the hero of the Build screen."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.i18n import ngettext
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.stack import Styles, columns, header, input_line, layer_line
from tui_cnn.ui.messages import LayerSelected


class StackView(ScrollView, can_focus=True):
    """A line a layer, the input first; one line is selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("stack"),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "cursor(-10)", show=False),
        Binding("pagedown", "cursor(10)", show=False),
        Binding("home,g", "cursor(-10000)", show=False),
        Binding("end,G", "cursor(10000)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stack--header",
        "stack--dim",
        "stack--bar",
        "stack--error",
        "stack--cursor",
    }
    DEFAULT_CSS = """
    StackView {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .stack--header { color: $foreground 60%; }
        & > .stack--dim { color: $foreground 60%; }
        & > .stack--bar { color: $primary; }
        & > .stack--error { color: $text-error; }
        & > .stack--cursor { background: $foreground 8%; }
        &:focus > .stack--cursor { background: $primary 35%; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(1)
    """The selected line; 0 is the input."""

    def __init__(self, analysis: Analysis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._analysis = analysis
        self._columns = columns(analysis, 0)

    @property
    def path(self) -> Path:
        """The path of the selected layer; empty on the input."""
        rows = self._analysis.rows
        return rows[self.cursor - 1].path if 0 < self.cursor <= len(rows) else ()

    def show(self, analysis: Analysis, select: Path) -> None:
        """Show another analysis, with the cursor on the layer at `select` or as near to it as there is one."""
        self._analysis = analysis
        self._measure()
        at_or_before = [index for index, row in enumerate(analysis.rows, start=1) if row.path <= select]
        self.set_reactive(StackView.cursor, at_or_before[-1] if select and at_or_before else 0)
        if select and not at_or_before and analysis.rows:
            self.set_reactive(StackView.cursor, 1)
        self._reveal()
        self.refresh()
        self.post_message(LayerSelected(self.path))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor among the lines."""
        return max(0, min(cursor, len(self._analysis.rows)))

    def watch_cursor(self) -> None:
        """Show the line and tell of it."""
        self._reveal()
        self.refresh()
        self.post_message(LayerSelected(self.path))

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._measure()
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Select the line under the mouse; a second click edits it."""
        inside = event.get_content_offset(self)
        if inside is None or inside.y == 0:  # the border, or the header
            return
        line = inside.y - 1 + self.scroll_offset.y
        if line <= len(self._analysis.rows):
            self.cursor = line
            if event.chain == 2:
                self.call_later(self.app.run_action, "screen.edit_layer")

    def action_cursor(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor += lines

    def render_line(self, y: int) -> Strip:
        """Draw one line; the first is the header, which does not scroll."""
        width = self.size.width
        shown = self._columns
        base = self.rich_style
        if y == 0:
            style = self.get_component_rich_style("stack--header")
            return Strip([Segment("  ", base), *header(shown, style)]).adjust_cell_length(width, base)
        line = y - 1 + self.scroll_offset.y
        if line > len(self._analysis.rows):
            return Strip.blank(width, base)
        selected = line == self.cursor
        styles = self._styles(self.get_component_rich_style("stack--cursor") if selected else None)
        segments = (
            layer_line(self._analysis.rows[line - 1], self._analysis, shown, styles)
            if line
            else input_line(self._analysis, shown, styles)
        )
        marker = Segment("▌ " if selected else "  ", styles.bar)
        return Strip([marker, *segments]).adjust_cell_length(width, styles.text)

    def _styles(self, cursor: Style | None = None) -> Styles:
        over = Style(bgcolor=cursor.bgcolor, bold=cursor.bold) if cursor else Style.null()
        dim, bar, error = (self.get_component_rich_style(f"stack--{part}") + over for part in ("dim", "bar", "error"))
        return Styles(self.rich_style + over, dim, bar, error)

    def _measure(self) -> None:
        count = sum(1 for row in self._analysis.rows if not row.holds_layers)
        self.border_title = ngettext("{count} layer", "{count} layers", count).format(count=count)
        self._columns = columns(self._analysis, self.size.width - 2)
        self.virtual_size = Size(self.size.width, len(self._analysis.rows) + 2)

    def _reveal(self) -> None:
        if self.size.height:  # nothing can be revealed in no space
            self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
