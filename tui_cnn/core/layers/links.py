"""Layers that take what other layers give, by their names: with them a stack says every directed acyclic graph."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.shape import Shape, ShapeError
from tui_cnn.i18n import _

NETWORK_INPUT = "input_layer"
"""The name of the network's own input, as Keras calls it."""

Reference = Annotated[str, Meta(min_length=1, max_length=64)]
"""The name that an earlier layer, or a block, has of its own; or that of the network's input."""


class Route(MergingLayer, frozen=True, kw_only=True):
    """Continues from named earlier layers instead of the layer above; several are merged.

    As in Darknet's files (Redmon, "Darknet: Open Source Neural Networks in C", 2013-2016).
    """

    sign = "↰"

    layers: Annotated[
        tuple[Reference, ...],
        Meta(
            min_length=1,
            max_length=1024,
            description="Names of the earlier layers to continue from; input_layer: the network's input",
            examples=[(NETWORK_INPUT,)],
        ),
    ]

    @property
    def takes(self) -> tuple[str, ...]:
        return self.layers

    def output_shape(self, shape: Shape) -> Shape:
        """It depends on other layers.

        Raises:
            ShapeError: always.
        """
        raise ShapeError(_("a route depends on layers elsewhere"))

    def merged_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        return shapes[0] if len(shapes) == 1 else super().merged_shape(shapes)

    def settings(self) -> tuple[str, ...]:
        return (", ".join(self.layers), *(self.merge_settings() if len(self.layers) > 1 else ()))


class Input(Layer, frozen=True, kw_only=True):
    """A further input of the network; the layers below continue from it."""

    family = "container"
    joins_others = True
    sign = "▷"

    shape: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=65_536)], ...],
        Meta(min_length=1, max_length=4, description="Shape of the input, channels last", examples=[(28, 28, 1)]),
    ]

    @property
    def takes(self) -> tuple[str, ...]:
        return ()

    def output_shape(self, shape: Shape) -> Shape:
        return self.shape

    def settings(self) -> tuple[str, ...]:
        return ()


class Shared(Layer, frozen=True, kw_only=True):
    """Applies an earlier layer or block again with the same weights, which are counted once."""

    family = "container"
    joins_others = True
    sign = "="

    layer: Annotated[Reference, Meta(description="Name of the earlier layer or block", examples=["conv2d"])]

    def output_shape(self, shape: Shape) -> Shape:
        """It depends on the other layer.

        Raises:
            ShapeError: always.
        """
        raise ShapeError(_("a shared layer depends on the layer that it shares"))

    def settings(self) -> tuple[str, ...]:
        return (self.layer,)
