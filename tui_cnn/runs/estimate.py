"""What a run will take, predicted before it starts: seconds an epoch, seconds in all, and memory.

Where this machine has trained the same network in the same way, that measurement is the prediction. Elsewhere the cost
of a step is a linear function of its features, fitted to the measurements of this machine by non-negative least squares
of the relative error; so is that of a batch that is evaluated, and by the layers alone, what comes once a run or an
epoch.
"""

from collections.abc import Sequence
from statistics import median
from typing import Literal, NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.runs.events import PrecisionTrial
from tui_cnn.runs.machine import FEATURES, Machine, Measurement, digest, fastest, features
from tui_cnn.runs.recipe import MOST_EPOCHS, ImageCounts, Precision, Recipe
from tui_cnn.runs.runtime import runtime, thread_count

_ENOUGH = 4
"""Fewer measurements than this are not fitted."""
FORWARD_SHARE = 1 / 3
"""Share of the forward pass in a training step; validation needs no other."""
_COMPILED, _SAVED = ("step", "layers"), ("step", "layers", "parameters")
"""What the time of compiling, and of an epoch's files, depends on."""
_SAVES = 2
"""Files of an epoch: the best weights, and the checkpoint."""
_ROUNDS = 500


class Estimate(NamedTuple):
    """Seconds for an epoch with its validation, and bytes that the process will hold; None where too little is known.

    `source`: whether this very training was measured before, or is estimated from others on this machine.
    `beside`: seconds that TensorFlow compiles for, and those of the test.
    """

    seconds_per_epoch: float | None
    memory: float | None
    source: Literal["measured", "estimated", "unknown"]
    beside: float = 0.0

    def epochs(self, recipe: Recipe) -> int:
        """How many epochs are trained: those of the recipe, or about those that fit into its minutes."""
        if recipe.minutes is None or self.seconds_per_epoch is None:
            return recipe.epochs
        return epochs_in(60 * recipe.minutes - self.beside, self.seconds_per_epoch)

    def seconds(self, recipe: Recipe) -> float | None:
        """Seconds from the first step to the end of the test, as runs report them; None where too little is known."""
        if self.seconds_per_epoch is None:
            return None
        return self.beside + self.epochs(recipe) * self.seconds_per_epoch


def batches_per_epoch(recipe: Recipe, counts: ImageCounts) -> float:
    """Count the steps of an epoch, and what its validation costs as a number of steps."""
    return recipe.batches(counts.train) + FORWARD_SHARE * recipe.batches(counts.validation)


def epochs_in(seconds: float, seconds_per_epoch: float) -> int:
    """Return how many epochs fit into so many seconds; at least one."""
    return max(1, min(MOST_EPOCHS, int(seconds / seconds_per_epoch)))


def estimate(analysis: Analysis, recipe: Recipe, counts: ImageCounts, machine: Machine, tested: int = 0) -> Estimate:
    """Predict what training on so many images, and testing with so many, takes on a machine."""
    known = _known(analysis, recipe, precision_of(analysis, recipe, machine), machine)
    step, evaluation = known.seconds("step_seconds"), known.seconds("evaluation_seconds")
    if step is None:
        return Estimate(None, None, "unknown")
    if evaluation is None:
        evaluation = FORWARD_SHARE * step
    compilation = _fitted("compile_seconds", known.cost, machine.measured, _COMPILED) or 0.0
    files = _SAVES * (_fitted("save_seconds", known.cost, machine.measured, _SAVED) or 0.0)
    epoch = recipe.batches(counts.train) * step + recipe.batches(counts.validation) * evaluation + files
    beside = compilation + recipe.batches(tested) * evaluation
    return Estimate(epoch, known.memory, "measured" if known.own else "estimated", beside)


class _Known(NamedTuple):
    """What is known here of a training: its features, its own measurement if there is one, and comparable ones."""

    cost: dict[str, float]
    own: Measurement | None
    comparable: Sequence[Measurement]

    def seconds(self, field: str) -> float | None:
        """Return what was measured itself, or what follows from the others; None where too little is known."""
        if self.own is not None:
            seconds: float | None = getattr(self.own, field)
            return seconds
        return _fitted(field, self.cost, self.comparable)

    @property
    def memory(self) -> float | None:
        """The bytes that the process held, or those of the network beside what others held beside theirs."""
        if self.own is not None:
            return self.own.memory
        held = [each.memory - each.features["bytes"] for each in self.comparable if each.memory]
        return median(held) + self.cost["bytes"] if held else None


def _known(analysis: Analysis, recipe: Recipe, precision: Precision, machine: Machine) -> _Known:
    """Find what is known of a training in a precision; nothing follows for a network that is not wholly known."""
    comparable = _comparable(analysis, recipe, precision, machine)
    same = digest(analysis.network), recipe.batch_size
    own = next((each for each in reversed(comparable) if (each.network, each.batch_size) == same), None)
    return _Known(features(analysis, recipe), own, comparable if analysis.totals.complete else ())


def _comparable(analysis: Analysis, recipe: Recipe, precision: Precision, machine: Machine) -> list[Measurement]:
    """Return the measurements on the device and with the threads of a run; if enough, those with its lanes.

    Before TensorFlow is loaded, only a measurement on a GPU says that there is one.
    """
    gpu = recipe.device != "cpu" and any(measurement.device == "GPU" for measurement in machine.measured)
    conditions = precision, "GPU" if gpu else "CPU", thread_count(recipe)
    comparable = [each for each in machine.measured if (each.precision, each.device, each.threads) == conditions]
    own = runtime(analysis.network, recipe, machine.measured)
    same = [each for each in comparable if gpu or (each.lanes, each.sharing) == (own.lanes, own.sharing)]
    return same if len(same) >= _ENOUGH else comparable


def precision_of(analysis: Analysis, recipe: Recipe, machine: Machine) -> Precision:
    """Return the precision of a run: for `auto`, the one chosen for this network before, or the fastest by estimate."""
    if recipe.precision != "auto":
        return recipe.precision
    name = digest(analysis.network)
    for key, trials in reversed(machine.trials.items()):
        if key.startswith(f"{name} {recipe.batch_size} "):
            return fastest(trials)
    expected: list[PrecisionTrial] = []
    for precision in dict.fromkeys(measurement.precision for measurement in machine.measured):
        step = _known(analysis, recipe, precision, machine).seconds("step_seconds")
        speed = recipe.batch_size / step if step else None
        expected.append(PrecisionTrial(precision=precision, images_per_second=speed))
    return fastest(tuple(expected))


def _fitted(
    field: str, cost: dict[str, float], known: Sequence[Measurement], by: Sequence[str] = FEATURES
) -> float | None:
    """Predict a field of a measurement from the features that it depends on; None where too few are known."""
    values = [(each.features, value) for each in known if (value := getattr(each, field)) is not None]
    if len(values) < _ENOUGH:
        return None
    rows = [[counts.get(name, 0.0) / value for name in by] for counts, value in values]
    return sum(cost[name] * price for name, price in zip(by, _fit(rows), strict=True))


def _fit(rows: Sequence[Sequence[float]]) -> list[float]:
    """Find prices, none negative, for which the sum of each row is nearest to 1 (least squares, by coordinates)."""
    width = range(len(rows[0]))
    scale = [max(abs(row[place]) for row in rows) or 1.0 for place in width]
    scaled = [[value / size for value, size in zip(row, scale, strict=True)] for row in rows]
    gram = [[sum(row[i] * row[j] for row in scaled) for j in width] for i in width]
    aim = [sum(row[i] for row in scaled) for i in width]
    prices = [0.0] * len(width)
    for _round in range(_ROUNDS):
        before = prices.copy()
        for i in width:
            rest = aim[i] - sum(gram[i][j] * prices[j] for j in width if j != i)
            prices[i] = max(0.0, rest / gram[i][i]) if gram[i][i] else 0.0
        if prices == before:  # no further round changes them
            break
    return [price / size for price, size in zip(prices, scale, strict=True)]
