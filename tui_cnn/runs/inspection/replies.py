"""The replies of the inspector, and arrays as they go through its pipe."""

from math import prod
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from tui_cnn.core.network import Path
from tui_cnn.data.input_options import Fit
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.source import ImageShape

Dtype = Literal["bool", "uint8", "int16", "int32", "int64", "float16", "float32", "float64"]
Region = tuple[int, int, int, int]
"""`(top, left, bottom, right)` in pixels of the network's input; all are included."""


class Array(msgspec.Struct, frozen=True):
    """An array of numpy: its type, its shape, and its values in row-major order, little-endian."""

    dtype: Dtype
    shape: tuple[int, ...]
    data: bytes

    def numpy(self) -> npt.NDArray[Any]:
        """Return the array; it cannot be written to.

        Raises:
            ValueError: there are more or fewer values than the shape has.
        """
        dtype = np.dtype(self.dtype).newbyteorder("<")
        if prod(self.shape) * dtype.itemsize != len(self.data) or min(self.shape, default=0) < 0:
            raise ValueError(f"{len(self.data)} bytes are no {self.dtype} of shape {self.shape}")
        return np.frombuffer(self.data, dtype).reshape(self.shape)


def pack(values: npt.ArrayLike) -> Array:
    """Make an array fit for the pipe."""
    array = np.asarray(values)
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return msgspec.convert({"dtype": array.dtype.name, "shape": array.shape, "data": little.tobytes()}, Array)


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag_field="reply", tag=str.lower):
    """An answer; `stamp` is when the weights that it is about were written."""

    stamp: int = 0


class LayerInfo(msgspec.Struct, frozen=True):
    """A layer whose activations can be shown: containers are not among them, but branches are, where they merge.

    Attributes:
        path: its address in the network.
        kind: the name of its class.
        shape: (height, width, channels) or (features,) of what comes out.
        has_kernels: whether it is a convolution.
        source: the number of the layer in the list whose output goes in, of several the first; None: the image does.
    """

    path: Path
    name: str
    kind: str
    shape: tuple[int, ...]
    has_kernels: bool
    source: int | None = None


class OpenReply(Reply, frozen=True, kw_only=True, tag="opened"):
    """The network of a source, and its data set.

    Attributes:
        network: as TOML.
        layers: in the order in which an image passes through them.
        class_names: a name for each class; none where the output is no list of classes, so that nothing is predicted.
        input_shape: what the network takes.
        outputs: for each class of the data set the output that stands for it; -1: none does.
        image_shape: (height, width, channels) of the images of the data set, brought to the network's input by `fit`.
        own_shape: that of a person's own image. It is the same, but for a network that was not trained on the data set:
            then it is what the network's input takes, in full.
        light_on_black: whether the images of the data set are, so that one's own are to be made so.
        padding: pixels of border (top, left) that the network's input has around the images of the data set.
        directory: that of the data set; empty: Fashion-MNIST.
        scaling: how the pixels of an image become the network's input.
    """

    network: str
    layers: tuple[LayerInfo, ...]
    class_names: tuple[str, ...]
    input_shape: tuple[int, ...]
    outputs: tuple[int, ...]
    image_shape: ImageShape
    own_shape: ImageShape
    light_on_black: bool
    padding: tuple[int, int]
    directory: str
    fit: Fit = "pad"
    scaling: Scaling = Scaling()

    def output_of(self, label: int) -> int | None:
        """Return the output that stands for a class of the data set; None: none does."""
        output = self.outputs[label] if label < len(self.outputs) else -1
        return output if output >= 0 else None


class Predictions(Reply, frozen=True, kw_only=True):
    """`probabilities` (n, classes), float32."""

    probabilities: Array


class Activations(Reply, frozen=True, kw_only=True):
    """`layers`: by its name an array for each layer asked for, of its shape; `probabilities` (classes,); all float32.

    `image` is the input of the network, (height, width) or (height, width, channels), uint8, before it is scaled.
    """

    image: Array
    layers: dict[str, Array]
    probabilities: Array


class LayerWeights(msgspec.Struct, frozen=True):
    """The weights of one layer by Keras' names: `kernel` is (height, width, inputs, filters), float32."""

    name: str
    weights: dict[str, Array]


class WeightsReply(Reply, frozen=True, kw_only=True, tag="weights"):
    """The layers that have weights, in order."""

    layers: tuple[LayerWeights, ...]


class Heat(Reply, frozen=True, kw_only=True):
    """`values` (rows, columns), float32, and the class that they are about, with its probability on the image.

    `fill` is the colour of the square of an occlusion, (grey,) or (red, green, blue); None for others.
    """

    values: Array
    target: int
    probability: float
    fill: tuple[int, ...] | None = None


class Heats(Reply, frozen=True, kw_only=True):
    """`values`: an array (height, width), float32, for each layer in `layers`."""

    layers: tuple[str, ...]
    values: tuple[Array, ...]
    target: int
    probability: float


class FieldReply(Reply, frozen=True, kw_only=True, tag="seen"):
    """The receptive field of a cell.

    Attributes:
        gradient: (height, width), float32: mean absolute gradient of the cell with respect to each pixel.
        measured: the smallest region with all pixels that have a gradient; None: nothing moves this cell.
        computed: as the layers' sizes and strides have it; None: it cannot be known.
        status: `full` where it is the whole image.
    """

    gradient: Array
    measured: Region | None
    computed: Region | None
    status: Literal["exact", "full", "unaligned"] | None


class Patches(Reply, frozen=True, kw_only=True):
    """The places where each channel is most active, one an image, each array `(channels, top)`.

    `images` are numbers of the test set, int32; `rows` and `columns` those of the cell, 0 in a layer without maps;
    `values` its activation, float32; `regions` (channels, top, 4), int32, its receptive field.
    """

    images: Array
    rows: Array
    columns: Array
    values: Array
    regions: Array


class ChannelRanges(msgspec.Struct, frozen=True):
    """The extremes and the mean of each channel, `(channels,)`, float32, and its share of images with a value above 0.

    `dead`: the channels that are the same for every image.
    """

    name: str
    minimum: Array
    maximum: Array
    mean: Array
    active: Array
    dead: Array


class Ranges(Reply, frozen=True, kw_only=True):
    """`layers` in the order of `OpenReply.layers`; over `sample` images."""

    layers: tuple[ChannelRanges, ...]
    sample: int


class Shifts(Reply, frozen=True, kw_only=True):
    """`accuracy` (2·reach + 1, 2·reach + 1), float32, 0 to 1: a row for each dy, a column for each dx, from -reach."""

    accuracy: Array
    reach: int
    sample: int


class Evaluation(Reply, frozen=True, kw_only=True):
    """The whole test set: `probabilities` (n, classes), float32, and `labels` (n,), int32: the output to expect."""

    probabilities: Array
    labels: Array


class Failure(Reply, frozen=True, kw_only=True):
    """The request cannot be answered; `message` says why, in one line."""

    message: str


AnyReply = (
    OpenReply
    | Predictions
    | Activations
    | WeightsReply
    | Heat
    | Heats
    | FieldReply
    | Patches
    | Ranges
    | Shifts
    | Evaluation
    | Failure
)
