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
from tui_cnn.core.span import Span, span_between
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.columns import Column, columns
from tui_cnn.ui.draw.lines import Line, lines
from tui_cnn.ui.draw.signs import FINDINGS
from tui_cnn.ui.draw.stack import INDENT, Cells, Styles, cells_of, draw, header
from tui_cnn.ui.folding import Folded, around, carry, opened, overview
from tui_cnn.ui.messages import LayerSelected

_GUTTER = 3
"""Cells before the columns: the cursor, and the sign of a finding."""


class StackView(ScrollView, can_focus=True):
    """A line a layer, the input first. One line is under the cursor, and a range of layers may be selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("stack"),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "cursor(-10)", show=False),
        Binding("pagedown", "cursor(10)", show=False),
        Binding("home,g", "cursor(-10000)", show=False),
        Binding("end,G", "cursor(10000)", show=False),
        Binding("escape", "let_go", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stack--header",
        "stack--dim",
        "stack--bar",
        "stack--error",
        "stack--warning",
        "stack--range",
        "stack--cursor",
    }
    DEFAULT_CSS = """
    StackView {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .stack--header { color: $foreground 60%; }
        & > .stack--dim { color: $foreground 50%; }
        & > .stack--bar { color: $primary; }
        & > .stack--error { color: $text-error; }
        & > .stack--warning { color: $text-warning; }
        & > .stack--range { background: $primary 20%; }
        & > .stack--cursor { background: $foreground 8%; }
        &:focus > .stack--cursor { background: $primary 35%; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(1, repaint=False)
    """The line under the cursor; 0 is the input."""

    hidden_columns: reactive[frozenset[str]] = reactive(frozenset(), init=False)
    """The keys of the columns that are not wanted."""

    def __init__(self, analysis: Analysis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._analysis = analysis
        self._folded: Folded = frozenset()
        self._to_fit = True
        self._anchor: Path | None = None
        self._list()

    @property
    def path(self) -> Path:
        """The address of the layer or the branch under the cursor; empty on the input."""
        return self._lines[self.cursor].path

    @property
    def line(self) -> Line:
        """The line under the cursor."""
        return self._lines[self.cursor]

    @property
    def span(self) -> Span | None:
        """The selected layers: those of the range, or the one under the cursor; None on the input."""
        if not self.path:
            return None
        return span_between(self._analysis.network, self._anchor, self.path) if self._anchor else Span(self.path)

    @property
    def has_range(self) -> bool:
        """Whether more than the line under the cursor is selected, or about to be."""
        return self._anchor is not None

    def is_open(self, path: Path) -> bool:
        """Tell whether the container at `path` shows what it holds."""
        return path not in self._folded

    def show(self, analysis: Analysis, select: Path, *, opened: bool = False) -> None:
        """Show another analysis, with the cursor on the layer at `select` or as near to it as there is one.

        What is folded stays so, except around the cursor. A network that was just `opened` is folded where it is too
        long to be seen at once.
        """
        before, self._analysis = self._analysis, analysis
        self._anchor = None
        if opened:
            self._folded, self._to_fit = frozenset(), True
            self._fold_to_fit()
        else:
            self._folded = carry(self._folded, before.network, analysis.network) - set(around(select))
        self._list()
        self._put_cursor(select)

    def select(self, span: Span) -> None:
        """Put the cursor on the first of some layers, and select all of them."""
        self._put_cursor(span.path)
        if span.count > 1:
            self._anchor = span.paths[-1]
            self._changed_range()

    def go_to(self, path: Path) -> None:
        """Put the cursor on a layer, whatever is folded around it."""
        if self._folded & set(around(path)):
            self._folded -= set(around(path))
            self._list()
        self._anchor = None
        self._put_cursor(path)

    def fold(self, path: Path, *, shut: bool) -> None:
        """Fold a container or open it."""
        if shut:
            self._folded |= {path}
        else:
            self._folded = opened(self._folded, self._analysis.network, path)
        self._refold()

    def fold_all(self) -> None:
        """Fold everything, or open everything if all is folded."""
        everything = overview(self._analysis.network)
        self._folded = frozenset() if everything <= self._folded else self._folded | everything
        self._refold()

    def foldable(self, path: Path) -> bool | None:
        """Tell whether what stands at `path` is folded; None where there is nothing to fold."""
        return next((line.folded for line in self._lines if line.path == path), None)

    def holder(self) -> Path | None:
        """Return the address of what holds the layer under the cursor; None for those that nothing holds."""
        known = {line.path for line in self._lines}
        return next((path for path in reversed(list(around(self.path))) if path in known), None)

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
        least = 1 if self._anchor is not None and len(self._lines) > 1 else 0
        return max(least, min(cursor, len(self._lines) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Show the line and tell of it."""
        self._reveal()
        if self._anchor is not None:
            self._changed_range()
        else:
            self._repaint(before, after)
        self.post_message(LayerSelected(self.path))

    def watch_hidden_columns(self) -> None:
        """Fit the columns that are left."""
        self._measure()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        path = self.path
        if self._to_fit and self.size.height:
            self._fold_to_fit()
            self._list()
            self._put_cursor(path)
        self._measure()
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Select the line under the mouse, or fold it; a second click edits it, with Shift the range grows."""
        inside = event.get_content_offset(self)
        if inside is None or inside.y == 0:  # the border, or the header
            return
        number = inside.y - 1 + self.scroll_offset.y
        if number >= len(self._lines):
            return
        line = self._lines[number]
        if event.shift:
            self.extend(number - self.cursor)
            return
        self._anchor = None
        self.cursor = number
        mark = _GUTTER + self._columns[0].width + INDENT * line.depth
        if line.folded is not None and mark <= inside.x <= mark + 1:
            self.fold(line.path, shut=not line.folded)
        elif event.chain == 2:
            self.call_later(self.app.run_action, "screen.edit_layer")

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one line; the first is the header, which does not scroll."""
        width, base = self.size.width, self.rich_style
        if y == 0:
            style = self.get_component_rich_style("stack--header")
            return Strip([Segment(" " * _GUTTER, base), *header(self._columns, style)]).adjust_cell_length(width, base)
        number = y - 1 + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(width, base)
        over = self._over(number)
        strip = None if over else self._strips.get(number)
        if strip is None:
            strip = self._strip(number, over)
            if over is None:
                self._strips[number] = strip
        return strip

    def _strip(self, number: int, over: Style | None) -> Strip:
        line, styles = self._lines[number], self._styles(over)
        warning = self.get_component_rich_style("stack--warning") + (over or Style.null())
        finding = {"error": styles.error, "warning": warning, "info": styles.dim, None: styles.text}[line.finding]
        gutter = [
            Segment("▌" if number == self.cursor else " ", styles.bar),
            Segment(FINDINGS[line.finding] if line.finding else " ", finding),
            Segment(" ", styles.text),
        ]
        drawn = draw(line, self._cells[number], self._analysis, self._columns, styles)
        return Strip([*gutter, *drawn]).adjust_cell_length(self.size.width, styles.text)

    def _over(self, number: int) -> Style | None:
        """Return the style that goes over a line, if one does."""
        if number == self.cursor:
            return self.get_component_rich_style("stack--cursor")
        if self._anchor is not None and (span := self.span) and span.holds(self._lines[number].path):
            return self.get_component_rich_style("stack--range")
        return None

    def _styles(self, over: Style | None) -> Styles:
        if over is None:
            over = Style.null()
        over = Style(bgcolor=over.bgcolor, bold=over.bold)
        dim, bar, error = (self.get_component_rich_style(f"stack--{part}") + over for part in ("dim", "bar", "error"))
        return Styles(self.rich_style + over, dim, bar, error)

    def _list(self) -> None:
        """List the lines anew."""
        self._lines: list[Line] = lines(self._analysis, self._folded)
        self._cells: list[Cells] = [cells_of(line, self._analysis) for line in self._lines]
        self._measure()
        self.refresh()

    def _measure(self) -> None:
        self._strips: dict[int, Strip] = {}
        self._columns: tuple[Column, ...] = columns(self._cells, self.size.width - _GUTTER, self.hidden_columns)
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)
        self._entitle()

    def _entitle(self) -> None:
        rows = [row for row in self._analysis.rows if not row.holds_layers]
        title = ngettext("{count} layer", "{count} layers", len(rows)).format(count=len(rows))
        if muted := sum(row.muted for row in rows):
            title += " · " + _("{count} muted").format(count=muted)
        span = self.span if self._anchor is not None else None
        if span is not None:
            title += " · " + _("{count} selected").format(count=span.count)
        self.border_title = title

    def _fold_to_fit(self) -> None:
        """Fold a network that was just opened, if it is longer than its place."""
        if self.size.height:
            self._to_fit = False
            if len(lines(self._analysis, frozenset())) >= self.size.height:
                self._folded = overview(self._analysis.network)

    def _refold(self) -> None:
        path = self.path
        self._anchor = None
        self._list()
        self._put_cursor(path)

    def _put_cursor(self, path: Path) -> None:
        """Put the cursor on what is at `path`, or as near before it as anything is."""
        before = [number for number, line in enumerate(self._lines) if line.path and line.path <= path]
        number = before[-1] if before else min(1, len(self._lines) - 1) if path else 0
        self.set_reactive(StackView.cursor, number)
        self._reveal()
        self.refresh()
        self.post_message(LayerSelected(self.path))

    def _changed_range(self) -> None:
        self._strips.clear()
        self._entitle()
        self.refresh()

    def _repaint(self, *numbers: int) -> None:
        for number in numbers:
            self.refresh(Region(0, number + 1 - self.scroll_offset.y, self.size.width, 1))

    def _reveal(self) -> None:
        if self.size.height:  # nothing can be revealed in no space
            self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
