"""The lines of the tree, drawn in columns below a header that does not scroll."""

from functools import cached_property
from typing import ClassVar, get_args

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Family
from tui_cnn.core.network import Path
from tui_cnn.runs.layer_times import NOT_MEASURED, LayerTimes
from tui_cnn.ui.build.columns import StackColumn, StackStyles, cells_of, columns, draw, header
from tui_cnn.ui.build.tree import FINDINGS, StackLine, Tree
from tui_cnn.ui.build.wires import drawn, wires
from tui_cnn.ui.toolkit.colours import family_colour

GUTTER = 2
"""Cells before the wires and the columns: the cursor, and the sign of a finding."""


class LinesView(ScrollView):
    """Draws the lines, each once until it changes; a subclass says which are selected."""

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
    LinesView {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .stack--header { color: $foreground 70%; }
        & > .stack--dim { color: $foreground 70%; }
        & > .stack--bar { color: $primary; }
        & > .stack--error { color: $text-error; }
        & > .stack--warning { color: $text-warning; }
        & > .stack--range { background: $primary 20%; }
        & > .stack--cursor { background: $foreground 8%; }
        &:focus > .stack--cursor { background: $primary 35%; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(1, repaint=False, always_update=True)
    """The line under the cursor; 0 is the input. Who watches it is called also where other lines are listed."""

    hidden_columns: reactive[frozenset[str]] = reactive(frozenset(), init=False)
    """The keys of the columns that are not wanted."""

    varied: reactive[frozenset[Path]] = reactive(frozenset(), init=False)
    """The layers of which something varies in a search."""

    times: reactive[LayerTimes] = reactive(NOT_MEASURED, init=False)
    """What layers were measured to take on this machine."""

    def __init__(self, analysis: Analysis, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.layer_tree = Tree(analysis)
        self.set_reactive(LinesView.cursor, self.layer_tree.number((0,)))
        self.just_opened = True
        self._list()

    @property
    def path(self) -> Path:
        """The address of the layer or the branch under the cursor; empty on the input."""
        return self.layer_tree.lines[self.cursor].path

    @property
    def line(self) -> StackLine:
        """The line under the cursor."""
        return self.layer_tree.lines[self.cursor]

    def watch_hidden_columns(self) -> None:
        """Fit the columns that are left."""
        self._measure()
        self.refresh()

    def watch_varied(self) -> None:
        """Draw the signs of what varies."""
        self._list()
        self.refresh()

    def watch_times(self) -> None:
        """Draw the column of times."""
        self._list()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        if self.just_opened and self.room:  # it was opened before there was any room to fit it into
            path, self.just_opened = self.path, False
            self.layer_tree.open(self.layer_tree.analysis, self.room)
            self.relist(path)
        else:
            self._measure()
            self.reveal()

    def is_selected(self, number: int) -> bool:
        """Tell whether a line is selected beside the one under the cursor."""
        raise NotImplementedError

    def entitle(self) -> None:
        """Write the title anew."""
        raise NotImplementedError

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        self._strips.clear()
        self.__dict__.pop("_styles", None)
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one line; the first is the header, which does not scroll."""
        width, base = self.size.width, self.visual_style.rich_style
        if y == 0:
            titles = header(self._columns, self.get_component_rich_style("stack--header"))
            return Strip([Segment(" " * self._gutter, base), *titles]).adjust_cell_length(width, base)
        number = y - 1 + self.scroll_offset.y
        if number >= len(self.layer_tree.lines):
            return Strip.blank(width, base)
        over = self._over(number)
        strip = None if over else self._strips.get(number)
        if strip is None:
            strip = self._strip(number, over)
            if over is None:
                self._strips[number] = strip
        return strip

    def _strip(self, number: int, over: Style | None) -> Strip:
        line, styles = self.layer_tree.lines[number], self._styles
        if over is not None:
            styles = styles.over(Style(bgcolor=over.bgcolor, bold=over.bold))
        tones = {"error": styles.error, "warning": styles.warning, "info": styles.dim, None: styles.text}
        gutter = [
            Segment("▌" if number == self.cursor else " ", styles.bar),
            Segment(FINDINGS[line.finding] if line.finding else " ", tones[line.finding]),
            Segment(self._wires[number], styles.bar),
        ]
        drawn = draw(line, self._cells[number], self._columns, styles)
        return Strip([*gutter, *drawn]).adjust_cell_length(self.size.width, styles.text)

    def _over(self, number: int) -> Style | None:
        """Return the style that goes over a line, if one does."""
        if number == self.cursor:
            return self.get_component_rich_style("stack--cursor")
        return self.get_component_rich_style("stack--range") if self.is_selected(number) else None

    @cached_property
    def _styles(self) -> StackStyles:
        text = self.visual_style.rich_style
        parts = ("dim", "bar", "error", "warning")
        dim, bar, error, warning = (self.get_component_rich_style(f"stack--{part}") for part in parts)
        families = {name: text + Style(color=family_colour(self.app, name).rich_color) for name in get_args(Family)}
        return StackStyles(text, dim, bar, error, warning, families)

    @property
    def room(self) -> int:
        """So many lines there are below the header."""
        return max(0, self.size.height - 1)

    def relist(self, path: Path) -> None:
        """Show the lines as they are now, with the cursor on what is at `path`."""
        self._list()
        self.put_cursor(path)

    def _list(self) -> None:
        tree = self.layer_tree
        self._cells = [
            cells_of(
                line,
                tree.analysis,
                varies=line.path in self.varied and not line.is_branch,
                times=self.times,
            )
            for line in tree.lines
        ]
        self._wires = drawn(wires(tree.analysis, tree.lines_of_nodes()), len(tree.lines))
        self._gutter = GUTTER + len(self._wires[0])
        self._measure()

    def _measure(self) -> None:
        self._strips: dict[int, Strip] = {}
        scrolls = len(self.layer_tree.lines) > self.room  # the bar comes after this: a cell for it, and one free
        width = self.outer_size.width - self.gutter.width - self._gutter - 2 * scrolls
        self._columns: tuple[StackColumn, ...] = columns(self._cells, width, self.hidden_columns)
        self.virtual_size = Size(self.size.width, len(self.layer_tree.lines) + 1)
        self.entitle()

    def put_cursor(self, path: Path) -> None:
        """Put the cursor on what is at `path`, and draw all lines anew."""
        self.cursor = self.layer_tree.number(path)
        self.refresh()

    def repaint_lines(self, *numbers: int) -> None:
        """Draw some lines anew."""
        for number in numbers:
            self.refresh(Region(0, number + 1 - self.scroll_offset.y, self.size.width, 1))

    def reveal(self) -> None:
        """Scroll to the line under the cursor."""
        if self.size.height:  # nothing can be revealed in no space
            self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
