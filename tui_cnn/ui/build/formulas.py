"""The numbers of one layer and their formulas, written into a panel."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.formats.formulas import Number, held_numbers, layer_numbers, network_numbers
from tui_cnn.i18n import _
from tui_cnn.ui.build.tree import StackLine
from tui_cnn.ui.toolkit.numbers import left, right, shortened

_SIDE_BY_SIDE = 64
"""From this width on a number and its formula stand in one line."""

_LABEL, _VALUE = 15, 13


def written(numbers: Sequence[Number], width: int, quiet: Style) -> list[list[Segment]]:
    """Write numbers with their formulas, `width` cells wide.

    Where it is wide, formulas stand after the numbers; else before them, or below them where they are too long.
    """
    beside = width >= _SIDE_BY_SIDE
    lines: list[list[Segment]] = []
    for label, value, reason in numbers:
        if beside:
            after = "  " + shortened(reason, width - _LABEL - _VALUE - 2) if reason else ""
            lines.append([Segment(left(label, _LABEL), quiet), Segment(right(value, _VALUE)), Segment(after)])
            continue
        room = max(_VALUE, width - _LABEL)
        short = reason if value and cell_len(reason) + cell_len(value) + 2 <= room else ""
        if label or value:
            rest = room - cell_len(short)
            lines.append([Segment(left(label, _LABEL) + short, quiet), Segment(right(value, rest))])
        if reason and not short:
            lines += [[Segment(f"  {part.plain}", quiet)] for part in Content(reason).wrap(max(10, width - 2))]
    return lines


def write(numbers: Sequence[Number], width: int, quiet: Style) -> Text:
    """Write numbers as one text."""
    lines = written(numbers, width, quiet)
    return Text("\n").join(Text.assemble(*((part.text, part.style or "") for part in line)) for line in lines)


def numbers_of(line: StackLine, analysis: Analysis) -> tuple[str, list[Number]]:
    """Return a title for what stands on a line of the stack, and its numbers."""
    if not line.path:
        name, numbers = _("the whole network"), network_numbers(analysis)
    elif line.is_branch or line.row is None:
        name = _("branch {number}").format(number=line.path[-1] + 1)
        numbers = held_numbers(line.held) if line.held else []
    else:
        name, numbers = line.row.name, layer_numbers(line.row, line.held)
    return _("Formulas · {name}").format(name=name), numbers


class FormulasView(Widget):
    """Shows the numbers of what is selected, each with its formula; what does not fit scrolls."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"formulas--quiet"}
    DEFAULT_CSS = """
    FormulasView > .formulas--quiet { color: $foreground 70%; }
    """

    _title = ""
    _numbers: Sequence[Number] = ()
    _lines: list[list[Segment]] | None = None
    _top = 0

    def show(self, title: str, numbers: Sequence[Number]) -> None:
        """Show other numbers."""
        if title != self._title:  # assigned, it is drawn anew
            self._title, self.border_title = title, Content(title)
        if numbers != self._numbers:
            self._numbers, self._lines, self._top = numbers, None, 0
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base, place = self.size.width, self.visual_style.rich_style, y + self._top
        if self._lines is None:
            self._lines = written(self._numbers, width, self.get_component_rich_style("formulas--quiet"))
        if place >= len(self._lines):
            return Strip.blank(width, base)
        return Strip(self._lines[place]).adjust_cell_length(width).apply_style(base)

    def on_resize(self) -> None:
        """Write into the new width."""
        self._lines, self._top = None, 0

    def notify_style_update(self) -> None:
        """Write in other colours."""
        self._lines = None
        super().notify_style_update()

    def on_mouse_scroll_down(self) -> None:
        """Show what is below."""
        self._scroll(1)

    def on_mouse_scroll_up(self) -> None:
        """Show what is above."""
        self._scroll(-1)

    def _scroll(self, by: int) -> None:
        self._top = max(0, min(self._top + by, len(self._lines or ()) - self.size.height))
        self.refresh()
