"""Arithmetic with numbers on tensors, `x * 2` or `x + 3`, as the Rescaling that does the same: x·scale + offset."""

from math import isfinite
from typing import Any

import msgspec

from tui_cnn.formats.keras.schema import Call, Entry


def with_number(entry: Entry, call: Call) -> tuple[Entry, Call]:
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
        class_name="Rescaling",
        module="keras.layers",
        registered_name=None,
        config={"name": entry.label, "scale": scale, "offset": offset},
    )
    return layer, Call(args=tensors)


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number, and not one of those that only an enemy writes."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


_LARGEST = 1e30


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
