"""A network as boxes in perspective, as the AlexNet and VGG papers draw it: pure geometry, for screens and for files.

A box is what comes out of a layer: its height and its depth are those of the image (on a root scale, so that small ones
stay visible), its width grows with the channels. A row of features is a thin column. Layers that only act on each value
(normalization, activation, dropout) are slices of the box before them. Branches lie above each other, a skip connection
goes around. x goes right, y down, both in pixels; the middle of a row of boxes is at y = 0.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import log2, sqrt
from typing import Literal, NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Branches, Family, Layer
from tui_cnn.core.layers.base import Spatial
from tui_cnn.core.network import Path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape, elements

Detail = Literal["layers", "blocks", "top"]
"""What is unfolded: everything; blocks, but no branches; nothing."""

Point = tuple[float, float]

SLANT = 0.36
"""How far the depth of a cube goes right, and up, as a share of its height."""

_POINTWISE: tuple[Family, ...] = ("normalization", "activation", "regularization", "augmentation")


class Box(NamedTuple):
    """An output.

    Attributes:
        path: the layer that it comes out of; empty for the network's input.
        shape: None where it is not known.
        family: that of the layer; of a folded container that of its first layer with weights; None for the input.
        slices: the layers after it that only act on each value.
        window: what the layer's window covers of the output before, as shares of its height and width.
        group: the outermost unfolded block that it stands in; empty for none.
        channels_first: whether its channels come before its height and width.
    """

    path: Path
    shape: Shape | None
    family: Family | None
    slices: tuple[tuple[Path, Family], ...] = ()
    window: tuple[float, float] | None = None
    group: Path = ()
    channels_first: bool = False

    @property
    def drawn_shape(self) -> Shape | None:
        """Its shape with the channels last."""
        return _channels_last(self.shape, self.channels_first) if self.shape else None


class Fork(NamedTuple):
    """Branches, how they are merged, and the layers after them that only act on each value."""

    path: Path
    merge: str
    lanes: "tuple[tuple[Element, ...], ...]"
    slices: tuple[tuple[Path, Family], ...] = ()
    group: Path = ()


Element = Box | Fork


def boxes(analysis: Analysis, detail: Detail = "layers") -> tuple[Element, ...]:
    """List what is drawn of a network, the input first. Muted layers are left out."""
    reader = _Reader(analysis, detail)
    begin = Box((), analysis.network.input_shape, None, channels_first=reader.channels_first[()])
    return tuple(reader.stack(analysis.network.layers, (), (), [begin]))


def channels_first(analysis: Analysis) -> dict[Path, bool]:
    """Tell of what comes out of each layer, and of the input, whether its channels come before its height and width.

    Only some layers say so; others leave it as it is before them.
    """
    said = [(row.path, row.layer.data_format if isinstance(row.layer, Spatial) else None) for row in analysis.rows]
    last = next((data_format for _path, data_format in said if data_format), "channels_last")
    found: dict[Path, bool] = {(): last == "channels_first"}
    for path, data_format in said:
        last = data_format or last
        found[path] = last == "channels_first"
    return found


def _channels_last(shape: Shape, first: bool) -> Shape:
    return (*shape[1:], *shape[:1]) if first else shape


class _Reader:
    def __init__(self, analysis: Analysis, detail: Detail) -> None:
        self.channels_first = channels_first(analysis)
        self._rows = {row.path: row for row in analysis.rows}
        self._detail = detail

    def stack(self, layers: Sequence[Layer], prefix: Path, group: Path, drawn: list[Element]) -> list[Element]:
        """Append what is drawn of a stack to `drawn`, and return that."""
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            row = self._rows[path]
            if row.muted:
                continue
            if isinstance(layer, Block) and self._detail != "top":
                self.stack(layer.layers, path, group or path, drawn)
            elif isinstance(layer, Branches) and self._detail == "layers":
                lanes = (tuple(self.stack(branch, (*path, n), (), [])) for n, branch in enumerate(layer.branches))
                drawn.append(Fork(path, layer.merge, tuple(lanes), group=group))
            else:
                self._add(row, group, drawn)
        return drawn

    def _add(self, row: Row, group: Path, drawn: list[Element]) -> None:
        shape = row.output_shape
        before = drawn[-1] if drawn else None
        family = row.layer.family
        if before is not None and family in _POINTWISE and row.error is None and shape in (row.input_shape, None):
            drawn[-1] = before._replace(slices=(*before.slices, (row.path, family)))
            return
        if row.holds_layers:
            family = self._family_of(row.path)
        first = self.channels_first[row.path]
        window, seen = row.layer.window, row.input_shape and _channels_last(row.input_shape, first)
        covered = None
        if window is not None and seen is not None and len(seen) == 3 and len(window.reach) == 2:
            covered = (min(1.0, window.reach[0] / seen[0]), min(1.0, window.reach[1] / seen[1]))
        drawn.append(Box(row.path, shape, family, window=covered, group=group, channels_first=first))

    def _family_of(self, path: Path) -> Family:
        """Return the family of the first layer with weights in a container; where none has, of the first pooling."""
        held = [row.layer for place, row in self._rows.items() if place[: len(path)] == path]
        weighted = (layer.family for layer in held if layer.kernel_kind != "none")
        return next(weighted, "pooling" if any(layer.family == "pooling" for layer in held) else "container")


class DrawingScale(NamedTuple):
    """How large everything is drawn.

    Attributes:
        height: the pixels of the highest image.
        channel: the pixels of one channel; a box of many is as wide as their number to the power of 0.45.
        thinnest: the least width of a box.
        gap: between a box and the next.
        hidden: the share of a box's side that the next one may cover.
        shrink: whether boxes in branches are smaller, so that the branches find room above each other.
        label: the width and the height of what is written below a box or a merge.
    """

    height: float
    channel: float
    thinnest: float
    gap: float
    hidden: float = 0.0
    shrink: bool = False
    label: Callable[[Element], tuple[float, float]] = lambda _element: (0.0, 0.0)


class Solid(NamedTuple):
    """A box in its place: the top left corner of its front, its size, and how far its depth goes right and up."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    depth: float
    label_y: float = 0.0

    @property
    def front(self) -> tuple[Point, ...]:
        """The face of height by channels."""
        x, y, right, bottom = self.x, self.y, self.x + self.width, self.y + self.height
        return (x, y), (right, y), (right, bottom), (x, bottom)

    @property
    def top(self) -> tuple[Point, ...]:
        """The face of width by channels."""
        x, y, right, d = self.x, self.y, self.x + self.width, self.depth
        return (x, y), (x + d, y - d), (right + d, y - d), (right, y)

    @property
    def side(self) -> tuple[Point, ...]:
        """The face of height by width: the image."""
        return self.region(0, 0, 1, 1)

    @property
    def middle(self) -> float:
        """The x in the middle of all of it."""
        return self.x + (self.width + self.depth) / 2

    def on_side(self, down: float, across: float) -> Point:
        """Return a point on the image, given as shares of its height and width."""
        return self.x + self.width + across * self.depth, self.y + down * self.height - across * self.depth

    def region(self, top: float, left: float, bottom: float, right: float) -> tuple[Point, ...]:
        """Return a region of the image, given as shares of its height and width."""
        corners = ((top, left), (top, right), (bottom, right), (bottom, left))
        return tuple(self.on_side(down, across) for down, across in corners)

    def slices(self) -> Iterator[tuple[Family, tuple[Point, ...], tuple[Point, ...]]]:
        """Yield the front and the top of each slice, which take the right part of the box."""
        count = len(self.box.slices)
        if count:
            thick = self.width * min(0.2, 0.5 / count)
            for number, (_path, family) in enumerate(self.box.slices):
                part = self._replace(x=self.x + self.width - (count - number) * thick, width=thick)
                yield family, part.front, part.top


class Merge(NamedTuple):
    """Where branches come together; `begin` is the x where they parted."""

    fork: Fork
    x: float
    y: float
    radius: float
    begin: float = 0.0


class Wire(NamedTuple):
    """Where numbers go, from corner to corner."""

    points: tuple[Point, ...]


Mark = Solid | Merge | Wire


class Arrangement(NamedTuple):
    """Marks in the order in which they are drawn, and how far they reach from the beginning of the middle line.

    Where a box comes just after another, its layer takes the output of that one.

    Attributes:
        enter: the x where the middle line comes to the first mark.
        leave: the x where it goes on from the last.
    """

    width: float
    above: float
    below: float
    marks: tuple[Mark, ...]
    enter: float = 0.0
    leave: float = 0.0

    def moved(self, x: float, y: float) -> "Arrangement":
        """Return the same at another place."""
        return self._replace(marks=tuple(_moved(mark, x, y) for mark in self.marks))

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The boxes."""
        return tuple(mark for mark in self.marks if isinstance(mark, Solid))


def arrange(drawn: Sequence[Element], scale: DrawingScale) -> Arrangement:
    """Put boxes beside each other, and branches above each other."""
    return _Arranger(drawn, scale).row(drawn, 1.0)


def arrange_rows(drawn: Sequence[Element], scale: DrawingScale, width: float) -> list[Arrangement]:
    """Put them into rows of about the same width, all on one scale.

    A row is as wide as `width`, or a little wider if that saves one; what is wider alone has a row of its own.
    """
    arranger = _Arranger(drawn, scale)
    widths = [arranger.row([element], 1.0).width + scale.gap for element in drawn]
    rows = min((_split(widths, limit) for limit in (width, 1.15 * width)), key=len)
    even = _split(widths, min(width, max(*widths, 1.1 * sum(widths) / len(rows))))
    return [arranger.row([drawn[index] for index in row], 1.0) for row in (even if len(even) == len(rows) else rows)]


def _split(widths: Sequence[float], width: float) -> list[list[int]]:
    """Divide numbered things into rows."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for index, needed in enumerate(widths):
        if rows[-1] and used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append(index)
        used += needed
    return rows


class _Arranger:
    def __init__(self, drawn: Sequence[Element], scale: DrawingScale) -> None:
        self._scale = scale
        shapes = [box.drawn_shape for box in _all_boxes(drawn) if box.drawn_shape]
        self._tallest = max((max(shape[:-1]) for shape in shapes if len(shape) > 1), default=1)
        self._longest = max((shape[0] for shape in shapes if len(shape) == 1), default=1)

    def _size(self, shape: Shape | None, factor: float) -> tuple[float, float, float]:
        """Return the width, the height and the depth on the screen."""
        scale, full = self._scale, self._scale.height * factor
        if shape is None:
            return scale.thinnest, full / 3, 0.0
        if len(shape) == 1:
            return scale.thinnest, max(1.0, full * log2(shape[0] + 1) / log2(self._longest + 1)), full * 0.04
        height = max(1.0, full * sqrt(shape[0] / self._tallest))
        wide = full * sqrt(shape[1] / self._tallest) if len(shape) > 2 else full * 0.1
        channels = elements(shape[2:]) if len(shape) > 2 else shape[1]
        return max(scale.thinnest, scale.channel * channels**0.45), height, wide * SLANT

    def row(self, drawn: Sequence[Element], factor: float) -> Arrangement:
        scale = self._scale
        sizes = [self._size(element.drawn_shape, factor) if isinstance(element, Box) else None for element in drawn]
        half = max((size[1] + size[2] for size in sizes if size), default=0.0) / 2
        labels = [scale.label(element) for element in drawn]
        written = max((height for _width, height in labels), default=0.0)
        above, below = half, half + written
        x = 0.0
        marks: list[Mark] = []
        ends: list[tuple[float, float]] = []
        for element, after, size, (room, _height) in zip(drawn, [*drawn, None][1:], sizes, labels, strict=True):
            if isinstance(element, Fork):
                fork = self._fork(element, factor)
                marks += fork.moved(x, 0).marks
                ends.append((x + fork.enter, x + fork.leave))
                x += fork.width + scale.gap
                above, below = max(above, fork.above), max(below, fork.below)
                continue
            assert size is not None
            width, height, depth = size
            margin = max(0.0, room - width - depth) / 2
            solid = Solid(element, x + margin, (depth - height) / 2, width, height, depth, half)
            marks.append(solid)
            ends.append((solid.x, solid.x + width + depth / 2))
            covered = element.family is not None and isinstance(after, Box)
            hidden = scale.hidden if covered else 0.0
            x += max(room, width + depth * (1 - hidden)) + scale.gap
        wires = [Wire(((leave, 0.0), (enter, 0.0))) for (_, leave), (enter, _) in pairwise(ends) if enter > leave]
        enter, leave = (ends[0][0], ends[-1][1]) if ends else (0.0, 0.0)
        return Arrangement(max(0.0, x - scale.gap), above, below, (*wires, *marks), enter, leave)

    def _fork(self, fork: Fork, factor: float) -> Arrangement:
        scale = self._scale
        busy = sum(1 for lane in fork.lanes if lane)
        smaller = factor / sqrt(busy) if scale.shrink and busy > 1 else factor * (0.8 if scale.shrink else 1.0)
        lanes = [self.row(lane, smaller) for lane in fork.lanes]
        radius = max(1.0, scale.height * 0.06) if scale.shrink else 9.0
        room, written = scale.label(fork)
        lead = scale.gap
        width = max(lane.width for lane in lanes)
        end = lead + width + lead + radius
        marks: list[Mark] = []
        above = below = radius
        for lane, y in zip(lanes, _places(lanes, 2.0 if scale.shrink else 14.0), strict=True):
            begin = lead + (width - lane.width) / 2
            enter, leave = begin + lane.enter, begin + lane.leave
            if lane.marks:
                marks += [Wire(((0, 0), (0, y), (enter, y))), Wire(((leave, y), (end, y), (end, 0)))]
            else:
                marks.append(Wire(((0, 0), (0, y), (end, y), (end, 0))))
            marks += lane.moved(begin, y).marks
            above, below = max(above, lane.above - y), max(below, lane.below + y)
        marks.append(Merge(fork, end, 0, radius))
        return Arrangement(end + radius + room, above, max(below, radius + written), tuple(marks), 0.0, end + radius)


def _places(lanes: Sequence[Arrangement], between: float) -> list[float]:
    """Return the y of each lane: a branch beside skip connections only stays in the middle, they go above it."""
    busy = [number for number, lane in enumerate(lanes) if lane.marks]
    if len(busy) == 1:
        top = lanes[busy[0]].above
        skips = iter(range(1, len(lanes)))
        return [0.0 if lane.marks else -top - between * next(skips) for lane in lanes]
    total = sum(lane.above + lane.below for lane in lanes) + between * (len(lanes) - 1)
    places, y = [], -total / 2
    for lane in lanes:
        places.append(y + lane.above)
        y += lane.above + lane.below + between
    return places


def _all_boxes(drawn: Sequence[Element]) -> Iterator[Box]:
    for element in drawn:
        if isinstance(element, Box):
            yield element
        else:
            for lane in element.lanes:
                yield from _all_boxes(lane)


def _moved(mark: Mark, x: float, y: float) -> Mark:
    match mark:
        case Wire(points):
            return Wire(tuple((left + x, top + y) for left, top in points))
        case Solid():
            return mark._replace(x=mark.x + x, y=mark.y + y, label_y=mark.label_y + y)
        case Merge():
            return mark._replace(x=mark.x + x, y=mark.y + y, begin=mark.begin + x)


def field_region(row: Row, analysis: Analysis) -> tuple[float, float, float, float] | None:
    """Return what the middle cell of a map sees of the image, as shares: top, left, bottom, right; None: not known."""
    if row.field is None or row.figures is None or len(analysis.network.input_shape) != 3:
        return None
    first = channels_first(analysis)
    image = _channels_last(analysis.network.input_shape, first[()])
    shape = _channels_last(row.figures.output_shape, first[row.path])
    if row.field.status == "full" or len(shape) != 3:
        return 0.0, 0.0, 1.0, 1.0
    top, left, bottom, right = row.field._replace(first=0).region(shape[0] // 2, shape[1] // 2, image)
    height, width = image[:2]
    if bottom < top or right < left:  # it sees nothing but padding
        return None
    return top / height, left / width, (bottom + 1) / height, (right + 1) / width
