"""What every layer is: a frozen declaration of its fields that also knows its own arithmetic, and what it is in Keras.

Most layers are one layer of Keras by the same name. A composite layer is made of others; it declares its calls once,
and all that write, build or read models of Keras go by them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec

from tui_cnn.core.classical_filters import Kernel
from tui_cnn.core.layers.window import Window
from tui_cnn.core.receptive_field import EVERYTHING, SAME_CELL, UNKNOWN, ReceptiveFieldMap
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


class TensorFlowFunction(NamedTuple):
    """A function of TensorFlow that a Lambda applies: a value that an argument of a call may have.

    `expression` is what a program calls it, `name` what Keras writes of it.
    """

    expression: str
    name: str

    def described(self) -> dict[str, str]:
        """Write it as Keras does."""
        return {"module": "builtins", "class_name": "function", "config": self.name, "registered_name": "function"}


class KerasCall(NamedTuple):
    """A layer of Keras with its arguments, but for its name.

    Attributes:
        class_name: its class in `keras.layers`.
        arguments: by name, as our layers have them: a regularizer is a word, and so is an initializer, or
            `ConstantKernels`; a function is a `TensorFlowFunction`.
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
        keras_names: fields that Keras calls otherwise, with its names: ours may not be called as one of our methods is.
        works_in_inference: of augmentation, whether it changes images also where nothing is trained.
        joins_others: whether it only says how others are joined, and is no layer of Keras.
        times_given: how many times Keras' layer is given its input: self-attention takes it as query and as value.
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
    keras_names: ClassVar[Mapping[str, str]] = {}
    joins_others: ClassVar[bool] = False
    works_in_inference: ClassVar[bool] = False
    times_given: ClassVar[int] = 1

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

    def kernel_width(self, shape: Shape) -> int | None:
        """Return the length of the last axis of the kernel (or the table) as Keras lays it out; None without one."""
        return None

    def with_channels_last(self, shape: Shape) -> "tuple[Layer, Shape]":
        """Return the layer that does the same to an input whose channels come last, and the shape of that input."""
        return self, shape

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


@cache
def defaults(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    """Return the default of each field of a struct; msgspec looks them up anew each time, which is slow."""
    return {field.name: field.default for field in msgspec.structs.fields(kind)}


DataFormat = Annotated[
    Literal["channels_last", "channels_first"],
    msgspec.Meta(description="Where the channels are: after height and width, or before them"),
]

_ARITHMETIC = {
    "output_shape",
    "size_formula",
    "parameters",
    "macs",
    "tf_flops",
    "kernel_width",
    "receptive_field_map",
}
"""The methods that a shape goes into."""


class Spatial(Layer, frozen=True, kw_only=True):
    """A layer that tells the channels of an image from its height and width, or of a sequence or volume from its axes.

    All its arithmetic is written for channels that come last. Where they come first, it is that of the same layer with
    the channels last on an input whose axes are moved, and what comes out is moved back.
    """

    rank: ClassVar[int] = 2
    """Axes beside the channels: 1 of a sequence, 2 of an image, 3 of a volume."""

    data_format: DataFormat = "channels_last"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in _ARITHMETIC & vars(cls).keys():
            setattr(cls, name, _with_channels_last(vars(cls)[name]))

    def with_channels_last(self, shape: Shape) -> tuple[Layer, Shape]:
        if self.data_format == "channels_last":
            return self, shape
        return msgspec.structs.replace(self, data_format="channels_last"), (*shape[1:], *shape[:1])


def _with_channels_last(method: Callable[[Any, Shape], Any]) -> Callable[[Any, Shape], Any]:
    @wraps(method)
    def moved(self: Spatial, shape: Shape) -> Any:
        if self.data_format == "channels_last":
            return method(self, shape)
        value = method(*self.with_channels_last(shape))
        if method.__name__ == "output_shape":
            return (*value[-1:], *value[:-1])
        return value.of_channels_first() if isinstance(value, ReceptiveFieldMap) else value

    return moved


for _name in ("size_formula", "receptive_field_map"):  # what goes by the window, whether a subclass has its own or not
    setattr(Spatial, _name, _with_channels_last(getattr(Layer, _name)))


def shorthand(*settings: str | bool) -> tuple[str, ...]:
    """Collect settings, without those that are False."""
    return tuple(setting for setting in settings if isinstance(setting, str))


def keras_arguments(layer: Layer) -> dict[str, Any]:
    """Return the fields that Keras takes as arguments, with their values: all but those that every layer has."""
    fields = {name: value for name, value in msgspec.structs.asdict(layer).items() if name not in COMMON_FIELDS}
    if "data_format" in fields:
        fields["data_format"] = fields.pop("data_format")  # the last: it hardly ever matters
    sequence = isinstance(layer, Spatial) and layer.rank == 1
    return {
        layer.keras_names.get(name, name): _argument(value, sequence or name == "axis")
        for name, value in fields.items()
    }


def _argument(value: Any, single: bool) -> Any:
    if single and isinstance(value, tuple) and len(value) == 1:  # of one axis Keras is given one number
        return value[0]
    return KerasCall(type(value).__name__, keras_arguments(value)) if isinstance(value, Layer) else value


def is_composite(kind: type[Layer]) -> bool:
    """Tell whether Keras has no layer of that name, so that it is made of others."""
    return kind.keras_calls is not Layer.keras_calls and not kind.joins_others


def positions(axes: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """Return where axes are in a shape: Keras counts them with the batch, which is axis 0, or back from the last.

    Raises:
        ShapeError: there is no such axis, or it is named twice.
    """
    found = sorted(axis + len(shape) if axis < 0 else axis - 1 for axis in axes)
    if len({*found}) < len(found) or not all(0 <= place < len(shape) for place in found):
        message = _("no axis {axis}: the axes of {shape} are 1 to {count}, or -1 for the last")
        named = ", ".join(map(str, axes))
        raise ShapeError(message.format(axis=named, shape=format_shape(shape), count=len(shape)))
    return tuple(found)


def along_axes(places: tuple[int, ...], shape: Shape) -> ReceptiveFieldMap:
    """Say what a layer sees that works along some axes, given by their places in `shape`."""
    if places == (len(shape) - 1,):
        return SAME_CELL
    return EVERYTHING if len(shape) == 1 or {*range(len(shape) - 1)} <= {*places} else UNKNOWN


def require_image(shape: Shape) -> tuple[int, int, int]:
    """Return `(height, width, channels)`.

    Raises:
        ShapeError: `shape` does not have three axes.
    """
    height, width, channels = require_axes(shape, 2)
    return height, width, channels


def require_axes(shape: Shape, rank: int) -> Shape:
    """Return the shape of a sequence (rank 1), an image (2) or a volume (3), channels last.

    Raises:
        ShapeError: `shape` has not one axis more than `rank`.
    """
    if len(shape) != rank + 1:
        needed = {
            1: _("needs length × channels, but gets {shape}"),
            2: _("needs height × width × channels, but gets {shape}"),
            3: _("needs depth × height × width × channels, but gets {shape}"),
        }
        raise ShapeError(needed[rank].format(shape=format_shape(shape)))
    return shape
