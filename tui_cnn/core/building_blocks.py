"""Blocks that published networks are made of, each with the few settings that people choose.

What a block is made of may depend on its input: a shortcut needs a convolution where the shape changes. Convolutions
that are normalized have no bias.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from tui_cnn.core.layers import (
    Activation,
    AnyLayer,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Merge,
    stack_shape,
)
from tui_cnn.core.layers.fields import BlockName, Channels, KernelSize, Pair, Strides
from tui_cnn.core.network import Stack, snake_case
from tui_cnn.core.shape import Shape, ShapeError, format_shape
from tui_cnn.i18n import _

_MOST_TIMES = 100

Filters = Annotated[Channels, Meta(description="Number of output channels", examples=[64])]
Times = Annotated[
    int, Meta(ge=1, le=_MOST_TIMES, description="Number of repetitions in sequence, each with its own weights")
]
FirstStrides = Annotated[Strides, Meta(description="Pixels that the filter moves at a time, in the first block only")]
Function = Annotated[
    Literal["relu", "relu6", "leaky_relu", "elu", "gelu", "silu"], Meta(description="Function applied to every output")
]
Normalized = Annotated[bool, Meta(description="Normalize the output of each convolution over the batch")]
Branch = Annotated[Channels, Meta(description="Number of filters in this branch")]
_ONE: Pair = (1, 1)


class BuildingBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a block; a subclass makes the layers."""

    label: ClassVar[str] = ""
    """Its name in lists, where that is not the name of its class."""
    block_name: ClassVar[str] = ""
    """What the layers are called together, where that is not the name of its class."""

    strides = _ONE  # both are settings of most blocks
    repeat = 1

    def made_for(self, shape: Shape) -> AnyLayer:
        """Make the block for an input of `shape`, (height, width, channels).

        The first time stands before its repetitions; they are one declaration where they are made of the same layers.

        Raises:
            ShapeError: the block is for images, and the shape is none.
        """
        if len(shape) != 3:
            message = _("needs height × width × channels, but gets {shape}")
            raise ShapeError(message.format(shape=format_shape(shape)))
        name = self.block_name or snake_case(type(self).__name__)
        first = self._layers(shape, self.strides)
        following = self._layers(stack_shape(first, shape), _ONE)
        if self.repeat == 1 or first == following:
            return Block(name=name, repeat=self.repeat, layers=first)
        return Block(name=name, layers=(Block(layers=first), Block(repeat=self.repeat - 1, layers=following)))

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        """Make the layers of one time, for an input of `shape`; `strides` are those of its convolution."""
        raise NotImplementedError

    @classmethod
    def named(cls) -> str:
        """Return its name in lists."""
        return cls.label or cls.__name__

    @classmethod
    def begun_for(cls, shape: Shape | None) -> "BuildingBlock":
        """Return what its form begins with: as many filters as channels come in, if that are not very few."""
        channels = shape[2] if shape and len(shape) == 3 else 0
        keeps = "filters" in cls.__struct_fields__ and channels >= _FEW
        return cls(**{"filters": channels} if keeps else {})


_FEW = 8
"""Fewer channels than these are those of an image, or of a toy."""


def _convolution(
    filters: int,
    size: Pair,
    activation: str = "",
    strides: Pair = _ONE,
    *,
    normalized: bool = True,
) -> Stack:
    """Make a convolution that keeps the size at stride 1, with its normalization and activation."""
    layer = Conv2D(
        filters=filters,
        kernel_size=size,
        strides=strides,
        padding="valid" if size == _ONE else "same",
        use_bias=not normalized,
        activation="linear" if normalized or not activation else activation,  # type: ignore[arg-type]  # such a word
    )
    return (layer, BatchNormalization(), *_activation(activation)) if normalized else (layer,)


def _activation(name: str) -> Stack:
    return (Activation(activation=name),) if name else ()  # type: ignore[arg-type]  # it is one of a few words


def _with_shortcut(
    layers: Stack, shape: Shape, strides: Pair, activation: str = "", *, normalized: bool = True
) -> Stack:
    """Add what goes in to what comes out: through a 1×1 convolution where the shape changes."""
    filters = stack_shape(layers, shape)[2]
    changes = strides != _ONE or filters != shape[2]
    shortcut = _convolution(filters, _ONE, "", strides, normalized=normalized) if changes else ()
    return (Branches(merge="add", branches=(layers, shortcut)), *_activation(activation))


class ConvolutionBlock(BuildingBlock, frozen=True, kw_only=True):
    """Convolutions, each with batch normalization and an activation, as in VGG networks of today.

    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014; normalized as
    in Ioffe and Szegedy, "Batch Normalization", 2015.
    """

    block_name = "convolution"

    filters: Filters = 64
    kernel_size: KernelSize = (3, 3)
    strides: FirstStrides = _ONE
    activation: Function = "relu"
    normalize: Normalized = True
    repeat: Times = 1

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        return _convolution(self.filters, self.kernel_size, self.activation, strides, normalized=self.normalize)


class Residual(BuildingBlock, frozen=True, kw_only=True):
    """Two convolutions with a skip connection around them (ResNet-18 and -34).

    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015, figure 2; a 1×1 convolution in the
    shortcut where the shape changes (option B).
    """

    filters: Filters = 64
    kernel_size: KernelSize = (3, 3)
    strides: FirstStrides = _ONE
    activation: Function = "relu"
    normalize: Normalized = True
    repeat: Times = 1

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        normalized = self.normalize
        layers = (
            *_convolution(self.filters, self.kernel_size, self.activation, strides, normalized=normalized),
            *_convolution(self.filters, self.kernel_size, normalized=normalized),
        )
        return _with_shortcut(layers, shape, strides, self.activation, normalized=normalized)


class Bottleneck(BuildingBlock, frozen=True, kw_only=True):
    """1×1, 3×3 and 1×1 convolutions with a skip connection: fewer channels in the middle (ResNet-50 and deeper).

    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015, figure 5, with the stride on the 3×3
    convolution, as in torchvision.
    """

    filters: Annotated[Channels, Meta(description="Number of channels in the middle", examples=[64])] = 64
    expansion: Annotated[int, Meta(ge=1, le=64, description="Output channels for each channel in the middle")] = 4
    kernel_size: KernelSize = (3, 3)
    strides: FirstStrides = _ONE
    activation: Function = "relu"
    repeat: Times = 1

    @classmethod
    def begun_for(cls, shape: Shape | None) -> "BuildingBlock":
        """Return one that gives as many channels as come in, if these can be parted."""
        channels = shape[2] if shape and len(shape) == 3 else 0
        return cls(filters=channels // 4) if channels >= 4 * _FEW and channels % 4 == 0 else cls()

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        layers = (
            *_convolution(self.filters, _ONE, self.activation),
            *_convolution(self.filters, self.kernel_size, self.activation, strides),
            *_convolution(self.expansion * self.filters, _ONE),
        )
        return _with_shortcut(layers, shape, strides, self.activation)


class Inception(BuildingBlock, frozen=True, kw_only=True):
    """1×1, 3×3 and 5×5 convolutions and a pooling side by side, joined along the channels (GoogLeNet).

    Szegedy et al., "Going Deeper with Convolutions", 2014, figure 2b; the numbers at first are those of its module 3a.
    """

    filters_1x1: Branch = 64
    reduce_3x3: Annotated[Channels, Meta(description="Number of 1×1 filters before the 3×3 convolution")] = 96
    filters_3x3: Branch = 128
    reduce_5x5: Annotated[Channels, Meta(description="Number of 1×1 filters before the 5×5 convolution")] = 16
    filters_5x5: Branch = 32
    filters_pool: Annotated[Channels, Meta(description="Number of 1×1 filters after the pooling")] = 32
    activation: Function = "relu"
    normalize: Normalized = False
    repeat: Times = 1

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        def convolution(filters: int, side: int) -> Stack:
            return _convolution(filters, (side, side), self.activation, normalized=self.normalize)

        branches = (
            convolution(self.filters_1x1, 1),
            (*convolution(self.reduce_3x3, 1), *convolution(self.filters_3x3, 3)),
            (*convolution(self.reduce_5x5, 1), *convolution(self.filters_5x5, 5)),
            (MaxPooling2D(pool_size=(3, 3), strides=_ONE, padding="same"), *convolution(self.filters_pool, 1)),
        )
        return (Branches(merge="concatenate", branches=branches),)


class SqueezeExcitation(BuildingBlock, frozen=True, kw_only=True):
    """Weighs each channel by what the whole image has in it.

    Hu, Shen and Sun, "Squeeze-and-Excitation Networks", 2017.
    """

    ratio: Annotated[int, Meta(ge=1, le=1024, description="Channels for each unit in the middle")] = 16

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        return (_squeeze_excitation(shape[2], max(1, shape[2] // self.ratio)),)


def _squeeze_excitation(channels: int, units: int, activation: str = "relu") -> Branches:
    weights = (
        GlobalAveragePooling2D(keepdims=True),
        Dense(units=units, activation=activation),  # type: ignore[arg-type]  # it is one of a few of these words
        Dense(units=channels, activation="sigmoid"),
    )
    return Branches(merge="multiply", branches=((), weights))


class InvertedResidual(BuildingBlock, frozen=True, kw_only=True):
    """More channels in the middle, each convolved alone, with a skip connection: MBConv (MobileNetV2, EfficientNet).

    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018; with squeeze and excitation as in
    Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019.
    """

    filters: Filters = 64
    expansion: Annotated[int, Meta(ge=1, le=64, description="Channels in the middle for each that comes in")] = 6
    kernel_size: KernelSize = (3, 3)
    strides: FirstStrides = _ONE
    squeeze_excitation: Annotated[bool, Meta(description="Weigh each channel by what the whole image has in it")] = (
        False
    )
    activation: Function = "relu6"
    repeat: Times = 1

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        channels = self.expansion * shape[2]
        wider = _convolution(channels, _ONE, self.activation) if self.expansion > 1 else ()
        weighed = (
            (_squeeze_excitation(channels, max(1, shape[2] // 4), self.activation),) if self.squeeze_excitation else ()
        )
        layers = (
            *wider,
            DepthwiseConv2D(kernel_size=self.kernel_size, strides=strides, padding="same", use_bias=False),
            BatchNormalization(),
            Activation(activation=self.activation),
            *weighed,
            *_convolution(self.filters, _ONE),
        )
        joins = strides == _ONE and self.filters == shape[2]
        return (Branches(merge="add", branches=(layers, ())),) if joins else layers


class DenseBlock(BuildingBlock, frozen=True, kw_only=True):
    """Each layer gets the outputs of all before it, joined along the channels (DenseNet).

    Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks", 2016: normalization and
    activation come before each convolution.
    """

    growth_rate: Annotated[Channels, Meta(description="Channels that each layer adds")] = 12
    bottleneck: Annotated[bool, Meta(description="1×1 convolution to 4 × growth_rate channels before each 3×3")] = True
    activation: Function = "relu"
    repeat: Annotated[int, Meta(ge=1, le=_MOST_TIMES, description="Number of layers")] = 4

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        def before(filters: int, size: Pair) -> Stack:
            convolution, *others = _convolution(filters, size, self.activation)
            return (*others, convolution)

        narrow = before(4 * self.growth_rate, _ONE) if self.bottleneck else ()
        added = (*narrow, *before(self.growth_rate, (3, 3)))
        return (Branches(merge="concatenate", branches=((), added)),)


class DepthwiseSeparable(BuildingBlock, frozen=True, kw_only=True):
    """Convolves each channel alone, and then mixes the channels by a 1×1 convolution (MobileNet).

    Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017, figure 3.
    """

    filters: Filters = 64
    kernel_size: KernelSize = (3, 3)
    strides: FirstStrides = _ONE
    activation: Function = "relu"
    repeat: Times = 1

    def _layers(self, shape: Shape, strides: Pair) -> Stack:
        return (
            DepthwiseConv2D(kernel_size=self.kernel_size, strides=strides, padding="same", use_bias=False),
            BatchNormalization(),
            *_activation(self.activation),
            *_convolution(self.filters, _ONE, self.activation),
        )


class EmptyBranches(BuildingBlock, frozen=True, kw_only=True):
    """Takes the same input through several branches and merges their outputs; the branches are empty at first."""

    label = "Branches"

    branches: Annotated[int, Meta(ge=2, le=16, description="Number of branches")] = 2
    merge: Annotated[Merge, Meta(description="How the branches are merged")] = "add"

    def made_for(self, shape: Shape) -> AnyLayer:
        """Make the branches, for an input of any shape."""
        return Branches(merge=self.merge, branches=((),) * self.branches)


class EmptyBlock(BuildingBlock, frozen=True, kw_only=True):
    """A named group of layers in sequence, empty at first; it can be repeated."""

    label = "Block"

    name: BlockName = ""
    repeat: Times = 1

    def made_for(self, shape: Shape) -> AnyLayer:
        """Make the block, for an input of any shape."""
        return Block(name=self.name, repeat=self.repeat)


BUILDING_BLOCKS: tuple[type[BuildingBlock], ...] = (
    Residual,
    ConvolutionBlock,
    DepthwiseSeparable,
    Bottleneck,
    InvertedResidual,
    SqueezeExcitation,
    Inception,
    DenseBlock,
    EmptyBlock,
    EmptyBranches,
)
"""All building blocks, in the order in which people reach for them."""
