"""Keras' descriptions of initializers, regularizers and activations, and our words for them."""

import re
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tui_cnn.core.layers.fields import NUMBER, parse_regularizer

_INITIALIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "GlorotUniform": ("glorot_uniform", {}),
    "GlorotNormal": ("glorot_normal", {}),
    "HeUniform": ("he_uniform", {}),
    "HeNormal": ("he_normal", {}),
    "LecunUniform": ("lecun_uniform", {}),
    "LecunNormal": ("lecun_normal", {}),
    "Orthogonal": ("orthogonal", {"gain": 1.0}),
    "OrthogonalInitializer": ("orthogonal", {"gain": 1.0}),
    "RandomNormal": ("random_normal", {"mean": 0.0, "stddev": 0.05}),
    "RandomUniform": ("random_uniform", {"minval": -0.05, "maxval": 0.05}),
    "TruncatedNormal": ("truncated_normal", {"mean": 0.0, "stddev": 0.05}),
    "VarianceScaling": (
        "variance_scaling",
        {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    ),
    "Ones": ("ones", {}),
    "Zeros": ("zeros", {}),
}
"""Our word for each class of Keras, and the arguments that the word stands for."""

_WITHOUT_EFFECT = ("seed", "input_axes", "output_axes")

_ACTIVATIONS = {"swish": "silu", "hard_swish": "hard_silu"}
"""Other words that Keras takes for the same function."""


def initializer_identifier(value: Any) -> str | None:
    """Return our word for an initializer; None where there is none for it with these arguments."""
    if isinstance(value, str):
        return value
    name, config = _class_and_config(value)
    word, arguments = _INITIALIZERS.get(name, ("", {}))
    given = {key: item for key, item in config.items() if key not in _WITHOUT_EFFECT and item is not None}
    return word if word and {**arguments, **given} == arguments else None


def constant(value: Any) -> dict[str, Any]:
    """Describe the initializer that gives weights of one's own."""
    name = "Constant"
    return {"module": "keras.initializers", "class_name": name, "config": {"value": value}, "registered_name": None}


def constant_value(description: Any) -> Any:
    """Return the weights that an initializer gives; None if it draws them."""
    name, config = _class_and_config(description)
    return config.get("value") if name == "Constant" else None


def regularizer_identifier(value: Any) -> str | None:
    """Return our word for a regularizer of the kinds L1, L2 and L1L2; None for another."""
    if isinstance(value, str):
        return {"l1": "l1(0.01)", "l2": "l2(0.01)", "l1_l2": "l1_l2(0.01, 0.01)"}.get(value)
    name, config = _class_and_config(value)
    first, second = (_number(config.get(key, 0.01 if name != "L1L2" else 0.0)) for key in ("l1", "l2"))
    match name:
        case "L1" if first:
            return f"l1({first})"
        case "L2" if second:
            return f"l2({second})"
        case "L1L2" if first and second:
            if float(first) == 0:
                return f"l2({second})"
            return f"l1({first})" if float(second) == 0 else f"l1_l2({first}, {second})"
    return None


def regularizer_config(word: str) -> dict[str, Any]:
    """Describe a regularizer as Keras does."""
    l1, l2 = parse_regularizer(word)
    config = {"l1": l1, "l2": l2}
    return {"module": "keras.regularizers", "class_name": "L1L2", "config": config, "registered_name": None}


def activation_identifier(value: Any) -> Any:
    """Return our word for an activation; what is no word comes back as it is."""
    if value is None:
        return "linear"
    return _ACTIVATIONS.get(value, value) if isinstance(value, str) else value


def _number(value: Any) -> str | None:
    """Write a number as our regularizers are written, exactly; None where that cannot be."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    for exponent in sorted(range(-9, 10), key=abs):
        text = f"{_decimal(float(value)).scaleb(-exponent).normalize():f}" + (f"e{exponent}" if exponent else "")
        if re.fullmatch(NUMBER, text):
            return text
    return None


def _decimal(value: float) -> Decimal:
    """Return a number as people wrote it: Keras makes 0.10000000149011612, a float32, of some penalties of 0.1."""
    for digits in range(1, 9):
        if abs(value) < _LARGEST_FLOAT32 and _float32(float(f"{value:.{digits}g}")) == value:
            return Decimal(f"{value:.{digits}g}")
    return Decimal(repr(value))


_LARGEST_FLOAT32 = 3.4e38


def _float32(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)


def _class_and_config(value: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return "", {}
    config = value.get("config")
    module = value.get("module")
    own = isinstance(module, str) and module.startswith("keras.")
    return (value["class_name"] if own else ""), (config if isinstance(config, dict) else {})
