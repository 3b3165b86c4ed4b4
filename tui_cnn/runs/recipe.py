"""How a network is trained: everything that a run needs to know beside the network."""

from math import ceil
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from tui_cnn.data.files import data_directory
from tui_cnn.data.fitting import validation_count

OptimizerName = Literal["adam", "adamw", "rmsprop", "sgd"]
ScheduleName = Literal["constant", "cosine", "step", "one-cycle"]
Augmentation = Literal["none", "flip", "shift", "flip+shift", "flip+shift+erase"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
Device = Literal["auto", "cpu", "gpu", "gpus"]

Share = Annotated[float, Meta(ge=0, lt=1)]


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to train: the same recipe, network and data give the same run, as far as the hardware allows.

    The defaults are what every earlier recipe meant that did not have the field yet.
    """

    epochs: Annotated[int, Meta(ge=1, le=100_000, description="Number of passes over the training images")] = 5
    batch_size: Annotated[int, Meta(ge=1, le=65_536, description="Number of images per step")] = 32
    optimizer: Annotated[
        OptimizerName, Meta(description=("How the weights are updated from the gradient; sgd uses a momentum of 0.9"))
    ] = "adam"
    learning_rate: Annotated[
        float, Meta(gt=0, le=100, description="Size of each update; with a schedule, its highest value")
    ] = 0.001
    schedule: Annotated[
        ScheduleName,
        Meta(
            description=(
                "How the learning rate changes: step divides it by 10 after 1/2 and 3/4; one-cycle rises and falls"
            )
        ),
    ] = "constant"
    warmup: Annotated[
        float,
        Meta(ge=0, le=1000, description=("Epochs in which the learning rate rises to its value, before the schedule")),
    ] = 0.0
    weight_decay: Annotated[
        Annotated[float, Meta(ge=0, le=10)] | None,
        Meta(
            description=(
                "How much the weights shrink at each step, times the learning rate; empty: 0.004 for adamw, else none"
            )
        ),
    ] = None
    label_smoothing: Annotated[
        Share, Meta(description=("Fraction of each label to spread over all classes, against overconfidence"))
    ] = 0.0
    augmentation: Annotated[
        Augmentation, Meta(description=("Random changes to the training images: flipped, shifted by up to 2 pixels, …"))
    ] = "none"
    validation: Annotated[
        Share, Meta(description="Fraction of the training images held out for validation; 0: none")
    ] = 0.1
    patience: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)] | None,
        Meta(description=("Stop after this many epochs without a better validation accuracy; empty: never")),
    ] = None
    precision: Annotated[
        Literal["float32", "mixed_bfloat16", "mixed_float16", "auto"],
        Meta(description=("Number format of the layers; auto: the fastest, measured on this network before training")),
    ] = "float32"
    seed: Annotated[
        int, Meta(ge=0, lt=2**31, description="Seed for everything random: weights, shuffling, dropout")
    ] = 0
    deterministic: Annotated[
        bool, Meta(description=("Use only operations that give the same result every time, even if slower"))
    ] = False
    limit: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Use only this many training images; empty: all of them"),
    ] = None
    threads: Annotated[
        Annotated[int, Meta(ge=1, le=4096)] | None,
        Meta(description="Number of CPU threads; empty: as many as there are cores"),
    ] = None
    device: Annotated[
        Device,
        Meta(
            description=(
                "Device to train on; auto: the first GPU, if there is one; gpus: all "
                "GPUs, each with a share of every batch"
            )
        ),
    ] = "auto"
    keep: Annotated[
        int, Meta(ge=0, le=1000, description="Number of checkpoints to keep, from the first step to the last")
    ] = 0
    tensorboard: Annotated[bool, Meta(description="Also write logs for TensorBoard")] = False
    data: Annotated[str, Meta(description="Directory of a data set in MNIST format; empty: Fashion-MNIST")] = ""

    @property
    def directory(self) -> Path | None:
        """The directory of the data set; None: Fashion-MNIST."""
        return data_directory(self.data)

    def image_counts(self, images: int) -> "ImageCounts":
        """Split so many training images of a data set."""
        used = min(images, self.limit or images)
        validation = validation_count(used, self.validation)
        return ImageCounts(used - validation, validation)

    def batches(self, images: int) -> int:
        """Count the batches of so many images, the last one perhaps smaller."""
        return ceil(images / self.batch_size)


class ImageCounts(NamedTuple):
    """Images to train on, and to validate on."""

    train: int
    validation: int
