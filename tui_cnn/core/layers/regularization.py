"""What works only while training, and keeps a network from learning its examples by heart.

Regularization changes values inside the network; augmentation changes each image a little at random.
"""

from typing import Annotated, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, require_image
from tui_cnn.core.layers.fields import Rate
from tui_cnn.core.shape import Shape


class _Regularization(Layer, frozen=True, kw_only=True):
    family = "regularization"
    sign = "░"
    lesson = "training"
    is_linear = True


class Dropout(_Regularization, frozen=True, kw_only=True):
    """Sets a fraction of the values, chosen at random at each step, to zero during training.

    Srivastava et al., "Dropout", 2014.
    """

    rate: Annotated[Rate, Meta(description="Fraction of the values set to zero during training", examples=[0.5])]

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class SpatialDropout2D(_Regularization, frozen=True, kw_only=True):
    """Sets a fraction of the feature maps, chosen at random at each step, to zero during training.

    Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.
    """

    rate: Annotated[Rate, Meta(description="Fraction of the feature maps set to zero during training", examples=[0.2])]

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(shape)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class GaussianNoise(_Regularization, frozen=True, kw_only=True):
    """Adds normally distributed noise to every value during training."""

    stddev: Annotated[Rate, Meta(description="Standard deviation of the noise", examples=[0.1])]

    def settings(self) -> tuple[str, ...]:
        return (f"{self.stddev:g}",)


Share = Annotated[float, Meta(ge=0, le=1)]
Fill = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"], Meta(description="How to fill the area beyond the border")
]
Interpolation = Annotated[Literal["bilinear", "nearest"], Meta(description="How values between pixels are computed")]


class _Augmentation(Layer, frozen=True, kw_only=True):
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
        Share, Meta(description="Maximum shift up or down, as a fraction of the height", examples=[0.1])
    ]
    width_factor: Annotated[
        Share, Meta(description="Maximum shift left or right, as a fraction of the width", examples=[0.1])
    ]
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"{self.height_factor:g}×{self.width_factor:g}",)


class RandomRotation(_Augmentation, frozen=True, kw_only=True):
    """Rotates images at random during training."""

    factor: Annotated[
        Share, Meta(description="Maximum rotation in either direction, as a fraction of a full turn", examples=[0.05])
    ]
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"±{self.factor * 360:g}°",)


class RandomZoom(_Augmentation, frozen=True, kw_only=True):
    """Enlarges or shrinks images at random during training."""

    height_factor: Annotated[Share, Meta(description="Maximum change of the height, as a fraction", examples=[0.1])]
    width_factor: Annotated[
        Share | None, Meta(description=("Maximum change of the width; empty: same as the height, keeping proportions"))
    ] = None
    fill_mode: Fill = "reflect"
    interpolation: Interpolation = "bilinear"

    def settings(self) -> tuple[str, ...]:
        return (f"±{self.height_factor:g}" + (f"×{self.width_factor:g}" if self.width_factor is not None else ""),)
