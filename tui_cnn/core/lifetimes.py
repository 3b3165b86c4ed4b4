"""Which values of a network are alive when it runs, one step after the other, and how they fit into memory."""

from bisect import insort
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from tui_cnn.core.shape import Amount, Shape, elements, product


class Value(NamedTuple):
    """An array: its shape, the step that makes it, and the last that reads it."""

    shape: Shape
    made: int
    used: int

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return elements(self.shape)

    def meets(self, other: "Value") -> bool:
        """Tell whether both are alive at some step."""
        return self.made <= other.used and other.made <= self.used


class Lifetimes:
    """The arrays of a network in the order in which they are made, one a step."""

    def __init__(self) -> None:
        self.values: list[Value] = []

    def make(self, sources: Sequence[int], shape: Shape) -> int:
        """Make an array of `shape` from other arrays; return its number, which is that of the step."""
        step = len(self.values)
        for source in sources:
            self.values[source] = self.values[source]._replace(used=step)
        self.values.append(Value(shape, step, step))
        return step

    def keep(self, number: int) -> None:
        """Keep an array to the end."""
        self.values[number] = self.values[number]._replace(used=len(self.values) - 1)

    def peak(self, bytes_each: int) -> Amount:
        """Return the most bytes that are alive at one step, as the sum over the arrays that they belong to."""
        change = [0] * (len(self.values) + 1)
        for value in self.values:
            change[value.made] += value.size
            change[value.used + 1] -= value.size
        alive = list(accumulate(change))
        most = max(alive)
        step = alive.index(most)
        parts = " + ".join(product(*value.shape) for value in self.values if value.made <= step <= value.used)
        return Amount(bytes_each * most, f"{bytes_each}·({parts})")

    def arena(self, bytes_each: int, alignment: int) -> int:
        """Return the bytes of a memory that the arrays are laid out in, each at one place as long as it is alive.

        The largest comes first, and each goes to the first gap that is free while it is alive: the plan of LiteRT
        Micro, `greedy_memory_planner.cc` in tensorflow/tflite-micro. Sizes are rounded up to a multiple of `alignment`.
        """
        rounded = [(-(-bytes_each * value.size // alignment) * alignment, value) for value in self.values]
        placed: list[tuple[int, int, Value]] = []
        # Of equal ones the last made comes first, as there.
        for size, value in sorted(rounded, key=lambda one: (one[0], one[1].made), reverse=True):
            start = 0
            for begin, end, other in placed:
                if other.meets(value):
                    if begin - start >= size:
                        break
                    start = max(start, end)
            insort(placed, (start, start + size, value))
        return max((end for _start, end, _value in placed), default=0)
