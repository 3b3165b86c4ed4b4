"""The mean over windows that begin before the image and do not count what is outside: ONNX and PyTorch have it."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, Proposal, require_image, shorthand
from tui_cnn.core.layers.fields import Pair, Sides
from tui_cnn.core.layers.pooling import AveragePooling2D
from tui_cnn.core.layers.reshaping import format_sides
from tui_cnn.core.receptive_field import ReceptiveFieldMap, Sliding, along
from tui_cnn.core.shape import Shape, ShapeError, by_axis, elements, format_shape, format_step
from tui_cnn.i18n import _


class PaddedAveragePooling2D(Layer, frozen=True, kw_only=True):
    """Takes the mean of the pixels of each window that are inside of the image; windows may extend beyond it.

    Keras has no such layer. It has the means at stride 1 with `same` padding, which does not count what is outside; of
    these a MaxPooling2D with a window of one pixel keeps those that are wanted.
    """

    family = "pooling"
    sign = "▼"
    lesson = "pooling"
    is_linear = True

    pool_size: Annotated[Pair, Meta(description="Height and width of each window")] = (3, 3)
    strides: Annotated[Pair, Meta(description="Pixels that the window moves at a time")] = (2, 2)
    padding: Annotated[
        Sides, Meta(description="How far windows extend beyond the top and bottom, left and right; at most half")
    ] = ((1, 1), (1, 1))

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = require_image(shape)
        if any(min(ends) < 0 for ends in self._cropping):
            most = tuple(_reach(size) for size in self.pool_size)
            message = _("a {kernel} window may extend at most {most} beyond the image, not {padding}")
            numbers = {"most": format_sides(most), "padding": format_sides(self.padding)}
            fitting = tuple(tuple(map(min, ends, limits)) for ends, limits in zip(self.padding, most, strict=True))
            kernel = format_shape(self.pool_size)
            raise ShapeError(message.format(kernel=kernel, **numbers), {"padding": fitting})
        places = tuple(
            (n + sum(ends) - size) // stride + 1
            for n, ends, size, stride in zip((height, width), self.padding, self.pool_size, self.strides, strict=True)
        )
        if min(places) < 1:
            message = _("a {kernel} window does not fit into {image}")
            padded = tuple(n + sum(ends) for n, ends in zip((height, width), self.padding, strict=True))
            raise ShapeError(message.format(kernel=format_shape(self.pool_size), image=format_shape(padded)))
        return (*places, channels)

    def size_formula(self, shape: Shape) -> str:
        axes = zip(shape, self.padding, self.pool_size, self.strides, self.output_shape(shape), strict=False)
        return by_axis(
            *(
                f"floor(({n} + {before} + {after} - {size}) / {stride}) + 1 = {out}"
                for n, (before, after), size, stride, out in axes
            )
        )

    def tf_flops(self, shape: Shape) -> int:
        """Of the means at stride 1, and of picking some of them."""
        means = AveragePooling2D(pool_size=self.pool_size, strides=(1, 1), padding="same")
        return means.tf_flops(shape) + elements(self.output_shape(shape))

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        axes = zip(self.pool_size, self.strides, self.padding, strict=True)
        return along([Sliding(size, stride, before) for size, stride, (before, _after) in axes])

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        height, width, channels = shape
        means = {"pool_size": self.pool_size, "strides": (1, 1), "padding": "same"}
        picking = {"pool_size": (1, 1), "strides": self.strides, "padding": "valid"}
        calls = [KerasCall("AveragePooling2D", means, "means", shape)]
        if any(map(any, self._cropping)):
            left = tuple(n - sum(ends) for n, ends in zip((height, width), self._cropping, strict=True))
            calls.append(KerasCall("Cropping2D", {"cropping": self._cropping}, "crop", (*left, channels)))
        return (*calls, KerasCall("MaxPooling2D", picking))

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        cropping: Any = ((0, 0), (0, 0))
        match [(call.class_name, call.arguments) for call in calls[-3:]]:
            case [*_, ("AveragePooling2D", means), ("MaxPooling2D", picking)]:
                pass
            case [("AveragePooling2D", means), ("Cropping2D", {"cropping": cropping}), ("MaxPooling2D", picking)]:
                pass
            case _:
                return None
        match means.get("pool_size"), picking.get("pool_size"), picking.get("strides"), cropping:
            case (
                [int(high), int(wide)],
                [1, 1],
                [int(down), int(across)],
                [[int(top), int(bottom)], [int(left), int(right)]],
            ):
                (above, below), (before, behind) = _reach(high), _reach(wide)
                padding = ((above - top, below - bottom), (before - left, behind - right))
                return Proposal({"pool_size": (high, wide), "strides": (down, across), "padding": padding})
        return None

    def settings(self) -> tuple[str, ...]:
        stride = "s" + format_step(self.strides)
        return shorthand(format_shape(self.pool_size), stride, format_sides(self.padding))

    @property
    def _cropping(self) -> tuple[tuple[int, int], ...]:
        """How many of the means at stride 1 are not wanted, along each axis: the first, the last."""
        reach = map(_reach, self.pool_size)
        return tuple(
            (before - top, after - bottom) for (before, after), (top, bottom) in zip(reach, self.padding, strict=True)
        )


def _reach(size: int) -> tuple[int, int]:
    """Return how far `same` padding lets a window extend beyond the image, at stride 1."""
    return (size - 1) // 2, size // 2
