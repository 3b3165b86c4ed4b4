"""Layers that rearrange, pad, cut, enlarge or scale values."""

from typing import Annotated, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, Spatial, keras_arguments, require_axes, require_image, shorthand
from tui_cnn.core.layers.fields import Ends, Extent, Pair, Sides, Triple, VolumeSides
from tui_cnn.core.receptive_field import (
    EVERYTHING,
    SAME_CELL,
    UNKNOWN,
    ReceptiveFieldMap,
    Resampling,
    Sliding,
    Spreading,
    along,
)
from tui_cnn.core.shape import Shape, ShapeError, by_axis, elements, format_shape, format_step, product
from tui_cnn.i18n import _

Border = Annotated[Sides, Meta(description="Rows above and below, columns left and right: 1, 1 2, or 0 1 0 1")]
Border3D = Annotated[VolumeSides, Meta(description="Before and after, along depth, height and width: 1, 1 2 3, or six")]


class _Reshaping(Layer, frozen=True, kw_only=True):
    family = "reshaping"
    sign = "→"


class _SpatialReshaping(Spatial, frozen=True, kw_only=True):
    family = "reshaping"
    sign = "→"


class Flatten(_SpatialReshaping, frozen=True, kw_only=True):
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
            max_length=8,
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


class Permute(_Reshaping, frozen=True, kw_only=True):
    """Puts the axes into another order, for instance the channels first."""

    lesson = "images"
    is_linear = True

    dims: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=8)], ...],
        Meta(
            description="The old axis that comes first, the one that comes second, and so on, counted from 1",
            min_length=1,
            max_length=8,
            examples=[(2, 1, 3)],
        ),
    ]

    def output_shape(self, shape: Shape) -> Shape:
        """As Keras 3.15 has it: the order is that of the axes' numbers.

        Raises:
            ShapeError: the axes are not all there, each once.
        """
        if sorted(self.dims) != list(range(1, len(shape) + 1)):
            message = _("{dims} is no order of the {count} axes of {shape}")
            names = {"dims": format_shape(self.dims), "shape": format_shape(shape)}
            order = {"dims": tuple(range(1, len(shape) + 1))}
            raise ShapeError(message.format(count=len(shape), **names), order)
        return tuple(shape[axis - 1] for axis in self.dims)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The same cell where the axes stay; else the positions are given up."""
        return SAME_CELL if list(self.dims) == sorted(self.dims) else EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return (format_shape(self.dims),)


class RepeatVector(_Reshaping, frozen=True, kw_only=True):
    """Repeats a row of numbers: a sequence of the same row."""

    n: Annotated[int, Meta(ge=1, le=1_000_000, description="Number of times", examples=[3])]

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise ShapeError(_("needs a row of features, but gets {shape}").format(shape=format_shape(shape)))
        return (self.n, *shape)

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how the new shape is worked out."""
        return 1

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return (f"×{self.n}",)


class _Padding(_SpatialReshaping, frozen=True, kw_only=True):
    lesson = "padding"
    is_linear = True

    padding: tuple[Ends, ...]

    def output_shape(self, shape: Shape) -> Shape:
        *sides, channels = require_axes(shape, self.rank)
        return (*(n + sum(ends) for n, ends in zip(sides, self.padding, strict=True)), channels)

    def size_formula(self, shape: Shape) -> str:
        return _sums(shape, "+", self.padding)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along([Sliding(padding=before) for before, _after in self.padding])

    def settings(self) -> tuple[str, ...]:
        return (format_sides(self.padding),)


class ZeroPadding2D(_Padding, frozen=True, kw_only=True):
    """Adds rows and columns of zeros around the image."""

    padding: Border = ((1, 1), (1, 1))


class ZeroPadding1D(_Padding, frozen=True, kw_only=True):
    """Adds zeros before and after a sequence."""

    rank = 1

    padding: Annotated[tuple[Ends], Meta(description="Zeros before and after: 1, or 0 1")] = ((1, 1),)


class ZeroPadding3D(_Padding, frozen=True, kw_only=True):
    """Adds layers of zeros around a volume."""

    rank = 3

    padding: Border3D = ((1, 1), (1, 1), (1, 1))


class _Cropping(_SpatialReshaping, frozen=True, kw_only=True):
    lesson = "padding"
    is_linear = True

    cropping: tuple[Ends, ...]

    def output_shape(self, shape: Shape) -> Shape:
        return _cropped(require_axes(shape, self.rank), self.cropping)

    def size_formula(self, shape: Shape) -> str:
        return _sums(shape, "-", self.cropping)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along([Sliding(padding=-before) for before, _after in self.cropping])

    def settings(self) -> tuple[str, ...]:
        return (format_sides(self.cropping),)


class Cropping2D(_Cropping, frozen=True, kw_only=True):
    """Cuts off rows and columns at the sides of the image."""

    cropping: Border = ((0, 0), (0, 0))


class Cropping1D(_Reshaping, frozen=True, kw_only=True):
    """Cuts off the beginning and the end of a sequence."""

    lesson = "padding"
    is_linear = True

    cropping: Annotated[Ends, Meta(description="Positions cut off before and after")] = (1, 1)

    def output_shape(self, shape: Shape) -> Shape:
        return _cropped(require_axes(shape, 1), (self.cropping,))

    def size_formula(self, shape: Shape) -> str:
        return _sums(shape, "-", (self.cropping,))

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along([Sliding(padding=-self.cropping[0])])

    def settings(self) -> tuple[str, ...]:
        return (format_sides((self.cropping,)),)


class Cropping3D(_Cropping, frozen=True, kw_only=True):
    """Cuts off the sides of a volume."""

    rank = 3

    cropping: Border3D = ((1, 1), (1, 1), (1, 1))


class _UpSampling(_SpatialReshaping, frozen=True, kw_only=True):
    size: Shape

    def output_shape(self, shape: Shape) -> Shape:
        *sides, channels = require_axes(shape, self.rank)
        return (*(n * factor for n, factor in zip(sides, self.size, strict=True)), channels)

    def size_formula(self, shape: Shape) -> str:
        return by_axis(*(f"{n}·{factor} = {n * factor}" for n, factor in zip(shape, self.size, strict=False)))

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The nearest cell."""
        return along([Spreading(factor, factor) for factor in self.size])

    def settings(self) -> tuple[str, ...]:
        return ("×" + format_step(self.size),)


_RADIUS = {"bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}
"""Cells on either side between which it is interpolated."""


class UpSampling2D(_UpSampling, frozen=True, kw_only=True):
    """Enlarges the image: repeats its cells, or interpolates between them."""

    size: Annotated[Pair, Meta(description="Scale factors of height and width")] = (2, 2)
    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
        Meta(description="nearest repeats each cell; the others interpolate"),
    ] = "nearest"

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how some kinds work out the new size, and no interpolation."""
        return 0 if self.interpolation in ("bilinear", "bicubic") else 2

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The nearest cell, or those between which it is interpolated."""
        if self.interpolation == "nearest":
            return along([Spreading(factor, factor) for factor in self.size])
        return along([Resampling(1, factor, _RADIUS[self.interpolation]) for factor in self.size])

    def settings(self) -> tuple[str, ...]:
        return shorthand("×" + format_step(self.size), self.interpolation != "nearest" and self.interpolation)


class UpSampling1D(_Reshaping, frozen=True, kw_only=True):
    """Lengthens a sequence: repeats each position."""

    size: Annotated[Extent, Meta(description="Scale factor of the length")] = 2

    def output_shape(self, shape: Shape) -> Shape:
        length, channels = require_axes(shape, 1)
        return (length * self.size, channels)

    def size_formula(self, shape: Shape) -> str:
        return f"{shape[0]}·{self.size} = {shape[0] * self.size}"

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how the new length is worked out."""
        return 1

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along([Spreading(self.size, self.size)])

    def settings(self) -> tuple[str, ...]:
        return (f"×{self.size}",)


class UpSampling3D(_UpSampling, frozen=True, kw_only=True):
    """Enlarges a volume: repeats its cells."""

    rank = 3

    size: Annotated[Triple, Meta(description="Scale factors of depth, height and width")] = (2, 2, 2)

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how the new size is worked out."""
        return 3


_Side = Annotated[int, Meta(ge=1, le=65_536)]


class _Resized(Spatial, frozen=True, kw_only=True):
    height: Annotated[_Side, Meta(description="Height of the output", examples=[32])]
    width: Annotated[_Side, Meta(description="Width of the output", examples=[32])]

    def output_shape(self, shape: Shape) -> Shape:
        return (self.height, self.width, require_image(shape)[2])

    def settings(self) -> tuple[str, ...]:
        return (f"{self.height}×{self.width}",)


class Resizing(_Resized, frozen=True, kw_only=True):
    """Brings every image to the same size."""

    family = "reshaping"
    sign = "→"
    lesson = "images"
    is_linear = True

    interpolation: Annotated[
        Literal["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"],
        Meta(description="nearest takes one pixel; the others interpolate"),
    ] = "bilinear"
    crop_to_aspect_ratio: Annotated[bool, Meta(description="Cut off the sides rather than distort the image")] = False
    pad_to_aspect_ratio: Annotated[bool, Meta(description="Add borders rather than distort the image")] = False
    antialias: Annotated[bool, Meta(description="Average over more pixels where the image shrinks")] = False

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how some kinds work out the scale, and no interpolation."""
        return 2 if self.antialias or self.interpolation.startswith("lanczos") else 0

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The nearest pixel, or those between which it is interpolated."""
        if self.crop_to_aspect_ratio or self.pad_to_aspect_ratio or self.antialias:
            return UNKNOWN
        radius = _RADIUS.get(self.interpolation, 0)
        return along([Resampling(shape[0], self.height, radius), Resampling(shape[1], self.width, radius)])

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.height}×{self.width}",
            self.interpolation != "bilinear" and self.interpolation,
            self.crop_to_aspect_ratio and "crop",
            self.pad_to_aspect_ratio and "pad",
        )


class CenterCrop(_Resized, frozen=True, kw_only=True):
    """Cuts the middle out of the image; a smaller image is enlarged first."""

    family = "reshaping"
    sign = "→"
    lesson = "images"
    is_linear = True

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        if self.height > shape[0] or self.width > shape[1]:
            return UNKNOWN
        return along(
            [Sliding(padding=-((n - left) // 2)) for n, left in zip(shape, (self.height, self.width), strict=False)]
        )


class RandomCrop(_Resized, frozen=True, kw_only=True):
    """Cuts a piece out of the image: at random during training, else the middle of the image made smaller."""

    family = "augmentation"
    sign = "±"
    lesson = "training"

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return UNKNOWN


class Identity(_Reshaping, frozen=True, kw_only=True):
    """Gives what it takes: keeps a place, or a name."""

    is_linear = True
    is_reshaping = True


class Masking(_Reshaping, frozen=True, kw_only=True):
    """Marks the positions of a sequence that hold nothing, so that recurrent layers skip them."""

    mask_value: Annotated[float, Meta(description="A position with this value everywhere is skipped")] = 0.0

    def tf_flops(self, shape: Shape) -> int:
        """What is skipped is multiplied by zero."""
        return elements(shape)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.mask_value:g}",)


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


def _cropped(shape: Shape, cropping: tuple[Ends, ...]) -> Shape:
    *sides, channels = shape
    left = tuple(n - sum(ends) for n, ends in zip(sides, cropping, strict=True))
    if min(left) < 1:
        message = _("cropping {cropping} leaves nothing of {image}")
        names = {"cropping": format_sides(cropping), "image": format_shape(tuple(sides))}
        nothing = ((0, 0),) * len(cropping) if len(cropping) > 1 else (0, 0)
        raise ShapeError(message.format(**names), {"cropping": nothing})
    return (*left, channels)


def format_sides(sides: tuple[Ends, ...]) -> str:
    """Write what is added or cut off at the sides as briefly as it goes: `1`, `1×2`, or all of it."""
    if all(before == after for before, after in sides):
        return format_step([before for before, _after in sides])
    return "×".join(f"{before},{after}" for before, after in sides)


def _sums(shape: Shape, sign: str, sides: tuple[Ends, ...]) -> str:
    return by_axis(
        *(
            f"{n} {sign} {first} {sign} {last} = {n + first + last if sign == '+' else n - first - last}"
            for n, (first, last) in zip(shape, sides, strict=False)
        )
    )
