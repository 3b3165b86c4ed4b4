"""What a worker tells: one JSON object a line, appended to the run's `events.jsonl`.

Losses are means over images, of the recipe's loss in nats; accuracies are shares, 0 to 1; durations are seconds.
Epochs and steps count from 1, so that `epoch` and `step` are those that have just been done.
"""

from datetime import UTC, datetime
from typing import Annotated, get_args

import msgspec

Steps = Annotated[int, msgspec.Meta(ge=1)]


def now() -> datetime:
    """The time of an event, in UTC."""
    return datetime.now(UTC)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened at a `time`."""

    time: datetime = msgspec.field(default_factory=now)


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """A worker begins to train, or goes on from the optimizer's step `resumed_from` (0: the beginning)."""

    seed: int
    python: str
    tensorflow: str
    keras: str
    device: str
    threads: int
    pid: int
    epochs: int
    steps_per_epoch: Steps
    train_images: int
    validation_images: int
    test_images: int
    resumed_from: int = 0


class Progress(Event, frozen=True, kw_only=True, tag="progress"):
    """Where the training is: `step` of `steps` of `epoch`, with the means over the epoch so far.

    `elapsed` leaves out what was spent paused or stopped; `seconds_left` is for all that is left of the run.
    """

    epoch: int
    step: int
    steps: Steps
    loss: float
    accuracy: float
    images_per_second: float
    seconds_left: float
    elapsed: float


class Epoch(Event, frozen=True, kw_only=True, tag="epoch"):
    """An epoch is done; without a validation set there is no `val_loss` and no `val_accuracy`.

    `memory` is what the process held in RAM, in bytes; `best` says whether these weights went to `best.keras`.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    learning_rate: float
    memory: int
    best: bool


class Checkpoint(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """Weights and optimizer are saved after the optimizer's step `step`, counted from the beginning of the run."""

    step: int
    elapsed: float


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    """The worker holds still, as it was asked to."""


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    """The worker goes on after a pause."""


class Stopped(Event, frozen=True, kw_only=True, tag="stopped"):
    """The worker ended as it was asked to, with a checkpoint."""


class Finished(Event, frozen=True, kw_only=True, tag="finished"):
    """All epochs are done, and the final weights have seen the test set, once.

    `seconds` is the time spent on all of it, pauses left out; `best_epoch` is the one kept in `best.keras`.
    """

    test_loss: float
    test_accuracy: float
    seconds: float
    best_epoch: int


class Failed(Event, frozen=True, kw_only=True, tag="failed"):
    """The worker gave up: why, and what to do about it."""

    error: str
    advice: str


AnyEvent = Started | Progress | Epoch | Checkpoint | Paused | Resumed | Stopped | Finished | Failed


class _Kind(msgspec.Struct):
    event: str


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_kind_decoder = msgspec.json.Decoder(_Kind)
_KINDS = {kind.__struct_config__.tag for kind in get_args(AnyEvent)}


def encode(event: AnyEvent) -> bytes:
    """Write an event as a line of JSON."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> AnyEvent | None:
    """Read an event from a line; None where a newer version wrote of something that this one does not know.

    Raises:
        ValueError: the line is damaged.
    """
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        if _kind(line) in _KINDS:
            raise ValueError(str(error)) from None
        return None


def _kind(line: bytes) -> str:
    try:
        return _kind_decoder.decode(line).event
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
