"""Shapes, counts with their formulas, and the error of a layer that cannot take its input."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from tui_cnn.errors import UserError

Shape = tuple[int, ...]
"""Channels last, without the batch axis: `(height, width, channels)` or `(features,)`."""


def of_size(own: Sequence[Any], given: Shape) -> Shape:
    """Return the shape that is given, with the channels of a model's own where it is only (height, width)."""
    own_channels = own[2] if len(own) == 3 and isinstance(own[2], int) else None
    return (*given, own_channels) if len(given) == 2 and own_channels else given


def changes_channels(own: Sequence[Any], shape: Shape) -> bool:
    """Return whether images of `shape` have other channels than those of a model."""
    return len(own) == len(shape) == 3 and own[2] != shape[2]


class Amount(NamedTuple):
    """A whole number and how it comes about, with the values put in: `18496`, `(3·3·32 + 1)·64`."""

    value: int
    formula: str

    def __str__(self) -> str:
        return f"{self.formula} = {self.value:,}" if self.formula else f"{self.value:,}"


NONE = Amount(0, "")
"""The amount of what has none: a pooling layer's parameters, for instance."""


def amount(*factors: int) -> Amount:
    """Return a product of numbers, and how it comes about."""
    return Amount(prod(factors), product(*factors))


def both(one: Amount, other: Amount) -> Amount:
    """Return the sum of two amounts."""
    return Amount(one.value + other.value, f"{one.formula} + {other.formula}")


def total(amounts: Sequence[Amount]) -> Amount:
    """Return the sum of amounts; equal ones are counted, of others the formula has only the values."""
    counted = [amount for amount in amounts if amount.value]
    if len(counted) < 2:
        return counted[0] if counted else NONE
    values = sum(amount.value for amount in counted)
    if len(set(counted)) == 1:
        return Amount(values, f"{len(counted)}·({counted[0].formula})")
    return Amount(values, " + ".join(f"{amount.value:,}" for amount in counted))


class ShapeError(UserError):
    """A layer cannot take the shape it is given.

    Attributes:
        change: the fields to set on that layer, the smallest change that lets it work; empty where no field helps.
    """

    def __init__(self, message: str, change: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.change: dict[str, Any] = dict(change or {})


def format_shape(shape: Shape) -> str:
    """Write a shape as the field does: `28×28×1`, `576`."""
    return "×".join(map(str, shape))


def format_step(step: Sequence[int]) -> str:
    """Write a stride, a dilation or a size as briefly as it goes: `2`, or `2×1` where the axes differ."""
    return f"{step[0]}" if len(set(step)) == 1 else format_shape(tuple(step))


def by_axis(*axes: str) -> str:
    """Write what is said of height and width (of a volume, of its depth before) once where it is the same."""
    if len(set(axes)) == 1:
        return axes[0]
    return ";  ".join(f"{name}: {said}" for name, said in zip("dhw"[-len(axes) :], axes, strict=True))


def largest_divisor(number: int, most: int) -> int:
    """Return the largest divisor of `number` that is not above `most`."""
    return next(divisor for divisor in range(min(most, number), 0, -1) if number % divisor == 0)


def elements(shape: Shape) -> int:
    """Count the values of an array of `shape`."""
    return prod(shape)


def product(*factors: int | str) -> str:
    """Write a product: `3·3·32`."""
    return "·".join(map(str, factors))
