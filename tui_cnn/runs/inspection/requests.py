"""The requests to the inspector.

An image is the number of one of the test set, or an array (height, width) of uint8 as large as those of the set.
Layers go by the names that the screen shows. `target` is a class; None: the predicted one.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tui_cnn.runs.inspection.arrays import Array
from tui_cnn.runs.inspection.source import Source

Image = int | Array
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag=str.lower):
    """A request about the weights of a source. They are read at the first one, and by `Open`."""

    source: Source


class Open(Request, frozen=True, kw_only=True):
    """Read the weights, again if their file has changed; answered by `OpenReply`."""


class Predict(Request, frozen=True, kw_only=True):
    """Probabilities of images; answered by `Predictions`.

    `images`: numbers of the test set, or an array (n, height, width) of uint8.
    """

    images: tuple[int, ...] | Array


class Activate(Request, frozen=True, kw_only=True):
    """The outputs of every layer for an image; answered by `Activations`. Float16: three digits, half the size."""

    image: Image
    dtype: Literal["float16", "float32"] = "float16"


class Kernels(Request, frozen=True, kw_only=True):
    """All weights; answered by `WeightsReply`."""


class Saliency(Request, frozen=True, kw_only=True):
    """How much each pixel moves the score of a class; answered by `Heat` of the input's height and width."""

    image: Image
    target: int | None = None


class GradCam(Request, frozen=True, kw_only=True):
    """Grad-CAM of a class in each layer that has maps; answered by `Heats`, in the order of those layers."""

    image: Image
    target: int | None = None


class Occlude(Request, frozen=True, kw_only=True):
    """The probability of a class while a square of one grey covers a part of the image; answered by `Heat`.

    The square's corner moves over the image in steps; the heat has a row for each place of it downwards.
    """

    image: Image
    target: int | None = None
    size: Annotated[int, Meta(ge=1)] = 6
    step: Annotated[int, Meta(ge=1)] = 2
    grey: Annotated[int, Meta(ge=0, le=255)] = 128


class FieldRequest(Request, frozen=True, kw_only=True, tag="look"):
    """The receptive field of a cell, computed and measured; answered by `FieldReply`.

    It is measured by the gradient, over `image` and a sample of the test set: one image alone leaves out what a
    maximum or a ReLU has stopped. `channel` None: all of them together.
    """

    image: Image
    layer: str
    row: int
    column: int
    channel: int | None = None
    sample: Annotated[int, Meta(ge=0, le=10_000)] = 32


class TopPatches(Request, frozen=True, kw_only=True, tag="excite"):
    """The places in a sample of the test set where each channel of a layer is most active; answered by `Patches`."""

    layer: str
    sample: Count = 1000
    top: Annotated[int, Meta(ge=1, le=100)] = 9


class Range(Request, frozen=True, kw_only=True):
    """The ranges of the channels of all layers over a sample of the test set; answered by `Ranges`."""

    sample: Count = 1000


class Shift(Request, frozen=True, kw_only=True):
    """Accuracy on a sample of the test set, shifted by up to `reach` pixels each way; answered by `Shifts`."""

    sample: Count = 200
    reach: Annotated[int, Meta(ge=0, le=64)] = 5


class Evaluate(Request, frozen=True, kw_only=True):
    """Probabilities of the whole test set; answered by `Evaluation`, at once the second time."""


AnyRequest = (
    Open
    | Predict
    | Activate
    | Kernels
    | Saliency
    | GradCam
    | Occlude
    | FieldRequest
    | TopPatches
    | Range
    | Shift
    | Evaluate
)
