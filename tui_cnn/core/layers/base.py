"""What every layer is: a frozen declaration of its fields that also knows its own arithmetic, and what it is in Keras.

Most layers are one layer of Keras by the same name. A composite layer is made of others; it declares its calls once,
and all that write, build or read models of Keras go by them.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec

from tui_cnn.core.classical_filters import Kernel
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import SAME_CELL, ReceptiveFieldMap
from tui_cnn.core.shape import NONE, Amount, Shape, ShapeError, format_shape
from tui_cnn.i18n import _

_NAME = r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?\Z"
Name = Annotated[str, msgspec.Meta(pattern=_NAME, max_length=64, description="Name of the layer; empty: from its type")]
"""TensorFlow trains no layer with other letters in its name: they are the scopes of its graph."""

_Learning = Literal["convolution", "pooling", "dense", "normalization", "activation"]
Family = Literal[_Learning, "regularization", "reshaping", "augmentation", "container", "opaque"]
"""What kind of work a layer does. Colours go by it."""

KernelKind = Literal["none", "convolution", "transposed", "depthwise", "separable", "dense"]
"""How a layer's weights work on its input, and how they lie.

`convolution`: (height, width, inputs, filters). `transposed`: (height, width, filters, inputs). `depthwise`: (height,
width, channels, filters of each channel). `separable`: such ones, and then 1×1 ones that mix the channels. `dense`:
(features, units).
"""


class Parameters(NamedTuple):
    """Weights as Keras counts them: those that training changes, and those that it does not."""

    trainable: Amount = NONE
    non_trainable: Amount = NONE

    @property
    def total(self) -> int:
        """Trainable and non-trainable together."""
        return self.trainable.value + self.non_trainable.value

    def frozen(self) -> "Parameters":
        """Return these where none is trained."""
        parts = [part for part in self if part.value]
        formula = " + ".join(part.formula for part in parts)
        return Parameters(non_trainable=Amount(self.total, formula) if parts else NONE)


class ConstantKernels(NamedTuple):
    """An initializer of kernels that are given: a value that an argument of a call may have.

    `name` is what a program calls them.
    """

    name: str
    kernels: tuple[Kernel, ...]

    def nested(self) -> list[list[list[list[int | float]]]]:
        """Lay them out as Keras does, (height, width, 1, filters): the one channel stands for all."""
        rows, columns = len(self.kernels[0]), len(self.kernels[0][0])
        return [
            [[[kernel[row][column] for kernel in self.kernels]] for column in range(columns)] for row in range(rows)
        ]


class KerasCall(NamedTuple):
    """A layer of Keras with its arguments, but for its name.

    Attributes:
        class_name: its class in `keras.layers`.
        arguments: by name, as our layers have them: a regularizer is a word, and so is an initializer, or
            `ConstantKernels`.
        suffix: what its name ends with, after that of the layer which it is a part of; empty for the last of the calls,
            which has the layer's own name.
        output_shape: what comes out; None where it is what comes out of the whole layer.
    """

    class_name: str
    arguments: Mapping[str, Any]
    suffix: str = ""
    output_shape: Shape | None = None


class Proposal(NamedTuple):
    """What calls may be made of: the fields of a layer, and the input shape, where the calls depend on it.

    Who reads it makes the calls of that layer anew, and takes it only if they are the same.
    """

    fields: Mapping[str, Any]
    input_shape: Shape | None = None


class Layer(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag=True,
    tag_field="type",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A layer. A subclass states its fields with their bounds, its traits, and whatever differs from the identity.

    Traits are what others go by, in place of lists of classes. Each class, or the base of its family, states `family`
    and `sign`.

    Attributes:
        family: the kind of work that it does.
        sign: a letter for it, one cell wide.
        kernel_kind: how its weights work on its input.
        lesson: the lesson that explains it; empty for none.
        is_linear: whether a linear function through it stays one, though it has no kernel.
        is_reshaping: whether it gives the very values that it takes, in another shape, and so needs no memory.
        mixes_images: whether, in training, what comes out for an image depends on the others of its batch.
        flattens: whether it makes a row of numbers of an image.
        scales_pixels: whether, as the first layer, it brings the bytes of an image to the scale that the others need.
        required_by_keras: fields with a default here that Keras has to be given.
    """

    family: ClassVar[Family]
    sign: ClassVar[str]
    kernel_kind: ClassVar[KernelKind] = "none"
    lesson: ClassVar[str] = ""
    is_linear: ClassVar[bool] = False
    is_reshaping: ClassVar[bool] = False
    mixes_images: ClassVar[bool] = False
    flattens: ClassVar[bool] = False
    scales_pixels: ClassVar[bool] = False
    required_by_keras: ClassVar[tuple[str, ...]] = ()

    name: Name = ""
    muted: Annotated[bool, msgspec.Meta(description="Ignore the layer without deleting it")] = False
    trainable: Annotated[bool, msgspec.Meta(description="Train the weights; no: they are frozen")] = True

    @property
    def takes(self) -> tuple[str, ...] | None:
        """The names of the layers whose outputs go in; None: that of the layer above, as in most layers."""
        return None

    @property
    def window(self) -> Window | None:
        """The window that slides over the input; None where none does."""
        return None

    @property
    def function(self) -> str:
        """The activation that its output comes out of, as Keras calls it; empty for one without such a name."""
        return getattr(self, "activation", "linear")

    @property
    def is_softmax(self) -> bool:
        """Whether its output are shares that sum to one."""
        return self.function == "softmax"

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape that comes out for the shape that goes in.

        Raises:
            ShapeError: the layer cannot take this shape; the message names the numbers.
        """
        return shape

    def size_formula(self, shape: Shape) -> str:
        """Say how the output's height and width (or length) come about; empty where nothing is computed."""
        return self.window.formula(shape) if self.window else ""

    def parameters(self, shape: Shape) -> Parameters:
        """Count the weights of the layer when it is built on `shape`."""
        return Parameters()

    def macs(self, shape: Shape) -> Amount:
        """Count the multiply-accumulates for one image of shape `shape`: kernels only, no bias."""
        return NONE

    def tf_flops(self, shape: Shape) -> int:
        """Count the floating-point operations for one image as TensorFlow's profiler counts them."""
        return 0

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """Say what an output cell sees of an input image of shape `shape`."""
        return self.window.receptive_field_map(shape) if self.window else SAME_CELL

    def settings(self) -> tuple[str, ...]:
        """Give the essential settings in the field's shorthand: `("64", "3×3", "s2", "same", "relu")`."""
        return ()

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """Return the layers of Keras that it is made of on an input of `shape`, one after the other.

        A composite layer overrides this, and `proposal`.

        Raises:
            ShapeError: it is a composite layer that cannot take this shape.
        """
        return (KerasCall(type(self).__name__, keras_arguments(self)),)

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        """Guess which layer the last of `calls` were made of; None where they are of no composite layer of this class.

        Their `suffix` and `output_shape` are not known.
        """
        return None


COMMON_FIELDS = Layer.__struct_fields__
"""The fields that every layer has: its name, and whether it is muted and trained."""


def shorthand(*settings: str | bool) -> tuple[str, ...]:
    """Collect settings, without those that are False."""
    return tuple(setting for setting in settings if isinstance(setting, str))


def keras_arguments(layer: Layer) -> dict[str, Any]:
    """Return the fields that Keras takes as arguments, with their values: all but those that every layer has."""
    return {name: value for name, value in msgspec.structs.asdict(layer).items() if name not in COMMON_FIELDS}


def is_composite(kind: type[Layer]) -> bool:
    """Tell whether Keras has no layer of that name, so that it is made of others."""
    return kind.keras_calls is not Layer.keras_calls and kind.family != "container"


def require_image(shape: Shape) -> tuple[int, int, int]:
    """Return `(height, width, channels)`.

    Raises:
        ShapeError: `shape` does not have three axes.
    """
    if len(shape) != 3:
        message = _("needs height × width × channels, but gets {shape}")
        raise ShapeError(message.format(shape=format_shape(shape)))
    return shape[0], shape[1], shape[2]
