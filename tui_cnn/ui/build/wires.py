"""Lines beside the stack: from each layer that another one names to the layer that names it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Branches

_MOST = 4
"""Wires beside each other; further ones are left out, and the layer's settings still name what it takes."""


class RouteLine(NamedTuple):
    """From the line of what is named to the lines of what names it, all of which are below."""

    begin: int
    ends: tuple[int, ...]

    @property
    def last(self) -> int:
        """The last line that it goes to."""
        return self.ends[-1]


def wires(analysis: Analysis, line_of: Sequence[int]) -> list[RouteLine]:
    """List the wires of a network, the short ones first; `line_of` is the number of the line of each node."""
    ends: dict[int, set[int]] = defaultdict(set)
    for number, node in enumerate(analysis.graph.nodes):
        if node.layer is not None and node.layer.takes and not isinstance(node.layer, Branches):
            for source in node.inputs:
                if line_of[source] < line_of[number] - 1:  # what stands just above needs none
                    ends[line_of[source]].add(line_of[number])
    found = [RouteLine(begin, tuple(sorted(lines))) for begin, lines in ends.items()]
    return sorted(found, key=lambda wire: (wire.last - wire.begin, wire.begin))


def drawn(found: Sequence[RouteLine], count: int) -> list[str]:
    """Draw the wires beside `count` lines: a text for each, all of the same width; the shortest wires are innermost."""
    lanes: list[list[RouteLine]] = []
    for wire in found:
        free = (lane for lane in lanes if all(wire.last < other.begin or other.last < wire.begin for other in lane))
        lane = next(free, None)
        if lane is None and len(lanes) < _MOST:
            lanes.append(lane := [])
        if lane is not None:
            lane.append(wire)
    grid = [[" "] * len(lanes) for _line in range(count)]
    for place, lane in enumerate(lanes):
        for wire in lane:
            _draw(grid, len(lanes) - 1 - place, wire)
    return ["".join(cells) for cells in grid]


def _draw(grid: list[list[str]], column: int, wire: RouteLine) -> None:
    """Draw a wire in its column, and from there to the right at each of its ends, below what is there already."""
    for line in range(wire.begin, wire.last + 1):
        is_end = line == wire.begin or line in wire.ends
        corner = "╭" if line == wire.begin else "╰" if line == wire.last else "├" if is_end else "│"
        grid[line][column] = corner
        if is_end:
            for place in range(column + 1, len(grid[line])):
                grid[line][place] = _CROSSED.get(grid[line][place], "─")


_CROSSED = {"│": "┼", "╭": "┬", "╰": "┴", "├": "┼", "┼": "┼", "┬": "┬", "┴": "┴"}
