"""The events of a worker: one JSON object a line, appended to the run's `events.jsonl`.

Losses are means over images, in nats, of the cross-entropy with the true labels, however the recipe smooths them; those
of training have the penalties on weights added. Accuracies are shares, 0 to 1; durations are seconds.
Epochs and steps count from 1, so that `epoch` and `step` are those that have just been done.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import IO, Annotated, Literal, get_args

import msgspec

from tui_cnn.runs.recipe import Precision

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Steps = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


_MOST_LISTED = 5
MOST_CONFUSED = 256
"""Classes of which a confusion matrix is recorded: with more, the line of an epoch would have megabytes."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened at a `time`, in UTC."""

    time: datetime = msgspec.field(default_factory=partial(datetime.now, UTC))


class Queued(Event, frozen=True, kw_only=True, tag="queued"):
    """The worker waits until the run `behind`, and all before that, have trained.

    None: it waits no longer. Empty: a run whose name is not known.
    """

    behind: str | None


class Decoding(Event, frozen=True, kw_only=True, tag="decoding"):
    """The images of the data set are read for the first time: `done` of `images`."""

    done: Whole
    images: Whole


class PrecisionTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A short measurement: how many images a second a precision trains on this network; None: it does not work."""

    precision: Precision
    images_per_second: float | None


class Chosen(Event, frozen=True, kw_only=True, tag="chosen"):
    """What `precision = "auto"` became; `known`: the trials are those of an earlier run on this machine."""

    precision: Precision
    trials: tuple[PrecisionTrial, ...]
    known: bool = False


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """A worker begins to train, or resumes from the step `resumed_from` (0: the beginning).

    `predicted_seconds` (for an epoch, its validation too) and `predicted_memory` (bytes that the process will hold)
    are what was known before; None where too little was. `precision` is what the layers compute with. Of a training
    that is not ours, what is None or empty is not known.
    """

    seed: Whole | None = None
    python: str
    tensorflow: str
    keras: str
    device: str
    threads: Whole | None = None
    pid: Whole
    epochs: Whole
    steps_per_epoch: Steps
    train_images: Whole | None = None
    validation_images: Whole | None = None
    test_images: Whole | None = None
    resumed_from: Whole = 0
    cnn_tui: str = ""
    numpy: str = ""
    devices: tuple[str, ...] = ()
    precision: Precision = "float32"
    batch_size: Whole = 0
    predicted_seconds: float | None = None
    predicted_memory: float | None = None
    lanes: Whole = 1


class Replanned(Event, frozen=True, kw_only=True, tag="replanned"):
    """As fast as the epochs are, another number of them fills the recipe's minutes."""

    epochs: Whole


class Progress(Event, frozen=True, kw_only=True, tag="progress"):
    """Where the training is: `step` of `steps` of `epoch`, with the running means over the epoch so far.

    `loss` and `accuracy` are None where they are no numbers, or a training that is not ours does not have them.
    `learning_rate` and `gradient_norm` (L2, over all weights) are those of the latest step. `elapsed` leaves out
    what was spent paused or stopped; `seconds_left` is for all that is left of the run, its test too.
    """

    epoch: Whole
    step: Whole
    steps: Steps
    loss: float | None
    accuracy: float | None
    images_per_second: float | None
    seconds_left: float | None
    elapsed: float
    learning_rate: float | None = None
    gradient_norm: float | None = None


class Evaluating(Event, frozen=True, kw_only=True, tag="evaluating"):
    """No weights change: `step` of `steps` batches of `images` are done, after `epoch`.

    `seconds_left` is for all that is left of the run.
    """

    epoch: Whole
    images: Literal["validation", "test"]
    step: Whole
    steps: Steps
    elapsed: float
    seconds_left: float | None = None


class Epoch(Event, frozen=True, kw_only=True, tag="epoch"):
    """An epoch is done; without a validation set there is no `val_loss`, no `val_accuracy` and no `confusion`.

    `loss` and `accuracy` are means over the epoch, while the weights changed. `memory` is what the process held in
    RAM, in bytes; `best`: these weights went to `best.keras`, as the best on the validation images so far, or without
    those as the newest. `images_per_second` is that of training alone; `gradient_norm` the latest. In histories of
    other programs, what is None is not known. `confusion[i][j]` counts the validation images of class i taken for j.
    """

    epoch: Whole
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    seconds: float | None
    learning_rate: float | None
    memory: Whole | None
    best: bool
    images_per_second: float | None = None
    gradient_norm: float | None = None
    confusion: tuple[tuple[Whole, ...], ...] = ()

    @property
    def class_accuracies(self) -> tuple[float | None, ...]:
        """The share of each class's validation images that were known as such; None where there are none."""
        return tuple(row[place] / sum(row) if sum(row) else None for place, row in enumerate(self.confusion))


class EarlyStop(Event, frozen=True, kw_only=True, tag="early_stop"):
    """After `epoch`, the `patience`th in a row that was no better than `best_epoch`, no further one begins."""

    epoch: Whole
    best_epoch: Whole
    patience: Whole


class Checkpoint(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """Weights and optimizer are saved after the step `step`, counted from the beginning of the run."""

    step: Whole
    elapsed: float


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    """The worker has paused on command."""


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    """The worker continues after a pause."""


class Stopped(Event, frozen=True, kw_only=True, tag="stopped"):
    """The worker has stopped on command, with a checkpoint."""


class Finished(Event, frozen=True, kw_only=True, tag="finished"):
    """All epochs are done, and the weights kept as the result were evaluated on the test set, once.

    `test_loss` and `test_accuracy` are None where they were not: trials of a search are chosen by validation, and of
    them only the best is tested, which writes this once more. `seconds` is the time spent on all of it, pauses left
    out; `best_epoch` is the one kept in `best.keras`; `tested_epoch` the one whose weights were tested, or are to be:
    None in runs of earlier versions, which tested the last. `peak_memory` is the most that the process held in RAM,
    in bytes. `confusion` is that of the test images.
    """

    test_loss: float | None
    test_accuracy: float | None
    seconds: float
    best_epoch: Whole
    tested_epoch: Whole | None = None
    peak_memory: Whole | None = None
    confusion: tuple[tuple[Whole, ...], ...] = ()


class Imported(Event, frozen=True, kw_only=True, tag="imported"):
    """It was not trained here: the weights came out of a model's `file`, or what is told of it out of a history's.

    `output`: which of several outputs was chosen. `same` and `zeros`: further inputs that get the image, or zeros.
    """

    file: str
    output: str = ""
    same: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()


class Continued(Event, frozen=True, kw_only=True, tag="continued"):
    """What comes before was trained by `run`, whose training, of so many `epochs`, is gone on with.

    `restarted`: the schedule of the learning rate begins anew here; else it is that of the whole, longer training.
    """

    run: str
    epochs: Steps
    restarted: bool = False


class NotLoaded(msgspec.Struct, frozen=True):
    """A layer that keeps its fresh weights, and why: `512×10 instead of 512×5`; empty: there are none of its name."""

    layer: str
    reason: str = ""


class Loaded(Event, frozen=True, kw_only=True, tag="loaded"):
    """The run begins with weights of `source`, a run or a file: those of `layers`, but not of the `others`."""

    source: str
    layers: tuple[str, ...]
    others: tuple[NotLoaded, ...] = ()

    @property
    def listed(self) -> str:
        """The layers that keep their fresh weights, the first of many: `dense_1 (512×10 instead of 512×5), …`."""
        names = [f"{other.layer} ({other.reason})" if other.reason else other.layer for other in self.others]
        return ", ".join([*names[:_MOST_LISTED], *(["…"] if len(names) > _MOST_LISTED else [])])


class Failed(Event, frozen=True, kw_only=True, tag="failed"):
    """The training failed: why, and what to do about it; `diverged`: its loss was no number any more."""

    error: str
    advice: str
    diverged: bool = False


AnyEvent = (
    Queued
    | Decoding
    | Chosen
    | Started
    | Replanned
    | Progress
    | Evaluating
    | Epoch
    | EarlyStop
    | Checkpoint
    | Paused
    | Resumed
    | Stopped
    | Finished
    | Failed
    | Imported
    | Continued
    | Loaded
)


class _Kind(msgspec.Struct):
    event: str


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_DAMAGED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_KINDS = {kind.__struct_config__.tag for kind in get_args(AnyEvent)}


def is_torn(line: bytes) -> bool:
    """Return whether a line that cannot be read is the beginning of an event whose worker was killed."""
    return line.startswith(b'{"event":') and not line.endswith(b"}")


def ends_torn(file: IO[bytes]) -> bool:
    """Return whether a file of lines ends within one, which a killed writer has left."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def encode(event: AnyEvent) -> bytes:
    """Write an event as a line of JSON."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> AnyEvent | None:
    """Read an event from a line; None for a kind of event of a newer version.

    Raises:
        ValueError: the line is damaged.
    """
    try:
        return _decoder.decode(line)
    except _DAMAGED as error:
        with suppress(*_DAMAGED):
            if msgspec.json.decode(line, type=_Kind).event not in _KINDS:
                return None
        raise ValueError(str(error)) from None
