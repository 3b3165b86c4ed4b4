"""Operators that apply a function to each value, and those that do nothing but in training."""

from collections.abc import Callable
from math import prod
from typing import Any

from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator
from tui_cnn.formats.onnx.values import Symbol, Weight, weight_by_channel


def _plain(kind: str, *, nonnegative: bool = False, **settings: Any) -> Callable[..., Symbol]:
    """Make a conversion into a layer that has no settings of its own."""

    def conversion(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
        return _elementwise(builder, operator, kind, nonnegative=nonnegative, **settings)

    return conversion


def _elementwise(
    builder: Builder, operator: Operator, kind: str, *, nonnegative: bool = False, **settings: Any
) -> Symbol:
    tensor = operator.tensor
    return builder.layer(operator, kind, tensor, operator.dims, nonnegative=nonnegative, **settings)


def _leaky_relu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return _elementwise(builder, operator, "LeakyReLU", negative_slope=operator.attributes.get("alpha", 0.01))


def _elu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return _elementwise(builder, operator, "ELU", alpha=operator.attributes.get("alpha", 1.0))


def _thresholded(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    alpha = operator.attributes.get("alpha", 1.0)
    return _elementwise(builder, operator, "ReLU", nonnegative=True, threshold=alpha)


def _slopes(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """The slopes of a PReLU: one a value, a channel or the layer."""
    tensor, slopes = operator.tensor, operator.weights(1)
    assert slopes.dims is not None
    rank = len(tensor.dims or ())
    if len(slopes.dims) > rank:
        raise ForeignError
    own = (1,) * (rank - len(slopes.dims)) + slopes.dims
    shared = [place for place, axis in enumerate(tensor.order, start=1) if own[axis] == 1]
    if tensor.flattened and slopes.dims != (1,):
        weight = weight_by_channel(slopes, tensor)
    else:
        axes = tuple(axis - 1 for axis in tensor.order)
        weight = Weight(slopes, own[1:], axes, tuple(own[axis] for axis in tensor.order))
    return builder.layer(operator, "PReLU", tensor, operator.dims, weights=[weight], shared_axes=shared or None)


_STANDARD: dict[str, tuple[str, dict[str, float]]] = {
    "Selu": ("selu", {"alpha": 1.67326319217681884765625, "gamma": 1.05070102214813232421875}),
    "Celu": ("celu", {"alpha": 1.0}),
    "HardSigmoid": ("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "Swish": ("silu", {"alpha": 1.0}),
}
"""Functions that have settings in ONNX and none in Keras, and which those are."""
_USUAL = {"HardSigmoid": {"alpha": 0.2, "beta": 0.5}}


def _standard(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    name, wanted = _STANDARD[operator.kind]
    usual = _USUAL.get(operator.kind, wanted)
    if any(abs(operator.attributes.get(key, usual[key]) - value) > 1e-4 for key, value in wanted.items()):
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation=name, nonnegative=name == "hard_sigmoid")


def _gelu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    if operator.attributes.get("approximate", "none") != "none":
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation="gelu")


def _shrink(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    bias, most = operator.attributes.get("bias", 0.0), operator.attributes.get("lambd", 0.5)
    if most != 0.5 or bias not in (0.0, 0.5):
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation="soft_shrink" if bias else "hard_shrink")


def _clip(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    low, high = operator.number(1, "min", -1e38), operator.number(2, "max", 1e38)
    if (low, high) == (-1, 1):
        return _elementwise(builder, operator, "Activation", activation="hard_tanh")
    if low != 0:
        raise ForeignError
    return _elementwise(builder, operator, "ReLU", nonnegative=True, max_value=high if high < 1e38 else None)


def _softmax(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Before version 13 it is over all axes from `axis` on."""
    tensor = operator.tensor
    assert tensor.dims is not None
    rank, new = len(tensor.dims), operator.version >= 13
    axis = operator.attributes.get("axis", -1 if new else 1) % rank
    if new and axis == 0:
        raise ForeignError
    if not new and prod(tensor.dims[axis:]) != tensor.dims[max(axis, 1)]:
        long = [place for place in range(axis, rank) if tensor.dims[place] > 1]
        if len(long) != 1:
            raise ForeignError
        axis = long[0]
    if tensor.order[-1] != axis:
        tensor = builder.arranged(operator, tensor, (*(one for one in tensor.order if one != axis), axis))
    if operator.kind == "LogSoftmax":
        return builder.layer(operator, "Activation", tensor, operator.dims, activation="log_softmax")
    return builder.layer(operator, "Softmax", tensor, operator.dims, nonnegative=True)


def _dropout(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = operator.tensor
    rate = operator.number(1, "ratio", 0.5)
    return builder.layer(operator, "Dropout", tensor, operator.dims, nonnegative=tensor.nonnegative, rate=rate)


CONVERSIONS: dict[str, Conversion] = {
    "Relu": _plain("ReLU", nonnegative=True),
    "LeakyRelu": _leaky_relu,
    "PRelu": _slopes,
    "Elu": _elu,
    "ThresholdedRelu": _thresholded,
    "Clip": _clip,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Gelu": _gelu,
    "Shrink": _shrink,
    **dict.fromkeys(_STANDARD, _standard),
    "Sigmoid": _plain("Activation", activation="sigmoid", nonnegative=True),
    "Tanh": _plain("Activation", activation="tanh"),
    "Softplus": _plain("Activation", activation="softplus", nonnegative=True),
    "Softsign": _plain("Activation", activation="softsign"),
    "HardSwish": _plain("Activation", activation="hard_silu"),
    "Mish": _plain("Activation", activation="mish"),
    "Exp": _plain("Activation", activation="exponential", nonnegative=True),
    "Neg": _plain("Rescaling", scale=-1.0),
    "Dropout": _dropout,
}
