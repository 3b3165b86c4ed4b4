"""Activation functions that a graph spells out in arithmetic, recognized by what they compute.

GELU is x·½·(1 + erf(x/√2)) in most files, SiLU is x·sigmoid(x): each in several forms. So the arithmetic between two
tensors is worked out at a few numbers, and compared with what the functions give there.
"""

from collections.abc import Callable, Mapping
from math import erf, exp, log1p, sqrt, tanh
from typing import Any

SAMPLES = (-7.5, -3.0, -2.0, -1.0, -0.6, -0.2, 0.0, 0.3, 0.7, 1.0, 1.9, 3.0, 7.5)
"""Where functions are compared."""

Numbers = tuple[float, ...]


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def _softplus(x: float) -> float:
    return max(x, 0.0) + log1p(exp(-abs(x)))


_KNOWN: dict[str, Callable[[float], float]] = {
    "gelu": lambda x: x * 0.5 * (1 + erf(x / sqrt(2))),
    "silu": lambda x: x * _sigmoid(x),
    "hard_silu": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "mish": lambda x: x * tanh(_softplus(x)),
    "relu": lambda x: max(x, 0),
}
"""Keras' names, and what they compute (Keras 3.15, keras.activations)."""

_CURVES = {name: tuple(map(function, SAMPLES)) for name, function in _KNOWN.items()}


def recognized(numbers: Numbers) -> str | None:
    """Name the function that gives these numbers at the samples."""
    for name, curve in _CURVES.items():
        if all(abs(one - other) < 1e-5 for one, other in zip(numbers, curve, strict=True)):
            return name
    return None


def applied(kind: str, given: list[Numbers], attributes: Mapping[str, Any]) -> Numbers | None:
    """Apply an operator to numbers; None where it is none of those that functions are spelled out in."""
    try:
        if kind in _BINARY and len(given) == 2:
            return tuple(_BINARY[kind](*pair) for pair in zip(*given, strict=True))
        if kind in _UNARY and len(given) == 1:
            return tuple(map(_UNARY[kind], given[0]))
        if kind == "HardSigmoid" and len(given) == 1:
            alpha, beta = attributes.get("alpha", 0.2), attributes.get("beta", 0.5)
            return tuple(min(max(alpha * x + beta, 0.0), 1.0) for x in given[0])
        if kind == "Clip" and len(given) in (1, 3):
            low, high = given[1:] or ((attributes.get("min"),), (attributes.get("max"),))
            return tuple(min(max(x, float(low[0])), float(high[0])) for x in given[0])  # type: ignore[arg-type]
    except (ArithmeticError, ValueError, TypeError):
        pass
    return None


_UNARY: dict[str, Callable[[float], float]] = {
    "Erf": erf,
    "Sigmoid": _sigmoid,
    "Tanh": tanh,
    "Softplus": _softplus,
    "Relu": lambda x: max(x, 0.0),
    "Exp": exp,
    "Neg": lambda x: -x,
}
_BINARY: dict[str, Callable[[float, float], float]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": lambda x, y: x / y,
    "Min": min,
    "Max": max,
}

ARITHMETIC = (*_BINARY, *_UNARY, "HardSigmoid", "Clip")
"""The operators that functions are spelled out in."""
