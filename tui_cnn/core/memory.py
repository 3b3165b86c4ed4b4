"""How much memory a network takes, in bytes.

Parameters and activations are float32, four bytes each. What a library needs beside (its own code, workspaces of its
kernels, copies of the data) is not in these numbers.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from tui_cnn.core.layers import Block, Branches, Flatten, Layer, Reshape
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Analysis
from tui_cnn.core.shape import elements

BYTES = 4
"""Bytes of a float32."""

OptimizerName = Literal["adam", "adamw", "rmsprop", "sgd"]

_SLOTS: dict[OptimizerName, int] = {"adam": 2, "adamw": 2, "rmsprop": 1, "sgd": 1}
"""Numbers that an optimizer keeps for each trainable parameter; sgd with momentum."""


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


def memory(analysis: Analysis, batch_size: int = 32, optimizer: OptimizerName = "adam") -> Memory:
    """Work out the memory of an analysed network."""
    totals = analysis.totals
    parameters = BYTES * totals.params
    if not analysis.totals.complete:
        return Memory(parameters, None, None, batch_size)
    tape = _Tape(
        {row.path: elements(row.figures.output_shape) for row in analysis.rows if row.figures and not row.muted}
    )
    tape.stack(analysis.network.layers, tape.make((), elements(analysis.network.input_shape)), ())
    weights = totals.params + (1 + _SLOTS[optimizer]) * totals.trainable
    return Memory(parameters, BYTES * tape.peak(), BYTES * (weights + batch_size * sum(tape.sizes)), batch_size)


class _Tape:
    """The network as it runs, one step after the other: which values are made when, and used for the last time when."""

    def __init__(self, outputs: dict[Path, int]) -> None:
        self.sizes: list[int] = []
        self._made: list[int] = []
        self._used: list[int] = []
        self._outputs = outputs

    def make(self, sources: Sequence[int], size: int) -> int:
        """Make an array of `size` values from other arrays; return its number."""
        step = len(self.sizes)
        for source in sources:
            self._used[source] = step
        self.sizes.append(size)
        self._made.append(step)
        self._used.append(step)
        return step

    def stack(self, layers: Sequence[Layer], value: int, prefix: Path) -> int:
        """Run a stack on an array; return the array that comes out."""
        for index, layer in enumerate(layers):
            path = (*prefix, index)
            if path not in self._outputs:  # it is muted
                continue
            if isinstance(layer, Block):
                value = self.stack(layer.layers, value, path)
            elif isinstance(layer, Branches):
                ends = [self.stack(branch, value, (*path, number)) for number, branch in enumerate(layer.branches)]
                value = self.make(ends, self._outputs[path])
            elif not isinstance(layer, Flatten | Reshape):  # these only look at the same values in another way
                value = self.make([value], self._outputs[path])
        return value

    def peak(self) -> int:
        """Return the largest number of values that are alive at one step."""
        change = [0] * (len(self.sizes) + 1)
        for size, made, used in zip(self.sizes, self._made, self._used, strict=True):
            change[made] += size
            change[used + 1] -= size
        return max(accumulate(change))
