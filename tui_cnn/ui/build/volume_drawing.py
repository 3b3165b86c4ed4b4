"""The network as boxes in perspective, in a terminal: faces in half-blocks, lines in braille, below them the shapes."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from math import ceil, floor
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Family
from tui_cnn.core.network import Path
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.volume import (
    SLANT,
    Arrangement,
    Box,
    Detail,
    DrawingScale,
    Element,
    Fork,
    Merge,
    Solid,
    Wire,
    arrange,
    boxes,
    field_region,
)


class Faces(NamedTuple):
    """The colours of a box."""

    front: Color
    top: Color
    side: Color


class VolumeColours(NamedTuple):
    """Colours: of boxes by family (None: the input), of what is selected, of its receptive field; and other styles."""

    families: dict[Family | None, Faces]
    selected: Faces
    field: Color
    ground: Style
    wire: Style
    label: Style
    chosen: Style


class VolumeDrawing(NamedTuple):
    """Lines of a terminal, and what is drawn where, in pixels of one cell by half a line."""

    lines: list[list[Segment]]
    marks: "tuple[Solid | Merge, ...]"

    def path_at(self, x: int, y: int) -> Path | None:
        """Return the layer that is drawn in a cell, if there is one; below the boxes, the one above it."""
        half_lines = (2 * y, 2 * y + 1) if y < len(self.lines) - 1 else range(2 * y - 1, -1, -1)
        for half in half_lines:
            for mark in reversed(self.marks):
                if _covers(mark, x, half):
                    return mark.box.path if isinstance(mark, Solid) else mark.fork.path
        return None


class VolumePlan(NamedTuple):
    """Where everything stands in so many cells and lines: it stays while another layer is selected."""

    picture: Arrangement
    width: int
    height: int
    left: int
    is_part: bool

    def holds(self, selected: Path) -> bool:
        """Tell whether what is selected is in it."""
        return not self.is_part or any(shows(solid.box, selected) for solid in self.picture.solids)


_ROOMY, _TIGHT = 1.0, 0.0
_TIERS = (_ROOMY, 0.75, 0.5, 0.3, 0.15, _TIGHT)
_LABELLED = 0.2
"""Above this tier there is room below each box for its shape."""

_SPREAD = 7
"""Cells by which gaps may grow where there is room left."""

_LANE = 5
"""Pixels that a branch needs to be drawn apart."""

_LEAST_PITCH = 3
"""Cells that a box takes at least, with its side and its gap."""


def plan(analysis: Analysis, selected: Path | None, width: int, height: int) -> VolumePlan:
    """Arrange as much of a network as `width` cells and `height` lines hold; the last line is for shapes."""
    pixels = 2 * max(1, height - 1)
    details: tuple[Detail, ...] = ("layers", "blocks", "top")
    for detail in details if any(row.holds_layers for row in analysis.rows) else details[2:]:
        elements = boxes(analysis, detail)
        if _count(elements) * _LEAST_PITCH > width or _lanes(elements) * _LANE > pixels:
            continue
        for tier in _TIERS:
            for labelled in (True, False) if tier > _LABELLED else (False,):
                picture = _arranged(elements, tier, pixels, labelled=labelled)
                if picture.width <= width:
                    spread = min(_SPREAD, (width - picture.width) / _count(elements))
                    picture = _arranged(elements, tier, pixels, labelled=labelled, spread=spread)
                    return VolumePlan(picture, width, height, int(width - picture.width) // 2, is_part=False)
    count = max(1, width // (_LEAST_PITCH + 1))
    here = next((index for index, element in enumerate(elements) if shows(element, selected)), 0)
    begin = max(0, min(here - count // 2, len(elements) - count))
    picture = _arranged(elements[begin : begin + count], _TIGHT, pixels, labelled=False)
    return VolumePlan(picture, width, height, 0, is_part=True)


def shows(element: Element, selected: Path | None) -> bool:
    """Tell whether a box stands for what is selected: for it, for what holds it, or for a part of it."""
    path = element.path
    if not selected or not path:
        return selected is not None and selected == path
    within = path[: len(selected)] == selected or selected[: len(path)] == path
    if isinstance(element, Fork):  # what is in its branches has boxes of its own
        within = selected[: len(path)] == path and len(selected) <= len(path)
    return within or any(place[: len(selected)] == selected for place, _family in element.slices)


def _arranged(
    elements: Sequence[Element], tier: float, pixels: int, *, labelled: bool, spread: float = 0
) -> Arrangement:
    scale = DrawingScale(
        height=pixels / (1 + SLANT),
        channel=0.25 + 1.2 * tier,
        thinnest=1 + round(tier),
        gap=1 + 3 * tier + spread,
        hidden=max(0.0, 0.8 - 1.6 * tier),
        shrink=True,
        label=_room if labelled else lambda _element: (0.0, 0.0),
    )
    picture = arrange(elements, scale)
    high = picture.above + picture.below
    if high > pixels:
        picture = arrange(elements, scale._replace(height=scale.height * pixels / high))
    return picture


def _room(element: Element) -> tuple[float, float]:
    return (len(format_shape(element.shape)) if isinstance(element, Box) and element.shape else 0), 0.0


def _count(elements: Sequence[Element]) -> int:
    """Count the boxes beside each other."""
    return sum(1 if isinstance(element, Box) else 2 + max(map(_count, element.lanes)) for element in elements)


def _lanes(elements: Sequence[Element]) -> int:
    """Count the branches with layers above each other."""
    forks = (element for element in elements if isinstance(element, Fork))
    return max((max(1, sum(max(1, _lanes(lane)) for lane in fork.lanes if lane)) for fork in forks), default=1)


def draw(planned: VolumePlan, analysis: Analysis, selected: Path | None, palette: VolumeColours) -> VolumeDrawing:
    """Draw the boxes, what is selected in a colour of its own, and on the image what a cell of it sees.

    Where nothing is selected, it is what a cell of the last feature map sees.
    """
    raster = _Raster(planned.width, 2 * max(1, planned.height - 1))
    picture = planned.picture
    middle = (raster.height - picture.above - picture.below) / 2 + picture.above
    placed = picture.moved(planned.left, middle)
    for mark in placed.marks:
        match mark:
            case Wire(points):
                for begin, end in pairwise(points):
                    raster.line(begin, end)
            case Merge(fork):
                faces = palette.selected if shows(fork, selected) else palette.families["container"]
                left, top, right, bottom = _disc(mark)
                raster.fill(left, right, range(top, bottom), faces.front)
            case Solid(box):
                chosen = shows(box, selected)
                raster.solid(mark, palette.selected if chosen else palette.families[box.family], palette, chosen=chosen)
    image = next((solid for solid in placed.solids if not solid.box.path), None)
    region = marked_region(analysis, selected)
    if image is not None and region is not None:
        raster.field(image, region, palette.field)
    lines = raster.lines(palette)
    if planned.height > 1:
        in_line = [solid for solid in placed.solids if abs(solid.y + (solid.height - solid.depth) / 2 - middle) < 1]
        lines.append(_labels(in_line, selected, planned.width, palette))
    return VolumeDrawing(lines, tuple(mark for mark in placed.marks if isinstance(mark, Solid | Merge)))


def marked_region(analysis: Analysis, selected: Path | None) -> tuple[float, float, float, float] | None:
    """Return what a cell of the selected layer sees of the image, in shares of it; of the last map for None."""
    row = analysis.last_map if selected is None else next((row for row in analysis.rows if row.path == selected), None)
    return field_region(row, analysis) if row else None


def _labels(solids: Sequence[Solid], selected: Path | None, width: int, palette: VolumeColours) -> list[Segment]:
    """Write the shapes below the boxes: that of what is selected, and of the others those that there is room for."""
    taken = [False] * (width + 2)
    placed: list[tuple[int, str, Style]] = []
    chosen = [shows(solid.box, selected) for solid in solids]
    for index in sorted(range(len(solids)), key=lambda index: not chosen[index]):
        shape = solids[index].box.shape
        text = format_shape(shape) if shape else "—"
        begin = round(solids[index].middle - len(text) / 2)
        begin = max(0, min(begin, width - len(text)))
        if len(text) > width or any(taken[max(0, begin - 1) : begin + len(text) + 1]):
            continue
        taken[begin : begin + len(text)] = [True] * len(text)
        placed.append((begin, text, palette.chosen if chosen[index] else palette.label))
    line: list[Segment] = []
    at = 0
    for begin, text, style in sorted(placed, key=lambda label: label[0]):
        line += [Segment(" " * (begin - at), palette.ground), Segment(text, style)]
        at = begin + cell_len(text)
    return [*line, Segment(" " * (width - at), palette.ground)]


class _Raster:
    """Pixels of one cell by half a line, and finer dots for lines where there are none."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.pixels: list[list[Color | None]] = [[None] * width for _ in range(height)]
        self._dots: dict[tuple[int, int], int] = {}

    def fill(self, left: int, right: int, rows: range, colour: Color) -> None:
        """Fill the pixels from `left` up to `right` of some rows."""
        left, right = max(0, left), min(self.width, right)
        if left < right:
            row = [colour] * (right - left)
            for y in range(max(0, rows.start), min(self.height, rows.stop)):
                self.pixels[y][left:right] = row

    def solid(self, solid: Solid, faces: Faces, palette: VolumeColours, *, chosen: bool) -> None:
        """Draw the three faces of a box, and its slices where they are wide enough to be told apart."""
        x, y, right, bottom, depth = _snapped(solid)
        for step in range(1, depth + 1):
            self.fill(x + step, right + step - 1, range(y - step, y - step + 1), faces.top)
            self.fill(right + step - 1, right + step, range(y - step, bottom - step), faces.side)
        self.fill(x, right, range(y, bottom), faces.front)
        count = len(solid.box.slices)
        if right - x >= count + 2 and not chosen:
            for column, (_place, family) in enumerate(solid.box.slices, right - count):
                self.fill(column, column + 1, range(y, bottom), palette.families[family].front)

    def field(self, image: Solid, region: tuple[float, float, float, float], colour: Color) -> None:
        """Colour a region of the image, given as shares."""
        _x, y, right, bottom, depth = _snapped(image)
        top, left, low, far = region
        first = floor(top * (bottom - y))
        last = max(first + 1, ceil(low * (bottom - y)))
        nearest = floor(left * depth)
        for step in range(nearest + 1, max(nearest + 1, ceil(far * depth)) + 1):
            self.fill(right + step - 1, right + step, range(y + first - step, y + last - step), colour)

    def line(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a thin line, two dots a pixel."""
        steps = max(1, round(2 * max(abs(end[0] - begin[0]), abs(end[1] - begin[1]))))
        for step in range(steps + 1):
            share = step / steps
            x, y = (floor(2 * (a + (b - a) * share)) for a, b in zip(begin, end, strict=True))
            cell = (x // 2, y // 4)
            self._dots[cell] = self._dots.get(cell, 0) | _DOTS[y % 4][x % 2]

    def lines(self, palette: VolumeColours) -> list[list[Segment]]:
        """Write two rows of pixels as one line."""
        return [self._line(y, palette) for y in range(self.height // 2)]

    def _line(self, y: int, palette: VolumeColours) -> list[Segment]:
        line: list[Segment] = []
        x = 0
        for pair, cells in groupby(zip(self.pixels[2 * y], self.pixels[2 * y + 1], strict=True)):
            count = sum(1 for _cell in cells)
            above, below = pair
            if above is None and below is None:
                dots = (self._dots.get((cell, y)) for cell in range(x, x + count))  # of the lines that go through
                signs = "".join(chr(0x2800 + dot) if dot else " " for dot in dots)
                line.append(Segment(signs, palette.wire if signs.strip() else palette.ground))
            elif above is None or above == below:
                line.append(Segment(("▄" if above is None else "█") * count, _style(palette.ground, below, None)))
            else:
                line.append(Segment("▀" * count, _style(palette.ground, above, below)))
            x += count
        return line


_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each of the four by two dots of a braille sign."""


def _snapped(solid: Solid) -> tuple[int, int, int, int, int]:
    """Return the left, top, right, bottom of the front, and the depth, in whole pixels."""
    x, y, depth = round(solid.x), round(solid.y), round(solid.depth)
    return x, y, max(x + 1, round(solid.x + solid.width)), max(y + 1, round(solid.y + solid.height)), depth


def _disc(merge: Merge) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of a merge, in whole pixels."""
    left, top = round(merge.x - merge.radius), round(merge.y - merge.radius)
    return left, top, max(left + 1, round(merge.x + merge.radius)), max(top + 1, round(merge.y + merge.radius))


def _covers(mark: Solid | Merge, x: int, y: int) -> bool:
    """Tell whether a pixel is on a mark."""
    if isinstance(mark, Merge):
        left, top, right, bottom = _disc(mark)
        return left <= x < right and top <= y < bottom
    left, top, right, bottom, depth = _snapped(mark)
    aside, above = x - right + 1, top - y
    on_front = left <= x < right and top <= y < bottom
    on_top = 0 < above <= depth and left + above <= x < right + above
    return on_front or on_top or (0 < aside <= depth and top - aside <= y < bottom - aside)


@lru_cache(maxsize=4096)
def _style(base: Style, colour: Color | None, ground: Color | None) -> Style:
    return base + Style(color=colour, bgcolor=ground)
