"""A recipe as the code that trains so with Keras alone."""

from textwrap import dedent, indent

from tui_cnn.core.memory import OptimizerName
from tui_cnn.data.input_options import PixelScale
from tui_cnn.formats.python_training import PythonTraining
from tui_cnn.runs.recipe import SGD_MOMENTUM, AugmentationKind, Precision, Recipe

_SCALINGS: dict[PixelScale, tuple[str | None, str, tuple[str, ...]]] = {
    "0..1": (" / 255", "Rescaling", ("1 / 255",)),
    "-1..1": (" / 127.5 - 1", "Rescaling", ("1 / 127.5", "offset=-1")),
    "none": ("", "Rescaling", ("1",)),
    "standardize": (None, "Normalization", ("mean=x_train.mean()", "variance=x_train.var()")),
    "imagenet": (
        *(None, "Normalization"),
        ("mean=[123.675, 116.28, 103.53]", "variance=[58.395**2, 57.12**2, 57.375**2]"),
    ),
    # The images are grey: blue first is the same.
    "imagenet-bgr": (None, "Rescaling", ("1", "offset=[-103.939, -116.779, -123.68]")),
}
_OPTIMIZERS: dict[OptimizerName, str] = {
    "adam": "keras.optimizers.Adam",
    "adamw": "keras.optimizers.AdamW",
    "muon": "KernelMuon",
    "rmsprop": "keras.optimizers.RMSprop",
    "sgd": "keras.optimizers.SGD",
}

_MUON = """\
class KernelMuon(keras.optimizers.Muon):
    \"\"\"Muon for the kernels of hidden layers, those of convolutions, too; AdamW for all else.\"\"\"

    def __init__(self, model, weight_decay=0.004, **settings):
        settings |= {"weight_decay": weight_decay, "adam_weight_decay": weight_decay}
        super().__init__(**settings)
        kinds = layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D
        found = [each for each in model.layers if isinstance(each, kinds)]
        hidden = [each.kernel for each in found if each.trainable][:-1]
        self.paths = [kernel.path for kernel in hidden]

    def _should_use_adamw(self, variable):
        return variable.path not in self.paths

    def _muon_update_step(self, gradient, variable, lr, m):
        self.assign_add(m, gradient + m * (self.momentum - 1))
        ahead = gradient + self.momentum * m
        matrix = keras.ops.reshape(ahead, (-1, variable.shape[-1]))
        update = self.zeropower_via_newtonschulz5(matrix, self.ns_steps)
        update = self.lr_adjust(lr * update)
        self.assign_sub(variable, keras.ops.reshape(update, variable.shape))
"""

_AUGMENTATIONS: dict[AugmentationKind, str] = {
    "flip": 'layers.RandomFlip("horizontal")',
    "shift": 'layers.RandomTranslation(2 / 28, 2 / 28, "constant", "nearest")',
    "rotate": 'layers.RandomRotation(10 / 360, "constant", "bilinear")',
    "crop": "Crop()",
    "brightness": "layers.RandomBrightness(0.2)",
    "contrast": "layers.RandomContrast(0.2)",
    "erase": "Erase()",
}

_CROP = """\
class Crop(layers.Layer):
    \"\"\"Cuts 80 to 100 % of the area out of each image, and enlarges it, while training.\"\"\"

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images
        count, height, width, _ = keras.ops.shape(images)
        draws = keras.random.uniform((3, count), seed=self.seeds)
        area, top, left = draws[0], draws[1], draws[2]
        side = keras.ops.sqrt(0.8 + 0.2 * area)
        x = left * (1 - side) * width + side / 2 - 0.5
        y = top * (1 - side) * height + side / 2 - 0.5
        none = keras.ops.zeros_like(side)
        places = keras.ops.stack([side, none, x, none, side, y, none, none], axis=1)
        return keras.ops.image.affine_transform(images, places, fill_mode="nearest")
"""

_MIXUP = """\
class Mixup(keras.utils.PyDataset):
    \"\"\"Mixes each image of a batch, and its label, with another one, by shares drawn from Beta(0.2, 0.2).\"\"\"

    def __init__(self, images, labels, batch_size):
        super().__init__()
        self.images, self.labels, self.batch_size = images, labels, batch_size
        self.random = np.random.default_rng({seed})
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def __getitem__(self, index):
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        others = self.random.permutation(chosen)
        share = self.random.beta(0.2, 0.2, len(chosen))
        both = self.images, self.labels
        return [self.mixed(each, chosen, others, share) for each in both]

    def mixed(self, values, chosen, others, share):
        share = share.reshape(-1, *[1] * (values.ndim - 1))
        mixed = share * values[chosen] + (1 - share) * values[others]
        return mixed.astype("float32")

    def on_epoch_end(self):
        self.order = self.random.permutation(len(self.images))
"""

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

_HELPERS: dict[AugmentationKind, str] = {"crop": _CROP, "erase": _ERASE, "mixup": _MIXUP}

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
    numbers = ["model"] if recipe.optimizer == "muon" else []
    numbers += [f"learning_rate={rate}"]
    numbers += [f"momentum={SGD_MOMENTUM}"] if recipe.optimizer == "sgd" else []
    numbers += [] if recipe.weight_decay is None else [f"weight_decay={recipe.weight_decay!r}"]
    numbers += ["use_ema=True", f"ema_momentum={recipe.ema!r}"] if recipe.ema else []
    callbacks: list[tuple[str, str, tuple[str, ...]]] = []
    if recipe.ema:  # before what looks at the weights
        swap = () if recipe.patience is None else ("swap_on_epoch=True",)
        callbacks.append(("averaging", "SwapEMAWeights", swap))
    if recipe.patience is not None:
        watched = '"val_accuracy"' if recipe.validation else '"accuracy"'
        arguments = (watched, f"patience={recipe.patience}", "restore_best_weights=True")
        callbacks.append(("stopping", "EarlyStopping", arguments))
    if recipe.tensorboard:
        callbacks.append(("board", "TensorBoard", ()))
    kinds = recipe.augmentations
    mixes, weighs = "mixup" in kinds, recipe.class_weights == "balanced"
    modules = {"math": schedule or mixes, "numpy as np": mixes or weighs, "tensorflow as tf": recipe.deterministic}
    helpers = [_HELPERS[kind].replace("{seed}", str(recipe.seed)) for kind in kinds if kind in _HELPERS]
    data = [*(_steps(recipe) if schedule else []), *(_class_weights(recipe) if weighs else [])]
    return PythonTraining(
        imports=tuple(module for module, needed in modules.items() if needed),
        helpers=(*helpers, *([_MUON] if recipe.optimizer == "muon" else []), *(_schedule(recipe) if schedule else [])),
        setup=tuple(_setup(recipe, measured)),
        data=(*data, *([f"kept = {_trained_on(recipe)}"] if mixes else [])),
        augmentation=tuple(_AUGMENTATIONS[kind] for kind in kinds if kind in _AUGMENTATIONS),
        mixes=mixes,
        label_smoothing=recipe.label_smoothing,
        optimizer=(_OPTIMIZERS[recipe.optimizer], tuple(numbers)),
        callbacks=tuple(callbacks),
        fit=tuple(_fit(recipe)),
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
    if recipe.ghost_batches:
        lines.append("# The run normalized the parts of a batch that its threads had; this, whole batches.")
    if recipe.ema:
        lines.append("# Keras averages what is learned, but not the statistics of batch normalization.")
    if "mixup" in recipe.augmentations:
        lines.append("# Images are mixed before the other random changes are made to them, not after.")
    if "mixup" in recipe.augmentations and recipe.class_weights != "none":
        lines.append("# Keras weights a mixed image as the class that has the larger share of it.")
    precision = (measured or "float32") if recipe.precision == "auto" else recipe.precision
    return lines + ([f'keras.config.set_dtype_policy("{precision}")'] if precision != "float32" else [])


def _steps(recipe: Recipe) -> list[str]:
    """Count the steps, as `fit` splits the images."""
    lines = [f"steps = {recipe.epochs} * math.ceil({_trained_on(recipe)} / {recipe.batch_size})"]
    if recipe.warmup:
        return [*lines, f"warmup = min(round(steps * {recipe.warmup / recipe.epochs!r}), steps)"]
    return [*lines, "warmup = round(0.3 * steps)" if recipe.schedule == "one-cycle" else "warmup = 0"]


def _trained_on(recipe: Recipe) -> str:
    """Write how many images are trained on: the first ones, as `fit` splits them."""
    return f"int(len(x_train) * (1 - {recipe.validation!r}))" if recipe.validation else "len(x_train)"


def _class_weights(recipe: Recipe) -> list[str]:
    labels = f"y_train[: {_trained_on(recipe)}]" if recipe.validation else "y_train"
    return [
        f"counts = np.bincount({labels})",
        "even = counts.sum() / (counts > 0).sum()",
        "class_weight = {label: even / n for label, n in enumerate(counts.tolist()) if n}",
    ]


def _fit(recipe: Recipe) -> list[str]:
    weights = ["class_weight=class_weight"] if recipe.class_weights == "balanced" else []
    if "mixup" not in recipe.augmentations:
        fit = ["{images}", "y_train", f"batch_size={recipe.batch_size}", f"epochs={recipe.epochs}", *weights]
        return [*fit, *([f"validation_split={recipe.validation!r}"] if recipe.validation else [])]
    fit = [f"Mixup({{images}}[:kept], y_train[:kept], {recipe.batch_size})", f"epochs={recipe.epochs}", *weights]
    return [*fit, *(["validation_data=({images}[kept:], y_train[kept:])"] if recipe.validation else [])]


def _schedule(recipe: Recipe) -> list[str]:
    rising = "(step + 1) / (self.warmup + 1)"
    if recipe.schedule == "one-cycle":
        rising = "1 - (1 - 1 / 25) * half_cosine(step / max(1, self.warmup))"
    falling = indent(dedent(_FALLING[recipe.schedule]), " " * 8)
    text = _SCHEDULE.format(rising=rising, falling=falling, rate=recipe.learning_rate)
    return [_HALF_COSINE, text] if "half_cosine" in text else [text]
