"""The kinds of value that layers' fields hold, each with its bounds and its help."""

from typing import Annotated, Literal

from msgspec import Meta

Extent = Annotated[int, Meta(ge=1, le=1024)]
"""Pixels along one axis of a window."""

Pair = tuple[Extent, Extent]
"""(height, width)."""

Edge = Annotated[int, Meta(ge=0, le=4096)]
Sides = tuple[tuple[Edge, Edge], tuple[Edge, Edge]]
"""((top, bottom), (left, right))."""

Channels = Annotated[int, Meta(ge=1, le=65_536)]
Rate = Annotated[float, Meta(ge=0, le=1)]
Epsilon = Annotated[float, Meta(gt=0, le=1, description="Added to the variance to avoid division by zero")]

KernelSize = Annotated[Pair, Meta(description="Height and width of each filter", examples=[(3, 3)])]
Strides = Annotated[Pair, Meta(description="Pixels that the filter moves at a time")]
DilationRate = Annotated[Pair, Meta(description="Distance between the taps of the filter, in pixels; 1: adjacent")]
Padding = Annotated[
    Literal["valid", "same"],
    Meta(description="valid: inside the image only; same: zero padding keeps the size at stride 1"),
]
UseBias = Annotated[bool, Meta(description="Add a learned bias to each output channel")]
DepthMultiplier = Annotated[Channels, Meta(description="Number of feature maps per channel")]

_Rectifier = Literal["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish"]
_Sigmoid = Literal["sigmoid", "hard_sigmoid", "hard_silu", "log_sigmoid", "sparse_sigmoid"]
_Tanh = Literal["tanh", "hard_tanh", "tanh_shrink", "hard_shrink", "soft_shrink"]
_Soft = Literal[
    "softplus", "softsign", "sparse_plus", "squareplus", "exponential", "softmax", "log_softmax", "sparsemax"
]
ActivationName = Annotated[
    Literal["linear", _Rectifier, _Sigmoid, _Tanh, _Soft],
    Meta(description="Function applied to every output", examples=["relu"]),
]
"""Keras' activations that need no arguments and keep the shape (`glu` halves it, `threshold` needs two numbers)."""

_Scaled = Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"]
_Random = Literal["random_normal", "random_uniform", "truncated_normal", "variance_scaling"]
Initializer = Annotated[
    Literal[_Scaled, "orthogonal", _Random, "ones", "zeros"], Meta(description="How the weights are initialized")
]
BiasInitializer = Annotated[
    Literal["zeros", "ones", _Scaled, _Random], Meta(description="How the biases are initialized")
]
"""All but `orthogonal`, which Keras refuses for a single row of numbers."""

NUMBER = r"(\d{1,9}(\.\d{0,12})?|\.\d{1,12})(e-?\d)?"
Regularizer = Annotated[
    str,
    Meta(
        pattern=rf"^(l1|l2)\({NUMBER}\)\Z|^l1_l2\({NUMBER}, ?{NUMBER}\)\Z",
        description="Penalty on large weights: l1(0.01), l2(0.01) or l1_l2(0.01, 0.01); empty: none",
    ),
]


def parse_regularizer(text: str) -> tuple[float, float]:
    """Read the penalties on absolute values and on squares: `l2(0.01)` is (0, 0.01)."""
    name, _bracket, numbers = text.rstrip(")").partition("(")
    first, _comma, second = numbers.partition(",")
    if name == "l2":
        return 0.0, float(first)
    return float(first), float(second or 0)
