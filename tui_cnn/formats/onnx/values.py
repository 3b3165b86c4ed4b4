"""What flows through a graph of ONNX: tensors that depend on the input, and constants that are worked out.

Constants are shapes, axes and factors, so only small ones have values; a large one is known by its dimensions and by
the arrays of the file that it is made of. Nothing of a model is run: these are a few operators on short lists.
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import ceil, erf, floor, isfinite, prod, sqrt
from typing import Any, NamedTuple

from tui_cnn.core.shape import Shape

Dims = tuple[int, ...]
Leaves = frozenset[tuple[str, int]]
"""Arrays of a file, each with the number of its values."""

_MOST_VALUES = 1024
_LARGEST = 2**62

INTEGERS = (2, 3, 4, 5, 6, 7, 12, 13)
"""The numbers that ONNX has for types of whole numbers (TensorProto.DataType)."""
BOOL = 9
FLOATS = (1, 10, 11, 16)


class Constant(NamedTuple):
    """A tensor that does not depend on the input.

    Attributes:
        kind: the number of its type.
        dims: its dimensions; None where unknown.
        values: its values, if they are few and known.
        leaves: the arrays of the file that it is made of.
        name: what the file calls it; empty for what we make up.
    """

    kind: int
    dims: Dims | None
    values: tuple[Any, ...] | None = None
    leaves: Leaves = frozenset()
    name: str = ""

    @property
    def scalar(self) -> float | None:
        """Its only value; None where it has several, or that is unknown or no number that can be reckoned with."""
        if self.values is None or len(self.values) != 1:
            return None
        value = self.values[0]
        return float(value) if isinstance(value, int | float) and abs(value) < _LARGEST else None

    @property
    def integers(self) -> tuple[int, ...] | None:
        """Its values as whole numbers, if they are known."""
        if self.values is None or any(isinstance(value, float) and not isfinite(value) for value in self.values):
            return None
        return tuple(map(int, self.values))


class Symbol(NamedTuple):
    """A tensor that depends on the input.

    Attributes:
        node: the number of the node that gives it.
        kind: the number of its type.
        dims: its dimensions as in ONNX, the batch included; None where unknown.
        order: for each axis of our shape, the axis of `dims` that it is: (2, 3, 1) for an image with the channels
            first. The batch, axis 0, is not among them, if there is one.
        nonnegative: whether no value is below zero.
        flattened: of a row of values that lie in another order than in ONNX: what was flattened.
    """

    node: int
    kind: int
    dims: Dims | None
    order: Dims = ()
    nonnegative: bool = False
    flattened: "Flattened | None" = None

    @property
    def shape(self) -> Shape | None:
        """Our shape: without the batch, in our order."""
        return None if self.dims is None else tuple(self.dims[axis] for axis in self.order)


Value = Constant | Symbol


class Flattened(NamedTuple):
    """What became a row of values: its dimensions in ONNX, without the batch, and our order of those, from 0."""

    dims: Dims
    order: Dims


class Weight(NamedTuple):
    """How an array of weights of ours is made of a constant.

    Attributes:
        constant: the constant.
        dims: the dimensions that it is brought to first.
        axes: the order in which its axes are put then.
        shape: the shape that it gets at last: that of the weights of Keras' layer.
        factor: what it is multiplied by.
        inverse: whether it is divided by, so that the factors are 1 by its values.
    """

    constant: Constant
    dims: Dims
    axes: Dims
    shape: Dims
    factor: float = 1.0
    inverse: bool = False


def plain_weight(constant: Constant, axes: Dims) -> Weight:
    """Make weights of a constant whose axes only lie in another order."""
    dims = constant.dims or ()
    return Weight(constant, dims, axes, tuple(dims[axis] for axis in axes))


def weight_by_channel(constant: Constant, source: Symbol, factor: float = 1.0, *, inverse: bool = False) -> Weight:
    """Make a number for each channel of what goes in, or for each value of a row."""
    dims, axes = source.flattened or ((prod(constant.dims or (0,)),), (0,))
    return Weight(constant, dims, axes, (prod(dims),), factor, inverse)


def evaluate(
    kind: str, inputs: Sequence[Constant | None], attributes: dict[str, Any], dims: Dims, target: int
) -> tuple[Any, ...] | None:
    """Work out an operator on constants; None where that is none of the few, or its values are unknown or too many.

    Args:
        kind: the operator.
        inputs: what goes in.
        attributes: its attributes.
        dims: the dimensions of what comes out.
        target: the type of what comes out.
    """
    if prod(dims) > _MOST_VALUES:
        return None
    if kind == "ConstantOfShape":
        return tuple(attributes.get("value") or (0.0,)) * prod(dims)
    given = [one for one in inputs if one is not None]
    if not given or any(one.values is None or one.dims is None for one in given):
        return None
    lists = [one.values or () for one in given]
    try:
        values = _evaluated(kind, given, lists, attributes, dims)
        if values is None or len(values) != prod(dims):
            return None
        return tuple(_cast(value, target) for value in values)
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None


def _evaluated(
    kind: str, given: Sequence[Constant], lists: Sequence[tuple[Any, ...]], attributes: dict[str, Any], dims: Dims
) -> tuple[Any, ...] | None:
    first = lists[0]
    if kind in ("Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Cast", "CastLike"):
        return first
    if kind in _UNARY:
        return tuple(_UNARY[kind](value) for value in first)
    if kind in _BINARY:
        spread = [_stretched(values, one.dims or (), dims) for values, one in zip(lists, given, strict=True)]
        result = spread[0]
        for other in spread[1:]:
            result = tuple(_BINARY[kind](*pair) for pair in zip(result, other, strict=True))
        return result
    match kind:
        case "Where":
            which, yes, no = (
                _stretched(values, one.dims or (), dims) for values, one in zip(lists, given, strict=True)
            )
            return tuple(right if flag else left for flag, right, left in zip(which, yes, no, strict=True))
        case "Expand":
            return _stretched(first, given[0].dims or (), dims)
        case "Concat" if len(dims) == 1:
            return tuple(value for values in lists for value in values)
        case "Gather" if len(given[0].dims or ()) == 1:
            return tuple(first[int(index)] for index in lists[1])
        case "Range":
            start, _limit, step = (values[0] for values in lists)
            return tuple(start + step * number for number in range(dims[0]))
        case "Slice" if len(given[0].dims or ()) == 1:
            return _sliced(first, lists, attributes)
        case "ReduceProd" | "ReduceSum" | "ReduceMax" | "ReduceMin" if prod(dims) == 1 and first:
            return (_REDUCTIONS[kind](first),)
    return None


def _sliced(values: tuple[Any, ...], lists: Sequence[tuple[Any, ...]], attributes: dict[str, Any]) -> tuple[Any, ...]:
    if len(lists) > 1:
        start, stop = lists[1][0], lists[2][0]
        step = lists[4][0] if len(lists) > 4 else 1
    else:
        start, stop, step = attributes["starts"][0], attributes["ends"][0], 1
    stop = None if step < 0 and stop < -len(values) else int(stop)
    return values[int(start) : stop : int(step)]


def _stretched(values: tuple[Any, ...], own: Dims, dims: Dims) -> tuple[Any, ...]:
    """Repeat values as broadcasting does."""
    if own == dims or len(values) == prod(dims):
        return values
    padded = (1,) * (len(dims) - len(own)) + own
    steps = [0 if length == 1 else prod(padded[axis + 1 :]) for axis, length in enumerate(padded)]
    places = product(*map(range, dims))
    return tuple(values[sum(place * step for place, step in zip(at, steps, strict=True))] for at in places)


def _divided(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return int(left / right) if abs(left) < 2**52 else left // right  # towards zero, as ONNX has it
    return left / right


def _cast(value: Any, kind: int) -> Any:
    if kind == BOOL:
        return bool(value)
    if kind not in INTEGERS:
        return float(value)
    if abs(value) >= 2**63:
        raise OverflowError
    return int(value)


_UNARY: dict[str, Callable[[Any], Any]] = {
    "Floor": floor,
    "Ceil": ceil,
    "Round": round,
    "Neg": lambda value: -value,
    "Abs": abs,
    "Sqrt": sqrt,
    "Not": lambda value: not value,
    "Reciprocal": lambda value: 1 / value,
    "Erf": erf,
}
_REDUCTIONS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "ReduceProd": prod,
    "ReduceSum": sum,
    "ReduceMax": max,
    "ReduceMin": min,
}
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda left, right: left + right,
    "Sub": lambda left, right: left - right,
    "Mul": lambda left, right: left * right,
    "Div": _divided,
    "Mod": lambda left, right: left % right,
    "Min": min,
    "Max": max,
    "Equal": lambda left, right: left == right,
    "Less": lambda left, right: left < right,
    "Greater": lambda left, right: left > right,
    "LessOrEqual": lambda left, right: left <= right,
    "GreaterOrEqual": lambda left, right: left >= right,
    "And": lambda left, right: left and right,
    "Or": lambda left, right: left or right,
}
