"""A layer as the Python that makes it in Keras: arguments at their defaults are left out, lines broken like black."""

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, Layer
from tui_cnn.core.layers.base import ConstantKernels, KerasCall, TensorFlowFunction
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import snake_case
from tui_cnn.core.shape import Shape

_BY_PLACE = ("pool_size", "padding", "cropping", "size", "groups", "mode")
"""First fields that people give without their name, though Keras does not ask for them."""

_EVERY_NUMBER = ("", "target_shape", "output_shape", "shared_axes", "dims", "axis", "tile_grid_size")
"""Fields whose numbers are all written, though they may be the same: for a row of sizes Keras takes one number."""

_WIDTH = 88
_STEP = "    "


def calls(layer: Layer, shape: Shape) -> list[tuple[str, list[str]]]:
    """Write the layers of Keras that a layer is made of on an input of `shape`, each as its class and its arguments.

    The last has the layer's given name.
    """
    written = [(call.class_name, _arguments(call)) for call in layer.keras_calls(shape)]
    if not layer.trainable:
        for _class_name, arguments in written:
            arguments.append("trainable=False")
    if name := given_name(layer):
        written[-1][1].append(f'name="{name}"')
    return written


def merge_arguments(layer: MergingLayer) -> list[str]:
    """Write the arguments of what merges, but for its name: the axis, where it is another one than the last."""
    return [f"axis={layer.axis}"] if layer.merge == "concatenate" and layer.axis != -1 else []


def _arguments(call: KerasCall) -> list[str]:
    """Write the arguments of a call: those that it cannot do without by place, the others by name."""
    kind = LAYER_TYPES.get(call.class_name)
    declared = {field.name: field for field in msgspec.structs.fields(kind)} if kind else {}
    written = []
    ours = {theirs: own for own, theirs in kind.keras_names.items()} if kind else {}
    for place, (name, value) in enumerate(call.arguments.items()):
        field = declared.get(ours.get(name, name))
        if field and kind and (field.required or name in kind.required_by_keras):
            written.append(literal(name, value))
        elif field is None or value not in (field.default, single(field.default)):
            bare = place == 0 and name in _BY_PLACE
            written.append(literal(name, value) if bare else f"{name}={literal(name, value)}")
    return written


def single(value: Any) -> Any:
    """Return what a tuple of one holds: of a sequence Keras is given that."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def given_name(layer: Layer) -> str:
    """Return the name of a layer, empty where Keras would make one of that kind up: they would get into its way."""
    stem, _underscore, number = layer.name.rpartition("_")
    made_up = snake_case(type(layer).__name__)
    return "" if layer.name == made_up or (stem == made_up and number.isdigit()) else layer.name


def literal(field: str, value: Any) -> str:
    """Write a value: one number for a pair of equal ones, penalties and given kernels as Keras' objects."""
    if isinstance(value, KerasCall):
        return f"layers.{value.class_name}({', '.join(_arguments(value))})"
    if isinstance(value, ConstantKernels):
        return f"keras.initializers.Constant({value.name.upper()})"
    if isinstance(value, TensorFlowFunction):
        return value.expression
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {literal("", item)}' for name, item in value.items()) + "}"
    if field.endswith("_regularizer") and value is not None:
        return _regularizer(value)
    if isinstance(value, tuple):
        if isinstance(value[0], tuple) and all(before == after for before, after in value):
            value = tuple(before for before, _after in value)  # Keras takes a number for both ends of an axis
        alike = len({*value}) == 1 and isinstance(value[0], int) and field not in _EVERY_NUMBER
        if alike:
            return literal("", value[0])
        listed = ", ".join(literal("", item) for item in value)
        return f"({listed},)" if len(value) == 1 else f"({listed})"
    if isinstance(value, str):
        return f'"{value}"'
    return repr(value) if not isinstance(value, float) or isfinite(value) else f'float("{value}")'


def _regularizer(text: str) -> str:
    l1, l2 = parse_regularizer(text)
    if text.startswith("l1_l2"):
        return f"keras.regularizers.L1L2(l1={l1!r}, l2={l2!r})"
    return f"keras.regularizers.L1({l1!r})" if text.startswith("l1") else f"keras.regularizers.L2({l2!r})"


def call(prefix: str, arguments: Sequence[str], suffix: str, indent: int) -> list[str]:
    """Write `prefix(arguments)suffix` at a depth of indentation, over as many lines as it needs."""
    margin = _STEP * indent
    line = f"{margin}{prefix}({', '.join(arguments)}){suffix}"
    if len(line) <= _WIDTH or not arguments:
        return [line]
    head = f"{margin}{prefix}({', '.join(arguments)})("
    if suffix.startswith("(") and len(head) <= _WIDTH:  # the last brackets are broken first
        return [head, f"{margin}{_STEP}{suffix[1:-1]}", f"{margin})"]
    inner = f"{margin}{_STEP}{', '.join(arguments)}"
    if len(inner) <= _WIDTH:
        return [f"{margin}{prefix}(", inner, f"{margin}){suffix}"]
    inner_lines = [line for argument in arguments for line in _argument(argument, margin + _STEP)]
    return [f"{margin}{prefix}(", *inner_lines, f"{margin}){suffix}"]


def _argument(text: str, margin: str) -> list[str]:
    """Write an argument on a line of its own; of what is too long for one, what stands in its brackets has others."""
    if len(f"{margin}{text},") <= _WIDTH or not text.endswith((")", "}")):
        return [f"{margin}{text},"]
    if text.endswith("}"):
        head, _bracket, inner = text[:-1].partition("{")
        items = re.split(r', (?=")', inner)
        return [f"{margin}{head}{{", *(f"{margin}{_STEP}{item}," for item in items), f"{margin}}},"]
    head, _bracket, inner = text[:-1].partition("(")
    return [f"{margin}{head}(", f"{margin}{_STEP}{inner}", f"{margin}),"]


def merged(prefix: str, arguments: Sequence[str], names: Sequence[str], indent: int) -> list[str]:
    """Write `prefix(arguments)([names])` at a depth of indentation, over as many lines as it needs."""
    margin = _STEP * indent
    listed = ", ".join(names)
    before: list[str] = []
    head = f"{margin}{prefix}({', '.join(arguments)})"
    if len(f"{head}(") > _WIDTH:
        before, head = [f"{margin}{prefix}(", f"{margin}{_STEP}{', '.join(arguments)}"], f"{margin})"
    if len(f"{head}([{listed}])") <= _WIDTH:
        return [*before, f"{head}([{listed}])"]
    if len(f"{margin}{_STEP}[{listed}]") <= _WIDTH:
        return [*before, f"{head}(", f"{margin}{_STEP}[{listed}]", f"{margin})"]
    deep = margin + 2 * _STEP
    items = [f"{deep}{name}," for name in names]
    return [*before, f"{head}(", f"{margin}{_STEP}[", *items, f"{margin}{_STEP}]", f"{margin})"]
