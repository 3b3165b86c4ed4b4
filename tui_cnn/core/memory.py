"""How much memory a network takes, in bytes.

Parameters and activations are float32, four bytes each. What a library needs beside (its own code, workspaces of its
kernels, copies of the data) is not in these numbers.
"""

from typing import Literal, NamedTuple

from tui_cnn.core.layers import Route
from tui_cnn.core.lifetimes import Lifetimes
from tui_cnn.core.rows import Analysis, Row, Totals
from tui_cnn.core.shape import Amount, Shape, amount

BYTES = 4
"""Bytes of a float32."""

OptimizerName = Literal["adam", "adamw", "muon", "rmsprop", "sgd"]

_SLOTS: dict[OptimizerName, int] = {"adam": 2, "adamw": 2, "muon": 2, "rmsprop": 1, "sgd": 1}
"""Numbers that an optimizer keeps for each trainable parameter; sgd with momentum; muon one fewer for some kernels."""


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
    lifetimes = _lifetimes(analysis)
    values = sum(value.size for value in lifetimes.values)
    kernels = _hidden_kernels(analysis) if optimizer == "muon" else 0
    inference, training = lifetimes.peak(BYTES), _training(totals, values, batch_size, 1 + _SLOTS[optimizer], kernels)
    formulas = Formulas(parameters.formula, inference.formula, training.formula)
    return Memory(parameters.value, inference.value, training.value, batch_size, formulas)


def activation(shape: Shape) -> Amount:
    """Return the bytes of one image's output of `shape`."""
    return amount(BYTES, *shape)


def _training(totals: Totals, values: int, batch_size: int, copies: int, less: int) -> Amount:
    """Add up the parameters, `copies` of the trainable ones (gradients and slots), and the values of the batch.

    `less` are the trainable parameters that have one copy fewer.
    """
    total = BYTES * (totals.params + copies * totals.trainable - less + batch_size * values)
    kept = f"{copies}·{totals.trainable:,}" + (f" - {less:,}" if less else "")
    return Amount(total, f"{BYTES}·({totals.params:,} + {kept} + {batch_size}·{values:,})")


def _hidden_kernels(analysis: Analysis) -> int:
    """Count the numbers in the trained kernels of dense layers and convolutions, but for the last layer's."""
    each = [(row.times, kernel) for row in analysis.rows if (kernel := _trained_kernel(row))]
    return sum(kernel for _times, kernel in each) - (each[-1][1] // each[-1][0] if each else 0)


def _trained_kernel(row: Row) -> int:
    """Count the numbers of a row's kernel, or of all times that it is repeated; 0 where it has none that is trained."""
    layer, trained = row.layer, row.figures.parameters.trainable.value if row.figures else 0
    if layer.kernel_kind not in ("convolution", "dense") or not trained:
        return 0
    biases = (layer.kernel_width(row.input_shape or ()) or 0) if getattr(layer, "use_bias", False) else 0
    return trained - row.times * biases


def _lifetimes(analysis: Analysis) -> Lifetimes:
    """Follow the network as it runs in float32: each layer makes an array, but for those that only view one."""
    lifetimes = Lifetimes()
    numbers: list[int] = []
    for node, shape in zip(analysis.graph.nodes, analysis.shapes, strict=True):
        sources = [numbers[number] for number in node.inputs]
        is_same = node.layer is not None and (node.layer.is_reshaping or isinstance(node.layer, Route))
        numbers.append(sources[0] if is_same and len(sources) == 1 else lifetimes.make(sources, shape or ()))
    for number in analysis.graph.outputs:
        lifetimes.keep(numbers[number])
    return lifetimes
