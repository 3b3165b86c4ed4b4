"""A recipe as the code that trains so with Keras alone."""

from textwrap import dedent, indent

from tui_cnn.data.scaling import PixelScale
from tui_cnn.formats.python_training import PythonTraining
from tui_cnn.runs.recipe import SGD_MOMENTUM, Precision, Recipe

_SCALINGS: dict[PixelScale, tuple[str, str]] = {
    "0..1": (" / 255", "1 / 255"),
    "-1..1": (" / 127.5 - 1", "1 / 127.5, offset=-1"),
    "none": ("", "1"),
}
_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}

_AUGMENTATIONS = {
    "flip": 'layers.RandomFlip("horizontal")',
    "shift": 'layers.RandomTranslation(2 / 28, 2 / 28, "constant", "nearest")',
    "erase": "Erase()",
}

_ERASE = """\
class Erase(layers.Layer):
    \"\"\"Sets a square of 8×8 pixels to zero, anywhere in each image, while training.\"\"\"

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images
        rows, columns = self.inside(images, 1), self.inside(images, 2)
        square = rows[:, :, None, None] & columns[:, None, :, None]
        return keras.ops.where(square, keras.ops.zeros_like(images), images)

    def inside(self, images, axis):
        \"\"\"Tell which places along an axis are in the square of each image.\"\"\"
        count, length = keras.ops.shape(images)[0], images.shape[axis]
        center = keras.random.uniform((count, 1), 0, length, seed=self.seeds)
        distance = keras.ops.arange(length, dtype="float32") - keras.ops.floor(center)
        return (distance >= -4) & (distance < 4)
"""

_SCHEDULE = """\
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    \"\"\"Gives the learning rate of each step, from 0, of `steps` in all.\"\"\"

    def __init__(self, steps, warmup):
        self.steps = steps
        self.warmup = warmup

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        rising = {rising}
{falling}
        return {rate!r} * keras.ops.where(step < self.warmup, rising, falling)

    def get_config(self):
        return {{"steps": self.steps, "warmup": self.warmup}}
"""

_HALF_COSINE = """\
def half_cosine(share):
    \"\"\"Fall from 1 to 0 along half a cosine.\"\"\"
    return (1 + keras.ops.cos(math.pi * keras.ops.clip(share, 0, 1))) / 2
"""

_FALLING = {
    "constant": "falling = 1.0",
    "cosine": "falling = half_cosine((step - self.warmup) / max(1, self.steps - self.warmup))",
    "step": """\
        falling = keras.ops.where(step < self.steps / 2, 1.0, 0.1)
        falling = keras.ops.where(step < self.steps * 3 / 4, falling, 0.01)""",
    "one-cycle": """\
        share = (step - self.warmup) / max(1, self.steps - self.warmup - 1)
        falling = 1e-4 + (1 - 1e-4) * half_cosine(share)""",
}
"""Shares of the learning rate after the warm-up, as `recipe.rate_at` computes them."""


def python_training(recipe: Recipe, measured: Precision | None = None) -> PythonTraining:
    """Write a recipe as a Python file trains; `measured` is the precision that `auto` has found.

    What is about the machine and the outputs (threads, device, keep) is left out. A comment names the data set, where
    it is another than Fashion-MNIST.
    """
    schedule = recipe.schedule != "constant" or bool(recipe.warmup)
    rate = "Schedule(steps, warmup)" if schedule else repr(recipe.learning_rate)
    numbers = [f"learning_rate={rate}"]
    numbers += [f"momentum={SGD_MOMENTUM}"] if recipe.optimizer == "sgd" else []
    numbers += [] if recipe.weight_decay is None else [f"weight_decay={recipe.weight_decay!r}"]
    fit = [f"batch_size={recipe.batch_size}", f"epochs={recipe.epochs}"]
    fit += [f"validation_split={recipe.validation!r}"] if recipe.validation else []
    callbacks: list[tuple[str, str, tuple[str, ...]]] = []
    if recipe.patience is not None:
        watched = '"val_accuracy"' if recipe.validation else '"accuracy"'
        arguments = (watched, f"patience={recipe.patience}", "restore_best_weights=True")
        callbacks.append(("stopping", "EarlyStopping", arguments))
    if recipe.tensorboard:
        callbacks.append(("board", "TensorBoard", ()))
    kinds = [] if recipe.augmentation == "none" else recipe.augmentation.split("+")
    helpers = [_ERASE] if "erase" in kinds else []
    return PythonTraining(
        imports=(*(["math"] if schedule else []), *(["tensorflow as tf"] if recipe.deterministic else [])),
        helpers=(*helpers, *(_schedule(recipe) if schedule else [])),
        setup=tuple(_setup(recipe, measured)),
        data=tuple(_steps(recipe)) if schedule else (),
        augmentation=tuple(_AUGMENTATIONS[kind] for kind in kinds),
        label_smoothing=recipe.label_smoothing,
        optimizer=(_OPTIMIZERS[recipe.optimizer], tuple(numbers)),
        callbacks=tuple(callbacks),
        fit=tuple(fit),
        limit=recipe.limit,
        scaling=_SCALINGS[recipe.scale],
    )


def _setup(recipe: Recipe, measured: Precision | None) -> list[str]:
    lines = [f"# The run was trained on the data in {recipe.data!r}."] if recipe.data else []
    if recipe.head_epochs:
        lines.append(
            f"# The run trained only its last layers in the first {recipe.head_epochs} epochs; this, all of them."
        )
    lines.append(f"keras.utils.set_random_seed({recipe.seed})")
    lines += ["tf.config.experimental.enable_op_determinism()"] if recipe.deterministic else []
    precision = (measured or "float32") if recipe.precision == "auto" else recipe.precision
    return lines + ([f'keras.config.set_dtype_policy("{precision}")'] if precision != "float32" else [])


def _steps(recipe: Recipe) -> list[str]:
    """Count the steps, as `fit` splits the images."""
    images = f"int(len(x_train) * (1 - {recipe.validation!r}))" if recipe.validation else "len(x_train)"
    lines = [f"steps = {recipe.epochs} * math.ceil({images} / {recipe.batch_size})"]
    if recipe.warmup:
        return [*lines, f"warmup = min(round(steps * {recipe.warmup / recipe.epochs!r}), steps)"]
    return [*lines, "warmup = round(0.3 * steps)" if recipe.schedule == "one-cycle" else "warmup = 0"]


def _schedule(recipe: Recipe) -> list[str]:
    rising = "(step + 1) / (self.warmup + 1)"
    if recipe.schedule == "one-cycle":
        rising = "1 - (1 - 1 / 25) * half_cosine(step / max(1, self.warmup))"
    falling = indent(dedent(_FALLING[recipe.schedule]), " " * 8)
    text = _SCHEDULE.format(rising=rising, falling=falling, rate=recipe.learning_rate)
    return [_HALF_COSINE, text] if "half_cosine" in text else [text]
