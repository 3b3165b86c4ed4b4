"""How much memory a network takes, in bytes.

Parameters and activations are float32, four bytes each. What a library needs beside (its own code, workspaces of its
kernels, copies of the data) is not in these numbers.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from tui_cnn.core.layers import Route
from tui_cnn.core.rows import Analysis, Totals
from tui_cnn.core.shape import Amount, Shape, amount, elements, product

BYTES = 4
"""Bytes of a float32."""

OptimizerName = Literal["adam", "adamw", "rmsprop", "sgd"]

_SLOTS: dict[OptimizerName, int] = {"adam": 2, "adamw": 2, "rmsprop": 1, "sgd": 1}
"""Numbers that an optimizer keeps for each trainable parameter; sgd with momentum."""


class Formulas(NamedTuple):
    """How the bytes of a `Memory` come about, with the values put in; empty where they are not known."""

    parameters: str
    inference: str
    training: str


class Memory(NamedTuple):
    """Bytes of the parameters, at the peak of inference on one image, and at a training step on a batch.

    `inference` is the largest sum of activations that are alive at once. `training` is parameters, gradients,
    optimizer slots, and the activations of the batch, all of which are kept for the way back. None where the stack
    cannot be built or holds an opaque layer.
    """

    parameters: int
    inference: int | None
    training: int | None
    batch_size: int
    formulas: Formulas


def memory(analysis: Analysis, batch_size: int = 32, optimizer: OptimizerName = "adam") -> Memory:
    """Work out the memory of an analysed network."""
    totals = analysis.totals
    parameters = Amount(BYTES * totals.params, f"{BYTES}·{totals.params:,}")
    if not totals.complete:
        return Memory(parameters.value, None, None, batch_size, Formulas(parameters.formula, "", ""))
    tape = _Tape(analysis)
    inference, training = tape.peak(), _training(totals, sum(tape.sizes), batch_size, 1 + _SLOTS[optimizer])
    formulas = Formulas(parameters.formula, inference.formula, training.formula)
    return Memory(parameters.value, inference.value, training.value, batch_size, formulas)


def activation(shape: Shape) -> Amount:
    """Return the bytes of one image's output of `shape`."""
    return amount(BYTES, *shape)


def _training(totals: Totals, values: int, batch_size: int, copies: int) -> Amount:
    """Add up the parameters, `copies` of the trainable ones (gradients and slots), and the values of the batch."""
    total = BYTES * (totals.params + copies * totals.trainable + batch_size * values)
    return Amount(total, f"{BYTES}·({totals.params:,} + {copies}·{totals.trainable:,} + {batch_size}·{values:,})")


class _Tape:
    """The network as it runs, one step after the other: which values are made when, and used for the last time when."""

    def __init__(self, analysis: Analysis) -> None:
        self.sizes: list[int] = []
        self._shapes: list[Shape] = []
        self._made: list[int] = []
        self._used: list[int] = []
        values: list[int] = []
        for node, shape in zip(analysis.graph.nodes, analysis.shapes, strict=True):
            sources = [values[number] for number in node.inputs]
            is_same = node.layer is not None and (node.layer.is_reshaping or isinstance(node.layer, Route))
            values.append(sources[0] if is_same and len(sources) == 1 else self._make(sources, shape or ()))
        for number in analysis.graph.outputs:
            self._used[values[number]] = len(self.sizes) - 1

    def _make(self, sources: Sequence[int], shape: Shape) -> int:
        """Make an array of `shape` from other arrays; return its number."""
        step = len(self.sizes)
        for source in sources:
            self._used[source] = step
        self.sizes.append(elements(shape))
        self._shapes.append(shape)
        self._made.append(step)
        self._used.append(step)
        return step

    def peak(self) -> Amount:
        """Return the most bytes that are alive at one step, as the sum over the arrays that they belong to."""
        change = [0] * (len(self.sizes) + 1)
        for size, made, used in zip(self.sizes, self._made, self._used, strict=True):
            change[made] += size
            change[used + 1] -= size
        alive = list(accumulate(change))
        most = max(alive)
        step = alive.index(most)
        held = zip(self._shapes, self._made, self._used, strict=True)
        parts = " + ".join(product(*shape) for shape, made, used in held if made <= step <= used)
        return Amount(BYTES * most, f"{BYTES}·({parts})")
