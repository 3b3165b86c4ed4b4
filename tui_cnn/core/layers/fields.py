"""The kinds of value that layers' fields hold, each with its bounds."""

from typing import Annotated, Literal

from msgspec import Meta

Extent = Annotated[int, Meta(ge=1, le=1024)]
"""Pixels along one axis of a window."""

Pair = tuple[Extent, Extent]
"""(height, width)."""

Channels = Annotated[int, Meta(ge=1, le=65_536)]
Rate = Annotated[float, Meta(ge=0, le=1)]

Padding = Literal["valid", "same"]

ActivationName = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "silu",
    "mish",
    "sigmoid",
    "hard_sigmoid",
    "hard_silu",
    "log_sigmoid",
    "tanh",
    "hard_tanh",
    "softplus",
    "softsign",
    "exponential",
    "softmax",
    "log_softmax",
]

Initializer = Literal[
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "ones",
    "zeros",
]
