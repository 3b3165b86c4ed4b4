"""What can be set in the Lab: declared once, for the forms, for the links of the lessons, and for their checks."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

_Drawn = Literal["white-left", "white-right", "white-top", "corners", "street", "colours"]
ImageName = Literal["numbers", _Drawn, "four-numbers", "fashion", "file", "map", "own"]
_Edge = Literal["vertical-edge", "horizontal-edge", "sobel-x", "sobel-y", "scharr-x", "scharr-y"]
_OtherKernel = Literal["laplacian", "box-blur", "sharpen", "identity", "long-vertical-line", "long-horizontal-line"]
KernelName = Literal[_Edge, _OtherKernel, "random", "trained", "own"]
PoolingKind = Literal["max", "average", "weighted-average", "global-max", "global-average", "depth-max"]
PaddingName = Literal["valid", "same", "1", "2", "3", "4", "5"]
InitializerName = Literal["zeros", "ones", "random-normal", "glorot-uniform", "he-normal"]
Pair = tuple[Annotated[int, Meta(ge=1, le=7)], Annotated[int, Meta(ge=1, le=7)]]

KERNEL_NAMES: tuple[KernelName, ...] = get_args(KernelName)
INITIALIZERS: tuple[InitializerName, ...] = get_args(InitializerName)

_Image = Annotated[
    ImageName, Meta(description="Image; own: typed in (i); file: an image file (o); map: from Inspect (t there)")
]
_Side = Annotated[int, Meta(ge=1, le=64, description="Rows and columns of a generated or typed-in image")]
_Index = Annotated[int, Meta(ge=0, le=9999, description="Number of a Fashion-MNIST test image, from 0")]
_Padding = Annotated[
    PaddingName, Meta(description=("valid: no zeros; same: keep the size at stride 1; number: zeros on each side"))
]


class ConvolutionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A convolution layer on an image, small enough to show each position."""

    image: _Image = "numbers"
    side: _Side = 6
    index: _Index = 0
    kernel: Annotated[
        KernelName, Meta(description="Filter; own: typed in (k); trained: from Inspect, Kernels (t there)")
    ] = "vertical-edge"
    kernel_size: Annotated[Pair, Meta(description="Height × width; can be chosen for random and own")] = (3, 3)
    filters: Annotated[
        int,
        Meta(ge=1, le=16, description=("Number of filters; each is as deep as the image and gives one feature map")),
    ] = 1
    padding: _Padding = "valid"
    strides: Annotated[Pair, Meta(description="Pixels that the window moves at a time: down × across")] = (1, 1)
    dilation_rate: Annotated[Pair, Meta(description="Distance between the taps of the kernel: down × across")] = (1, 1)
    turned: Annotated[
        bool, Meta(description=("Rotate the kernel by 180° first: convolution as defined in mathematics"))
    ] = False
    bias: Annotated[float | None, Meta(description="Added to each sum; empty: none")] = 0.0
    relu: Annotated[bool, Meta(description="Set negative results to 0")] = False


class PoolingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pooling layer on an image, and the same image shifted."""

    image: _Image = "numbers"
    side: _Side = 6
    index: _Index = 0
    kind: Annotated[
        PoolingKind,
        Meta(description=("Value to keep from a window; global: of the whole map; depth: of the channels of a pixel")),
    ] = "max"
    pool_size: Annotated[Pair, Meta(description="Height × width of the window")] = (2, 2)
    weights: Annotated[
        str,
        Meta(
            pattern=r"^\d{1,3}([,/]\d{1,3}){0,48}$",
            description="Weights of the weighted average: a row for both directions, 1,2,1, or all rows, 1,2/3,4",
        ),
    ] = "1,2,1"
    strides: Annotated[Pair, Meta(description="Pixels that the window moves at a time: down × across")] = (2, 2)
    padding: Annotated[Literal["valid", "same"], Meta(description="same: windows may extend beyond the border")] = (
        "valid"
    )
    depth: Annotated[int, Meta(ge=1, le=3, description="Number of channels that depthwise pooling combines")] = 3
    down: Annotated[int, Meta(ge=-12, le=12, description="Shift the image down by this many pixels")] = 0
    right: Annotated[int, Meta(ge=-12, le=12, description="Shift the image to the right by this many pixels")] = 0


_WINDOW = r"(pool)?\d{1,3}(same|p\d{1,3})?(s\d{1,3})?(d\d{1,3})?(c\d{1,4})?"


class SizesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chain of windows, one after the other."""

    n: Annotated[int, Meta(ge=1, le=9999, description="Rows of the input image")] = 39
    channels: Annotated[int, Meta(ge=1, le=9999, description="Channels of the input image")] = 1
    windows: Annotated[
        str,
        Meta(
            pattern=rf"^{_WINDOW}(,{_WINDOW})*$",
            description="Windows with padding, stride, dilation, filters; pooling: 3same,5p2s2,3d2c16,pool2s2",
        ),
    ] = "3,5s2,5s2"


class WeightsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image and a convolution on it, to compare its parameters with those of other layers."""

    height: Annotated[int, Meta(ge=1, le=9999, description="Rows of the image")] = 227
    width: Annotated[int, Meta(ge=1, le=9999, description="Columns of the image")] = 227
    channels: Annotated[int, Meta(ge=1, le=9999, description="Channels of the image")] = 3
    kernel: Annotated[int, Meta(ge=1, le=99, description="Height and width of the kernel")] = 11
    stride: Annotated[int, Meta(ge=1, le=99, description="Pixels that the window moves at a time")] = 4
    zeros: Annotated[int, Meta(ge=0, le=99, description="Zeros on each side")] = 0
    filters: Annotated[int, Meta(ge=1, le=9999, description="Number of filters")] = 96
    units: Annotated[
        Annotated[int, Meta(ge=1, le=99999)] | None,
        Meta(description="Units of the dense layer; empty: as the convolution"),
    ] = None


_LearningImage = Literal[
    "numbers", "white-left", "white-right", "white-top", "corners", "street", "fashion", "file", "own"
]


class LearningSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kernel that is learned from an image and the output of a hidden kernel."""

    image: Annotated[
        _LearningImage, Meta(description="Image; own: typed in on the Convolution page; file: an image file (o)")
    ] = "numbers"
    side: _Side = 6
    index: _Index = 0
    scaled: Annotated[bool, Meta(description="Divide the pixels by the largest, as before training: 0 to 1")] = True
    kernel: Annotated[
        Literal[_Edge, _OtherKernel, "random", "own"], Meta(description="Hidden kernel to be found; own: typed in (k)")
    ] = "vertical-edge"
    kernel_size: Annotated[Pair, Meta(description="Height × width; can be chosen for random and own")] = (3, 3)
    padding: Annotated[Literal["valid", "same"], Meta(description="valid: no zeros; same: keep the size")] = "valid"
    initializer: Annotated[InitializerName, Meta(description="Initial weights")] = "zeros"
    seed: Annotated[int, Meta(ge=0, le=9999, description="Number that the random first weights are drawn from")] = 0
    rate: Annotated[
        float, Meta(gt=0, le=1000, description="Learning rate: the step is this times the gradient ([ and ])")
    ] = 0.25


_TransposedImage = Literal[
    "four-numbers", "numbers", "white-left", "white-right", "white-top", "corners", "fashion", "own"
]


class TransposedSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A transposed convolution on an image, small enough to show each step."""

    image: Annotated[_TransposedImage, Meta(description="Image; own: typed in on the Convolution page")] = (
        "four-numbers"
    )
    side: _Side = 3
    index: _Index = 0
    kernel: Annotated[
        Literal["ones", "bilinear", "random", "own"],
        Meta(description="Kernel; bilinear: interpolation; own: typed in on the Convolution page"),
    ] = "ones"
    kernel_size: Annotated[Pair, Meta(description="Height × width of the kernel")] = (3, 3)
    strides: Annotated[Pair, Meta(description="Distance between kernels in the output: down × across")] = (2, 2)
    padding: Annotated[
        Literal["valid", "same", "1", "2"],
        Meta(description="valid: keep all; same: stride times the size; number: cut off on each side"),
    ] = "valid"


_LOGIT = r"-?\d{1,4}(\.\d{1,3})?"


class SoftmaxSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logits, and what softmax and the loss make of them."""

    logits: Annotated[str, Meta(pattern=rf"^{_LOGIT}(,{_LOGIT}){{1,9}}$", description="Two to ten logits: 2,1,0.1")] = (
        "2,1,0.1"
    )
    true: Annotated[int, Meta(ge=1, le=10, description="True class, from 1 (space)")] = 1
    temperature: Annotated[float, Meta(ge=0.01, le=100, description="The logits are divided by it first ([ and ])")] = (
        1.0
    )
    shifted: Annotated[bool, Meta(description="Subtract the largest logit first; no: all in 32 bits (f)")] = True


EdgeMethod = Literal[
    "sobel",
    "scharr",
    "canny-smoothing",
    "canny-gradient",
    "canny-direction",
    "canny-thinning",
    "canny-thresholds",
    "canny",
]
"""The length of the gradient by Sobel or Scharr, and the stages of Canny, of which the last gives the edges."""
PhotoMethod = Literal[KernelName, EdgeMethod]

CANNY_STAGES: tuple[EdgeMethod, ...] = get_args(EdgeMethod)[2:]
PHOTO_METHODS: tuple[PhotoMethod, ...] = get_args(PhotoMethod)

_Method = Annotated[PhotoMethod, Meta(description="Filter or edge detector; its result stands beside the photo (← →)")]
_Share = Annotated[float, Meta(ge=0, le=1, description="Share of the largest gradient, for Canny (+ and −)")]


class PhotoSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A photograph, and what filters make of it: the first as large as there is room, then the others beside it."""

    image: Annotated[
        Literal["town", "file"], Meta(description="Image; town: drawn by this program; file: an image file (o)")
    ] = "town"
    results: Annotated[int, Meta(ge=1, le=5, description="Results to show at most; fewer are larger")] = 5
    first: _Method = "sobel"
    second: _Method = "scharr"
    third: _Method = "canny"
    fourth: _Method = "long-vertical-line"
    fifth: _Method = "long-horizontal-line"
    sigma: Annotated[float, Meta(ge=0, le=5, description="Smoothing of Canny in pixels, 0: none ([ and ])")] = 1.0
    low: _Share = 0.15
    high: _Share = 0.35

    @property
    def methods(self) -> tuple[PhotoMethod, ...]:
        """The filters, in their order."""
        return self.first, self.second, self.third, self.fourth, self.fifth


PictureSettings = ConvolutionSettings | PoolingSettings | LearningSettings | TransposedSettings
"""What an image is chosen in."""
