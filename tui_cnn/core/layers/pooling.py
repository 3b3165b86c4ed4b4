"""Pooling: windows give their maximum or their average; no parameters, and the depth stays."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, Proposal, require_image, shorthand
from tui_cnn.core.layers.fields import Channels, Padding, Pair
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import EVERYTHING, ReceptiveFieldMap
from tui_cnn.core.shape import Shape, ShapeError, elements, format_shape, format_step, largest_divisor
from tui_cnn.i18n import _


class _Pooling(Layer, frozen=True, kw_only=True):
    family = "pooling"
    sign = "▼"
    lesson = "pooling"


class _Pooling2D(_Pooling, frozen=True, kw_only=True):
    pool_size: Annotated[Pair, Meta(description="Height and width of each window")] = (2, 2)
    strides: Annotated[
        Pair | None, Meta(description="Pixels that the window moves at a time; empty: the window size")
    ] = None
    padding: Annotated[
        Padding, Meta(description="valid: whole windows only; same: windows may extend beyond the border")
    ] = "valid"

    @property
    def window(self) -> Window:
        return Window(self.pool_size, self.strides or self.pool_size, self.padding)

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_image(shape)[2]
        return (*self.window.slide(shape), channels)

    def tf_flops(self, shape: Shape) -> int:
        return elements(self.pool_size) * elements(self.output_shape(shape))

    def settings(self) -> tuple[str, ...]:
        stride = self.strides not in (None, self.pool_size) and "s" + format_step(self.window.strides)
        return shorthand(format_shape(self.pool_size), stride, self.padding != "valid" and self.padding)


class MaxPooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Takes the largest value of each window; a small shift of the image changes little."""


class AveragePooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Takes the mean of each window: smoother than the maximum."""

    is_linear = True
    required_by_keras = ("pool_size",)


class DepthMaxPooling2D(_Pooling, frozen=True, kw_only=True):
    """Takes the largest of a few neighbouring channels: can learn to ignore rotation or thickness.

    Keras has no such layer; it is built from a MaxPooling3D between two Reshapes.
    """

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


class _GlobalPooling2D(_Pooling, frozen=True, kw_only=True):
    flattens = True

    keepdims: Annotated[bool, Meta(description="Keep height and width as axes of length 1")] = False

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_image(shape)[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return ("keepdims",) if self.keepdims else ()


class GlobalAveragePooling2D(_GlobalPooling2D, frozen=True, kw_only=True):
    """Reduces each feature map to its mean."""

    is_linear = True

    def tf_flops(self, shape: Shape) -> int:
        return elements(shape)


class GlobalMaxPooling2D(_GlobalPooling2D, frozen=True, kw_only=True):
    """Reduces each feature map to its maximum."""
