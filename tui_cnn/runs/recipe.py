"""How a network is trained: recipes, those with a name, recipes as TOML files, and the learning rate of each step."""

import math
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec
from msgspec import Meta

from tui_cnn.core.memory import OptimizerName
from tui_cnn.data.files import data_directory
from tui_cnn.data.input_options import Fit, PixelScale, validation_count
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_toml
from tui_cnn.formats.toml import dumps_toml
from tui_cnn.formats.validation import InvalidError, convert

ScheduleName = Literal["constant", "cosine", "step", "one-cycle"]
AugmentationKind = Literal["flip", "shift", "rotate", "crop", "brightness", "contrast", "erase", "mixup"]
AUGMENTATIONS: tuple[AugmentationKind, ...] = get_args(AugmentationKind)
"""In the order in which they are done."""
ClassWeights = Literal["none", "balanced"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
Device = Literal["auto", "cpu", "gpu", "gpus"]
RecipeName = Literal["tutorial", "quick", "best", "fine-tune", "custom"]

SGD_MOMENTUM = 0.9
MOST_EPOCHS = 100_000

Share = Annotated[float, Meta(ge=0, lt=1)]

_RISE = 0.3
"""Share of a one-cycle in which the rate rises, unless the recipe has a warm-up."""
_LOWEST_START = 1 / 25
_LOWEST_END = 1e-4
"""Where one-cycle begins and ends, as shares of its peak (Smith and Topin 2018, with the figures of fastai)."""
_DROPS = (1 / 2, 3 / 4)
"""When `step` divides the rate by ten, as shares of all steps (He et al. 2016)."""


class ImageCounts(NamedTuple):
    """Images to train on, and to validate on."""

    train: int
    validation: int


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to train: the same recipe, network and data give the same run, as far as the hardware allows.

    The defaults are what every earlier recipe meant that did not have the field yet.
    """

    epochs: Annotated[int, Meta(ge=1, le=MOST_EPOCHS, description="Number of passes over the training images")] = 5
    minutes: Annotated[
        Annotated[float, Meta(gt=0, le=100_000)] | None,
        Meta(
            description=(
                "Minutes to train for; epochs becomes what fits, by the speed that is measured; empty: as many epochs "
                "as given"
            )
        ),
    ] = None
    batch_size: Annotated[int, Meta(ge=1, le=65_536, description="Number of images per step")] = 32
    ghost_batches: Annotated[
        bool,
        Meta(
            description=(
                "Let each thread normalize its own part of a batch (ghost batch normalization): faster on several cores"
            )
        ),
    ] = False
    optimizer: Annotated[
        OptimizerName,
        Meta(
            description=(
                "How the weights are updated from the gradient; sgd uses a momentum of 0.9; muon makes the updates of "
                "kernels orthogonal and uses adamw for the rest"
            )
        ),
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
        Meta(ge=0, le=1000, description="Epochs in which the learning rate rises to its value, before the schedule"),
    ] = 0.0
    weight_decay: Annotated[
        Annotated[float, Meta(ge=0, le=10)] | None,
        Meta(
            description=(
                "How much the weights shrink at each step, times the learning rate; empty: 0.004 for adamw and muon, "
                "else none"
            )
        ),
    ] = None
    label_smoothing: Annotated[
        Share, Meta(description="Fraction of each label to spread over all classes, against overconfidence")
    ] = 0.0
    augmentation: Annotated[
        str,
        Meta(
            pattern=r"^(none|({kinds})(\+({kinds}))*)$".format(kinds="|".join(AUGMENTATIONS)),
            extra={"kinds": AUGMENTATIONS},
            description=(
                "Random changes to the training images: flip, shift, rotate, crop, brightness, contrast, erase, mixup"
            ),
        ),
    ] = "none"
    class_weights: Annotated[
        ClassWeights,
        Meta(description="Weight of each class in the loss; balanced: higher for classes with fewer images"),
    ] = "none"
    ema: Annotated[
        Share,
        Meta(
            description=(
                "Exponential moving average of the weights: decay per step, such as 0.999; the average is validated, "
                "tested and exported; 0: none"
            )
        ),
    ] = 0.0
    head_epochs: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description=(
                "Initial epochs that train only the layers without loaded weights, or the last layer; 0: none"
            ),
        ),
    ] = 0
    rate_after_head: Annotated[
        float, Meta(gt=0, le=1, description="Learning rate factor after head_epochs, when all layers are trained")
    ] = 0.1
    validation: Annotated[
        Share, Meta(description="Fraction of the training images held out for validation; 0: none")
    ] = 0.1
    patience: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)] | None,
        Meta(description="Stop after this many epochs without a better validation accuracy; empty: never"),
    ] = None
    precision: Annotated[
        Literal["float32", "mixed_bfloat16", "mixed_float16", "auto"],
        Meta(description="Number format of the layers; auto: the fastest, measured on this network before training"),
    ] = "float32"
    seed: Annotated[
        int, Meta(ge=0, lt=2**31, description="Seed for everything random: weights, shuffling, dropout")
    ] = 0
    deterministic: Annotated[
        bool, Meta(description="Use only operations that give the same result every time, even if slower")
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
    scale: Annotated[
        PixelScale, Meta(description="How pixel values are scaled for the network; none: 0 to 255 as they are")
    ] = "0..1"
    fit: Annotated[
        Fit,
        Meta(
            description=(
                "How images of another size are fitted to the input: with a border, cropped or stretched; grey or "
                "colour follows the input"
            )
        ),
    ] = "pad"
    split_seed: Annotated[
        Annotated[int, Meta(ge=0, lt=2**31)] | None,
        Meta(description="Seed for choosing the validation images, independent of the training seed"),
    ] = 0
    data: Annotated[
        str, Meta(description="Data set: a folder of class folders, an .npz, .csv …; empty: Fashion-MNIST")
    ] = ""

    @property
    def directory(self) -> Path | None:
        """The path of the data set; None: Fashion-MNIST."""
        return data_directory(self.data)

    @property
    def augmentations(self) -> tuple[AugmentationKind, ...]:
        """The random changes to the training images, in the order in which they are done."""
        return tuple(kind for kind in AUGMENTATIONS if kind in self.augmentation.split("+"))

    def image_counts(self, images: int, validation: int = 0) -> ImageCounts:
        """Split so many training images of a data set, unless some are for `validation` already."""
        used = min(images, self.limit or images)
        held_out = 0 if validation else validation_count(used, self.validation)
        return ImageCounts(used - held_out, validation or held_out)

    @property
    def asked(self) -> "Recipe":
        """The recipe as it was asked for: how many epochs fit into its `minutes` is what came of it."""
        return self if self.minutes is None else msgspec.structs.replace(self, epochs=TUTORIAL.epochs)

    def batches(self, images: int) -> int:
        """Count the batches of so many images, the last one perhaps smaller."""
        return math.ceil(images / self.batch_size)


TUTORIAL = Recipe(precision="auto")
"""What a training begins with, the plain way of the tutorials: Adam at 0.001, batches of 32, 5 epochs; in the fastest
precision, in which it is as accurate (`python -m tests.bench.training`)."""

QUICK = Recipe(epochs=2, batch_size=128, optimizer="muon", learning_rate=0.005, schedule="one-cycle", precision="auto")
"""What reaches the tutorial's accuracy soonest: larger batches, Muon, which paid on each of three small networks
(`python -m tests.bench.ablation`), one cycle of the rate, the fastest precision."""

BEST = msgspec.structs.replace(QUICK, epochs=TUTORIAL.epochs, minutes=5.0, augmentation="flip")
"""What reaches the highest accuracy in a given time: as `quick`, for as many epochs as fit, and with mirrored images,
without which they are soon learned by heart (`python -m tests.bench.ablation`)."""

FINE_TUNE = Recipe(epochs=6, head_epochs=2, schedule="cosine")
"""What suits a network that begins with weights of another: the new layers first, then all, a tenth as fast."""

RECIPES: dict[RecipeName, Recipe] = {"tutorial": TUTORIAL, "quick": QUICK, "best": BEST, "fine-tune": FINE_TUNE}

_UNRELATED_FIELDS = (
    *("data", "limit", "validation", "split_seed", "fit", "scale"),
    *("seed", "deterministic", "threads", "device", "keep", "tensorboard"),
)
"""Fields for the data, the machine and the outputs, not for how to train."""


def recipe_name(recipe: Recipe) -> RecipeName:
    """Name a recipe: that of a known one that trains in the same way, in whatever precision, else `custom`."""
    return next((name for name in RECIPES if _known(name, recipe) == recipe.asked), "custom")


def _known(name: RecipeName, recipe: Recipe) -> Recipe:
    """Return a known recipe in the precision of another one, and if both fill some minutes, with as many."""
    known = msgspec.structs.replace(with_recipe(recipe, name), precision=recipe.precision)
    both = known.minutes is not None and recipe.minutes is not None
    return msgspec.structs.replace(known, minutes=recipe.minutes) if both else known


def with_recipe(recipe: Recipe, name: RecipeName) -> Recipe:
    """Train as `name` does, with the data, the machine and the outputs of `recipe`; `custom` changes nothing."""
    if name == "custom":
        return recipe
    return msgspec.structs.replace(RECIPES[name], **{field: getattr(recipe, field) for field in _UNRELATED_FIELDS})


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML file.

    Raises:
        FormatError: the file cannot be read, is not TOML, or has a field that is unknown or out of bounds.
    """
    values = read_toml(path)
    # Earlier versions split by the seed of the training: what began so must go on so.
    values.setdefault("split_seed", None)
    try:
        return convert(values, Recipe)
    except InvalidError as error:
        raise FormatError(path, str(error)) from None


def located(recipe: Recipe) -> Recipe:
    """Return a recipe whose data set has an absolute path: workers have another current directory."""
    if recipe.directory is None:
        return recipe
    return msgspec.structs.replace(recipe, data=str(recipe.directory.absolute()))


def dumps_recipe(recipe: Recipe) -> str:
    """Write a recipe as TOML text, its defaults too, so that it means the same when defaults change."""
    return dumps_toml(msgspec.to_builtins(recipe))


def rate_at(recipe: Recipe, step: int, steps_per_epoch: int) -> float:
    """Return the learning rate of the update at `step`, from 0, of `recipe.epochs * steps_per_epoch` in all.

    It depends on the step alone, so that a resumed run continues at the very rate that it had. While only the head is
    trained, it is constant; warm-up and schedule are those of the epochs after that.
    """
    if recipe.head_epochs:
        head = min(recipe.head_epochs, recipe.epochs)
        if step < head * steps_per_epoch:
            return recipe.learning_rate
        return rate_at(restarted(recipe, head), step - head * steps_per_epoch, steps_per_epoch)
    total = recipe.epochs * steps_per_epoch
    warmup = min(round(recipe.warmup * steps_per_epoch), total)
    if recipe.schedule == "one-cycle":
        return recipe.learning_rate * _one_cycle(step, total, warmup or round(_RISE * total))
    if step < warmup:
        return recipe.learning_rate * (step + 1) / (warmup + 1)
    match recipe.schedule:
        case "cosine":
            return recipe.learning_rate * _fall(_share(step - warmup, total - warmup))
        case "step":
            return recipe.learning_rate * 0.1 ** sum(step >= drop * total for drop in _DROPS)
        case _:
            return recipe.learning_rate


def rates(recipe: Recipe, first: int, count: int, steps_per_epoch: int) -> list[float]:
    """Return the rates of `count` updates from step `first` on."""
    return [rate_at(recipe, step, steps_per_epoch) for step in range(first, first + count)]


def restarted(recipe: Recipe, epochs: int) -> Recipe:
    """Return the recipe of what comes after so many epochs, as a training of its own: its schedule begins anew."""
    head, rate = max(0, recipe.head_epochs - epochs), recipe.learning_rate
    if recipe.head_epochs and not head:
        rate *= recipe.rate_after_head
    return msgspec.structs.replace(recipe, epochs=recipe.epochs - epochs, head_epochs=head, learning_rate=rate)


def _one_cycle(step: int, total: int, rise: int) -> float:
    if step < rise:
        return 1 - (1 - _LOWEST_START) * _fall(step / rise)
    return _LOWEST_END + (1 - _LOWEST_END) * _fall(_share(step - rise, total - rise - 1))


def _fall(share: float) -> float:
    """Fall from 1 to 0 along half a cosine."""
    return (1 + math.cos(math.pi * share)) / 2


def _share(step: int, steps: int) -> float:
    return min(1.0, step / steps) if steps > 0 else 1.0
