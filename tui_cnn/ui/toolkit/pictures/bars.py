"""Named bars with numbers, one a line, in as many columns as they need to fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from rich.cells import cell_len

from tui_cnn.ui.toolkit.numbers import bar, left, right
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.drawing import TONES, Cell, Drawing, Styles, Tone, within

_GAP = 1
_NARROWEST_BAR = 4


class Bar(NamedTuple):
    """A line: a sign, a name, a bar and a number.

    Attributes:
        share: the length of the bar, 0 to 1; what is no number has none.
        mark: where a line stands in the bar, 0 to 1.
        tone: the style of the name and of the number; that of the bar is `bar_tone`.
    """

    name: str
    share: float
    text: str
    tone: Tone = "text"
    bar_tone: Tone = "bar"
    text_tone: Tone | None = None
    sign: str = ""
    mark: float | None = None


@dataclass(frozen=True, eq=False)
class BarRows:
    """What a chart of bars shows.

    Attributes:
        heading: a line above.
        text_first: whether the numbers stand before the bars.
        widest_name: cells that names may take.
        column: cells that a column needs at least; 0: there is one column only.
        longest: cells that a bar may take.
        describe: says what the tooltip of a bar is.
    """

    bars: Sequence[Bar]
    heading: str = ""
    text_first: bool = False
    widest_name: int = 16
    column: int = 0
    longest: int = 60
    describe: Callable[[int], str] | None = None


class BarLayout(NamedTuple):
    """Cells of the signs, names, numbers and bars; and how the bars are laid out, row by row."""

    sign: int
    name: int
    text: int
    bar: int
    columns: int
    field: int
    first: int = 0


def lay_out_bars(rows: BarRows, room: tuple[int, int], selected: int = 0) -> BarLayout:
    """Lay out bars in (lines, cells)."""
    count = max(1, len(rows.bars))
    lines = max(1, room[0] - bool(rows.heading))
    columns = max(1, min(-(-count // lines), room[1] // rows.column)) if rows.column else 1
    field = room[1] // columns
    sign = max((cell_len(each.sign) for each in rows.bars), default=0)
    sign += bool(sign)
    text = max((cell_len(each.text) for each in rows.bars), default=0)
    names = max((cell_len(each.name) for each in rows.bars), default=0)
    room_beside = field - sign - text - 2 * _GAP - (columns > 1)
    name = max(0, min(names, rows.widest_name, max(3, room_beside - min(_NARROWEST_BAR, rows.longest))))
    bar_room = room_beside - name
    down = -(-count // columns)
    first = within(selected // columns - lines // 2, max(1, down - lines + 1))
    return BarLayout(sign, name, text, max(0, min(bar_room, rows.longest)), columns, field, first)


def draw_bars(
    canvas: Canvas, rows: BarRows, laid: BarLayout, selected: int | None, hovered: int | None, styles: Styles
) -> None:
    """Draw the bars from the top."""
    top = 0
    if rows.heading:
        canvas.put(0, 0, rows.heading, styles.dim)
        top = 1
    for index, each in enumerate(rows.bars):
        row, column = divmod(index, laid.columns)
        y = top + row - laid.first
        if not top <= y < canvas.height:
            continue
        chosen = styles.selected if index == selected else styles.hovered if index == hovered else None
        x = canvas.put(column * laid.field, y, left(each.sign, laid.sign), styles.good)
        if laid.name:
            x = canvas.put(x, y, left(each.name, laid.name), chosen or styles.of(each.tone))
            x = canvas.put(x, y, " " * _GAP)
        text = right(each.text, laid.text)
        if rows.text_first:
            x = canvas.put(x, y, text, chosen or styles.of(each.text_tone or each.tone)) + _GAP
        canvas.put(x, y, bar(each.share, laid.bar), styles.of(each.bar_tone))
        if each.mark is not None and np.isfinite(each.mark) and laid.bar:
            canvas.put(x + within(int(each.mark * laid.bar), laid.bar), y, "│", styles.bad)
        if not rows.text_first:
            canvas.put(x + laid.bar + _GAP, y, text, chosen or styles.of(each.text_tone or each.tone))


class Bars(Drawing):
    """Bars with names and numbers; a click selects one.

    ::

        bars = Bars(id="classes")                            # TCSS: height: auto, or 1fr
        bars.show(BarRows([Bar(name, share, f"{share:.3f}", sign="✓" if true else " ") ...]), selected=2)

        @on(Bars.Selected, "#classes")
        def _select(self, event: Bars.Selected) -> None:
            self.go_to(event.index)
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
    rows = BarRows(())

    def show(self, rows: BarRows | None, selected: int | None = None) -> None:
        """Show other bars."""
        before, self.rows = self.rows, rows or BarRows(())
        self.selected = None if selected is None else (selected, 0)
        self.redraw(layout=len(before.bars) != len(self.rows.bars))

    @property
    def layout_of_bars(self) -> BarLayout:
        """How the bars are laid out in the widget as large as it is."""
        return lay_out_bars(self.rows, (self.size.height, self.size.width), self.selected[0] if self.selected else 0)

    def natural_height(self, width: int) -> int:
        """Return a line for each bar, and one for the heading."""
        return max(1, len(self.rows.bars) + bool(self.rows.heading))

    def draw(self, canvas: Canvas) -> None:
        """Draw the bars."""
        selected, hovered = (cell[0] if cell else None for cell in (self.selected, self.hovered))
        draw_bars(canvas, self.rows, self.layout_of_bars, selected, hovered, self.tones)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the index of the bar."""
        laid = self.layout_of_bars
        row, column = y - bool(self.rows.heading), x // max(1, laid.field)
        index = (row + laid.first) * laid.columns + column
        return (index, 0) if row >= 0 and column < laid.columns and index < len(self.rows.bars) else None

    def describe(self, cell: Cell) -> str:
        """Say the name and the number of a bar."""
        if self.rows.describe is not None:
            return self.rows.describe(cell[0])
        each = self.rows.bars[cell[0]]
        return f"{each.name} {each.text.strip()}".strip()
