"""Regularization: what keeps a network from learning its examples by heart."""

from typing import Annotated, ClassVar

from msgspec import Meta

from tui_cnn.core.layers.base import Family, Layer, require_image
from tui_cnn.core.layers.fields import Rate
from tui_cnn.core.shape import Shape


class _Regularization(Layer, frozen=True, kw_only=True):
    family: ClassVar[Family] = "regularization"
    sign: ClassVar[str] = "░"
    lesson: ClassVar[str] = "training"
    is_linear: ClassVar[bool] = True


class Dropout(_Regularization, frozen=True, kw_only=True):
    """Sets a fraction of the values, chosen at random at each step, to zero during training.

    Srivastava et al., "Dropout", 2014.
    """

    rate: Annotated[Rate, Meta(description="Fraction of the values set to zero during training", examples=[0.5])]

    def settings(self) -> tuple[str, ...]:
        """The rate."""
        return (f"{self.rate:g}",)


class SpatialDropout2D(_Regularization, frozen=True, kw_only=True):
    """Sets a fraction of the feature maps, chosen at random at each step, to zero during training.

    Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.
    """

    rate: Annotated[Rate, Meta(description="Fraction of the feature maps set to zero during training", examples=[0.2])]

    def output_shape(self, shape: Shape) -> Shape:
        """The shape stays."""
        return require_image(shape)

    def settings(self) -> tuple[str, ...]:
        """The rate."""
        return (f"{self.rate:g}",)


class GaussianNoise(_Regularization, frozen=True, kw_only=True):
    """Adds normally distributed noise to every value during training."""

    stddev: Annotated[Rate, Meta(description="Standard deviation of the noise", examples=[0.1])]

    def settings(self) -> tuple[str, ...]:
        """The standard deviation."""
        return (f"{self.stddev:g}",)
