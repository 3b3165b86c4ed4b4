"""Layers: one class a layer type, one module a family. Class and field names are those of Keras.

Here are those that hold others, and the list of all.
"""

from typing import Annotated, get_args

from msgspec import Meta

from tui_cnn.core.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from tui_cnn.core.layers.attention import EinsumDense, MultiHeadAttention
from tui_cnn.core.layers.augmentation import (
    AugMix,
    AutoContrast,
    ContrastLimitedAdaptiveHistogramEqualization,
    CutMix,
    MixUp,
    RandAugment,
    RandomBrightness,
    RandomColorDegeneration,
    RandomColorJitter,
    RandomContrast,
    RandomElasticTransform,
    RandomErasing,
    RandomFlip,
    RandomGaussianBlur,
    RandomGrayscale,
    RandomHue,
    RandomInvert,
    RandomPerspective,
    RandomPosterization,
    RandomRotation,
    RandomSaturation,
    RandomSharpness,
    RandomShear,
    RandomTranslation,
    RandomZoom,
    Solarization,
)
from tui_cnn.core.layers.base import Family, Layer, Parameters, is_composite, shorthand
from tui_cnn.core.layers.channel_scale import ChannelScale
from tui_cnn.core.layers.convolution import Conv1D, Conv2D, Conv3D, FixedConv2D
from tui_cnn.core.layers.dense import Dense
from tui_cnn.core.layers.depthwise import DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from tui_cnn.core.layers.fields import BlockName, Repeat
from tui_cnn.core.layers.links import Input, Route, Shared
from tui_cnn.core.layers.local_response import LocalResponseNormalization
from tui_cnn.core.layers.merging import Merge, MergingLayer
from tui_cnn.core.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    Normalization,
    RMSNormalization,
    UnitNormalization,
)
from tui_cnn.core.layers.opaque import Opaque
from tui_cnn.core.layers.padded_pooling import PaddedAveragePooling2D
from tui_cnn.core.layers.pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    DepthMaxPooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from tui_cnn.core.layers.recurrent import GRU, LSTM, Bidirectional, Embedding, SimpleRNN
from tui_cnn.core.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from tui_cnn.core.layers.reshaping import (
    CenterCrop,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    Flatten,
    Identity,
    Masking,
    Permute,
    RandomCrop,
    RepeatVector,
    Rescaling,
    Reshape,
    Resizing,
    ScalarOperation,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from tui_cnn.core.layers.transposed import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from tui_cnn.core.receptive_field import SAME_CELL, UNKNOWN, ReceptiveFieldMap
from tui_cnn.core.shape import Amount, Shape, ShapeError, elements, format_shape
from tui_cnn.i18n import _


class Block(Layer, frozen=True, kw_only=True):
    """A named group of layers in sequence."""

    family = "container"
    joins_others = True
    sign = "·"

    name: BlockName = ""
    repeat: Repeat = 1
    layers: "tuple[AnyLayer, ...]" = ()

    def output_shape(self, shape: Shape) -> Shape:
        for _time in range(self.repeat):
            before, shape = shape, stack_shape(self.layers, shape)
            if shape == before:
                break
        return shape

    def settings(self) -> tuple[str, ...]:
        return (f"×{self.repeat}",) if self.repeat > 1 else ()


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


class _Wrapper(Layer, frozen=True, kw_only=True):
    layer: "AnyLayer"

    def _inner_shape(self, shape: Shape) -> Shape:
        """Return what the layer that is held gives for `shape`.

        Raises:
            ShapeError: Keras cannot hold one of that kind, or it cannot take the shape.
        """
        if type(self.layer) in CONTAINERS or isinstance(self.layer, Opaque) or is_composite(type(self.layer)):
            message = _("cannot hold a {kind}, which is no layer of Keras")
            raise ShapeError(message.format(kind=type(self.layer).__name__))
        if self.layer.times_given > 1:  # Keras' wrappers give one input to what they hold
            message = _("cannot hold a {kind}, which takes several inputs")
            raise ShapeError(message.format(kind=type(self.layer).__name__))
        try:
            return self.layer.output_shape(shape)
        except ShapeError as error:  # what would help is a field of that layer, not of this one
            raise ShapeError(f"{type(self.layer).__name__}: {error}") from None

    def settings(self) -> tuple[str, ...]:
        return (type(self.layer).__name__, *self.layer.settings())


class TimeDistributed(_Wrapper, frozen=True, kw_only=True):
    """Applies a layer to every step of a sequence, with the same weights: to every frame of a video, for instance."""

    family = "container"
    sign = "·"

    layer: Annotated["AnyLayer", Meta(description="Layer for each step", examples=[Dense(units=64)])]

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) < 2:
            raise ShapeError(_("needs steps × features, but gets {shape}").format(shape=format_shape(shape)))
        return (shape[0], *self._inner_shape(shape[1:]))

    def parameters(self, shape: Shape) -> Parameters:
        return self.layer.parameters(shape[1:])

    def macs(self, shape: Shape) -> Amount:
        """Those of the layer, for each step."""
        each = self.layer.macs(shape[1:])
        return Amount(shape[0] * each.value, f"{shape[0]}·({each.formula})" if each.value else "")

    def tf_flops(self, shape: Shape) -> int:
        return shape[0] * self.layer.tf_flops(shape[1:])

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """A step sees itself; what a cell of it sees is said of rows of numbers only."""
        return SAME_CELL if len(shape) == len(self.output_shape(shape)) == 2 else UNKNOWN


class SpectralNormalization(_Wrapper, frozen=True, kw_only=True):
    """Divides the kernel of a layer by its largest singular value, which is estimated step by step.

    Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018.
    """

    family = "normalization"
    sign = "≈"

    layer: Annotated["AnyLayer", Meta(description="Layer with a kernel", examples=[Dense(units=64)])]
    power_iterations: Annotated[int, Meta(ge=1, le=1000, description="Steps of the estimate in each step")] = 1

    def output_shape(self, shape: Shape) -> Shape:
        output = self._inner_shape(shape)
        if self.layer.kernel_width(shape) is None:
            raise ShapeError(_("{kind} has no kernel to normalize").format(kind=type(self.layer).__name__))
        return output

    def size_formula(self, shape: Shape) -> str:
        return self.layer.size_formula(shape)

    def parameters(self, shape: Shape) -> Parameters:
        """Those of the layer, and a row of numbers of the estimate, which is not trained."""
        own, width = self.layer.parameters(shape), self.layer.kernel_width(shape) or 0
        return Parameters(own.trainable, Amount(own.non_trainable.value + width, f"{width}"))

    def macs(self, shape: Shape) -> Amount:
        """Those of the layer: the estimate is work of the training."""
        return self.layer.macs(shape)

    def tf_flops(self, shape: Shape) -> int:
        return self.layer.tf_flops(shape)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return self.layer.receptive_field_map(shape)


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
    | LocalResponseNormalization
    | PaddedAveragePooling2D
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
    | RandomContrast
    | RandomBrightness
    | RandomCrop
    | Resizing
    | CenterCrop
    | Permute
    | Identity
    | AdaptiveAveragePooling2D
    | AdaptiveMaxPooling2D
    | RMSNormalization
    | SpectralNormalization
    | GaussianDropout
    | AlphaDropout
    | ActivityRegularization
    | RandomErasing
    | RandomGaussianBlur
    | RandomGrayscale
    | RandomHue
    | RandomSaturation
    | RandomSharpness
    | RandomColorJitter
    | RandomColorDegeneration
    | RandomInvert
    | RandomPosterization
    | RandomPerspective
    | RandomShear
    | RandomElasticTransform
    | RandAugment
    | AugMix
    | MixUp
    | CutMix
    | AutoContrast
    | ContrastLimitedAdaptiveHistogramEqualization
    | Solarization
    | Conv1D
    | MaxPooling1D
    | AveragePooling1D
    | GlobalAveragePooling1D
    | GlobalMaxPooling1D
    | DepthwiseConv1D
    | SeparableConv1D
    | Conv1DTranspose
    | AdaptiveAveragePooling1D
    | AdaptiveMaxPooling1D
    | SpatialDropout1D
    | ZeroPadding1D
    | Cropping1D
    | UpSampling1D
    | RepeatVector
    | Embedding
    | Masking
    | SimpleRNN
    | LSTM
    | GRU
    | Bidirectional
    | TimeDistributed
    | MultiHeadAttention
    | EinsumDense
    | Conv3D
    | MaxPooling3D
    | AveragePooling3D
    | GlobalAveragePooling3D
    | GlobalMaxPooling3D
    | Conv3DTranspose
    | AdaptiveAveragePooling3D
    | AdaptiveMaxPooling3D
    | SpatialDropout3D
    | ZeroPadding3D
    | Cropping3D
    | UpSampling3D
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
