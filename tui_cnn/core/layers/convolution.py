"""Convolution: filters that slide over an image, each as deep as its input."""

from math import gcd
from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters, require_image
from tui_cnn.core.layers.fields import ActivationName, Channels, Initializer, Padding, Pair
from tui_cnn.core.layers.window import Window, format_extent, format_step
from tui_cnn.core.shape import Amount, Shape, ShapeError, product
from tui_cnn.i18n import _


class Conv2D(Layer, frozen=True, kw_only=True):
    """Filters slid over the image; each gives one feature map.

    Input `(height, width, channels)`, output `(places down, places across, filters)`.
    """

    filters: Annotated[Channels, Meta(description="How many filters, so how many feature maps come out", examples=[32])]
    kernel_size: Annotated[Pair, Meta(description="Height and width of each filter", examples=[(3, 3)])]
    strides: Annotated[Pair, Meta(description="Pixels from one place of the filter to the next")] = (1, 1)
    padding: Annotated[
        Padding,
        Meta(description="valid: inside the image only; same: zeros around it keep its size at stride 1"),
    ] = "valid"
    dilation_rate: Annotated[Pair, Meta(description="Pixels between two taps of the filter; 1: side by side")] = (1, 1)
    groups: Annotated[
        Channels, Meta(description="Parts that channels and filters are split into, each convolved alone")
    ] = 1
    activation: Annotated[ActivationName, Meta(description="Function applied to every output", examples=["relu"])] = (
        "linear"
    )
    use_bias: Annotated[bool, Meta(description="Add a learned number to each feature map")] = True
    kernel_initializer: Annotated[Initializer, Meta(description="How the filters are drawn before training")] = (
        "glorot_uniform"
    )

    @property
    def window(self) -> Window:
        """The window that slides."""
        return Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def output_shape(self, shape: Shape) -> Shape:
        """Places down and across, and a channel for each filter."""
        channels = require_image(shape)[2]
        divisor = gcd(channels, self.filters, self.groups)
        for count, message in (
            (self.filters, _("{count} filters cannot be split into {groups} groups")),
            (channels, _("{count} channels cannot be split into {groups} groups")),
        ):
            if count % self.groups:
                raise ShapeError(message.format(count=count, groups=self.groups), {"groups": divisor})
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            message = _("strides of {strides} and a dilation of {dilation} cannot go together")
            steps = {"strides": format_extent(self.strides), "dilation": format_extent(self.dilation_rate)}
            raise ShapeError(message.format(**steps), {"dilation_rate": (1, 1)})
        return (*self.window.slide(shape), self.filters)

    def size_formula(self, shape: Shape) -> str:
        """The size formula of a sliding window."""
        return self.window.formula(shape)

    def parameters(self, shape: Shape) -> Parameters:
        """A filter is as deep as its (group's) input and has one bias."""
        height, width = self.kernel_size
        depth = shape[2] // self.groups
        taps = product(height, width, depth)
        if self.use_bias:
            return Parameters(Amount((height * width * depth + 1) * self.filters, f"({taps} + 1)·{self.filters}"))
        return Parameters(Amount(height * width * depth * self.filters, f"{taps}·{self.filters}"))

    def macs(self, shape: Shape) -> Amount:
        """Every filter's taps at every place."""
        height, width = self.kernel_size
        depth = shape[2] // self.groups
        down, across, _ = self.output_shape(shape)
        value = height * width * depth * down * across * self.filters
        return Amount(value, product(height, width, depth, down, across, self.filters))

    def settings(self) -> tuple[str, ...]:
        """Filters, kernel, and what differs from the defaults."""
        parts = [f"{self.filters}", format_extent(self.kernel_size)]
        if self.strides != (1, 1):
            parts.append("s" + format_step(self.strides))
        if self.padding != "valid":
            parts.append(self.padding)
        if self.dilation_rate != (1, 1):
            parts.append("d" + format_step(self.dilation_rate))
        if self.groups != 1:
            parts.append(f"g{self.groups}")
        if self.activation != "linear":
            parts.append(self.activation)
        if not self.use_bias:
            parts.append("no bias")
        return tuple(parts)
