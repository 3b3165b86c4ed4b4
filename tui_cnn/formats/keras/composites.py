"""Layers of Keras that a composite layer of ours is made of, recognized: by what the layer declares itself to be."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, AnyLayer, Layer
from tui_cnn.core.layers.base import ConstantKernels, KerasCall, Proposal, is_composite
from tui_cnn.core.shape import Shape, ShapeError
from tui_cnn.formats.keras.identifiers import (
    activation_identifier,
    constant_value,
    initializer_identifier,
    regularizer_identifier,
)
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.formats.keras.settings import ForeignError, require_neutral, require_plain_dtype, without_own_strides

LONGEST = 6
"""Layers of Keras, at most, that are looked at to recognize one of ours."""

_ANY_SHAPE = (4096, 4096, 720_720)
"""A shape that is large enough, and its channels divisible by enough, for calls that do not depend on it."""

_COMPOSITES = tuple(kind for kind in LAYER_TYPES.values() if is_composite(kind))


class Composite(NamedTuple):
    """A layer of ours without a name, and how many of Keras it is."""

    layer: AnyLayer
    length: int


def describe(entry: Entry) -> KerasCall:
    """Put what Keras wrote of a layer into our words; of what is none of its plain layers, nothing is known."""
    config = dict(entry.config)
    try:
        require_plain_dtype(config.pop("dtype", None))
    except ForeignError:
        return KerasCall("", {})
    if not entry.is_layer:
        return KerasCall("", {})
    return KerasCall(entry.class_name, {name: _word(name, value) for name, value in config.items()})


def recognize(calls: Sequence[KerasCall], input_shapes: Sequence[Shape | None]) -> Composite | None:
    """Find the composite layer that the last of `calls` are; each takes one of the shapes, None where unknown."""
    for kind in _COMPOSITES:
        proposal = kind.proposal(calls)
        composite = _confirmed(kind, proposal, calls, input_shapes) if proposal else None
        if composite:
            return composite
    return None


def _confirmed(
    kind: type[Layer], proposal: Proposal, calls: Sequence[KerasCall], input_shapes: Sequence[Shape | None]
) -> Composite | None:
    """Take what is proposed only if its own calls are just the same."""
    try:
        layer: AnyLayer = msgspec.convert({**proposal.fields, "type": kind.__name__}, kind)  # type: ignore[assignment]
        expected = layer.keras_calls(proposal.input_shape or _ANY_SHAPE)
    except (msgspec.ValidationError, ShapeError, RecursionError):
        return None
    length = len(expected)
    if length > len(calls) or not all(map(_is_same, expected, calls[-length:])):
        return None
    known = input_shapes[-length]
    if known and proposal.input_shape and known != proposal.input_shape:
        return None
    return Composite(layer, length)


def _is_same(expected: KerasCall, call: KerasCall) -> bool:
    if expected.class_name != call.class_name:
        return False
    kind = LAYER_TYPES.get(call.class_name)
    usual = {field.name: field.default for field in msgspec.structs.fields(kind)} if kind else {}
    given = _plain({**usual, **call.arguments})
    wanted = _plain(dict(expected.arguments))
    try:
        require_neutral({name: value for name, value in call.arguments.items() if name not in wanted})
    except ForeignError:
        return False
    return all(given.get(name) == value for name, value in wanted.items())


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Write arguments as JSON has them."""
    values = {
        name: value.nested() if isinstance(value, ConstantKernels) else _listed(value)
        for name, value in arguments.items()
    }
    return without_own_strides(values)


def _listed(value: Any) -> Any:
    return list(map(_listed, value)) if isinstance(value, tuple) else value


def _word(name: str, value: Any) -> Any:
    if name.endswith("_initializer"):
        word = constant_value(value)
        word = initializer_identifier(value) if word is None else word
        return value if word is None else word
    if name.endswith("_regularizer") and value is not None:
        return regularizer_identifier(value) or value
    return activation_identifier(value) if name == "activation" else value
