"""What works only while training, and keeps a network from learning its examples by heart."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Spatial, require_axes
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


_MAPS = Meta(description="Fraction of the feature maps set to zero during training", examples=[0.2])


class _SpatialDropout(Spatial, frozen=True, kw_only=True):
    family = "regularization"
    sign = "░"
    lesson = "training"
    is_linear = True

    rate: Annotated[Rate, _MAPS]

    def output_shape(self, shape: Shape) -> Shape:
        return require_axes(shape, self.rank)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class SpatialDropout2D(_SpatialDropout, frozen=True, kw_only=True):
    """Sets a fraction of the feature maps, chosen at random at each step, to zero during training.

    Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.
    """


class SpatialDropout1D(_Regularization, frozen=True, kw_only=True):
    """Sets a fraction of the channels of a sequence, chosen at random at each step, to zero during training."""

    rate: Annotated[Rate, _MAPS]

    def output_shape(self, shape: Shape) -> Shape:
        return require_axes(shape, 1)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class SpatialDropout3D(_SpatialDropout, frozen=True, kw_only=True):
    """Sets a fraction of the channels of a volume, chosen at random at each step, to zero during training."""

    rank = 3


class GaussianNoise(_Regularization, frozen=True, kw_only=True):
    """Adds normally distributed noise to every value during training."""

    stddev: Annotated[Rate, Meta(description="Standard deviation of the noise", examples=[0.1])]

    def settings(self) -> tuple[str, ...]:
        return (f"{self.stddev:g}",)


class GaussianDropout(_Regularization, frozen=True, kw_only=True):
    """Multiplies every value by normally distributed noise around 1 during training."""

    rate: Annotated[
        Rate, Meta(description="As of Dropout: the noise has the deviation √(rate / (1 - rate))", examples=[0.2])
    ]

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class AlphaDropout(_Regularization, frozen=True, kw_only=True):
    """Dropout that keeps mean and variance during training; for networks with the activation selu.

    Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    """

    rate: Annotated[Rate, Meta(description="Fraction of the values dropped during training", examples=[0.1])]

    def settings(self) -> tuple[str, ...]:
        return (f"{self.rate:g}",)


class ActivityRegularization(_Regularization, frozen=True, kw_only=True):
    """Adds a penalty on large outputs of the layer before it to the loss."""

    l1: Annotated[float, Meta(ge=0, description="Factor of the absolute values", examples=[0.01])] = 0.0
    l2: Annotated[float, Meta(ge=0, description="Factor of the squares")] = 0.0

    def settings(self) -> tuple[str, ...]:
        return tuple(f"{name} {value:g}" for name, value in (("l1", self.l1), ("l2", self.l2)) if value)
