"""All that is wrong with plain data, where validation stops at the first: each fault is put right in a copy."""

from copy import deepcopy
from typing import Any

import msgspec

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import fields
from tui_cnn.formats.validation import InvalidError, convert

_MOST = 100
_LAYER = {"type": "Flatten"}


def network_faults(data: dict[str, Any]) -> list[InvalidError]:
    """Find what keeps plain data from being a network, at most a hundred faults."""
    data, found = deepcopy(data), list[InvalidError]()
    while len(found) < _MOST:
        try:
            convert(data, Network)
            break
        except InvalidError as error:
            if not error.steps or (found and found[-1].steps == error.steps):  # there is no way on
                return found or [error]
            found.append(error)
            _put_right(data, error.steps)
    return found


def _put_right(data: Any, steps: tuple[str | int, ...]) -> None:
    """Give the field that `steps` lead to a value that fits, or none; put a layer where there should be one."""
    last = max(place for place, step in enumerate(steps) if isinstance(step, str))
    name, numbers = str(steps[last]), len(steps) - last - 1
    if name == "type":
        _at(data, steps[:-2])[steps[-2]] = _LAYER
    elif name in ("layers", "branches") and numbers:
        _at(data, steps[:-1])[steps[-1]] = [] if (name, numbers) == ("branches", 1) else _LAYER
    else:
        holder = _at(data, steps[:last])
        required = _required(LAYER_TYPES.get(holder.get("type", ""), Network))
        holder.pop(name, None)
        holder |= {name: required[name]} if name in required else {}


def _required(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return values for the fields that have no default."""
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    starts = {field.name: field.start for field in fields(struct) if field.name in required}
    return starts | {name: value for name, value in _WITHOUT_EXAMPLE.items() if name in required}


_WITHOUT_EXAMPLE = {"name": "network", "input_shape": [1], "branches": [[], []]}


def _at(data: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        data = data[step]
    return data
