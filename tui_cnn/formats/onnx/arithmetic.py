"""Operators of arithmetic: several tensors are merged, and numbers become the settings or the weights of layers."""

from collections.abc import Sequence
from math import prod

from tui_cnn.core.layers import Layer
from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator, size
from tui_cnn.formats.onnx.values import Constant, Symbol, weight_by_channel
from tui_cnn.i18n import _

_MERGES = {"Add": "Add", "Sum": "Add", "Mul": "Multiply", "Max": "Maximum", "Min": "Minimum", "Mean": "Average",
           "Sub": "Subtract"}  # fmt: skip


def _arithmetic(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """A merge of tensors; or a tensor and numbers: one for all, or one a channel."""
    tensors = [value for value in operator.inputs if isinstance(value, Symbol)]
    others = [value for value in operator.inputs if isinstance(value, Constant)]
    if not others:
        return _merged(builder, operator, tensors)
    if len(tensors) == len(others) == 1 and tensors[0].dims is not None and 0 not in tensors[0].order:
        first = isinstance(operator.inputs[0], Symbol)
        return _with_constant(builder, operator, tensors[0], others[0], first, notes)
    raise ForeignError


def _merged(builder: Builder, operator: Operator, tensors: Sequence[Symbol]) -> Symbol:
    if operator.kind not in _MERGES or any(one.dims is None or 0 in one.order for one in tensors):
        raise ForeignError
    if len(tensors) == 1:
        return tensors[0]
    largest = max(tensors, key=lambda one: prod(one.dims or ()))
    if len({len(one.order) for one in tensors}) > 1:
        raise ForeignError
    inputs = [builder.arranged(operator, one, largest.order) for one in tensors]
    result = builder.merge(operator, _MERGES[operator.kind], inputs)
    nonnegative = all(one.nonnegative for one in tensors) and operator.kind != "Sub"
    return result._replace(nonnegative=nonnegative)


def _with_constant(
    builder: Builder, operator: Operator, tensor: Symbol, other: Constant, first: bool, notes: Notes
) -> Symbol:
    assert tensor.dims is not None
    if operator.dims != tensor.dims:
        raise ForeignError
    if (number := other.scalar) is not None or size(other) == 1:
        if number is None:
            raise ForeignError
        return _with_number(builder, operator, tensor, number, first)
    if not _is_by_channel(tensor, other):
        raise ForeignError
    alone = operator.uses[0 if first else 1] == 1
    above = builder.made_by(tensor) if alone else None
    if operator.kind == "Add" or (operator.kind == "Sub" and first):
        for field, off in (("use_bias", False), ("center", False)):
            if above is not None and getattr(above[0], field, None) is off and _may_shift(above[0]):
                try:
                    sign = 1.0 if operator.kind == "Add" else -1.0
                    shift = weight_by_channel(other, tensor, sign)
                    return builder.extended(tensor, above[1], shift, **{field: True})
                except ForeignError:
                    pass
        return _normalization(builder, operator, tensor, other, notes)
    if operator.kind == "Mul" or (operator.kind == "Div" and first):
        factors = weight_by_channel(other, tensor, inverse=operator.kind == "Div")
        return builder.layer(operator, "ChannelScale", tensor, operator.dims, weights=[factors], center=False)
    raise ForeignError


def _may_shift(layer: Layer) -> bool:
    return layer.kernel_kind != "none" or type(layer).__name__ == "ChannelScale"


def _is_by_channel(tensor: Symbol, other: Constant) -> bool:
    """Whether a constant has a number for each length of the axis that is our last."""
    if other.dims is None or tensor.dims is None or len(other.dims) > len(tensor.dims):
        return False
    own = (1,) * (len(tensor.dims) - len(other.dims)) + other.dims
    channels = tensor.order[-1]
    return own[channels] == tensor.dims[channels] and prod(own) == own[channels]


def _with_number(builder: Builder, operator: Operator, tensor: Symbol, number: float, first: bool) -> Symbol:
    match operator.kind:
        case "Add":
            scale, offset = 1.0, number
        case "Sub":
            scale, offset = (1.0, -number) if first else (-1.0, number)
        case "Mul":
            scale, offset = number, 0.0
        case "Div" if first and abs(number) > 1e-30:
            scale, offset = 1 / number, 0.0
        case "Max" if number == 0:
            return builder.layer(operator, "ReLU", tensor, operator.dims, nonnegative=True)
        case _:
            raise ForeignError
    if (scale, offset) == (1.0, 0.0):
        return tensor
    return builder.layer(operator, "Rescaling", tensor, operator.dims, scale=scale, offset=offset)


def _normalization(builder: Builder, operator: Operator, tensor: Symbol, other: Constant, notes: Notes) -> Symbol:
    """A known shift of each channel, such as the mean of the data."""
    sign = 1 if operator.kind == "Sub" else -1
    if other.values is None:
        raise ForeignError
    means = [sign * float(value) for value in other.values]
    result = builder.layer(operator, "Normalization", tensor, operator.dims, mean=means, variance=[1.0] * len(means))
    notes.add(_("constants are settings, not parameters"), operator.name)
    return result


CONVERSIONS: dict[str, Conversion] = dict.fromkeys((*_MERGES, "Div"), _arithmetic)
