"""The requests to the inspector, and the source of the weights that they are about.

An image is the number of one of the test set, or an array (height, width, channels) of uint8 in the shape of those of
the set, or in `OpenReply.own_shape`.
Layers go by the names that the screen shows. `target` is a class; None: the predicted one.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tui_cnn.data.image_transform import ImageTransform
from tui_cnn.data.input_options import Fit, PixelScale
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, kept_checkpoints
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import Array

Which = Literal["best", "last"] | int
"""The best or the last checkpoint, or the one kept after this many steps."""
Image = int | Array
MODEL_SUFFIXES = (".keras", ".h5", ".hdf5", ".onnx")
"""How the names of files end that hold a network with its weights."""
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class Source(msgspec.Struct, frozen=True):
    """Weights by their path: the directory of a run, or a model's file, for which `which` is ignored.

    The rest is about a model's file, for a run has it in its recipe: how images are scaled and fitted for its input,
    and the names of its classes; empty: those of Fashion-MNIST, where it has as many, or else numbers. Of several
    outputs one is chosen by its name, see `between_ends`.
    """

    path: str
    which: Which = "best"
    scale: PixelScale = "0..1"
    fit: Fit = "pad"
    class_names: tuple[str, ...] = ()
    output: str = ""

    @property
    def is_file(self) -> bool:
        """Whether this is a model's file, not a run."""
        return self.path.lower().endswith(MODEL_SUFFIXES)

    @property
    def run(self) -> RunDirectory:
        """The run, where this is one."""
        return RunDirectory(Path(self.path))

    @property
    def name(self) -> str:
        """What to call it in a message: the id of the run, or the file."""
        return self.path if self.is_file else self.run.id


def weights_file(source: Source) -> Path:
    """Return the file of the weights; if it is the best or the last, it need not exist.

    Raises:
        RunError: no checkpoint of that number is kept.
    """
    if source.is_file:
        return Path(source.path)
    run = source.run
    if source.which == "best":
        return run.best_file
    if source.which == "last":
        return run.checkpoint_file
    files = kept_checkpoints(run)
    if source.which not in files:
        there = ", ".join(map(str, files)) or _("none")
        message = _("{run} has no weights of {number}; available: {there}")
        raise RunError(message.format(run=run.id, number=source.which, there=there))
    return files[source.which]


def stamp(source: Source) -> int | None:
    """Return when the weights were written, in nanoseconds; None: there are none."""
    try:
        return weights_file(source).stat().st_mtime_ns
    except (OSError, RunError):
        return None


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask", tag=str.lower):
    """A request about the weights of a source. They are read at the first one, and by `Open`."""

    source: Source


class Open(Request, frozen=True, kw_only=True):
    """Read the weights, again if their file has changed; answered by `OpenReply`."""


class Predict(Request, frozen=True, kw_only=True):
    """Probabilities of images; answered by `Predictions`.

    `images`: numbers of the test set, or an array (n, height, width, channels) of uint8.
    """

    images: tuple[int, ...] | Array


class Transform(Request, frozen=True, kw_only=True):
    """Probabilities of an image under each of several transforms; answered by `Predictions`, a row for each."""

    image: Image
    transforms: Annotated[tuple[ImageTransform, ...], Meta(min_length=1, max_length=1000)]


class Activate(Request, frozen=True, kw_only=True):
    """The outputs of layers for an image; answered by `Activations`. `layers`: their names; None: all of them."""

    image: Image
    layers: tuple[str, ...] | None = None


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
    """The probability of a class while a square of one colour covers a part of the image; answered by `Heat`.

    The square's corner moves over the image in steps; the heat has a row for each place of it downwards. `grey` None:
    the colour of the image's background, so that nothing is added where there was nothing.
    """

    image: Image
    target: int | None = None
    size: Annotated[int, Meta(ge=1)] = 6
    step: Annotated[int, Meta(ge=1)] = 2
    grey: Annotated[int, Meta(ge=0, le=255)] | None = None


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
    """Probabilities of the whole test set; answered by `Evaluation`, at once the second time.

    `mirrored`: of the images turned left to right, which count as no evaluation of their own.
    """

    mirrored: bool = False


AnyRequest = (
    Open
    | Predict
    | Transform
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
