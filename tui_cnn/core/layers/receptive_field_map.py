"""What an output cell of a layer sees of the layer's input, one axis at a time.

A map takes an interval of output positions to the interval of input positions that can influence it. After Araujo,
Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019, section 3.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

Interval = tuple[int, int]
"""Positions from the first to the last, both included; they may lie outside of the image, in the padding."""


class Sliding(NamedTuple):
    """A window of `reach` cells that moves by `stride`; its first place begins `padding` cells before the input."""

    reach: int = 1
    stride: int = 1
    padding: int = 0

    @property
    def rate(self) -> int:
        """Input cells to one output cell."""
        return self.stride

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
    def rate(self) -> "Fraction":
        """Input cells to one output cell."""
        from fractions import Fraction  # few networks need it, and it is slow to load

        return Fraction(1, self.stride)

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        first, last = interval
        return -((self.reach - 1 - first - self.padding) // self.stride), (last + self.padding) // self.stride


class Resampling(NamedTuple):
    """Interpolation between the `radius` cells on either side; pixel centres at halves, as TensorFlow has it."""

    factor: int
    radius: int

    @property
    def rate(self) -> "Fraction":
        """Input cells to one output cell."""
        from fractions import Fraction

        return Fraction(1, self.factor)

    def back(self, interval: Interval) -> Interval:
        """Return the input positions that the outputs of `interval` see."""
        left, on_left = divmod(2 * interval[0] + 1 - self.factor, 2 * self.factor)
        right, on_right = divmod(2 * interval[1] + 1 - self.factor, 2 * self.factor)
        # An output that falls on an input cell is that cell, and sees none beside it.
        return left - (self.radius - 1 if on_left else 0), right + (self.radius if on_right else 0)


AxisMap = Sliding | Spreading | Resampling

CELL = Sliding()
"""An output sees the cell at its own position, and nothing else."""


class ReceptiveFieldMap(NamedTuple):
    """How a layer's outputs see its input, down and across; `everything` where each sees the whole input."""

    down: AxisMap = CELL
    across: AxisMap = CELL
    everything: bool = False


SAME_CELL = ReceptiveFieldMap()
EVERYTHING = ReceptiveFieldMap(everything=True)
