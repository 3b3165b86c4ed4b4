"""Layers: one class a layer type, one module a family. Class and field names are those of Keras.

Here are those that hold others, and the list of all.
"""

from typing import Annotated, get_args

from msgspec import Meta

from tui_cnn.core.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from tui_cnn.core.layers.base import Family, Layer
from tui_cnn.core.layers.channel_scale import ChannelScale
from tui_cnn.core.layers.convolution import Conv2D, Conv2DTranspose, DepthwiseConv2D, FixedConv2D, SeparableConv2D
from tui_cnn.core.layers.dense import Dense
from tui_cnn.core.layers.links import Input, Route, Shared
from tui_cnn.core.layers.merging import Merge, MergingLayer
from tui_cnn.core.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    Normalization,
    UnitNormalization,
)
from tui_cnn.core.layers.opaque import Opaque
from tui_cnn.core.layers.pooling import (
    AveragePooling2D,
    DepthMaxPooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from tui_cnn.core.layers.regularization import (
    Dropout,
    GaussianNoise,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    SpatialDropout2D,
)
from tui_cnn.core.layers.reshaping import (
    Cropping2D,
    Flatten,
    Rescaling,
    Reshape,
    ScalarOperation,
    UpSampling2D,
    ZeroPadding2D,
)
from tui_cnn.core.shape import Shape


class Block(Layer, frozen=True, kw_only=True):
    """A named group of layers in sequence."""

    family = "container"
    sign = "·"

    name: Annotated[
        str, Meta(pattern=r"^[^/\x00-\x1f\x7f-\x9f]*\Z", max_length=64, description="Name of the group")
    ] = ""
    layers: "tuple[AnyLayer, ...]" = ()

    def output_shape(self, shape: Shape) -> Shape:
        return stack_shape(self.layers, shape)


class Branches(MergingLayer, frozen=True, kw_only=True):
    """Merges several branches of the same input into one output; an empty branch is a skip connection."""

    branches: "Annotated[tuple[tuple[AnyLayer, ...], ...], Meta(min_length=2)]"

    def output_shape(self, shape: Shape) -> Shape:
        return self.merged_shape(tuple(stack_shape(branch, shape) for branch in self.branches))

    def settings(self) -> tuple[str, ...]:
        return self.merge_settings()


def can_be_frozen(kind: type[Layer]) -> bool:
    """Tell whether layers of a kind may have weights of their own, or hold layers that have."""
    return kind in CONTAINERS or kind is Opaque or kind.parameters is not Layer.parameters


def stack_shape(layers: "tuple[AnyLayer, ...]", shape: Shape) -> Shape:
    """Return what comes out of a stack for an input of `shape`; muted layers are left out.

    Raises:
        ShapeError: it cannot be built.
    """
    for layer in layers:
        if not layer.muted:
            shape = layer.output_shape(shape)
    return shape


AnyLayer = (
    Conv2D
    | MaxPooling2D
    | AveragePooling2D
    | GlobalAveragePooling2D
    | GlobalMaxPooling2D
    | Flatten
    | Dense
    | Dropout
    | BatchNormalization
    | Activation
    | DepthwiseConv2D
    | SeparableConv2D
    | Conv2DTranspose
    | DepthMaxPooling2D
    | FixedConv2D
    | LayerNormalization
    | GroupNormalization
    | Normalization
    | ChannelScale
    | UnitNormalization
    | SpatialDropout2D
    | GaussianNoise
    | ReLU
    | LeakyReLU
    | PReLU
    | ELU
    | Softmax
    | ZeroPadding2D
    | Cropping2D
    | UpSampling2D
    | Reshape
    | Rescaling
    | RandomFlip
    | RandomTranslation
    | RandomRotation
    | RandomZoom
    | Block
    | Branches
    | Route
    | Shared
    | Input
    | ScalarOperation
    | Opaque
)

CONTAINERS: tuple[type[Layer], ...] = (Block, Branches)
"""The layers that hold others. To ask `type(layer) in` a tuple is ten times quicker than `isinstance`, for a struct."""

ALL_TYPES: dict[str, type[Layer]] = {kind.__name__: kind for kind in get_args(AnyLayer)}
"""Every layer type, by its name: also those that come from files of Keras alone."""

LAYER_TYPES = {name: kind for name, kind in ALL_TYPES.items() if kind not in (ScalarOperation, Opaque)}
"""Every layer type that people write, by its name, in the order in which they reach for them."""
