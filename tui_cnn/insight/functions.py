"""Activation functions of one number, by the names that Keras has for them."""

from collections.abc import Callable, Mapping
from functools import partial
from math import erf, exp, expm1, inf, log1p, sqrt, tanh

from tui_cnn.core.layers import ELU, LeakyReLU, PReLU, ReLU
from tui_cnn.core.layers.base import Layer

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
_LEAK = 0.2
"""The slope of Keras' `leaky_relu` where none is given."""
_SHRINK = 0.5
"""The threshold of Keras' `hard_shrink` and `soft_shrink`."""


def rectified(x: float, slope: float = 0.0, limit: float = inf, threshold: float = 0.0) -> float:
    """ReLU with the settings that Keras' layer has."""
    return min(x, limit) if x >= threshold else slope * (x - threshold) + 0.0  # no zero with a minus


def _elu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * expm1(x)


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _softplus(x: float) -> float:
    return max(x, 0.0) + log1p(exp(-abs(x)))


def _hard_sigmoid(x: float) -> float:
    return min(max(x + 3, 0.0), 6.0) / 6


def _sparse_plus(x: float) -> float:
    return 0.0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4


FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "relu": rectified,
    "relu6": partial(rectified, limit=6.0),
    "leaky_relu": partial(rectified, slope=_LEAK),
    "elu": _elu,
    "celu": _elu,
    "selu": lambda x: _SELU_SCALE * _elu(x, _SELU_ALPHA),
    "gelu": lambda x: x / 2 * (1 + erf(x / sqrt(2))),
    "silu": lambda x: x * _sigmoid(x),
    "mish": lambda x: x * tanh(_softplus(x)),
    "sigmoid": _sigmoid,
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda x: x * _hard_sigmoid(x),
    "log_sigmoid": lambda x: -_softplus(-x),
    "sparse_sigmoid": lambda x: min(max((x + 1) / 2, 0.0), 1.0),
    "tanh": tanh,
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0),
    "tanh_shrink": lambda x: x - tanh(x),
    "hard_shrink": lambda x: x if abs(x) > _SHRINK else 0.0,
    "soft_shrink": lambda x: max(x - _SHRINK, 0.0) + min(x + _SHRINK, 0.0),
    "softplus": _softplus,
    "softsign": lambda x: x / (1 + abs(x)),
    "sparse_plus": _sparse_plus,
    "squareplus": lambda x: (x + sqrt(x * x + 4)) / 2,
    "exponential": lambda x: exp(x) if x < 700 else inf,  # beyond it math.exp raises
}
"""Those that look at one number alone: not the softmax and its kin."""


def function_of(layer: Layer, slope: float | None = None) -> Callable[[float], float] | None:
    """Return the function that a layer applies to each number in the end; None: it looks at others, too.

    `slope` is the learned one of a PReLU at the number's place.
    """
    match layer:
        case ReLU(max_value=limit):
            return partial(
                rectified,
                slope=layer.negative_slope,
                limit=inf if limit is None else limit,
                threshold=layer.threshold,
            )
        case LeakyReLU():
            return partial(rectified, slope=layer.negative_slope)
        case ELU():
            return partial(_elu, alpha=layer.alpha)
        case PReLU():
            return partial(rectified, slope=slope or 0.0)
    return (lambda x: x) if layer.function in ("", "linear") else FUNCTIONS.get(layer.function)
