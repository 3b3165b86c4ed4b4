"""Normalization: values brought to a common scale."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters, along_axes, positions, shorthand
from tui_cnn.core.layers.fields import Axes, Axis, Channels, Epsilon, Rate
from tui_cnn.core.receptive_field import EVERYTHING, ReceptiveFieldMap
from tui_cnn.core.shape import NONE, Amount, Shape, ShapeError, amount, elements, largest_divisor
from tui_cnn.i18n import _

Center = Annotated[bool, Meta(description="Learn a shift (beta) for each channel")]
Scale = Annotated[bool, Meta(description="Learn a factor (gamma) for each channel")]


class _Normalization(Layer, frozen=True, kw_only=True):
    family = "normalization"
    sign = "≈"


class _OfChannels(_Normalization, frozen=True, kw_only=True):
    axis: Axis = -1

    def output_shape(self, shape: Shape) -> Shape:
        positions((self.axis,), shape)
        return shape

    def _channels(self, shape: Shape) -> int:
        (place,) = positions((self.axis,), shape)
        return shape[place]


class _OfValues(_Normalization, frozen=True, kw_only=True):
    axis: Axes = (-1,)

    def output_shape(self, shape: Shape) -> Shape:
        positions(self.axis, shape)
        return shape

    def _values(self, shape: Shape) -> Shape:
        """Return the lengths of the axes that are normalized together."""
        return tuple(shape[place] for place in positions(self.axis, shape))

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The same cell along the last axis, the whole image along all; what is between is not worked out."""
        return along_axes(positions(self.axis, shape), shape)


class BatchNormalization(_OfChannels, frozen=True, kw_only=True):
    """Normalizes each channel to mean 0 and variance 1 over the batch, then applies a learned scale and shift.

    Ioffe and Szegedy, "Batch Normalization", 2015; with `renorm`: Ioffe, "Batch Renormalization", 2017. The running
    statistics are the non-trainable parameters.
    """

    is_linear = True
    mixes_images = True
    lesson = "training"

    momentum: Annotated[Rate, Meta(description="Fraction of the old running mean and variance kept at each step")] = (
        0.99
    )
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    renorm: Annotated[bool, Meta(description="Batch renormalization: training also uses the running statistics")] = (
        False
    )

    def parameters(self, shape: Shape) -> Parameters:
        """Gamma and beta are trained, the running statistics are not.

        Those are a mean and a variance; to renormalize also a deviation, and a mean and a deviation of their own that
        the correction goes by.
        """
        channels = self._channels(shape)
        return Parameters(_learned((channels,), self.center, self.scale), amount(5 if self.renorm else 2, channels))

    def tf_flops(self, shape: Shape) -> int:
        """A product and a sum for each value; for each channel, what makes a factor and a shift of its statistics."""
        return 2 * elements(shape) + (5 + self.scale) * self._channels(shape)

    def settings(self) -> tuple[str, ...]:
        return (*_axis(self.axis), *_left_out(self.center, self.scale), *shorthand(self.renorm and "renorm"))


class LayerNormalization(_OfValues, frozen=True, kw_only=True):
    """Normalizes the channels of each position to mean 0 and variance 1, then applies a learned scale and shift.

    Ba, Kiros, Hinton, "Layer Normalization", 2016; along the last axis, as Keras does, or along others.
    """

    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    rms_scaling: Annotated[
        bool,
        Meta(description="Divide by the standard deviation only, keep the mean, learn no shift (deprecated in Keras)"),
    ] = False

    def parameters(self, shape: Shape) -> Parameters:
        center, scale = (False, True) if self.rms_scaling else (self.center, self.scale)
        return Parameters(_learned(self._values(shape), center, scale))

    def tf_flops(self, shape: Shape) -> int:
        """Two means, the squared differences, and what applies them."""
        values, means = elements(shape), elements(shape) // elements(self._values(shape))
        if self.rms_scaling:
            return 6 * values + 3 * means
        return (6 + self.center + 2 * self.scale) * values + (5 - self.scale) * means

    def settings(self) -> tuple[str, ...]:
        if self.rms_scaling:
            return (*_axis(*self.axis), "rms")
        return (*_axis(*self.axis), *_left_out(self.center, self.scale))


class RMSNormalization(_OfValues, frozen=True, kw_only=True):
    """Scales the channels of each position so that the mean of their squares is 1, then applies a learned scale.

    Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
    """

    epsilon: Annotated[Epsilon, Meta(description="Added to the mean square to avoid division by zero")] = 1e-6

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(amount(*self._values(shape)))

    def tf_flops(self, shape: Shape) -> int:
        """The squares and their mean, the inverse root, and two products."""
        return 4 * elements(shape) + 3 * elements(shape) // elements(self._values(shape))

    def settings(self) -> tuple[str, ...]:
        return _axis(*self.axis)


class GroupNormalization(_OfChannels, frozen=True, kw_only=True):
    """Splits the channels into groups, and normalizes each group of an image to mean 0 and variance 1.

    Wu and He, "Group Normalization", 2018.
    """

    groups: Annotated[Channels, Meta(description="Number of groups of channels")] = 32
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True

    def output_shape(self, shape: Shape) -> Shape:
        channels = self._channels(shape)
        if channels % self.groups:
            message = _("{channels} channels cannot be split into {groups} groups")
            fitting = {"groups": largest_divisor(channels, self.groups)}
            raise ShapeError(message.format(channels=channels, groups=self.groups), fitting)
        return shape

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(_learned((self._channels(shape),), self.center, self.scale))

    def tf_flops(self, shape: Shape) -> int:
        """Two means, the squared differences, and what applies them."""
        learned = (self.center + 2 * self.scale) * self._channels(shape)
        return 6 * elements(shape) + learned + (5 - self.scale) * self.groups

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The means are over all of the image."""
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return (f"{self.groups} groups", *_axis(self.axis), *_left_out(self.center, self.scale))


class Normalization(_Normalization, frozen=True, kw_only=True):
    """Normalizes each channel to mean 0 and variance 1 with known values: those of the data.

    If they are not given, Keras stores them as weights, which `adapt` sets and training does not change; until then
    the layer does nothing.
    """

    axis: Annotated[
        Axes | None, Meta(description="Axes with a mean and a variance for each place; empty: one of each for all")
    ] = (-1,)
    mean: Annotated[
        Annotated[tuple[float, ...], Meta(min_length=1, max_length=1024)] | None,
        Meta(description="Mean of each channel, or one for all; empty: stored as weights"),
    ] = None
    variance: Annotated[
        Annotated[tuple[Annotated[float, Meta(ge=0)], ...], Meta(min_length=1, max_length=1024)] | None,
        Meta(description="Variance of each channel, or one for all; empty: stored as weights"),
    ] = None
    invert: Annotated[bool, Meta(description="Inverse: from mean 0 and variance 1 to these values")] = False

    def output_shape(self, shape: Shape) -> Shape:
        kept, mean, variance = self._kept(shape), self.mean, self.variance
        if mean is None and variance is None:
            return shape
        if mean is None or variance is None or len(mean) != len(variance):
            message = _("needs the same number of means and variances, but has {means} and {variances}")
            counts = {"means": len(mean or ()), "variances": len(variance or ())}
            raise ShapeError(message.format(**counts), {"mean": None, "variance": None})
        channels = kept[-1] if kept else 1
        if len(mean) not in (1, channels):
            message = _("has {count} means and variances for {channels} channels; give one per channel, or one for all")
            raise ShapeError(
                message.format(count=len(mean), channels=channels), {"mean": mean[:1], "variance": variance[:1]}
            )
        return shape

    def _kept(self, shape: Shape) -> Shape:
        """Return the lengths of the axes that have a mean for each place."""
        return tuple(shape[place] for place in positions(self.axis or (), shape))

    def parameters(self, shape: Shape) -> Parameters:
        """None where the numbers are given; else a mean and a variance for each place that has its own, and a count."""
        if self.mean is not None:
            return Parameters()
        both = amount(2, *self._kept(shape))
        return Parameters(non_trainable=Amount(both.value + 1, f"{both.formula} + 1"))

    def tf_flops(self, shape: Shape) -> int:
        """A difference and a quotient for each value, and for each channel a deviation that is kept from zero."""
        return 2 * elements(shape) + elements(self._kept(shape))

    def settings(self) -> tuple[str, ...]:
        means, variances = self.mean or (), self.variance or ()
        given = (f"{mean:.3g}±{variance**0.5:.3g}" for mean, variance in zip(means[:3], variances, strict=False))
        more = bool(variances) and len(means) > 3 and "…"
        return shorthand(*_axis(*(self.axis or (0,))), *given, more, self.invert and "invert")


class UnitNormalization(_OfValues, frozen=True, kw_only=True):
    """Scales the channels of each position to length 1."""

    def tf_flops(self, shape: Shape) -> int:
        """The squares and their sum, the inverse root, and the products."""
        return 3 * elements(shape) + 2 * elements(shape) // elements(self._values(shape))

    def settings(self) -> tuple[str, ...]:
        return _axis(*self.axis)


def _learned(shape: Shape, center: bool, scale: bool) -> Amount:
    return amount(center + scale, *shape) if center or scale else NONE


def _axis(*axes: int) -> tuple[str, ...]:
    """Name the axes, unless it is only the last."""
    return () if axes == (-1,) else ("axis " + "×".join(map(str, axes)),) if axes != (0,) else ("all axes",)


def _left_out(center: bool, scale: bool) -> tuple[str, ...]:
    return shorthand(not center and "no center", not scale and "no scale")
