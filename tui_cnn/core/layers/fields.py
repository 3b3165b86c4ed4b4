"""The kinds of value that layers' fields hold, each with its bounds and its help."""

from typing import Annotated, Literal

from msgspec import Meta

Extent = Annotated[int, Meta(ge=1, le=1024)]
"""Pixels along one axis of a window."""

Single = tuple[Extent]
Pair = tuple[Extent, Extent]
"""(height, width)."""
Triple = tuple[Extent, Extent, Extent]
"""(depth, height, width)."""

Edge = Annotated[int, Meta(ge=0, le=4096)]
Ends = tuple[Edge, Edge]
"""(before, after), along one axis."""
Sides = tuple[Ends, Ends]
"""((top, bottom), (left, right))."""
VolumeSides = tuple[Ends, Ends, Ends]

_Signed = Annotated[float, Meta(ge=-1, le=1)]
Range = _Signed | Annotated[tuple[_Signed, ...], Meta(min_length=2, max_length=2)]
"""The largest of random numbers, or the least and the largest.

Not `tuple[float, float]`: beside a bounded number that crashes msgspec 0.22 if garbage is collected while it looks at
the declaration.
"""
ValueRange = Annotated[tuple[float, float], Meta(description="Least and largest value of the images")]

Channels = Annotated[int, Meta(ge=1, le=65_536)]
Rate = Annotated[float, Meta(ge=0, le=1)]
Epsilon = Annotated[float, Meta(gt=0, le=1, description="Added to the variance to avoid division by zero")]

KernelSize1D = Annotated[Single, Meta(description="Length of each filter", examples=[(3,)])]
KernelSize = Annotated[Pair, Meta(description="Height and width of each filter", examples=[(3, 3)])]
KernelSize3D = Annotated[Triple, Meta(description="Depth, height and width of each filter", examples=[(3, 3, 3)])]
_STEPS = Meta(description="Pixels that the filter moves at a time")
Strides1D = Annotated[Single, _STEPS]
Strides = Annotated[Pair, _STEPS]
Strides3D = Annotated[Triple, _STEPS]
_TAPS = Meta(description="Distance between the taps of the filter, in pixels; 1: adjacent")
DilationRate1D = Annotated[Single, _TAPS]
DilationRate = Annotated[Pair, _TAPS]
DilationRate3D = Annotated[Triple, _TAPS]
ImagePadding = Annotated[
    Literal["valid", "same"],
    Meta(description="valid: inside the image only; same: zero padding keeps the size at stride 1"),
]
Padding = Annotated[
    Literal["valid", "same", "causal"],
    Meta(description="valid: inside only; same: zeros keep the length at stride 1; causal: all of them at the start"),
]
BlockName = Annotated[str, Meta(pattern=r"^[^/\x00-\x1f\x7f-\x9f]*\Z", max_length=64, description="Name of the group")]
Repeat = Annotated[int, Meta(ge=1, le=1000, description="Number of repetitions in sequence, each with its own weights")]
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

Axis = Annotated[int, Meta(ge=-8, le=8, description="Axis of the channels: -1 for the last, 1 for the first")]
Axes = Annotated[
    tuple[Annotated[int, Meta(ge=-8, le=8)], ...],
    Meta(min_length=1, max_length=8, description="Axes along which it works: -1 for the last, 1 for the first"),
]
"""As Keras counts them: 0 is the batch, so it is none of them."""

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
