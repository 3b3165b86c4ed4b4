"""Arithmetic with numbers as the layers that do the same.

`x * 2` and `x + 3` are a ScalarOperation, x·scale + offset; a Rescaling with a factor for each channel is a
Normalization.
"""

from math import isfinite
from typing import Any

import msgspec

from tui_cnn.formats.keras.schema import Entry, NodeCall


def with_number(entry: Entry, call: NodeCall) -> tuple[Entry, NodeCall]:
    """Return an operation with one number as a layer that is given the tensor alone; anything else as it is."""
    if not entry.is_operation or len(call.args) != 2 or any(value is not None for value in call.kwargs.values()):
        return entry, call
    numbers = [float(value) for value in call.args if _is_number(value)]
    tensors = [value for value in call.args if isinstance(value, dict)]
    if len(numbers) != 1 or len(tensors) != 1:
        return entry, call
    scaling = _scaling(entry.class_name, numbers[0], first=tensors[0] is call.args[0])
    if scaling is None:
        return entry, call
    scale, offset = scaling
    layer = msgspec.structs.replace(
        entry,
        class_name="ScalarOperation",
        module="keras.layers",
        registered_name=None,
        config={"name": entry.label, "scale": scale, "offset": offset},
    )
    return layer, NodeCall(args=tensors)


def scaled_by_channel(entry: Entry) -> Entry:
    """Return a Rescaling that has a factor for each channel as a Normalization; anything else as it is.

    x·s + o is (x - m) / sqrt(v) with v = 1 / s² and m = -o / s.
    """
    factors = entry.config.get("scale")
    if not entry.is_layer or entry.class_name != "Rescaling" or not isinstance(factors, list):
        return entry
    offsets = entry.config.get("offset", 0.0)
    offsets = offsets if isinstance(offsets, list) else [offsets] * len(factors)
    sound = all(map(_is_number, (*factors, *offsets))) and all(factor > 1 / _LARGEST for factor in factors)
    if not sound or len(offsets) != len(factors):
        return entry
    numbers = {
        "mean": [-offset / factor for factor, offset in zip(factors, offsets, strict=True)],
        "variance": [factor**-2 for factor in factors],
    }
    config = {name: value for name, value in entry.config.items() if name not in ("scale", "offset")} | numbers
    return msgspec.structs.replace(entry, class_name="Normalization", registered_name="Normalization", config=config)


_REDUCTIONS = {"Mean": "GlobalAveragePooling2D", "Max": "GlobalMaxPooling2D"}


def pooled(entry: Entry) -> Entry:
    """Return a mean or maximum over height and width as the global pooling that it is; anything else as it is."""
    kind = _REDUCTIONS.get(entry.class_name) if entry.is_operation else None
    if kind is None or entry.config.get("axis") not in ([1, 2], [2, 1]) or entry.config.get("initial") is not None:
        return entry
    config = {"name": entry.label, "keepdims": entry.config.get("keepdims") is True}
    return msgspec.structs.replace(
        entry, class_name=kind, module="keras.layers", registered_name=None, build_config=None, config=config
    )


def scaled_sum(entry: Entry, call: NodeCall) -> tuple[Entry, Entry] | None:
    """Return what Keras' Inception-ResNet adds its branches by, `x + y·scale`, as a Rescaling of y and an Add.

    It is a layer of Keras' own in `keras.applications.inception_resnet_v2`; None for any other.
    """
    given = call.args[0] if call.args and isinstance(call.args[0], list) else []
    scale = entry.config.get("scale")
    if entry.class_name != "CustomScaleLayer" or len(given) != 2 or not _is_number(scale):
        return None
    if entry.module != "keras.src.applications.inception_resnet_v2":
        return None
    plain = {"module": "keras.layers", "registered_name": None, "build_config": None}
    factor = {"scale": scale, "offset": 0.0}
    scaling = msgspec.structs.replace(
        entry, class_name="Rescaling", name=None, config=factor, inbound_nodes=[], **plain
    )
    return scaling, msgspec.structs.replace(entry, class_name="Add", config={"name": entry.label}, **plain)


_LARGEST = 1e30


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number, and not one of those that only an enemy writes."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _scaling(operation: str, number: float, *, first: bool) -> tuple[float, float] | None:
    """Return factor and offset; `first` says whether the tensor stands before the number."""
    match operation:
        case "Add":
            return 1.0, number
        case "Subtract":
            return (1.0, -number) if first else (-1.0, number)
        case "Multiply":
            return number, 0.0
        case "TrueDivide" | "Divide" if first and number and isfinite(1 / number):
            return 1 / number, 0.0
    return None
