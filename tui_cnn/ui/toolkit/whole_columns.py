"""A table that never shows a part of a column of numbers: `1,2` at its edge could be the beginning of `1,234`."""

from typing import TypeVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import DataTable

CellType = TypeVar("CellType")


class WholeColumns(DataTable[CellType]):
    """A table whose columns at the edges are left blank where they do not fit, unless they fill half of it."""

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        strip = super().render_line(y)
        for start, end in self._cut_columns():
            before, part, after = strip.divide([start, end, strip.cell_length])
            blank = Strip([Segment(" " * segment.cell_length, segment.style) for segment in part])
            strip = Strip.join([before, blank, after])
        return strip

    def _cut_columns(self) -> list[tuple[int, int]]:
        """Return from where to where, in cells of the table, columns are seen in part."""
        width = self.size.width
        fixed = sum(column.get_render_width(self) for column in self.ordered_columns[: self.fixed_columns])
        parts, left = [], 0
        for place, column in enumerate(self.ordered_columns):
            right = left + column.get_render_width(self)
            if place >= self.fixed_columns:
                first, last = left - round(self.scroll_offset.x), right - round(self.scroll_offset.x)
                start, end = max(first, fixed), min(last, width)
                seen_whole = first + self.cell_padding >= fixed and last - self.cell_padding <= width
                if start < end and not seen_whole and end - start < width // 2:
                    parts.append((start, end))
            left = right
        return parts
