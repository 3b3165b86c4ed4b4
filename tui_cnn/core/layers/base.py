"""What every layer is: a frozen declaration of its fields that also knows its own arithmetic."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec

from tui_cnn.core.layers.lowering import KerasCall, Proposal
from tui_cnn.core.layers.receptive_field_map import SAME_CELL, ReceptiveFieldMap
from tui_cnn.core.layers.window import Window
from tui_cnn.core.shape import NONE, Amount, Shape, ShapeError, format_shape
from tui_cnn.i18n import _

Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?$",
        max_length=64,
        description="Name of the layer; empty: from its type",
    ),
]
"""TensorFlow trains no layer with other letters in its name: they are the scopes of its graph."""


Family = Literal[
    "convolution",
    "pooling",
    "dense",
    "normalization",
    "activation",
    "regularization",
    "reshaping",
    "augmentation",
    "container",
    "opaque",
]
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
    required_by_keras: ClassVar[tuple[str, ...]] = ()

    name: Name = ""
    muted: Annotated[bool, msgspec.Meta(description="Ignore the layer without deleting it")] = False

    @property
    def window(self) -> Window | None:
        """The window that slides over the input; None where none does."""
        return None

    @property
    def is_softmax(self) -> bool:
        """Whether its output are shares that sum to one."""
        return getattr(self, "activation", "") == "softmax"

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


def keras_arguments(layer: Layer) -> dict[str, Any]:
    """Return the fields that Keras takes as arguments, with their values: all but `muted`, and the name."""
    fields = msgspec.structs.asdict(layer)
    del fields["name"], fields["muted"]
    return fields


def is_composite(kind: type[Layer]) -> bool:
    """Tell whether Keras has no layer of that name, so that it is made of others."""
    return kind.keras_calls is not Layer.keras_calls


def require_image(shape: Shape) -> tuple[int, int, int]:
    """Return `(height, width, channels)`.

    Raises:
        ShapeError: `shape` does not have three axes.
    """
    if len(shape) != 3:
        message = _("needs height × width × channels, but gets {shape}")
        raise ShapeError(message.format(shape=format_shape(shape)))
    return shape[0], shape[1], shape[2]
