"""Pooling: windows give their maximum or their average; no parameters, and the depth stays."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, Proposal, Spatial, require_axes, require_image, shorthand
from tui_cnn.core.layers.fields import Channels, ImagePadding, Pair, Single, Triple
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import EVERYTHING, ReceptiveFieldMap, Selecting, along
from tui_cnn.core.shape import Shape, ShapeError, elements, format_shape, format_step, largest_divisor
from tui_cnn.i18n import _

_STEPS = Meta(description="Pixels that the window moves at a time; empty: the window size")


class _Pooling(Spatial, frozen=True, kw_only=True):
    family = "pooling"
    sign = "▼"
    lesson = "pooling"


class _WindowPooling(_Pooling, frozen=True, kw_only=True):
    pool_size: Shape
    strides: Shape | None = None
    padding: Annotated[
        ImagePadding, Meta(description="valid: whole windows only; same: windows may extend beyond the border")
    ] = "valid"

    @property
    def window(self) -> Window:
        return Window(self.pool_size, self.strides or self.pool_size, self.padding, (1,) * self.rank)

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_axes(shape, self.rank)[-1]
        return (*self.window.slide(shape), channels)

    def tf_flops(self, shape: Shape) -> int:
        return elements(self.pool_size) * elements(self.output_shape(shape))

    def settings(self) -> tuple[str, ...]:
        stride = self.strides not in (None, self.pool_size) and "s" + format_step(self.window.strides)
        return shorthand(format_shape(self.pool_size), stride, self.padding != "valid" and self.padding)


class _Pooling2D(_WindowPooling, frozen=True, kw_only=True):
    pool_size: Annotated[Pair, Meta(description="Height and width of each window")] = (2, 2)
    strides: Annotated[Pair | None, _STEPS] = None


class _Pooling1D(_WindowPooling, frozen=True, kw_only=True):
    rank = 1

    pool_size: Annotated[Single, Meta(description="Length of each window")] = (2,)
    strides: Annotated[Single | None, _STEPS] = None


class _Pooling3D(_WindowPooling, frozen=True, kw_only=True):
    rank = 3

    pool_size: Annotated[Triple, Meta(description="Depth, height and width of each window")] = (2, 2, 2)
    strides: Annotated[Triple | None, _STEPS] = None

    def tf_flops(self, shape: Shape) -> int:
        """The profiler does not count this operation."""
        return 0


class MaxPooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Takes the largest value of each window; a small shift of the image changes little."""


class MaxPooling1D(_Pooling1D, frozen=True, kw_only=True):
    """Takes the largest value of each window of a sequence."""


class MaxPooling3D(_Pooling3D, frozen=True, kw_only=True):
    """Takes the largest value of each window of a volume."""


class AveragePooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Takes the mean of each window: smoother than the maximum."""

    is_linear = True
    required_by_keras = ("pool_size",)


class AveragePooling1D(_Pooling1D, frozen=True, kw_only=True):
    """Takes the mean of each window of a sequence."""

    is_linear = True
    required_by_keras = ("pool_size",)


class AveragePooling3D(_Pooling3D, frozen=True, kw_only=True):
    """Takes the mean of each window of a volume."""

    is_linear = True
    required_by_keras = ("pool_size",)


class DepthMaxPooling2D(Layer, frozen=True, kw_only=True):
    """Takes the largest of a few neighbouring channels: can learn to ignore rotation or thickness.

    Keras has no such layer; it is built from a MaxPooling3D between two Reshapes.
    """

    family = "pooling"
    sign = "▼"
    lesson = "pooling"

    pool_size: Annotated[Channels, Meta(description="Number of neighbouring channels to pool into one")] = 2

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = require_image(shape)
        if channels % self.pool_size:
            message = _("{channels} channels cannot be pooled in groups of {size}")
            fitting = {"pool_size": largest_divisor(channels, self.pool_size)}
            raise ShapeError(message.format(channels=channels, size=self.pool_size), fitting)
        return (height, width, channels // self.pool_size)

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """The channels become an axis of a volume, which is pooled along it."""
        output, size = self.output_shape(shape), (1, 1, self.pool_size)
        pooling = {"pool_size": size, "strides": size, "padding": "valid"}
        return (
            KerasCall("Reshape", {"target_shape": (*shape, 1)}, "volume", (*shape, 1)),
            KerasCall("MaxPooling3D", pooling, "pool", (*output, 1)),
            KerasCall("Reshape", {"target_shape": output}),
        )

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        """The shape is that of the volume, but for its last axis."""
        match [call.arguments for call in calls[-3:]]:
            case [{"target_shape": (*shape, _)}, {"pool_size": (_, _, size)}, _]:
                return Proposal({"pool_size": size}, tuple(shape))
        return None

    def settings(self) -> tuple[str, ...]:
        return (f"{self.pool_size} channels",)


class _GlobalPooling(_Pooling, frozen=True, kw_only=True):
    flattens = True

    keepdims: Annotated[bool, Meta(description="Keep height and width as axes of length 1")] = False

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_axes(shape, self.rank)[-1]
        return (*(1,) * self.rank, channels) if self.keepdims else (channels,)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return ("keepdims",) if self.keepdims else ()


class _GlobalAverage(_GlobalPooling, frozen=True, kw_only=True):
    is_linear = True

    def tf_flops(self, shape: Shape) -> int:
        return elements(shape)


class GlobalAveragePooling2D(_GlobalAverage, frozen=True, kw_only=True):
    """Reduces each feature map to its mean."""


class GlobalAveragePooling1D(_GlobalAverage, frozen=True, kw_only=True):
    """Reduces each channel of a sequence to its mean."""

    rank = 1


class GlobalAveragePooling3D(_GlobalAverage, frozen=True, kw_only=True):
    """Reduces each channel of a volume to its mean."""

    rank = 3


class GlobalMaxPooling2D(_GlobalPooling, frozen=True, kw_only=True):
    """Reduces each feature map to its maximum."""


class GlobalMaxPooling1D(_GlobalPooling, frozen=True, kw_only=True):
    """Reduces each channel of a sequence to its maximum."""

    rank = 1


class GlobalMaxPooling3D(_GlobalPooling, frozen=True, kw_only=True):
    """Reduces each channel of a volume to its maximum."""

    rank = 3


_PICKING = 9
"""Operations for each place of the output."""


class _AdaptivePooling(_Pooling, frozen=True, kw_only=True):
    """Cell i of `m` sees the cells from floor(i·n / m) up to ceil((i + 1)·n / m), of `n`."""

    output_size: Shape

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_axes(shape, self.rank)[-1]
        return (*self.output_size, channels)

    def tf_flops(self, shape: Shape) -> int:
        """Along each axis TensorFlow pools twice, with windows of two lengths, and picks.

        The profiler does not count the pooling of volumes.
        """
        flops, sides = _PICKING * sum(self.output_size), list(shape)
        for axis, size in enumerate(self.output_size if self.rank < len(("d", "h", "w")) else ()):
            short = -(-sides[axis] // size)
            others = elements(tuple(sides)) // sides[axis]
            flops += sum(window * max(0, sides[axis] - window + 1) * others for window in (short, short + 1))
            sides[axis] = size
        return flops

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along([Selecting(n, size) for n, size in zip(shape, self.output_size, strict=False)])

    def settings(self) -> tuple[str, ...]:
        return ("→ " + format_shape(self.output_size),)


class _AdaptivePooling1D(_AdaptivePooling, frozen=True, kw_only=True):
    rank = 1

    output_size: Annotated[
        Single, Meta(description="Length of the output, whatever that of the input is", examples=[(4,)])
    ]


class _AdaptivePooling2D(_AdaptivePooling, frozen=True, kw_only=True):
    output_size: Annotated[
        Pair, Meta(description="Size of the output, whatever that of the input is", examples=[(4, 4)])
    ]


class _AdaptivePooling3D(_AdaptivePooling, frozen=True, kw_only=True):
    rank = 3

    output_size: Annotated[
        Triple, Meta(description="Size of the output, whatever that of the input is", examples=[(4, 4, 4)])
    ]


class AdaptiveAveragePooling2D(_AdaptivePooling2D, frozen=True, kw_only=True):
    """Divides the image into as many windows as the output has cells, and takes the mean of each."""

    is_linear = True


class AdaptiveAveragePooling1D(_AdaptivePooling1D, frozen=True, kw_only=True):
    """Divides a sequence into as many windows as the output has cells, and takes the mean of each."""

    is_linear = True


class AdaptiveAveragePooling3D(_AdaptivePooling3D, frozen=True, kw_only=True):
    """Divides a volume into as many windows as the output has cells, and takes the mean of each."""

    is_linear = True


class AdaptiveMaxPooling2D(_AdaptivePooling2D, frozen=True, kw_only=True):
    """Divides the image into as many windows as the output has cells, and takes the largest value of each."""


class AdaptiveMaxPooling1D(_AdaptivePooling1D, frozen=True, kw_only=True):
    """Divides a sequence into as many windows as the output has cells, and takes the largest value of each."""


class AdaptiveMaxPooling3D(_AdaptivePooling3D, frozen=True, kw_only=True):
    """Divides a volume into as many windows as the output has cells, and takes the largest value of each."""
