"""Receptive fields: how much of the input image a cell of a feature map sees.

Size, stride and padding are in input pixels, each axis on its own: cell i sees the pixels from `i·stride - padding` to
`i·stride - padding + size - 1`. They are exact at this input size, for `same` padding too, which in TensorFlow depends
on it. A layer's map takes an interval of output positions to the interval of input positions that can influence it.
After Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019, section 3.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from tui_cnn.core.shape import Shape, format_step
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from fractions import Fraction

Interval = tuple[int, int]
"""Positions from the first to the last, both included; they may lie outside of the image, in the padding."""


class Sliding(NamedTuple):
    """A window of `reach` cells that moves by `stride`; its first place begins `padding` cells before the input."""

    reach: int = 1
    stride: int = 1
    padding: int = 0

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        first, last = interval
        return first * self.stride - self.padding, last * self.stride - self.padding + self.reach - 1


class Spreading(NamedTuple):
    """The transpose of a sliding window: each input cell spreads over `reach` cells of the output."""

    reach: int
    stride: int
    padding: int = 0

    @property
    def step(self) -> "Fraction":
        """Input cells for an output cell."""
        return _fraction(1, self.stride)

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        first, last = interval
        return -((self.reach - 1 - first - self.padding) // self.stride), (last + self.padding) // self.stride


class Resampling(NamedTuple):
    """Interpolation from `cells` to `outputs` between the `radius` cells on either side; pixel centres at halves.

    A radius of 0 takes the nearest cell.
    """

    cells: int
    outputs: int
    radius: int

    @property
    def step(self) -> "Fraction":
        """Input cells for an output cell."""
        return _fraction(self.cells, self.outputs)

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        if not self.radius:
            first, last = ((2 * output + 1) * self.cells // (2 * self.outputs) for output in interval)
            return first, last
        left, on_left = divmod((2 * interval[0] + 1) * self.cells - self.outputs, 2 * self.outputs)
        right, on_right = divmod((2 * interval[1] + 1) * self.cells - self.outputs, 2 * self.outputs)
        # An output that falls on an input cell is that cell, and sees none beside it.
        return left - (self.radius - 1 if on_left else 0), right + (self.radius if on_right else 0)


class Selecting(NamedTuple):
    """As many windows as there are `outputs`, which together cover the `cells` as evenly as they can."""

    cells: int
    outputs: int

    @property
    def step(self) -> "Fraction":
        """Input cells for an output cell."""
        return _fraction(self.cells, self.outputs)

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        return interval[0] * self.cells // self.outputs, -(-(interval[1] + 1) * self.cells // self.outputs) - 1


def _fraction(cells: int, outputs: int) -> "Fraction":
    from fractions import Fraction  # few networks need it, and it is slow to load

    return Fraction(cells, outputs)


AxisMap = Sliding | Spreading | Resampling | Selecting

CELL = Sliding()
"""An output sees the cell at its own position, and nothing else."""


class ReceptiveFieldMap(NamedTuple):
    """How a layer's outputs see its input, down and across; `everything` where each sees the whole input.

    A sequence has its positions down, and is one cell wide. Of what sees along three axes nothing is said: `unknown`.
    `first` is the axis of a shape that goes down: 1 where the channels come first.
    """

    down: AxisMap = CELL
    across: AxisMap = CELL
    everything: bool = False
    unknown: bool = False
    first: int = 0

    def of_channels_first(self) -> "ReceptiveFieldMap":
        """Return the same map of an input whose channels come first."""
        return self if self is SAME_CELL or self is EVERYTHING else self._replace(first=1)


def sides(shape: Shape, first: int) -> tuple[int, int] | None:
    """Return the cells down and across an array, the axes from `first` on; None where it has none."""
    match shape[first : len(shape) - 1 + first]:
        case (down, across):
            return down, across
        case (length,):
            return length, 1
    return None


def along(axes: Sequence[AxisMap]) -> ReceptiveFieldMap:
    """Return the map of a layer that sees along each of its axes in its own way."""
    match axes:
        case [down]:
            return ReceptiveFieldMap(down)
        case [down, across]:
            return ReceptiveFieldMap(down, across)
    return UNKNOWN


SAME_CELL = ReceptiveFieldMap()
EVERYTHING = ReceptiveFieldMap(everything=True)
UNKNOWN = ReceptiveFieldMap(unknown=True)

Status = Literal["exact", "full", "unaligned"]
"""`full`: every cell sees the whole image; `unaligned`: cells see pieces of different size, or at uneven steps."""


class AxisField(NamedTuple):
    """A receptive field along one axis.

    Where the cells do not see evenly (after upsampling, say), `table` has what each sees, `size` is the largest, and
    `stride` the mean step.
    """

    size: int = 1
    stride: "int | Fraction" = 1
    padding: int = 0
    table: tuple[Interval, ...] | None = None

    def through(self, step: AxisMap, cells: int, outputs: int) -> "AxisField":
        """Look through one more layer, which makes `outputs` of `cells`."""
        if self.table is None and isinstance(step, Sliding):
            jump = int(self.stride)
            size, padding = self.size + (step.reach - 1) * jump, self.padding + step.padding * jump
            return AxisField(size, self.stride * step.stride, padding)
        before = self.intervals(cells)
        table = []
        for output in range(outputs):
            first, last = (max(0, min(cell, cells - 1)) for cell in step.back((output, output)))
            table.append((before[first][0], before[last][1]))
        return _uneven(table, self.stride * (step.stride if isinstance(step, Sliding) else step.step))

    def region(self, cell: int) -> Interval:
        """Return the input positions that `cell` sees, some of them perhaps in the padding."""
        if self.table is not None:
            return self.table[cell]
        first = cell * int(self.stride) - self.padding
        return first, first + self.size - 1

    def intervals(self, cells: int) -> tuple[Interval, ...]:
        """Return what each of `cells` sees."""
        return self.table or tuple(self.region(cell) for cell in range(cells))


class ReceptiveField(NamedTuple):
    """What a cell sees. Only the status counts where that is `full`.

    `first` is the axis of a shape that goes down: 1 where the channels come first.
    """

    status: Status
    down: AxisField
    across: AxisField
    first: int = 0

    @property
    def shorter(self) -> int:
        """Pixels along the axis where it has fewer."""
        return min(self.down.size, self.across.size)

    def through(self, layer: ReceptiveFieldMap, shape: Shape, output: Shape) -> "ReceptiveField | None":
        """Look through one more layer, which makes `output` of `shape`; None where that is too long to work out.

        It is not worked out either where a layer takes for channels what was height or width before.
        """
        if layer.everything or self.status == "full":
            return FULL
        own_pixel = self.down == self.across == AxisField()
        if layer.unknown or (layer.first != self.first and not own_pixel):
            return None
        before, after = sides(shape, layer.first), sides(output, layer.first)
        if before is None or after is None:
            return FULL
        evenly = self.status == "exact" and isinstance(layer.down, Sliding) and isinstance(layer.across, Sliding)
        if not evenly and max(*before, *after) > _LONGEST_TABLE:
            return None
        down = self.down.through(layer.down, before[0], after[0])
        return _field(down, self.across.through(layer.across, before[1], after[1]), layer.first)

    def region(self, row: int, column: int, image: Shape) -> tuple[int, int, int, int]:
        """Return `(top, left, bottom, right)` of what a cell sees, clipped to the image; all are included."""
        if self.status == "full":
            return 0, 0, image[0] - 1, image[1] - 1
        (top, bottom), (left, right) = self.down.region(row), self.across.region(column)
        height, width = image[self.first : self.first + 2]
        return max(0, top), max(0, left), min(height - 1, bottom), min(width - 1, right)


PIXEL = ReceptiveField("exact", AxisField(), AxisField())
"""A pixel sees itself."""

FULL = ReceptiveField("full", AxisField(), AxisField())
"""Everything is seen."""

_LONGEST_TABLE = 4096
"""Cells along an axis up to which it is worked out what each of them sees, where they see unevenly."""


def merge(fields: Sequence[ReceptiveField], shapes: Sequence[Shape], output: Shape) -> ReceptiveField | None:
    """Return what a cell of a merged `output` sees: all that it sees through any of the branches.

    A branch that is stretched over the image when it is merged counts as seeing everything. None where it is too long
    to work out.
    """
    first = max(field.first for field in fields)
    cells, *others = (sides(shape, first) for shape in (output, *shapes))
    if cells is None or any(other != cells for other in others) or any(field.status == "full" for field in fields):
        return FULL
    strides = {(field.status, field.down.stride, field.across.stride) for field in fields}
    if len(strides) > 1 and max(cells) > _LONGEST_TABLE:
        return None
    down = _hull([field.down for field in fields], cells[0])
    return _field(down, _hull([field.across for field in fields], cells[1]), first)


def _field(down: AxisField, across: AxisField, first: int) -> ReceptiveField:
    status: Status = "exact" if down.table is None and across.table is None else "unaligned"
    return ReceptiveField(status, down, across, first)


def _hull(axes: Sequence[AxisField], cells: int) -> AxisField:
    stride = axes[0].stride
    if all(axis.table is None and axis.stride == stride for axis in axes):
        padding = max(axis.padding for axis in axes)
        return AxisField(padding + max(axis.size - axis.padding for axis in axes), stride, padding)
    seen = zip(*(axis.intervals(cells) for axis in axes), strict=True)
    return _uneven([(min(first for first, _ in each), max(last for _, last in each)) for each in seen], stride)


def _uneven(table: Sequence[Interval], stride: "int | Fraction") -> AxisField:
    return AxisField(max(last - first + 1 for first, last in table), stride, -table[0][0], tuple(table))


def format_field(field: ReceptiveField | None) -> str:
    """Write a receptive field briefly: `18`, `18×9` where the axes differ, `full`, `≤ 18` where cells see unevenly."""
    if field is None:
        return ""
    if field.status == "full":
        return _("full")
    size = format_step((field.down.size, field.across.size))
    return size if field.status == "exact" else f"≤ {size}"
