"""Layers: one class a layer type, one module a family. Class and field names are those of Keras.

Here are those that hold others, and the list of all.
"""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from tui_cnn.core.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from tui_cnn.core.layers.base import Family, Layer
from tui_cnn.core.layers.convolution import Conv2D, Conv2DTranspose, DepthwiseConv2D, FixedConv2D, SeparableConv2D
from tui_cnn.core.layers.dense import Dense
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
from tui_cnn.core.shape import Shape, ShapeError, elements, format_shape
from tui_cnn.i18n import _

Merge = Literal["add", "concatenate", "multiply", "average", "maximum"]


class _Container(Layer, frozen=True, kw_only=True):
    family = "container"
    sign = "·"


class Block(_Container, frozen=True, kw_only=True):
    """A named group of layers in sequence."""

    name: Annotated[
        str, Meta(pattern=r"^[^/\x00-\x1f\x7f-\x9f]*\Z", max_length=64, description="Name of the group")
    ] = ""
    layers: "tuple[AnyLayer, ...]" = ()

    def output_shape(self, shape: Shape) -> Shape:
        return stack_shape(self.layers, shape)


class Branches(_Container, frozen=True, kw_only=True):
    """Merges several branches of the same input into one output; an empty branch is a skip connection."""

    merge: Annotated[Merge, Meta(description="How the branches are merged")] = "add"
    branches: "Annotated[tuple[tuple[AnyLayer, ...], ...], Meta(min_length=2)]"

    def output_shape(self, shape: Shape) -> Shape:
        return self.merged_shape(tuple(stack_shape(branch, shape) for branch in self.branches))

    def merged_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """Return the shape of the merged output, from the output shapes of the branches.

        Raises:
            ShapeError: the shapes cannot be merged.
        """
        if self.merge == "concatenate":
            if len({shape[:-1] for shape in shapes}) == 1:
                return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))
            message = _("concatenate needs branches of the same height and width, but gets {shapes}")
        else:
            merged = _broadcast(shapes)
            if merged:
                return merged
            message = _("{merge} needs branches of the same shape, but gets {shapes}")
        problem = message.format(merge=self.merge, shapes=", ".join(map(format_shape, shapes)))
        if differing := self._differing(shapes):
            problem = _("{problem} ({axes} differ)").format(problem=problem, axes=", ".join(differing))
        raise ShapeError(problem)

    def _differing(self, shapes: tuple[Shape, ...]) -> list[str]:
        """Name the axes of images that are to blame; none where not all are images."""
        if any(len(shape) != 3 for shape in shapes):
            return []
        names = (_("height"), _("width")) if self.merge == "concatenate" else (_("height"), _("width"), _("channels"))
        axes = zip(names, zip(*shapes, strict=True), strict=False)
        return [name for name, lengths in axes if len(set(lengths)) > 1]

    def merge_flops(self, shapes: tuple[Shape, ...]) -> int:
        """Count the merge as TensorFlow's profiler does: an operation a value for each branch after the first."""
        if self.merge == "concatenate":
            return 0
        merged, flops = shapes[0], 0
        for shape in shapes[1:]:
            merged = _broadcast((merged, shape)) or merged
            flops += elements(merged)
        return flops + (elements(merged) if self.merge == "average" else 0)

    def settings(self) -> tuple[str, ...]:
        return (self.merge,)


def stack_shape(layers: "tuple[AnyLayer, ...]", shape: Shape) -> Shape:
    """Return what comes out of a stack for an input of `shape`; muted layers are left out.

    Raises:
        ShapeError: it cannot be built.
    """
    for layer in layers:
        if not layer.muted:
            shape = layer.output_shape(shape)
    return shape


def _broadcast(shapes: tuple[Shape, ...]) -> Shape | None:
    """Stretch axes of length 1 (and missing leading ones) as Keras does; None where the shapes disagree."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    merged = []
    for axis in zip(*padded, strict=True):
        lengths = set(axis) - {1}
        if len(lengths) > 1:
            return None
        merged.append(lengths.pop() if lengths else 1)
    return tuple(merged)


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
    | ScalarOperation
    | Opaque
)

CONTAINERS: tuple[type[Layer], ...] = (Block, Branches)
"""The layers that hold others. To ask `type(layer) in` a tuple is ten times quicker than `isinstance`, for a struct."""

ALL_TYPES: dict[str, type[Layer]] = {kind.__name__: kind for kind in get_args(AnyLayer)}
"""Every layer type, by its name: also those that come from files of Keras alone."""

LAYER_TYPES = {name: kind for name, kind in ALL_TYPES.items() if kind not in (ScalarOperation, Opaque)}
"""Every layer type that people write, by its name, in the order in which they reach for them."""
