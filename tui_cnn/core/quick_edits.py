"""Quick edits: small changes of one setting, each of them a key."""

from collections.abc import Callable
from typing import Any, Literal, get_args

import msgspec

from tui_cnn.core.layers import AnyLayer, Branches, Merge

QuickEdit = Literal["wider", "narrower", "larger", "smaller", "stride", "padding", "function"]

_FUNCTIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax")
"""The activations that one key goes through; all others are in the form."""


def quick_edit(layer: AnyLayer, edit: QuickEdit) -> AnyLayer | None:
    """Change a layer a little; None where it has no such setting. What would leave its bounds stays as it is."""
    change = _CHANGES[edit](layer)
    if change is None:
        return None
    try:
        return msgspec.convert({**msgspec.to_builtins(layer), **change}, type(layer))
    except msgspec.ValidationError:
        return layer


def _scaled(layer: AnyLayer, factor: float) -> dict[str, Any] | None:
    sizes = {name: getattr(layer, name) for name in ("filters", "units") if hasattr(layer, name)}
    return {name: max(1, int(size * factor)) for name, size in sizes.items()} or None


def _resized(layer: AnyLayer, by: int) -> dict[str, Any] | None:
    if hasattr(layer, "kernel_size"):  # odd ones have a middle
        sizes = (size + (2 if size % 2 else 1) * by for size in layer.kernel_size)
        return {"kernel_size": [max(1, size) for size in sizes]}
    if isinstance(window := getattr(layer, "pool_size", None), tuple):
        return {"pool_size": [max(1, size + by) for size in window]}
    return None


def _stride(layer: AnyLayer) -> dict[str, Any] | None:
    """Step by one or by two; a pooling window without a stride steps by its size."""
    if not hasattr(layer, "strides"):
        return None
    window = getattr(layer, "pool_size", None)
    strides = [2, 2] if (layer.strides or window) == (1, 1) else [1, 1]
    return {"strides": None if window == tuple(strides) else strides}


def _padding(layer: AnyLayer) -> dict[str, Any] | None:
    padding = getattr(layer, "padding", None)
    return {"padding": "valid" if padding == "same" else "same"} if isinstance(padding, str) else None


def _function(layer: AnyLayer) -> dict[str, Any] | None:
    """Take the next activation; of branches the next way of merging."""
    if isinstance(layer, Branches):
        return {"merge": _after(layer.merge, get_args(Merge))}
    activation = getattr(layer, "activation", None)
    if activation is None:
        return None
    ways = _FUNCTIONS if layer.kernel_kind == "dense" or layer.family == "activation" else _FUNCTIONS[:-1]
    return {"activation": _after(activation, ways)}


def _after(word: str, words: tuple[str, ...]) -> str:
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]


_CHANGES: dict[QuickEdit, Callable[[AnyLayer], dict[str, Any] | None]] = {
    "wider": lambda layer: _scaled(layer, 2),
    "narrower": lambda layer: _scaled(layer, 1 / 2),
    "larger": lambda layer: _resized(layer, 1),
    "smaller": lambda layer: _resized(layer, -1),
    "stride": _stride,
    "padding": _padding,
    "function": _function,
}
