"""Operators that put the same values into another shape, another order, or beside each other."""

from math import prod

from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator
from tui_cnn.formats.onnx.values import Dims, Flattened, Symbol, Value
from tui_cnn.i18n import _


def _transpose(_builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Another way to count the same axes."""
    tensor = operator.tensor
    rank = len(tensor.dims or ())
    way = tuple(operator.attributes.get("perm") or range(rank - 1, -1, -1))
    if sorted(way) != list(range(rank)) or way[0] != 0:
        raise ForeignError
    return tensor._replace(dims=operator.dims, order=tuple(way.index(axis) for axis in tensor.order))


def _same(_builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return operator.tensor._replace(kind=operator.outputs[0][1])


def _reshape(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """Reshape, Flatten, Squeeze and Unsqueeze: the values in their order in other dimensions.

    Axes that are merged or split among themselves stay where they are in our order, too. To flatten an image gives the
    same numbers in our order as in that of ONNX, but in other places.
    """
    tensor, dims = operator.tensor, operator.dims
    assert tensor.dims is not None
    if dims[0] != tensor.dims[0] or len(dims) < 2 or prod(dims) != prod(tensor.dims) or min(dims) < 1:
        raise ForeignError
    if len(dims) == 2:
        return _flattened(builder, operator, tensor, notes)
    groups = _groups(tensor.dims[1:], dims[1:])
    place_of = {axis + 1: at for at, (axes, _new) in enumerate(groups) for axis in axes}
    long = [axis for axis in tensor.order if tensor.dims[axis] > 1]
    sequence = list(dict.fromkeys(place_of[axis] for axis in long))
    wanted = [axis + 1 for at in sequence for axis in groups[at][0] if tensor.dims[axis + 1] > 1]
    if wanted != long:
        ones = [axis for axis in tensor.order if tensor.dims[axis] == 1]
        tensor = builder.arranged(operator, tensor, (*ones, *wanted))
    made = [axis + 1 for at in sequence for axis in groups[at][1] if dims[axis + 1] > 1]
    order = _order_with(made, dims)
    shape = [dims[axis] for axis in order]
    if tuple(shape) == tensor.shape:
        return tensor._replace(dims=dims, order=order)
    return builder.layer(
        operator, "Reshape", tensor, dims, order=order, nonnegative=tensor.nonnegative, target_shape=shape
    )


def _flattened(builder: Builder, operator: Operator, tensor: Symbol, notes: Notes) -> Symbol:
    dims = operator.dims
    assert tensor.dims is not None
    if tensor.shape == dims[1:]:
        return tensor._replace(dims=dims, order=(1,))
    if operator.uses[0] == 1 and (above := builder.made_by(tensor)) is not None and hasattr(above[0], "keepdims"):
        channels = tensor._replace(dims=dims, order=(1,))
        try:
            return builder.extended(channels, above[1], None, keepdims=False)._replace(nonnegative=tensor.nonnegative)
        except ForeignError:
            pass
    row = builder.layer(operator, "Flatten", tensor, dims, order=(1,), nonnegative=tensor.nonnegative)
    long = [axis for axis in tensor.order if tensor.dims[axis] > 1]
    if long == sorted(long):
        return row
    notes.add(_("flattened in another order than in ONNX; weights behind it need their rows reordered"), operator.name)
    return row._replace(flattened=Flattened(tensor.dims[1:], tuple(axis - 1 for axis in tensor.order)))


def _groups(old: Dims, new: Dims) -> list[tuple[list[int], list[int]]]:
    """Find which axes become which, from the left: the fewest of both that have as many values."""
    groups: list[tuple[list[int], list[int]]] = []
    left, right = list(enumerate(old)), list(enumerate(new))
    while left or right:
        axes, made = [], []
        one = other = 1
        while left or right:
            if (one <= other and left) or not right:
                axis, length = left.pop(0)
                axes.append(axis)
                one *= length
            else:
                axis, length = right.pop(0)
                made.append(axis)
                other *= length
            if one == other and made and axes:
                break
        groups.append((axes, made))
    return groups


def _order_with(long: list[int], dims: Dims) -> Dims:
    """Put the axes of length 1 among those that have their order: channels last where that is possible."""
    rank = len(dims)
    for order in ((*range(2, rank), 1), tuple(range(1, rank))):
        if [axis for axis in order if dims[axis] > 1] == long:
            return order
    return (*(axis for axis in range(1, rank) if dims[axis] == 1), *long)


def _concat(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensors: list[Value | None] = list(operator.inputs)
    inputs = [one for one in tensors if isinstance(one, Symbol)]
    if len(inputs) < len(tensors) or any(one.dims is None or 0 in one.order for one in inputs):
        raise ForeignError
    if len(inputs) == 1:
        return inputs[0]
    first = operator.tensor
    axis = operator.attributes.get("axis", 1) % len(first.dims or ())
    if axis == 0 or len({len(one.order) for one in inputs}) > 1:
        raise ForeignError
    inputs = [builder.arranged(operator, one, first.order) for one in inputs]
    place = first.order.index(axis) + 1
    result = builder.merge(operator, "Concatenate", inputs, -1 if place == len(first.order) else place)
    return result._replace(nonnegative=all(one.nonnegative for one in inputs))


CONVERSIONS: dict[str, Conversion] = {
    "Identity": _same,
    "Cast": _same,
    "Transpose": _transpose,
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), _reshape),
    "Concat": _concat,
}
