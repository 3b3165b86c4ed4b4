"""Pooling: windows give their maximum or their average; no parameters, and the depth stays."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, require_image
from tui_cnn.core.layers.fields import Padding, Pair
from tui_cnn.core.layers.window import Window, format_extent, format_step
from tui_cnn.core.shape import Shape


class _Pooling2D(Layer, frozen=True, kw_only=True):
    pool_size: Annotated[Pair, Meta(description="Height and width of each window")] = (2, 2)
    strides: Annotated[
        Pair | None, Meta(description="Pixels from one window to the next; empty: the window's size")
    ] = None
    padding: Annotated[Padding, Meta(description="valid: whole windows only; same: the last ones may hang over")] = (
        "valid"
    )

    @property
    def window(self) -> Window:
        """The window that slides."""
        return Window(self.pool_size, self.strides or self.pool_size, self.padding)

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across; the channels stay."""
        channels = require_image(shape)[2]
        return (*self.window.slide(shape), channels)

    def size_formula(self, shape: Shape) -> str:
        """The size formula of a sliding window."""
        return self.window.formula(shape)

    def settings(self) -> tuple[str, ...]:
        """Window, and what differs from the defaults."""
        stride = () if self.strides in (None, self.pool_size) else ("s" + format_step(self.window.strides),)
        padding = () if self.padding == "valid" else (self.padding,)
        return (format_extent(self.pool_size), *stride, *padding)


class MaxPooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Each window gives its largest value; a small shift of the image changes little."""


class AveragePooling2D(_Pooling2D, frozen=True, kw_only=True):
    """Each window gives its mean: smoother than the maximum."""


class _GlobalPooling2D(Layer, frozen=True, kw_only=True):
    keepdims: Annotated[bool, Meta(description="Keep height and width as axes of length 1")] = False

    def output_shape(self, shape: Shape) -> Shape:
        """One number for each channel."""
        channels = require_image(shape)[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def settings(self) -> tuple[str, ...]:
        """Whether the axes stay."""
        return ("keepdims",) if self.keepdims else ()


class GlobalAveragePooling2D(_GlobalPooling2D, frozen=True, kw_only=True):
    """Each feature map becomes one number, its mean."""


class GlobalMaxPooling2D(_GlobalPooling2D, frozen=True, kw_only=True):
    """Each feature map becomes one number, its maximum."""
