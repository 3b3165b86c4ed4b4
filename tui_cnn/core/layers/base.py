"""What every layer is: a frozen declaration of its fields that also knows its own arithmetic."""

from typing import Annotated, Any, NamedTuple

import msgspec

from tui_cnn.core.layers.receptive_field_map import SAME_CELL, ReceptiveFieldMap
from tui_cnn.core.shape import NONE, Amount, Shape, ShapeError, format_shape
from tui_cnn.i18n import _

Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?$",
        max_length=64,
        description="A name of your own; empty: after its type",
    ),
]
"""TensorFlow trains no layer with other letters in its name: they are the scopes of its graph."""


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
    """A layer. A subclass states its fields with their bounds, and whatever differs from the identity."""

    name: Name = ""
    muted: Annotated[bool, msgspec.Meta(description="Skip it, as if it were not there, without deleting it")] = False

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape that comes out for the shape that goes in.

        Raises:
            ShapeError: the layer cannot take this shape; the message names the numbers.
        """
        return shape

    def size_formula(self, shape: Shape) -> str:
        """Say how the output's height and width (or length) come about; empty where nothing is computed."""
        return ""

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
        return SAME_CELL

    def settings(self) -> tuple[str, ...]:
        """Give the essential settings in the field's shorthand: `("64", "3×3", "s2", "same", "relu")`."""
        return ()


def keras_fields(layer: Layer) -> dict[str, Any]:
    """Return the fields that Keras has too, with their values: all but `muted`."""
    fields = msgspec.structs.asdict(layer)
    del fields["muted"]
    return fields


def family(layer: Layer | type[Layer]) -> str:
    """Name the family of a layer: the module it stands in, such as `convolution`."""
    return (layer if isinstance(layer, type) else type(layer)).__module__.rpartition(".")[2]


def require_image(shape: Shape) -> tuple[int, int, int]:
    """Return `(height, width, channels)`.

    Raises:
        ShapeError: `shape` does not have three axes.
    """
    if len(shape) != 3:
        message = _("needs height × width × channels, but gets {shape}")
        raise ShapeError(message.format(shape=format_shape(shape)))
    return shape[0], shape[1], shape[2]
