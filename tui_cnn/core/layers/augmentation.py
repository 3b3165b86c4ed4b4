"""Augmentation: each image is changed a little at random during training. The size of the images stays."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import Spatial, require_image, shorthand
from tui_cnn.core.layers.fields import Channels, Range, ValueRange
from tui_cnn.core.receptive_field import UNKNOWN, ReceptiveFieldMap
from tui_cnn.core.shape import Shape, ShapeError, elements, format_shape
from tui_cnn.i18n import _

_COLOURS = 3
_Share = Annotated[float, Meta(ge=0, le=1)]
_ANY_STRENGTH = Meta(description="Strength: the largest, or the least and the largest", examples=[0.2])
_Fill = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"], Meta(description="How to fill the area beyond the border")
]
_Interpolation = Annotated[Literal["bilinear", "nearest"], Meta(description="How values between pixels are computed")]
_Chance = Annotated[Range, Meta(description="Fraction of the images changed, or its least and its largest")]


class _Augmentation(Spatial, frozen=True, kw_only=True):
    """A strength that is one number f stands for the range from -f, or from the least that there is, to f."""

    least: ClassVar[float] = -1

    family = "augmentation"
    sign = "±"
    lesson = "training"

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(shape)


class RandomFlip(_Augmentation, frozen=True, kw_only=True):
    """Flips images at random during training."""

    mode: Annotated[
        Literal["horizontal", "vertical", "horizontal_and_vertical"],
        Meta(description="Flip direction", examples=["horizontal"]),
    ] = "horizontal_and_vertical"

    def settings(self) -> tuple[str, ...]:
        return (self.mode,)


class RandomTranslation(_Augmentation, frozen=True, kw_only=True):
    """Shifts images at random during training."""

    height_factor: Annotated[
        Range, Meta(description="Maximum shift up or down, as a fraction of the height", examples=[0.1])
    ]
    width_factor: Annotated[
        Range, Meta(description="Maximum shift left or right, as a fraction of the width", examples=[0.1])
    ]
    fill_mode: _Fill = "reflect"
    interpolation: _Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"{_range(self.height_factor)}×{_range(self.width_factor)}",)


class RandomRotation(_Augmentation, frozen=True, kw_only=True):
    """Rotates images at random during training."""

    factor: Annotated[
        Range, Meta(description="Maximum rotation in either direction, as a fraction of a full turn", examples=[0.05])
    ]
    fill_mode: _Fill = "reflect"
    interpolation: _Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"{_range(self.factor, 360, '±')}°",)


class RandomZoom(_Augmentation, frozen=True, kw_only=True):
    """Enlarges or shrinks images at random during training."""

    height_factor: Annotated[Range, Meta(description="Maximum change of the height, as a fraction", examples=[0.1])]
    width_factor: Annotated[
        Range | None, Meta(description=("Maximum change of the width; empty: same as the height, keeping proportions"))
    ] = None
    fill_mode: _Fill = "reflect"
    interpolation: _Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        across = f"×{_range(self.width_factor)}" if self.width_factor is not None else ""
        return (_range(self.height_factor, sign="±") + across,)


class _OfStrength(_Augmentation, frozen=True, kw_only=True):
    factor: Range

    def settings(self) -> tuple[str, ...]:
        return (_range(self.factor),)


class _OfValues(_OfStrength, frozen=True, kw_only=True):
    factor: Annotated[Range, _ANY_STRENGTH]
    value_range: ValueRange = (0.0, 255.0)


class RandomContrast(_OfValues, frozen=True, kw_only=True):
    """Raises or lowers the contrast of images at random during training."""

    least = 0


class RandomBrightness(_OfValues, frozen=True, kw_only=True):
    """Makes images brighter or darker at random during training."""


class RandomHue(_OfValues, frozen=True, kw_only=True):
    """Shifts the hue of colour images at random during training."""

    least = 0


class RandomSaturation(_OfValues, frozen=True, kw_only=True):
    """Raises or lowers the saturation of colour images at random during training."""


class RandomSharpness(_OfValues, frozen=True, kw_only=True):
    """Blurs or sharpens images at random during training."""

    least = 0


class RandomColorDegeneration(_OfValues, frozen=True, kw_only=True):
    """Takes some of the colour of images at random during training."""

    def output_shape(self, shape: Shape) -> Shape:
        if require_image(shape)[2] != _COLOURS:
            raise ShapeError(_("needs 3 channels, but gets {channels}").format(channels=shape[2]))
        return shape


class RandomPosterization(_Augmentation, frozen=True, kw_only=True):
    """Keeps only the highest bits of each value, during training."""

    least = 1

    factor: Annotated[int, Meta(ge=1, le=8, description="Bits kept of each value", examples=[4])]
    value_range: ValueRange = (0.0, 255.0)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.factor}",)


class RandomInvert(_OfStrength, frozen=True, kw_only=True):
    """Inverts the values of some images during training."""

    least = 0

    factor: _Chance = 1.0
    value_range: ValueRange = (0.0, 255.0)


class RandomGrayscale(_OfStrength, frozen=True, kw_only=True):
    """Turns colour images grey at random during training."""

    factor: Annotated[_Share, Meta(description="Fraction of the images changed")] = 0.5


class RandomGaussianBlur(_OfStrength, frozen=True, kw_only=True):
    """Blurs some images during training."""

    least = 0

    factor: _Chance = 1.0
    kernel_size: Annotated[tuple[Channels, Channels], Meta(description="Height and width of the blurring window")] = (
        3,
        3,
    )
    sigma: Annotated[
        Range, Meta(description="Largest deviation of the blur, in pixels; or the least and the largest")
    ] = 1.0
    value_range: ValueRange = (0.0, 255.0)

    def output_shape(self, shape: Shape) -> Shape:
        if any(side % 2 == 0 for side in self.kernel_size):
            message = _("the window {window} has no middle: give odd numbers")
            odd = {"kernel_size": tuple(side + 1 - side % 2 for side in self.kernel_size)}
            raise ShapeError(message.format(window=format_shape(self.kernel_size)), odd)
        return require_image(shape)


class RandomErasing(_OfStrength, frozen=True, kw_only=True):
    """Covers a rectangle of some images during training.

    Zhong et al., "Random Erasing Data Augmentation", 2017.
    """

    least = 0

    factor: _Chance = 1.0
    scale: Annotated[Range, Meta(description="Least and largest area of the rectangle, as a fraction of the image")] = (
        0.02,
        0.33,
    )
    fill_value: Annotated[float | None, Meta(description="Value of the rectangle; empty: noise")] = None
    value_range: ValueRange = (0.0, 255.0)


class RandomPerspective(_OfStrength, frozen=True, kw_only=True):
    """Tilts some images during training, as if they were seen from the side."""

    least = 0

    factor: _Chance = 1.0
    scale: Annotated[_Share, Meta(description="How far the corners move")] = 1.0
    interpolation: _Interpolation = "bilinear"


class RandomElasticTransform(_OfStrength, frozen=True, kw_only=True):
    """Bends some images a little during training.

    Simard, Steinkraus, Platt, "Best Practices for Convolutional Neural Networks", 2003.
    """

    least = 0

    factor: _Chance = 1.0
    scale: Annotated[Range, Meta(description="How strongly they are bent")] = 1.0
    interpolation: _Interpolation = "bilinear"
    fill_mode: _Fill = "reflect"
    value_range: ValueRange = (0.0, 255.0)


class RandomShear(_Augmentation, frozen=True, kw_only=True):
    """Slants images at random during training."""

    x_factor: Annotated[Range, Meta(description="Maximum slant along the width, as a fraction", examples=[0.1])] = 0.0
    y_factor: Annotated[Range, Meta(description="Maximum slant along the height, as a fraction", examples=[0.1])] = 0.0
    interpolation: _Interpolation = "bilinear"
    fill_mode: _Fill = "reflect"

    def settings(self) -> tuple[str, ...]:
        return (f"{_range(self.y_factor)}×{_range(self.x_factor)}",)


class RandomColorJitter(_Augmentation, frozen=True, kw_only=True):
    """Changes brightness, contrast, saturation and hue of colour images at random during training."""

    value_range: ValueRange = (0.0, 255.0)
    brightness_factor: Annotated[Range | None, Meta(description="As of RandomBrightness; empty: unchanged")] = None
    contrast_factor: Annotated[Range | None, Meta(description="As of RandomContrast; empty: unchanged")] = None
    saturation_factor: Annotated[Range | None, Meta(description="As of RandomSaturation; empty: unchanged")] = None
    hue_factor: Annotated[Range | None, Meta(description="As of RandomHue; empty: unchanged")] = None

    def settings(self) -> tuple[str, ...]:
        factors = (self.brightness_factor, self.contrast_factor, self.saturation_factor, self.hue_factor)
        named = zip(("brightness", "contrast", "saturation", "hue"), factors, strict=True)
        return shorthand(*(factor is not None and f"{name} {_range(factor)}" for name, factor in named))


class RandAugment(_Augmentation, frozen=True, kw_only=True):
    """Applies a few random changes of shape and colour, one after the other, during training.

    Cubuk et al., "RandAugment", 2019.
    """

    least = 0

    value_range: ValueRange = (0.0, 255.0)
    num_ops: Annotated[int, Meta(ge=1, le=17, description="Number of changes to each image")] = 2
    factor: Annotated[_Share, Meta(description="Strength of each change")] = 0.5
    interpolation: _Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"{self.num_ops}", f"{self.factor:g}")


class AugMix(_Augmentation, frozen=True, kw_only=True):
    """Mixes each image with variants of it that are changed at random, during training.

    Hendrycks et al., "AugMix", 2019.
    """

    least = 0

    value_range: ValueRange = (0.0, 255.0)
    num_chains: Annotated[int, Meta(ge=1, le=64, description="Number of variants mixed")] = 3
    chain_depth: Annotated[int, Meta(ge=1, le=64, description="Most changes to each variant")] = 3
    factor: Annotated[Range, Meta(description="Strength of each change")] = 0.3
    alpha: Annotated[float, Meta(gt=0, description="Parameter of the random shares of the mixture")] = 1.0
    all_ops: Annotated[bool, Meta(description="Use brightness, colour, contrast and sharpness too")] = True
    interpolation: _Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"{self.num_chains}×{self.chain_depth}", _range(self.factor))


class MixUp(_Augmentation, frozen=True, kw_only=True):
    """Blends each image with another of its batch during training.

    Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2017.
    """

    mixes_images = True

    alpha: Annotated[float, Meta(gt=0, description="Parameter of the random shares of both images")] = 0.2

    def settings(self) -> tuple[str, ...]:
        return (f"{self.alpha:g}",)


class CutMix(_OfStrength, frozen=True, kw_only=True):
    """Replaces a rectangle of each image by that of another of its batch, during training.

    Yun et al., "CutMix", 2019.
    """

    least = 0

    mixes_images = True

    factor: _Chance = 1.0


class _Tone(_Augmentation, frozen=True, kw_only=True):
    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """A value depends on those of the whole image, or of a part of it that is not worked out."""
        return UNKNOWN


class AutoContrast(_Tone, frozen=True, kw_only=True):
    """Stretches the values of each image to the whole range."""

    works_in_inference = True

    value_range: ValueRange = (0.0, 255.0)

    def tf_flops(self, shape: Shape) -> int:
        """Four for each value, and four for each channel."""
        return 4 * (elements(shape) + require_image(shape)[2])


class ContrastLimitedAdaptiveHistogramEqualization(_Tone, frozen=True, kw_only=True):
    """Spreads the values of each part of an image evenly over the whole range: CLAHE.

    Zuiderveld, "Contrast Limited Adaptive Histogram Equalization", 1994.
    """

    works_in_inference = True

    value_range: ValueRange = (0.0, 255.0)
    clip_limit: Annotated[float, Meta(gt=0, description="Limit of the contrast")] = 4.0
    tile_grid_size: Annotated[tuple[Channels, Channels], Meta(description="Parts down and across the image")] = (8, 8)

    def settings(self) -> tuple[str, ...]:
        return (format_shape(self.tile_grid_size),)


class Solarization(_Augmentation, frozen=True, kw_only=True):
    """Inverts the values above a threshold."""

    least = 0

    addition_factor: Annotated[Range, Meta(description="Added first, as a fraction of the range")] = 0.0
    threshold_factor: Annotated[Range, Meta(description="Threshold, as a fraction of the range")] = 0.0
    value_range: ValueRange = (0.0, 255.0)

    def settings(self) -> tuple[str, ...]:
        return (_range(self.threshold_factor),)


def _range(value: float | tuple[float, ...], times: float = 1, sign: str = "") -> str:
    """Write a strength: `0.2`, or `-0.1…0.2`."""
    if isinstance(value, tuple):
        return "…".join(f"{end * times:g}" for end in value)
    return f"{sign}{value * times:g}"
