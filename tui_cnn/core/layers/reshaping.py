"""Layers that rearrange, pad, cut, enlarge or scale values."""

from typing import Annotated, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, keras_arguments, require_image, shorthand
from tui_cnn.core.layers.fields import Pair, Sides
from tui_cnn.core.receptive_field import EVERYTHING, ReceptiveFieldMap, Resampling, Sliding, Spreading
from tui_cnn.core.shape import Shape, ShapeError, by_axis, elements, format_shape, format_step, product
from tui_cnn.i18n import _

Border = Annotated[Sides, Meta(description="Rows above and below, columns left and right: 1, 1 2, or 0 1 0 1")]


class _Reshaping(Layer, frozen=True, kw_only=True):
    family = "reshaping"
    sign = "→"


class Flatten(_Reshaping, frozen=True, kw_only=True):
    """Flattens all values into one vector: the feature extractor ends and the classifier begins."""

    lesson = "shape-of-a-cnn"
    is_linear = True
    is_reshaping = True
    flattens = True

    def output_shape(self, shape: Shape) -> Shape:
        return (elements(shape),)

    def size_formula(self, shape: Shape) -> str:
        return f"{product(*shape)} = {elements(shape)}" if len(shape) > 1 else ""

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The positions are given up."""
        return EVERYTHING


class Reshape(_Reshaping, frozen=True, kw_only=True):
    """Changes the shape; the values and their order stay the same."""

    lesson = "images"
    is_linear = True
    is_reshaping = True

    target_shape: Annotated[
        tuple[Annotated[int, Meta(ge=-1, le=100_000_000)], ...],
        Meta(
            description="The new shape; one axis may be -1, which is computed",
            min_length=1,
            max_length=3,
            examples=[(-1,)],
        ),
    ]

    def output_shape(self, shape: Shape) -> Shape:
        total, known = elements(shape), elements(tuple(axis for axis in self.target_shape if axis != -1))
        unknown = self.target_shape.count(-1)
        if 0 in self.target_shape or unknown > 1 or (total % known if unknown else total != known):
            message = _("{count} values of {shape} do not fit into {target}")
            names = {"shape": format_shape(shape), "target": format_shape(self.target_shape)}
            raise ShapeError(message.format(count=total, **names), {"target_shape": (-1,)})
        return tuple(total // known if axis == -1 else axis for axis in self.target_shape)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The positions are given up."""
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return (format_shape(self.target_shape),)


class ZeroPadding2D(_Reshaping, frozen=True, kw_only=True):
    """Adds rows and columns of zeros around the image."""

    lesson = "padding"
    is_linear = True

    padding: Border = ((1, 1), (1, 1))

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = require_image(shape)
        return (height + sum(self.padding[0]), width + sum(self.padding[1]), channels)

    def size_formula(self, shape: Shape) -> str:
        return _sums(shape, "+", self.padding)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return ReceptiveFieldMap(Sliding(padding=self.padding[0][0]), Sliding(padding=self.padding[1][0]))

    def settings(self) -> tuple[str, ...]:
        return (format_sides(self.padding),)


class Cropping2D(_Reshaping, frozen=True, kw_only=True):
    """Cuts off rows and columns at the sides of the image."""

    lesson = "padding"
    is_linear = True

    cropping: Border = ((0, 0), (0, 0))

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = require_image(shape)
        left = (height - sum(self.cropping[0]), width - sum(self.cropping[1]), channels)
        if min(left) < 1:
            message = _("cropping {cropping} leaves nothing of {height}×{width}")
            cut = format_sides(self.cropping)
            raise ShapeError(message.format(cropping=cut, height=height, width=width), {"cropping": ((0, 0), (0, 0))})
        return left

    def size_formula(self, shape: Shape) -> str:
        return _sums(shape, "-", self.cropping)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return ReceptiveFieldMap(Sliding(padding=-self.cropping[0][0]), Sliding(padding=-self.cropping[1][0]))

    def settings(self) -> tuple[str, ...]:
        return (format_sides(self.cropping),)


class UpSampling2D(_Reshaping, frozen=True, kw_only=True):
    """Enlarges the image: repeats its cells, or interpolates between them."""

    size: Annotated[Pair, Meta(description="Scale factors of height and width")] = (2, 2)
    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
        Meta(description="nearest repeats each cell; the others interpolate"),
    ] = "nearest"

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = require_image(shape)
        return (height * self.size[0], width * self.size[1], channels)

    def size_formula(self, shape: Shape) -> str:
        return by_axis(*(f"{n}·{factor} = {n * factor}" for n, factor in zip(shape[:2], self.size, strict=True)))

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how some kinds work out the new size, and no interpolation."""
        return 0 if self.interpolation in ("bilinear", "bicubic") else 2

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The nearest cell, or those between which it is interpolated."""
        if self.interpolation == "nearest":
            return ReceptiveFieldMap(Spreading(self.size[0], self.size[0]), Spreading(self.size[1], self.size[1]))
        radius = {"bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}[self.interpolation]
        return ReceptiveFieldMap(Resampling(self.size[0], radius), Resampling(self.size[1], radius))

    def settings(self) -> tuple[str, ...]:
        return shorthand("×" + format_step(self.size), self.interpolation != "nearest" and self.interpolation)


class Rescaling(_Reshaping, frozen=True, kw_only=True):
    """Multiplies every value by a factor and adds an offset."""

    lesson = "images"
    scales_pixels = True

    scale: Annotated[float, Meta(description="Factor", examples=[0.003921568627450980])]
    offset: Annotated[float, Meta(description="Added after multiplying")] = 0.0

    def tf_flops(self, shape: Shape) -> int:
        """A product and a sum for each value."""
        return 2 * elements(shape)

    def settings(self) -> tuple[str, ...]:
        return shorthand(f"·{self.scale:.4g}", self.offset != 0 and f"{self.offset:+g}")


class ScalarOperation(Rescaling, frozen=True, kw_only=True):
    """Adds a number to every value, or multiplies every value by one: `x + 3` or `x * 2` in a Keras file."""

    scale: float = 1.0

    def tf_flops(self, shape: Shape) -> int:
        """A product, a sum, a difference or a quotient for each value; a Rescaling always makes two of them."""
        return elements(shape)

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        return (KerasCall("Rescaling", keras_arguments(self)),)


def format_sides(sides: Sides) -> str:
    """Write rows and columns at the sides as briefly as it goes: `1`, `1×2`, or all four."""
    (top, bottom), (left, right) = sides
    if top == bottom and left == right:
        return f"{top}" if top == left else f"{top}×{left}"
    return f"{top},{bottom}×{left},{right}"


def _sums(shape: Shape, sign: str, sides: Sides) -> str:
    return by_axis(
        *(
            f"{n} {sign} {first} {sign} {last} = {n + first + last if sign == '+' else n - first - last}"
            for n, (first, last) in zip(shape[:2], sides, strict=True)
        )
    )
