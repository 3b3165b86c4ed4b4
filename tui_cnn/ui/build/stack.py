"""The stack of layers: the hero of the Build screen."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.core.span import Span, span_between
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build.actions import STACK
from tui_cnn.ui.build.dragging import DraggedLines
from tui_cnn.ui.build.lines_view import GUTTER
from tui_cnn.ui.build.messages import LayerSelected, MenuWanted
from tui_cnn.ui.build.stack_cells import INDENT


class StackView(DraggedLines, can_focus=True):
    """A line a layer, the input first. One line is under the cursor, and a range of layers may be selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *STACK.bindings(),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "cursor(-10)", show=False),
        Binding("pagedown", "cursor(10)", show=False),
        Binding("home,g", "cursor(-10000)", show=False),
        Binding("end,G", "cursor(10000)", show=False),
        Binding("escape", "let_go", show=False),
    ]

    last_edit: str = ""
    """What the last edit was, for the title to say what can be undone."""

    _anchor: Path | None = None
    """Where the range began."""

    @property
    def span(self) -> Span | None:
        """The selected layers: those of the range, or the one under the cursor; None on the input."""
        if not self.path:
            return None
        return span_between(self.seen.analysis.network, self._anchor, self.path) if self._anchor else Span(self.path)

    @property
    def has_range(self) -> bool:
        """Whether more than the line under the cursor is selected, or about to be."""
        return self._anchor is not None

    def show(self, analysis: Analysis, select: Path, *, opened: bool = False) -> None:
        """Show another analysis, with the cursor on the layer at `select` or as near to it as there is one.

        What is folded stays so, except around the cursor. A network that was just `opened` is folded where it is too
        long to be seen at once.
        """
        self._anchor = None
        self.just_opened = opened and not self.room
        if opened:
            self.seen.open(analysis, self.room)
        else:
            self.seen.show(analysis, select)
        self.relist(select)

    def select(self, span: Span) -> None:
        """Put the cursor on the first of some layers, and select all of them."""
        self.put_cursor(span.path)
        if span.length > 1:
            self._anchor = span.paths[-1]
            self._changed_range()

    def go_to(self, path: Path) -> None:
        """Put the cursor on a layer, whatever is folded around it."""
        self.seen.reveal(path)
        self._anchor = None
        self.relist(path)

    def fold(self, path: Path, *, shut: bool) -> None:
        """Fold a container or open it."""
        here = self.path
        self.seen.fold(path, shut=shut)
        self._anchor = None
        self.relist(here)

    def fold_all(self) -> None:
        """Fold everything, or open everything if all is folded."""
        here = self.path
        self.seen.fold_all()
        self._anchor = None
        self.relist(here)

    def extend(self, lines: int) -> None:
        """Move the cursor, and select what is between it and where it was at first."""
        if self._anchor is None and self.path:
            self._anchor = self.path
        self.cursor = max(1, self.cursor + lines) if self._anchor else self.cursor + lines
        self._changed_range()

    def action_let_go(self) -> None:
        """Select no more than the line under the cursor."""
        if self._anchor is not None:
            self._anchor = None
            self._changed_range()

    def action_cursor(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor += lines

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor among the lines; a range does not reach the input."""
        least = 1 if self._anchor is not None and len(self.seen.lines) > 1 else 0
        return max(least, min(cursor, len(self.seen.lines) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Show the line and tell of it."""
        self.reveal()
        if self._anchor is not None:
            self._changed_range()
        else:
            self.repaint_lines(before, after)
        self.post_message(LayerSelected(self.path))

    def take(self, number: int) -> None:
        """Put the cursor on a line, unless it is in the range that is selected."""
        if not self.is_selected(number):
            self._anchor = None
            self.cursor = number
            self._changed_range()

    def on_click(self, event: events.Click) -> None:
        """Select the line under the mouse, or fold it.

        A second click edits it, with Shift the range grows, and the right button tells what can be done with it.
        """
        number = self.number_at(event)
        if self.was_dragged() or number is None:
            return
        if event.button == 3:
            self.take(number)
            self.post_message(MenuWanted())
            return
        if event.shift:
            self.extend(number - self.cursor)
            return
        self._anchor = None
        self.cursor = number
        line = self.seen.lines[number]
        mark = GUTTER + self._columns[0].width + INDENT * line.depth
        if line.folded is not None and mark <= event.get_content_offset_capture(self).x <= mark + 1:
            self.fold(line.path, shut=not line.folded)
        elif event.chain == 2:
            self.call_later(self.app.run_action, "screen.edit_layer")

    def is_selected(self, number: int) -> bool:
        """Tell whether a line is in the range."""
        span = self.span if self._anchor is not None else None
        return span is not None and span.holds(self.seen.lines[number].path)

    def entitle(self) -> None:
        """Count the layers, and say what can be undone."""
        rows = [row for row in self.seen.analysis.rows if not row.holds_layers]
        title = ngettext("{count} layer", "{count} layers", len(rows)).format(count=len(rows))
        if muted := sum(row.muted for row in rows):
            title += " · " + _("{count} muted").format(count=muted)
        span = self.span if self._anchor is not None else None
        if span is not None:
            title += " · " + _("{count} selected").format(count=span.length)
        undo = "   " + _("u Undo: {edit}").format(edit=self.last_edit) if self.last_edit else ""
        self.border_title = Content.assemble(title, (undo, "$text-muted"))

    def _changed_range(self) -> None:
        self._strips.clear()
        self.entitle()
        self.refresh()
