"""One layer as the Python that makes it in Keras: arguments at their defaults are left out."""

from math import isfinite
from typing import Any

import msgspec

from tui_cnn.core.layers import AveragePooling2D, FixedConv2D, Layer
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.naming import snake_case

_BY_PLACE = ("pool_size", "padding", "cropping", "size", "groups", "mode")
"""First fields that people give without their name, though Keras does not ask for them."""


def arguments(layer: Layer) -> list[str]:
    """Write the arguments of a layer: those that it cannot do without by place, the others by name."""
    if isinstance(layer, FixedConv2D):
        initializer = f"kernel_initializer=keras.initializers.Constant({layer.bank.upper()})"
        return [*arguments(layer.convolution), initializer, "trainable=False"]
    written = []
    for place, field in enumerate(_fields(layer)):
        value = getattr(layer, field.name)
        if field.required or (field.name == "pool_size" and isinstance(layer, AveragePooling2D)):
            written.append(literal(field.name, value))
        elif value != field.default:
            bare = place == 0 and field.name in _BY_PLACE
            written.append(literal(field.name, value) if bare else f"{field.name}={literal(field.name, value)}")
    return written


def class_name(layer: Layer) -> str:
    """Return the name of Keras' class."""
    return "Conv2D" if isinstance(layer, FixedConv2D) else type(layer).__name__


def given_name(layer: Layer) -> str:
    """Return the name of a layer, empty where Keras would make one of that kind up: they would get into its way."""
    stem, _underscore, number = layer.name.rpartition("_")
    made_up = snake_case(type(layer).__name__)
    return "" if layer.name == made_up or (stem == made_up and number.isdigit()) else layer.name


def literal(field: str, value: Any) -> str:
    """Write a value: one number for a pair of equal ones, a penalty as Keras' object."""
    if field.endswith("_regularizer") and value is not None:
        return _regularizer(value)
    if field in ("padding", "cropping") and isinstance(value, tuple):
        (top, bottom), (left, right) = value
        if top == bottom and left == right:  # Keras takes two numbers for rows and for columns
            return literal("", (top, left))
        return f"(({top}, {bottom}), ({left}, {right}))"
    if isinstance(value, tuple):
        alike = len(value) == 2 and value[0] == value[1] and field not in ("target_shape", "shared_axes")
        if alike:
            return literal(field, value[0])
        listed = ", ".join(literal("", item) for item in value)
        return f"({listed},)" if len(value) == 1 else f"({listed})"
    if isinstance(value, str):
        return f'"{value}"'
    return repr(value) if not isinstance(value, float) or isfinite(value) else f'float("{value}")'


def _fields(layer: Layer) -> list[msgspec.structs.FieldInfo]:
    """List the fields of a layer in Keras' order, without its name."""
    return [field for field in msgspec.structs.fields(layer) if field.name not in ("name", "muted")]


def _regularizer(text: str) -> str:
    l1, l2 = parse_regularizer(text)
    if text.startswith("l1_l2"):
        return f"keras.regularizers.L1L2(l1={l1!r}, l2={l2!r})"
    return f"keras.regularizers.L1({l1!r})" if text.startswith("l1") else f"keras.regularizers.L2({l2!r})"
