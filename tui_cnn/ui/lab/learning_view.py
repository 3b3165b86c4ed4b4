"""A step of learning a kernel, drawn: the arrays, and the loss, a gradient and the next weight written out."""

from math import log10
from typing import NamedTuple

import numpy as np
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.insight.colours import scale_of
from tui_cnn.lab.learning import Descent, GradientStep, KernelLearning, Plane
from tui_cnn.lab.numbers import bracketed, number
from tui_cnn.lab.settings import INITIALIZERS
from tui_cnn.ui.lab.stage import Part, ShownArray, ShownArrays, image_scale
from tui_cnn.ui.lab.sums import facts_table, products
from tui_cnn.ui.lab.typing_stepper import CellCursor
from tui_cnn.ui.toolkit.numbers import left, spark

_MOST_TERMS, _FEW_TERMS = 16, 6
HIGH, _WIDE = 36, 110
"""Lines from which on many products are written out, and cells from which on the arrays stand in two rows."""
_LARGE = 100
"""Numbers from which on arrays are shown without decimals, as when the learning diverges."""
_LABEL = 11
"""Cells of the names at the left, with their gap."""
_SPARK, _NAME, _LOSS = 40, 16, 10
"""Cells of the drawing of the losses at most, of the name of an initializer, and of a loss."""
_LEAST_LOSS = 1e-9
"""Losses are drawn by their logarithms; those below this as this."""

Weight = tuple[int, int]
"""Row and column in the kernel."""


class LearningState(NamedTuple):
    """What is shown: what is learned from, the steps, how many are taken, from which initializer, and one weight."""

    learning: KernelLearning
    going: Descent
    place: int
    which: int
    weight: Weight

    @property
    def step(self) -> GradientStep:
        """The next step."""
        kernel = self.going.kernel(self.place, self.which)
        return self.learning.step(kernel.reshape(self.learning.hidden.shape))


def learning_arrays(
    state: LearningState,
    names: tuple[str, str] = ("", ""),
    cursor: CellCursor | None = None,
    *,
    width: int = 0,
    roomy: bool = True,
) -> ShownArrays:
    """Return the arrays of a step for so many cells; where it is not `roomy`, without those that the others give.

    In the image a frame is around the pixels that the chosen weight was multiplied by. `names` are those of the image
    and of the hidden kernel.
    """
    made, step, weight = state.learning, state.step, state.weight
    rows, columns = step.error.shape
    size, taps = f"{rows}×{columns}", "{}×{}".format(*made.hidden.shape)
    chosen = np.zeros(made.hidden.shape, bool)
    chosen[weight] = True
    kernels = scale_of(np.stack([step.kernel, made.hidden]), signed=True)
    outputs = scale_of(np.stack([step.target, step.output]), signed=True)
    image = _image(made, step, weight, names[0])
    target = ShownArray(Part("target"), _legible(step.target), _("Target"), size, outputs)
    output = ShownArray(Part("prediction"), _legible(step.output), _("Output"), size, outputs)
    error = ShownArray(Part("error"), _legible(step.error), _("Error"), size, scale_of(step.error, signed=True))
    kernel = ShownArray(Part("kernel"), _legible(step.kernel), _("Kernel"), taps, kernels, window=chosen)
    slope = scale_of(step.gradient, signed=True)
    gradient = ShownArray(Part("gradient"), _legible(step.gradient), _("Gradient"), taps, slope, window=chosen)
    following = ShownArray(Part("next"), _legible(step.next_kernel), _("Next kernel"), taps, kernels, window=chosen)
    place, typed = (cursor.place[:2], cursor.typed) if cursor else (None, "")
    hidden = ShownArray(
        Part("hidden"), made.hidden, _("Hidden kernel"), taps, kernels, names[1], cursor=place, typed=typed
    )
    if roomy and (image.is_picture or width >= _WIDE):
        return ShownArrays([[image, hidden], [target, kernel], [output, gradient], [error, following]], [])
    if roomy:
        return ShownArrays([[image, hidden], [target, output, error]], [[kernel, gradient, following]])
    if cursor is not None:
        return ShownArrays([[image], [target, output]], [[hidden, kernel]])
    if image.is_picture:
        return ShownArrays([[target], [output], [error]], [[kernel, gradient]])
    return ShownArrays([[image, kernel], [target, output]], [[error, gradient]])


def _legible(values: Plane) -> Plane:
    return values.round() if np.abs(values).max() >= _LARGE else values


def _image(made: KernelLearning, step: GradientStep, weight: Weight, name: str) -> ShownArray:
    """Return the image with its zeros."""
    laid = made.windows
    padded = laid.padded(made.image)[..., 0]
    (rows, columns), (row, column) = step.error.shape, weight
    seen = np.zeros(padded.shape, bool)
    seen[row : row + rows, column : column + columns] = True
    height, width, _channels = made.image.shape
    return ShownArray(
        Part("image"),
        padded,
        _("Image"),
        f"{height}×{width}",
        image_scale(made.image),
        name,
        pale=laid.border if laid.border.any() else None,
        window=seen,
        offset=(laid.down.before, laid.across.before),
    )


def learning_facts(state: LearningState, size: tuple[int, int], *, roomy: bool = True) -> Table:
    """Write the loss, the gradient of one weight as a sum of error times pixel, and the weight after the step.

    `size` is that of the page; where it is `roomy`, all initializers stand below it, each after as many steps.
    """
    step, going, place = state.step, state.going, state.place
    table, room = facts_table(), max(20, size[0] - _LABEL)
    loss = _("{loss} = mean of {count} squared errors").format(loss=figures(step.loss), count=step.error.size)
    history = _logarithms(going.losses(place, state.which))
    table.add_row(_("loss"), Text(loss + "  ") + Text(spark(history, min(_SPARK, room - len(loss) - 2))))
    most = _MOST_TERMS if size[1] >= HIGH else _FEW_TERMS
    table.add_row(_("gradient"), _gradient(step, state.weight, room, most))
    row, column = state.weight
    before, slope, after = (float(array[row, column]) for array in (step.kernel, step.gradient, step.next_kernel))
    rate = state.learning.rate
    written = Text(f"{number(before, 4)} − {rate:g}·{bracketed(slope, 4)} = ").append(number(after, 4), "bold")
    written.append("   " + _("row {row}, column {column}").format(row=row + 1, column=column + 1), "dim")
    table.add_row(_("weight"), written)
    if said := standing(state):
        table.add_row("", Text(said, "bold"))
    if roomy:
        table.add_row(_("compared"), _compared(going, place, state.which, room if size[1] >= HIGH else 0))
    return table


def standing(state: LearningState) -> str:
    """Say in a line how the learning stands: it diverges, or will; the kernel is found, or cannot be."""
    made, going = state.learning, state.going
    rank, count, largest = made.rank, made.hidden.size, made.largest_rate
    if not rank:
        return _("✗ the image is all zeros: nothing can be learned from it")
    if going.is_diverged(state.place, state.which):
        return _("✗ diverged: loss over 10,000 times the first; [ lowers the rate")
    if made.rate > largest:
        return _("! rate above the largest stable rate {largest}: the loss will grow").format(largest=figures(largest))
    if going.is_found(state.place, state.which):
        return _("✓ the hidden kernel is found")
    if rank < count:
        words = _("this image determines only {rank} of {count} weights: other kernels fit as well")
        return words.format(rank=rank, count=count)
    return ""


def figures(value: float) -> str:
    """Write a number in three figures, with a true minus: `0.0123`, `1.2e−05`, `∞`."""
    return f"{value:.3g}".replace("inf", "∞").replace("-", "−")


def _gradient(step: GradientStep, weight: Weight, room: int, most: int) -> Text:
    """Write the gradient of a weight out; of many products the largest, and the sum of the others."""
    pairs, factor = step.terms(*weight), f"2/{step.error.size}·("
    sizes = np.abs([error * pixel for error, pixel in pairs])
    kept = sorted(np.argsort(-sizes, kind="stable")[:most].tolist())
    terms = [f"{bracketed(pairs[place][0])}·{bracketed(pairs[place][1])}" for place in kept]
    if rest := len(pairs) - len(kept):
        others = sum(error * pixel for error, pixel in pairs) - sum(pairs[place][0] * pairs[place][1] for place in kept)
        terms.append(_("{count} others {sum}").format(count=rest, sum=bracketed(others)))
    terms[0], terms[-1] = factor + terms[0], terms[-1] + ")"
    return products(terms, float(step.gradient[weight]), room)


def _compared(going: Descent, place: int, which: int, room: int) -> Text:
    """Write the losses of all initializers; where there is room, draw all that came before to one scale."""
    losses = [going.losses(place, other) for other in range(len(INITIALIZERS))]
    drawn = [_logarithms(each) for each in losses]
    bounds = min(map(min, drawn)), max(map(max, drawn))
    parts = []
    for other, (name, history) in enumerate(zip(INITIALIZERS, drawn, strict=True)):
        style, last = "bold" if other == which else "", figures(losses[other][-1])
        if not room:
            parts.append(Text(f"{name}={last}", style))
            continue
        drawing = spark(history, min(_SPARK, room - _NAME - _LOSS), bounds if bounds[1] > bounds[0] else None)
        parts.append(Text(left(name, _NAME) + left(last, _LOSS), style).append(drawing))
    return Text("\n" if room else "  ").join(parts)


def _logarithms(losses: list[float]) -> list[float]:
    return [log10(max(loss, _LEAST_LOSS)) for loss in losses]
